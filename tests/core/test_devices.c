#include "tests.h"

#include "server.h"

static struct server_fixture f;

static int open_server(void **state)
{
	(void)state;
	server_fixture_open(&f);
	return 0;
}

static int close_server(void **state)
{
	(void)state;
	server_fixture_close(&f);
	return 0;
}

static void a_newcomer_is_held_and_found(void **state)
{
	struct device *d = server_admit(&f, "CLOCK1"),
		      *again = devices_find(f.server.devices, GH_LIT("CLOCK1"));
	(void)state;

	assert_non_null(d);
	assert_ptr_equal(d, again);
	assert_int_equal(device_state(d), DEVICE_HELD);
	assert_int_equal(devices_count_in(f.server.devices, DEVICE_HELD), 1);
	server_approve(&f, d);
	assert_int_equal(device_state(d), DEVICE_APPROVED);
	assert_int_equal(devices_count_in(f.server.devices, DEVICE_HELD), 0);
	device_unref(d);
	device_unref(again);
}

static void the_register_has_a_ceiling(void **state)
{
	static const char *const sn[] = { "A", "B", "C" };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		struct device *d = server_admit(&f, sn[i]);

		server_approve(&f, d);
		device_unref(d);
	}
	assert_null(server_admit(&f, "D"));
	assert_int_equal(f.metrics.devices_full, 1);
}

static bool is_known(const char *sn)
{
	struct device *d = devices_find(f.server.devices, gh_slice_of(sn));

	device_unref(d);
	return d != NULL;
}

static void a_newcomer_takes_the_place_of_the_oldest_that_waits(void **state)
{
	(void)state;
	struct device *a = server_admit(&f, "A");

	server_approve(&f, a);
	device_unref(a);
	for (char c = 'B'; c <= 'F'; c++)
		device_unref(server_admit(&f, (char[]){ c, 0 }));
	server_settle(&f);
	assert_int_equal(devices_count(f.server.devices), 3);
	assert_true(is_known("A") && is_known("E") && is_known("F"));
	assert_int_equal(f.metrics.held_dropped, 3);
	f.settings.held_max = 1;
	device_unref(server_admit(&f, "G"));
	server_settle(&f);
	assert_int_equal(devices_count(f.server.devices), 2);
	assert_true(is_known("A") && is_known("G"));
}

static struct device *admit_from(const char *sn, const char *address)
{
	struct device_row first = { .present = DEVICE_FIELDS_OF(DEVICE_address),
				    .sn = gh_slice_of(sn),
				    .address = gh_slice_of(address) };

	return server_admit_row(&f, &first);
}

static void the_place_is_of_the_address_that_has_most(void **state)
{
	(void)state;
	f.settings.devices_max = f.settings.held_max = 5;
	device_unref(admit_from("OURS1", "192.0.2.1"));
	device_unref(admit_from("OURS2", "192.0.2.2"));
	for (char c = 'A'; c <= 'Z'; c++)
		device_unref(admit_from((char[]){ c, 0 }, "198.51.100.9"));
	server_settle(&f);
	assert_int_equal(devices_count(f.server.devices), 5);
	assert_true(is_known("OURS1") && is_known("OURS2") && is_known("X") && is_known("Z"));
}

static void one_that_waits_in_silence_is_dropped(void **state)
{
	(void)state;
	f.settings.held_age_ms = 1000;
	struct device *a = server_admit(&f, "A"), *b = server_admit(&f, "B"),
		      *c = server_admit(&f, "C");

	server_approve(&f, c);
	server_fixture_now += 1000;
	device_seen(b, server_fixture_now);
	devices_held_tick(&f.server);
	server_settle(&f);
	assert_false(is_known("A"));
	assert_true(is_known("B") && is_known("C"));
	device_unref(a);
	device_unref(b);
	device_unref(c);
}

