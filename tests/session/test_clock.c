/* The zone of a device and the time of its clock: what the device gets, when, and how its times
 * are read until then. */
#include "core/device_options.h"
#include "session_fixture.h"

/* --- helpers --- */

struct seen {
	size_t n;
	int64_t utc;
	uint32_t flags;
	char zone[64];
};

static bool see_punch(void *ctx, const struct punch *p)
{
	struct seen *s = ctx;

	s->n++;
	s->utc = p->utc;
	s->flags = p->flags;
	snprintf(s->zone, sizeof(s->zone), "%.*s", GH_FMT(p->zone));
	return true;
}

/* The latest punch. */
static struct seen punch_latest(void)
{
	struct store_reader *r = fixture_reader();
	struct punch_query q = { .page = { .limit = 1000 },
				 .from = GHI_CIVIL_NONE,
				 .to = GHI_CIVIL_NONE };
	struct seen s = { 0 };

	assert_int_equal(fixture.server.db.ops->punches_read(r, &q, see_punch, &s), GH_OK);
	fixture.server.db.ops->reader_close(r);
	return s;
}

static struct seen punch_upload(const char *digits)
{
	char line[80];

	snprintf(line, sizeof(line), "1\t%s\t0\t1\n", digits);
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", line);
	assert_int_equal(reply.status, 200);
	return punch_latest();
}

static void device_change_wait(const struct device_row *row)
{
	assert_int_equal(device_change(&fixture.server, clock1, row, NULL, NULL), GH_OK);
	server_settle(&fixture);
}

static void change_zone(const char *zone)
{
	device_change_wait(&(struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_zone),
						 .zone = gh_slice_of(zone) });
}

static enum gh_err send_options(bool named)
{
	enum gh_err err =
		device_options_send(&fixture.server, clock1, named, GH_LIT("test"), NULL, NULL);

	server_settle(&fixture);
	return err;
}

static void assert_check_waits(bool waits)
{
	const char *offered = server_poll(&fixture, clock1);

	if (waits)
		assert_non_null(strstr(offered, ":CHECK\n"));
	else
		assert_string_equal(offered, "");
}

/* --- zones --- */

static void a_changed_zone_reaches_the_clock_by_a_check(void **state)
{
	(void)state;
	session_handshake();
	assert_non_null(strstr(reply.body, "TimeZone=2\n"));
	change_zone("Asia/Kolkata");
	assert_int_equal(send_options(true), GH_OK);
	assert_check_waits(true);
	session_handshake();
	assert_non_null(strstr(reply.body, "TimeZone=330\n"));
}

static void what_arrives_until_the_clock_gets_it_keeps_the_old_zone(void **state)
{
	struct seen s;
	(void)state;

	session_handshake();
	change_zone("Asia/Kolkata");
	s = punch_upload("2024-07-31 12:00:00");
	assert_string_equal(s.zone, "Europe/Berlin");
	assert_int_equal(s.utc, 1722420000);
	session_handshake();
	s = punch_upload("2024-07-31 12:00:01");
	assert_string_equal(s.zone, "Asia/Kolkata");
	assert_int_equal(s.utc, 1722407401);
}

/* No handshake was answered: only the administrator's setting of its clock is available. */
static void a_zone_given_before_the_first_handshake_counts_at_once(void **state)
{
	(void)state;
	session_open(state);
	clock1 = server_admit(&fixture, "CLOCK1");
	device_change_wait(
		&(struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_zone, DEVICE_state),
				      .zone = GH_LIT("Asia/Kolkata"),
				      .state = DEVICE_APPROVED });
	assert_string_equal(punch_upload("2024-07-31 12:00:00").zone, "Asia/Kolkata");
}

static void a_handshake_that_broke_off_changes_nothing(void **state)
{
	(void)state;
	session_handshake();
	change_zone("Asia/Kolkata");
	carrier_request(&fixture.server, "GET",
			"/iclock/cdata?SN=CLOCK1&options=all&pushver=2.4.1&language=69",
			(gh_slice){ 0 }, (struct carrier_peer){ .leaves = true }, &reply);
	server_settle(&fixture);
	assert_string_equal(punch_upload("2024-07-31 12:00:00").zone, "Europe/Berlin");
}

