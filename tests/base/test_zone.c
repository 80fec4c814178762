#include "tests.h"

#include "base/zone.h"
#include "slices.h"

static struct zone *open_zone(const char *name)
{
	struct zone *z = NULL;

	if (zone_open(gh_slice_of(name), &z))
		fail_msg("no zone %s", name);
	return z;
}

static void wall_times_become_moments(void **state)
{
	static const struct {
		const char *zone;
		ghi_civil wall;
		int offset;
		enum zone_fit fit;
	} c[] = {
		{ "UTC", 20260320100000, 0, ZONE_EXACT },
		{ "+05:30", 20260320100000, 19800, ZONE_EXACT },
		{ "-03:00", 19690101000000, -10800, ZONE_EXACT },
		{ "Asia/Kolkata", 20260320100000, 19800, ZONE_EXACT },
		{ "Europe/Istanbul", 20260720100000, 10800, ZONE_EXACT },
		{ "Europe/Berlin", 20260120100000, 3600, ZONE_EXACT },
		{ "Europe/Berlin", 20260720100000, 7200, ZONE_EXACT },
		/* the last second before, the skipped hour, the first second after */
		{ "Europe/Berlin", 20260329015959, 3600, ZONE_EXACT },
		{ "Europe/Berlin", 20260329020000, 3600, ZONE_GAP },
		{ "Europe/Berlin", 20260329025959, 3600, ZONE_GAP },
		{ "Europe/Berlin", 20260329030000, 7200, ZONE_EXACT },
		/* the hour that comes twice: the first is taken */
		{ "Europe/Berlin", 20261025015959, 7200, ZONE_EXACT },
		{ "Europe/Berlin", 20261025020000, 7200, ZONE_OVERLAP },
		{ "Europe/Berlin", 20261025025959, 7200, ZONE_OVERLAP },
		{ "Europe/Berlin", 20261025030000, 3600, ZONE_EXACT },
		{ "America/New_York", 20260308023000, -18000, ZONE_GAP },
		{ "America/New_York", 20261101013000, -14400, ZONE_OVERLAP },
		/* half an hour of daylight saving */
		{ "Australia/Lord_Howe", 20261004021000, 37800, ZONE_GAP },
		{ "Australia/Lord_Howe", 20260405014500, 39600, ZONE_OVERLAP },
		/* a whole day skipped */
		{ "Pacific/Apia", 20111229235959, -36000, ZONE_EXACT },
		{ "Pacific/Apia", 20111230120000, -36000, ZONE_GAP },
		{ "Pacific/Apia", 20111231000000, 50400, ZONE_EXACT },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct zone *z = open_zone(c[i].zone);
		int64_t utc = 0;
		enum zone_fit fit = zone_to_utc(z, c[i].wall, &utc);

		if (fit != c[i].fit || ghi_civil_to_seconds(c[i].wall) - utc != c[i].offset)
			fail_msg("%s %lld: fit %d, offset %lld", c[i].zone,
				 (long long)c[i].wall, fit,
				 (long long)(ghi_civil_to_seconds(c[i].wall) - utc));
		assert_text(zone_name(z), c[i].zone);
		zone_close(z);
	}
}

/* Half hours of a year and a half: what the cache answers is what it would be without. */
static void a_cached_answer_is_the_same_answer(void **state)
{
	static const char *const names[] = { "Europe/Berlin", "Australia/Lord_Howe", "UTC",
					     "America/New_York", "Africa/Casablanca" };
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct zone *z = open_zone(names[i]);
		struct zone_cache c = { .zone = z };
		int64_t start = ghi_civil_to_seconds(20260101000000);

		for (int64_t s = start; s < start + 550 * INT64_C(86400); s += 1800) {
			ghi_civil wall = ghi_civil_from_seconds(s);
			int64_t plain, cached;

			assert_int_equal(zone_to_utc_cached(&c, wall, &cached),
					 zone_to_utc(z, wall, &plain));
			assert_int_equal(cached, plain);
		}
		zone_close(z);
	}
}

static void moments_and_wall_times_agree(void **state)
{
	struct zone *z = open_zone("Europe/Berlin");
	int64_t start = ghi_civil_to_seconds(20260101000000);
	(void)state;

	for (int64_t s = start; s < start + 366 * INT64_C(86400); s += 3600) {
		int64_t utc, local = s + zone_offset_at(z, s);
		enum zone_fit fit = zone_to_utc(z, ghi_civil_from_seconds(local), &utc);

		assert_int_not_equal(fit, ZONE_GAP);
		if (fit == ZONE_EXACT)
			assert_int_equal(utc, s);
		else
			assert_true(utc == s || utc == s - 3600);
	}
	zone_close(z);
}

static void what_names_no_zone_is_refused(void **state)
{
	const gh_slice bad[] = {
		GH_LIT(""),
		GH_LIT("Nowhere/Town"),
		GH_LIT("Europe"),
		GH_LIT("/etc/localtime"),
		GH_LIT("../etc/passwd"),
		GH_LIT("zone.tab"),
		GH_LIT("tzdata.zi"),
		GH_LIT("UTC\0"),
		GH_LIT("UTC "),
		GH_LIT("+25:00"),
		GH_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	};
	struct zone *z = NULL;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(zone_open(bad[i], &z), GH_EINVALID);
	assert_null(z);
	zone_close(NULL);
}

static void a_reference_keeps_a_zone(void **state)
{
	struct zone *z = open_zone("UTC"), *again = zone_ref(z);
	(void)state;

	zone_close(z);
	assert_text(zone_name(again), "UTC");
	zone_close(again);
	z = open_zone(zone_system_name());
	zone_close(z);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_times_become_moments),
		cmocka_unit_test(a_cached_answer_is_the_same_answer),
		cmocka_unit_test(moments_and_wall_times_agree),
		cmocka_unit_test(what_names_no_zone_is_refused),
		cmocka_unit_test(a_reference_keeps_a_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
