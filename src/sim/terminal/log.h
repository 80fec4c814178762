/* The attendance log. The punches of the start follow from the seed and take no memory; new
 * ones are kept, twelve bytes each. */
#ifndef GH_SIM_TERMINAL_LOG_H
#define GH_SIM_TERMINAL_LOG_H

#include "sim/terminal/users.h"

struct term_log {
	const struct term_users *users;
	uint32_t first, end; /* numbers of the punches that are there */
	GArray *added;	     /* struct term_entry, from the number plan->punches + `lost` on */
	uint32_t lost;
	uint64_t key; /* of what follows from the seed */
};

struct term_entry {
	uint32_t time_code, person;
	uint8_t verify, status;
	uint16_t work_code;
};

/* The packed time of a wall clock, computed in full only when the day changes. */
struct term_day {
	int64_t day;
	uint32_t midnight;
};
uint32_t term_time_code(struct term_day *d, int64_t seconds);

enum { TERM_ADDED_MAX = 4000000 };

void term_log_open(struct term_log *l, const struct term_users *users);
void term_log_close(struct term_log *l);
void term_log_clear(struct term_log *l);
static inline uint32_t term_log_count(const struct term_log *l)
{
	return l->end - l->first;
}

/* Another punch, by one of the present users; false: there are none. Its `time` is set. */
bool term_log_add(struct term_log *l, int64_t seconds, struct gh_punch *out);

/* A punch by its number; those that were cleared can still be read for a while, as a table
 * that was prepared before. `time` is left out. */
void term_log_get(const struct term_log *l, uint32_t number, struct term_day *d,
		  struct gh_punch *out);

#endif