static void a_new_default_zone_reaches_devices_without_one(void **state)
{
	struct server_settings fresh;
	(void)state;

	session_handshake();
	fresh = fixture.settings;
	fresh.zone = "Asia/Tokyo";
	fixture.server.settings = &fresh;
	devices_settings_changed(&fixture.server);
	server_settle(&fixture);
	server_settle(&fixture);
	assert_string_equal(punch_upload("2024-07-31 12:00:00").zone, "Europe/Berlin");
	devices_options_tick(&fixture.server);
	server_settle(&fixture);
	assert_check_waits(true);
	session_handshake();
	assert_non_null(strstr(reply.body, "TimeZone=9\n"));
	assert_string_equal(punch_upload("2024-07-31 12:00:01").zone, "Asia/Tokyo");
	fixture.server.settings = &fixture.settings;
}

/* --- summer time: 2024-10-27 at 01:00 UTC --- */

static void a_summer_time_change_is_sent_like_a_new_zone(void **state)
{
	struct seen s;
	(void)state;

	server_fixture_now = INT64_C(1729988100000); /* 2024-10-27 00:15 UTC */
	session_handshake();
	assert_non_null(strstr(reply.body, "TimeZone=2\n"));
	devices_options_tick(&fixture.server);
	server_settle(&fixture);
	assert_check_waits(false);

	server_fixture_now = INT64_C(1729992900000); /* 01:35 UTC: the clock shows 03:35 */
	s = punch_upload("2024-10-27 03:34:59");
	assert_string_equal(s.zone, "+02:00");
	assert_int_equal(s.utc, 1729992899);
	assert_int_equal(s.flags, 0);
	/* Before it got the offset, by the rules of the zone. */
	assert_string_equal(punch_upload("2024-10-26 12:00:00").zone, "Europe/Berlin");
	for (int i = 0; i < 2; i++) {
		devices_options_tick(&fixture.server);
		server_settle(&fixture);
	}
	assert_int_equal(device_commands(clock1), 1);
	assert_check_waits(true);

	session_handshake();
	assert_non_null(strstr(reply.body, "TimeZone=1\n"));
	s = punch_upload("2024-10-27 02:36:00");
	assert_string_equal(s.zone, "Europe/Berlin");
}

/* --- delays and their kin --- */

static void other_options_are_sent_the_same_way(void **state)
{
	const struct device_row c[] = {
		{ .present = DEVICE_FIELDS_OF(DEVICE_delay_s), .attendance.delay_s = 77 },
		{ .present = DEVICE_FIELDS_OF(DEVICE_error_delay_s),
		  .attendance.error_delay_s = 78 },
		{ .present = DEVICE_FIELDS_OF(DEVICE_trans_interval_min),
		  .attendance.trans_interval_min = 79 },
		{ .present = DEVICE_FIELDS_OF(DEVICE_realtime), .attendance.realtime = 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		session_handshake();
		assert_int_equal(send_options(true), GH_ENOTFOUND);
		device_change_wait(&c[i]);
		assert_int_equal(send_options(true), GH_OK);
		assert_int_equal(send_options(true), GH_ENOTFOUND);
	}
	device_change_wait(
		&(struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_trans_times),
				      .attendance.trans_times = GH_LIT("03:00") });
	assert_int_equal(send_options(false), GH_OK);
}

static void a_check_that_changed_nothing_is_repeated_after_a_day(void **state)
{
	(void)state;
	session_handshake();
	change_zone("Asia/Kolkata");
	assert_int_equal(send_options(true), GH_OK);
	assert_check_waits(true);
	session_post("/iclock/devicecmd?SN=CLOCK1", "ID=1&Return=0&CMD=CHECK\n");
	/* It reads no options. */
	server_fixture_now += INT64_C(86000000);
	assert_int_equal(send_options(false), GH_ENOTFOUND);
	server_fixture_now += INT64_C(1000000);
	assert_int_equal(send_options(false), GH_ENOTFOUND); /* it was not there since */
	assert_check_waits(false);
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(send_options(false), GH_OK);
	assert_int_equal(send_options(false), GH_ENOTFOUND);
	assert_check_waits(true);
}

