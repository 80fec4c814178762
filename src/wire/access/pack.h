/* Values packed into numbers and short texts, and back (Security PUSH 3.1.2, 9.1.1, 9.4 and 11.5). */
#ifndef GH_WIRE_ACCESS_PACK_H
#define GH_WIRE_ACCESS_PACK_H

#include "base/civil_time.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* --- seconds of a calendar whose months all have 31 days, from 2000-01-01 on (11.5, 11.6) --- */

/* Digits of a packed second; they need not name a real moment (30 February). */
ghi_civil ghi_packed_civil(uint32_t packed);
/* GH_ETOOBIG: before 2000, or after 2133-08-18. GH_EMALFORMED: month 13, hour 24 and the like. */
GH_MUST_CHECK enum gh_err ghi_packed_second(ghi_civil t, uint32_t *packed);
/* The decimal number of one. GH_EMALFORMED: no number of 32 bits. */
GH_MUST_CHECK enum gh_err ghi_packed_read(gh_slice text, ghi_civil *out);

/* Validity of a user: packed seconds where the unit registered DateFmtFunOn=1, otherwise YYYYMMDD; 0 or
 * empty: none, GHI_CIVIL_NONE. A date is its first second, or as an end its last.
 * GH_EMALFORMED, GH_ETOOBIG. Of a date, the hour is not written. */
GH_MUST_CHECK enum gh_err ghi_validity_read(gh_slice text, bool packed, bool is_end,
					    ghi_civil *out);
void ghi_validity_write(struct ghi_writer *w, bool packed, ghi_civil t);

/* --- a period of a day: (HHMM from << 16) + HHMM to, decimal HHMM --- */

struct ghi_period {
	int from, to; /* minutes since midnight, 0 to 1439; both 0: no period */
};
/* The minute `to` belongs to it. GH_EMALFORMED: no such times. */
GH_MUST_CHECK enum gh_err ghi_period_unpack(uint32_t packed, struct ghi_period *out);
/* GH_EMALFORMED: outside the day, or the end before the beginning; GH_EUNSUPPORTED: a period of the
 * minute 00:00 only, whose number means none. */
GH_MUST_CHECK enum gh_err ghi_period_pack(struct ghi_period p, uint32_t *packed);

/* --- doors of a privilege --- */

#define GHI_DOORS_MAX 32
/* A mask, bit n-1 = door n, or one door's number where bit 15 of AccSupportFunList is set.
 * GH_EMALFORMED: no number, or door 0 or above GHI_DOORS_MAX. */
GH_MUST_CHECK enum gh_err ghi_doors_read(gh_slice text, bool numbered, uint32_t *mask);
/* `numbered`: the mask has one door; GH_EMALFORMED in w->err otherwise. */
void ghi_doors_write(struct ghi_writer *w, uint32_t mask, bool numbered);

/* --- a finger, and whether it calls for help --- */

struct ghi_finger {
	int number; /* 0 to 9 */
	bool duress;
	int valid; /* as sent, but that of a duress finger is 1 */
};
/* An upload adds 16 to a duress finger's number, a command sets Valid=3; both are read.
 * GH_EMALFORMED: no such finger. */
GH_MUST_CHECK enum gh_err ghi_finger_read(int64_t id, int64_t valid, struct ghi_finger *out);
void ghi_finger_in_upload(struct ghi_finger f, int64_t *id, int64_t *valid);
void ghi_finger_in_command(struct ghi_finger f, int64_t *id, int64_t *valid);

/* --- what a linked camera does: OutTime of inoutfun with OutType 2, lowest byte first --- */

struct ghi_camera_action {
	uint8_t photo, video;	   /* switches */
	uint8_t before_s, after_s; /* seconds of video around the event */
};
struct ghi_camera_action ghi_camera_action_unpack(uint32_t packed);
uint32_t ghi_camera_action_pack(struct ghi_camera_action a);

/* --- floors of an elevator --- */

#define GHI_FLOORS 256
struct ghi_floors {
	uint8_t bits[GHI_FLOORS / 8]; /* floor n is bit (n-1)%8 of byte (n-1)/8 */
};
bool ghi_floors_has(const struct ghi_floors *f, unsigned floor);
void ghi_floors_add(struct ghi_floors *f, unsigned floor);
/* One hexadecimal number of up to 64 digits, bit n-1 = floor n (usereleauthorize). GH_EMALFORMED. */
GH_MUST_CHECK enum gh_err ghi_floors_read(gh_slice text, struct ghi_floors *out);
void ghi_floors_write(struct ghi_writer *w, const struct ghi_floors *f);
/* 64 digits, the leftmost bit = floor 1 (CONTROL DEVICE 11 and 12). GH_EMALFORMED. */
GH_MUST_CHECK enum gh_err ghi_floors_leftmost_read(gh_slice text, struct ghi_floors *out);
void ghi_floors_leftmost_write(struct ghi_writer *w, const struct ghi_floors *f);

/* --- a Wiegand format: which bit is which, and what parity covers --- */

struct ghi_wiegand {
	gh_slice card;	 /* a letter a bit: p parity, c card, s site code and others, kept */
	gh_slice parity; /* a letter a bit: e even, o odd, x neither */
};
/* "pccc…p:eee…ooo". GH_EMALFORMED: no colon, other characters than letters, or lengths that differ
 * from `bits` (0: any, but both alike). */
GH_MUST_CHECK enum gh_err ghi_wiegand_read(gh_slice text, size_t bits, struct ghi_wiegand *out);
void ghi_wiegand_write(struct ghi_writer *w, struct ghi_wiegand f);

#endif