static void one_that_was_announced_is_dropped_for_nothing(void **state)
{
	(void)state;
	f.settings.held_age_ms = 1000;
	f.settings.devices_max = 10;
	f.settings.held_max = 2;
	struct device *called = server_announce(&f, "A"), *silent = server_announce(&f, "B"),
		      *stranger = server_admit(&f, "C");

	assert_int_equal(device_contact(silent, server_fixture_now), DEVICE_NEVER);
	device_seen(called, server_fixture_now);
	device_unref(server_admit(&f, "D"));
	device_unref(server_admit(&f, "E"));
	server_settle(&f);
	assert_true(is_known("A") && is_known("B") && is_known("D") && is_known("E"));
	assert_false(is_known("C"));
	server_fixture_now += 1000;
	devices_held_tick(&f.server);
	server_settle(&f);
	assert_true(is_known("A") && is_known("B"));
	assert_false(is_known("D") || is_known("E"));
	assert_int_equal(device_held_drop(&f.server, stranger, NULL, NULL), GH_ESTATE);
	device_unref(called);
	device_unref(silent);
	device_unref(stranger);
}

static void one_is_either_dropped_or_approved(void **state)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_state),
				     .state = DEVICE_APPROVED };
	struct device *a = server_admit(&f, "A"), *b = server_admit(&f, "B");
	(void)state;

	assert_int_equal(device_change(&f.server, a, &change, NULL, NULL), GH_OK);
	assert_int_equal(device_held_drop(&f.server, a, NULL, NULL), GH_ESTATE);
	assert_int_equal(device_held_drop(&f.server, b, NULL, NULL), GH_OK);
	assert_int_equal(device_change(&f.server, b, &change, NULL, NULL), GH_ENOTFOUND);
	assert_int_equal(device_held_drop(&f.server, b, NULL, NULL), GH_ESTATE);
	server_settle(&f);
	assert_true(is_known("A") && !is_known("B"));
	assert_int_equal(device_state(a), DEVICE_APPROVED);
	/* It may wait again. */
	change.state = DEVICE_HELD;
	assert_int_equal(device_change(&f.server, a, &change, NULL, NULL), GH_OK);
	server_settle(&f);
	assert_int_equal(device_held_drop(&f.server, a, NULL, NULL), GH_OK);
	server_settle(&f);
	assert_false(is_known("A"));
	device_unref(a);
	device_unref(b);
}

static void serial_numbers_are_plain_text(void **state)
{
	static const struct {
		const char *sn;
		bool valid;
	} c[] = {
		{ "CJ7E190560012", true },
		{ "a-b_c.9", true },
		{ "", false },
		{ "A B", false },
		{ "../etc", false },
		{ "A'--", false },
		{ "123456789012345678901234567890123", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(device_serial_valid(gh_slice_of(c[i].sn)), c[i].valid);
}

static void device_gone(void *ctx, enum gh_err err)
{
	*(enum gh_err *)ctx = err;
}

static void a_deleted_device_is_unknown_and_comes_back_with_its_number(void **state)
{
	struct device *d = server_admit(&f, "CLOCK1");
	int64_t id = device_id(d);
	enum gh_err err = GH_EBUSY;
	(void)state;

	server_approve(&f, d);
	assert_int_equal(server_upload(&f, d, "1\t2024-07-01 08:00:00\t0\t1\n", NULL), GH_OK);
	assert_int_equal(device_delete(&f.server, d, NULL, device_gone, &err), GH_OK);
	server_settle(&f);
	assert_int_equal(err, GH_OK);
	assert_true(device_deleted(d));
	assert_null(devices_find(f.server.devices, GH_LIT("CLOCK1")));
	assert_int_equal(server_upload(&f, d, "2\t2024-07-01 08:00:00\t0\t1\n", NULL),
			 GH_ENOTFOUND);
	device_unref(d);

	struct ingest_result result;
	d = server_admit(&f, "CLOCK1");
	assert_int_equal(device_id(d), id);
	assert_int_equal(server_upload(&f, d, "1\t2024-07-01 08:00:00\t0\t1\n", &result),
			 GH_OK);
	assert_int_equal(result.fresh, 0);
	device_unref(d);
}

static void a_zone_must_exist(void **state)
{
	struct device *d = server_admit(&f, "CLOCK1");
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_zone),
				     .zone = GH_LIT("Mars/Olympus") };
	(void)state;

	assert_int_equal(device_change(&f.server, d, &change, NULL, NULL), GH_EINVALID);
	device_unref(d);
}