/* The zone changes while a CHECK waits, or after it was given: the last one counts. */
static void a_zone_changed_again_ends_in_the_last_one(void **state)
{
	(void)state;
	for (int given = 0; given < 2; given++) {
		change_zone("Europe/Berlin");
		session_handshake();
		change_zone("Asia/Kolkata");
		assert_int_equal(send_options(true), GH_OK);
		if (given)
			assert_check_waits(true);
		change_zone("Asia/Tokyo");
		assert_int_equal(send_options(true), GH_OK);
		assert_string_equal(
			punch_upload(given ? "2024-07-31 12:00:00" : "2024-07-31 12:00:01")
				.zone,
			"Europe/Berlin");
		session_handshake();
		assert_non_null(strstr(reply.body, "TimeZone=9\n"));
		assert_string_equal(
			punch_upload(given ? "2024-07-31 12:00:02" : "2024-07-31 12:00:03")
				.zone,
			"Asia/Tokyo");
		assert_int_equal(send_options(false), GH_ENOTFOUND);
	}
}

/* --- a clock that is behind --- */

/* The device calls every five minutes until then. */
static void clock_calls_until(int64_t ms)
{
	while (server_fixture_now < ms) {
		server_fixture_now += INT64_C(300000);
		session_get("/iclock/getrequest?SN=CLOCK1");
	}
}

static void a_live_punch_hours_behind_is_flagged_and_the_clock_is_known(void **state)
{
	int64_t off = 0;
	(void)state;

	server_fixture_now = INT64_C(1722412800000); /* 2024-07-31 08:00 UTC, 10:00 in Berlin */
	session_handshake();
	clock_calls_until(server_fixture_now + INT64_C(10800000));
	/* 13:00 in Berlin. Two hours behind, and the device was there all the time. */
	assert_int_equal(punch_upload("2024-07-31 11:00:03").flags, PUNCH_SHIFTED);
	assert_true(device_clock_offset(clock1, &off));
	assert_int_equal(off, -7197);
	assert_int_equal(punch_upload("2024-07-31 11:30:00").flags, PUNCH_SHIFTED);
	assert_true(device_clock_offset(clock1, &off));
	assert_int_equal(off, -5400);
	/* No whole or half hours: it was kept by the device, or nothing is known. */
	assert_int_equal(punch_upload("2024-07-31 11:44:00").flags, 0);
	/* Before the device was there: it may have waited for the network. */
	assert_int_equal(punch_upload("2024-07-31 09:00:00").flags, 0);
	assert_true(device_clock_offset(clock1, &off));
	assert_int_equal(off, -5400);
	/* Silent for longer than its punches may take. */
	server_fixture_now += INT64_C(3600000);
	assert_int_equal(punch_upload("2024-07-31 13:00:01").flags, 0);
	/* Right again. */
	assert_int_equal(punch_upload("2024-07-31 13:59:58").flags, 0);
	assert_true(device_clock_offset(clock1, &off));
	assert_int_equal(off, -2);
}

static void nothing_is_sent_where_the_last_options_are_unknown(void **state)
{
	(void)state;
	devices_options_tick(&fixture.server);
	server_settle(&fixture);
	assert_check_waits(false);
	assert_int_equal(send_options(true), GH_OK);
}

int main(void)
{
#define APPROVED(name) \
	cmocka_unit_test_setup_teardown(name, session_open_approved, session_close)
	static const struct CMUnitTest tests[] = {
		APPROVED(a_changed_zone_reaches_the_clock_by_a_check),
		APPROVED(what_arrives_until_the_clock_gets_it_keeps_the_old_zone),
		cmocka_unit_test_teardown(
			a_zone_given_before_the_first_handshake_counts_at_once, session_close),
		APPROVED(a_handshake_that_broke_off_changes_nothing),
		APPROVED(a_new_default_zone_reaches_devices_without_one),
		APPROVED(a_summer_time_change_is_sent_like_a_new_zone),
		APPROVED(other_options_are_sent_the_same_way),
		APPROVED(nothing_is_sent_where_the_last_options_are_unknown),
		APPROVED(a_check_that_changed_nothing_is_repeated_after_a_day),
		APPROVED(a_zone_changed_again_ends_in_the_last_one),
		APPROVED(a_live_punch_hours_behind_is_flagged_and_the_clock_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
