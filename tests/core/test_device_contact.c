#include "tests.h"

#include "core/device_private.h"

#define SECOND INT64_C(1000)
#define START INT64_C(1700000000000)

/* Contacts so many seconds apart; the time of the last one. */
static int64_t contacts_make(struct device *d, int64_t from_ms, int64_t gap_s, int n)
{
	for (int i = 0; i < n; i++, from_ms += gap_s * SECOND)
		device_seen(d, from_ms);
	return from_ms - gap_s * SECOND;
}

static void assert_contact(struct device *d, int64_t last_ms, int64_t silent_s,
			   enum device_contact expected)
{
	assert_string_equal(device_contact_name(device_contact(d, last_ms + silent_s * SECOND)),
			    device_contact_name(expected));
}

static void a_device_that_was_not_seen_is_never(void **state)
{
	struct device d = { 0 };

	(void)state;
	assert_contact(&d, START, 0, DEVICE_NEVER);
}

static void each_is_judged_by_its_own_rhythm(void **state)
{
	struct device quick = { 0 }, slow = { 0 };
	int64_t last;

	(void)state;
	last = contacts_make(&quick, START, 10, 20);
	assert_contact(&quick, last, 60, DEVICE_ONLINE);
	assert_contact(&quick, last, 61, DEVICE_LATE);
	assert_contact(&quick, last, 600, DEVICE_LATE);
	assert_contact(&quick, last, 601, DEVICE_SILENT);
	last = contacts_make(&slow, START, 300, 20);
	assert_contact(&slow, last, 900, DEVICE_ONLINE);
	assert_contact(&slow, last, 901, DEVICE_LATE);
	assert_contact(&slow, last, 3000, DEVICE_LATE);
	assert_contact(&slow, last, 3001, DEVICE_SILENT);
}

static void a_burst_of_uploads_makes_no_poll_late(void **state)
{
	struct device d = { 0 };
	int64_t last = contacts_make(&d, START, 120, 10);

	(void)state;
	last = contacts_make(&d, last + 50, 0, 1);
	for (int i = 0; i < 20; i++)
		device_seen(&d, last += 50);
	assert_contact(&d, last, 200, DEVICE_ONLINE);
}

static void an_absence_is_no_rhythm_and_a_quicker_one_is_learned(void **state)
{
	struct device d = { 0 };
	int64_t last = contacts_make(&d, START, 10, 20);

	(void)state;
	last = contacts_make(&d, last + 7200 * SECOND, 10, 2);
	assert_contact(&d, last, 61, DEVICE_LATE);
	last = contacts_make(&d, last + 600 * SECOND, 600, 10);
	assert_contact(&d, last, 1800, DEVICE_ONLINE);
	last = contacts_make(&d, last + 10 * SECOND, 10, 500);
	assert_contact(&d, last, 100, DEVICE_LATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_was_not_seen_is_never),
		cmocka_unit_test(each_is_judged_by_its_own_rhythm),
		cmocka_unit_test(a_burst_of_uploads_makes_no_poll_late),
		cmocka_unit_test(an_absence_is_no_rhythm_and_a_quicker_one_is_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
