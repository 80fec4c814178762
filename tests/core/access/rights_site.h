/* A small site, a unit, and what of it is compared with what is expected: for tests of the rows that a unit gets. */
#ifndef GH_TESTS_RIGHTS_SITE_H
#define GH_TESTS_RIGHTS_SITE_H

#include "core/access/rights/compile.h"

/* Door n of unit "A"; the first five of them, and the numbers of both persons. */
#define A(n)                                   \
	{                                      \
		{ (const uint8_t *)"A", 1 }, n \
	}
extern const struct site_door door[5];
extern const int64_t two[2];

/* Persons 7 and 8 may pass doors 1 and 2 always. */
struct site site_base(void);

/* A controller with four doors, and the functions whose numbers are named. Its text lasts until the next call. */
struct unit_facts facts_of(const int *bits, size_t n);
#define FACTS(...)                             \
	facts_of((const int[]){ __VA_ARGS__ }, \
		 sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

/* The caller clears it: rows_expect() does. */
struct unit_rows site_compiled(const struct site *s, const struct unit_facts *f);

#define TABLE(NAME) (1ul << UNIT_##NAME)
/* The rows of some tables, in lines; and options behind them, but what is resting. */
void rows_expect(struct unit_rows *u, unsigned long tables, const char *want);
void refusal_expect(const struct unit_rows *u, enum refusal_of of, int64_t id,
		    const char *text);

#endif
