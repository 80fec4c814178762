/* What a day of a person lacks, by its punches. */
#include "model/punch_day.h"
#include "tests.h"

#include <stdio.h>

enum { IN = 0, OUT = 1, ANY = 255 }; /* statuses: check in, check out, none */

#define PUNCHES 6

struct day_case {
	const char *name;
	struct {
		int hour, status; /* hour 0: no punch */
	} punch[PUNCHES];
	enum punch_missing missing;
};

static const struct day_case cases[] = {
	{ "a whole day", { { 8, IN }, { 17, OUT } }, MISSING_NONE },
	{ "with a break", { { 8, IN }, { 12, OUT }, { 13, IN }, { 17, OUT } }, MISSING_NONE },
	{ "only came", { { 8, IN } }, MISSING_OUT },
	{ "only went", { { 17, OUT } }, MISSING_IN },
	{ "did not come back from the break",
	  { { 8, IN }, { 12, OUT }, { 17, OUT } },
	  MISSING_IN },
	{ "did not go to the break", { { 8, IN }, { 13, IN }, { 17, OUT } }, MISSING_OUT },
	{ "each twice", { { 8, IN }, { 9, IN }, { 16, OUT }, { 17, OUT } }, MISSING_NONE },
	{ "between two nights", { { 6, OUT }, { 22, IN } }, MISSING_BOTH },
	{ "a night, and a whole shift", { { 6, OUT }, { 14, IN }, { 22, OUT } }, MISSING_IN },
	{ "a whole shift, and a night", { { 8, IN }, { 16, OUT }, { 22, IN } }, MISSING_OUT },
	{ "a shift between two nights",
	  { { 6, OUT }, { 8, IN }, { 17, OUT }, { 22, IN } },
	  MISSING_BOTH },
	{ "a night, and one going too few",
	  { { 6, OUT }, { 8, IN }, { 20, IN }, { 22, OUT } },
	  MISSING_BOTH },
	{ "one without direction", { { 8, ANY } }, MISSING_OUT },
	{ "two without direction", { { 8, ANY }, { 17, ANY } }, MISSING_NONE },
	{ "three without direction", { { 8, ANY }, { 12, ANY }, { 17, ANY } }, MISSING_EITHER },
	{ "came, then none", { { 8, IN }, { 17, ANY } }, MISSING_NONE },
	{ "none, then went", { { 8, ANY }, { 17, OUT } }, MISSING_NONE },
	{ "none, then came", { { 7, ANY }, { 8, IN } }, MISSING_OUT },
	{ "went, then none", { { 6, OUT }, { 8, ANY } }, MISSING_BOTH },
	{ "none at both ends",
	  { { 5, ANY }, { 6, OUT }, { 22, IN }, { 23, ANY } },
	  MISSING_NONE },
	{ "none at one end", { { 5, ANY }, { 6, OUT }, { 22, IN } }, MISSING_OUT },
	{ "none at the other", { { 6, OUT }, { 22, IN }, { 23, ANY } }, MISSING_IN },
	{ "none between", { { 6, OUT }, { 12, ANY }, { 22, IN } }, MISSING_BOTH },
	{ "at the same moment", { { 8, IN }, { 8, OUT } }, MISSING_NONE },
};

static struct punch_day_sum case_sum(const struct day_case *c, bool backwards)
{
	struct punch_day d = { .day = 20261101 };

	for (int i = 0; i < PUNCHES; i++) {
		int at = backwards ? PUNCHES - 1 - i : i;

		if (c->punch[at].hour)
			punch_day_add(&d, 20261101000000 + c->punch[at].hour * 10000,
				      c->punch[at].status);
	}
	return punch_day_sum(&d);
}

static void what_is_missing_follows_from_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int backwards = 0; backwards < 2; backwards++) {
			struct punch_day_sum sum = case_sum(&cases[i], backwards);

			if (sum.missing != cases[i].missing)
				fail_msg("%s: %d", cases[i].name, (int)sum.missing);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_follows_from_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