static void repeats_are_acknowledged_and_change_nothing(void **state)
{
	static const char lines[] = "1\t2024-07-01 08:00:00\t0\t1\n"
				    "rubbish\n"
				    "2\t2024-07-01 08:00:00\t0\t1\n";
	struct device *d = server_admit(&f, "CLOCK1");
	struct ingest_result first, second;
	(void)state;

	assert_int_equal(server_upload(&f, d, lines, &first), GH_OK);
	assert_int_equal(first.accepted, 2);
	assert_int_equal(first.fresh, 2);
	assert_int_equal(first.quarantined, 1);
	assert_int_equal(server_upload(&f, d, lines, &second), GH_OK);
	assert_int_equal(second.accepted, 2);
	assert_int_equal(second.fresh, 0);
	assert_int_equal(live_seq(f.server.live, STREAM_PUNCH), 2);
	device_unref(d);
}

struct row {
	int64_t utc;
	uint32_t flags;
};

static bool device_note(void *ctx, const struct punch *p)
{
	struct row *at = *(struct row **)ctx;

	*at = (struct row){ p->utc, p->flags };
	(*(struct row **)ctx)++;
	return true;
}

static void wall_time_becomes_utc_and_what_is_odd_is_flagged(void **state)
{
	/* Berlin: summer time from 2024-03-31 02:00 to 2024-10-27 03:00; the server's clock
	 * stands at 2024-08-01. */
	static const struct {
		const char *line;
		int64_t utc;
		uint32_t flags;
	} c[] = {
		{ "1\t2024-01-15 12:00:00\t0\t1\n", 1705316400, 0 },
		{ "1\t2024-07-15 12:00:00\t0\t1\n", 1721037600, 0 },
		{ "1\t2024-03-31 02:30:00\t0\t1\n", 1711848600, PUNCH_GAP },
		{ "1\t2023-10-29 02:30:00\t0\t1\n", 1698539400, PUNCH_OVERLAP },
		{ "1\t2024-02-30 12:00:00\t0\t1\n", PUNCH_NO_UTC, PUNCH_IMPOSSIBLE },
		{ "1\t0000-00-00 00:00:00\t0\t1\n", PUNCH_NO_UTC, PUNCH_IMPOSSIBLE },
		{ "1\t2030-01-01 00:00:00\t0\t1\n", 1893452400, PUNCH_AHEAD },
		{ "1\t2024-08-01 02:09:00\t0\t1\n", 1722470940, 0 },
		{ "1\t2024-08-01 02:11:00\t0\t1\n", 1722471060, PUNCH_AHEAD },
		{ "1\t1999-12-31 23:00:00\t0\t1\n", 946677600, PUNCH_ANCIENT },
		{ "1\t2000-12-31 23:00:00\t0\t1\n", 978300000, PUNCH_ANCIENT },
		{ "1\t2001-01-01 00:00:00\t0\t1\n", 978303600, 0 },
	};
	struct device *d = server_admit(&f, "CLOCK1");
	struct row rows[16] = { 0 }, *at = rows;
	struct punch_query q = { .page = { .limit = 16 },
				 .from = GHI_CIVIL_NONE,
				 .to = GHI_CIVIL_NONE };
	struct store_reader *r;
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(server_upload(&f, d, c[i].line, NULL), GH_OK);
	assert_int_equal(f.server.db.ops->reader_open(f.server.db.store, &r), GH_OK);
	assert_int_equal(f.server.db.ops->punches_read(r, &q, device_note, &at), GH_OK);
	f.server.db.ops->reader_close(r);
	assert_int_equal(at - rows, sizeof(c) / sizeof(c[0]));
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(rows[i].utc, c[i].utc);
		assert_int_equal(rows[i].flags, c[i].flags);
	}
	device_unref(d);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_server, close_server)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(a_newcomer_is_held_and_found),
		CASE(the_register_has_a_ceiling),
		CASE(a_newcomer_takes_the_place_of_the_oldest_that_waits),
		CASE(the_place_is_of_the_address_that_has_most),
		CASE(one_that_waits_in_silence_is_dropped),
		CASE(one_that_was_announced_is_dropped_for_nothing),
		CASE(one_is_either_dropped_or_approved),
		CASE(serial_numbers_are_plain_text),
		CASE(a_deleted_device_is_unknown_and_comes_back_with_its_number),
		CASE(a_zone_must_exist),
		CASE(repeats_are_acknowledged_and_change_nothing),
		CASE(wall_time_becomes_utc_and_what_is_odd_is_flagged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
