/* Times of the terminal: one number that counts seconds in a calendar of 31-day months from
 * 2000 on, or six bytes in live events (terminal digest 6.1 and 9.2). */
#ifndef GH_WIRE_TERMINAL_PACKED_TIME_H
#define GH_WIRE_TERMINAL_PACKED_TIME_H

#include <gatehouse/terminal_record.h>

#include <stdbool.h>

struct gh_time ghi_terminal_time_unpack(uint32_t code);

/* Digits outside the calendar (month 13) are not sent: the caller has looked at
 * ghi_terminal_time_fits(). Only the last two digits of the year travel. */
uint32_t ghi_terminal_time_pack(struct gh_time t);

/* Whether the code can hold the digits: 2000 to 2099, month 1 to 12, day 1 to 31 ... */
bool ghi_terminal_time_fits(struct gh_time t);

/* Six bytes: year - 2000, month, day, hour, minute, second. */
struct gh_time ghi_terminal_time_read6(const uint8_t b[6]);
void ghi_terminal_time_write6(struct gh_time t, uint8_t b[6]);

/* For many codes in a row: the day is worked out only when it changes. */
struct ghi_terminal_day {
	uint32_t start, end; /* codes of one day, [start, end); both zero: none yet */
	uint32_t midnight;
	struct gh_time at; /* its midnight */
};
void ghi_terminal_time_unpack_next(struct ghi_terminal_day *d, uint32_t code,
				   struct gh_time *out);

#endif
