/* What units answer to queries: packets that are collected by their command (Security PUSH 3.1.2, 9.1.3,
 * 9.1.4). */
#include "session_fixture.h"

#include <sched.h>

#include "core/access/query_mirror.h"
#include "core/commands.h"

#define REGISTRATION "DeviceType=acc,~DeviceName=F20/M,LockCount=2"

static struct device *unit;
/* Of the test that has one. Its threads may still use it at the end of the test: it goes after them. */
static struct query_mirror *mirror;

static int query_open(void **state)
{
	session_open(state);
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_non_null(unit);
	server_approve(&fixture, unit);
	session_post("/iclock/registry?SN=UNIT1", REGISTRATION);
	assert_int_equal(reply.status, 200);
	return 0;
}

static int query_close(void **state)
{
	device_unref(unit);
	unit = NULL;
	session_close(state);
	query_mirror_free(mirror);
	mirror = NULL;
	return 0;
}

static int64_t query_give(void)
{
	int64_t id =
		queue_kind(&fixture, unit, COMMAND_KIND_QUERY_TABLE,
			   GH_LIT("written=DATA QUERY tablename=user,fielddesc=*,filter=*\n"
				  "table=user\n"));

	session_get("/iclock/getrequest?SN=UNIT1");
	assert_memory_equal(reply.body, "C:", 2);
	return id;
}

static void query_answer(int64_t id, const char *rest)
{
	char body[256];

	snprintf(body, sizeof(body), "ID=%lld&%s", (long long)id, rest);
	session_post("/iclock/devicecmd?SN=UNIT1", body);
	assert_reply(200, "OK");
}

static void packet_send(const char *sn, int64_t id, int number, int packets, gh_slice body)
{
	char target[256];

	snprintf(target, sizeof(target),
		 "/iclock/querydata?SN=%s&type=tabledata&cmdid=%lld&tablename=User&count=2"
		 "&packcnt=%d&packidx=%d",
		 sn, (long long)id, packets, number);
	session_send("POST", target, body);
	assert_reply(200, "User=2");
}

/* Packet n of a set has the persons 10n and 10n + 1. */
static void packet_of_two(int64_t id, int number, int packets)
{
	char body[128];

	snprintf(body, sizeof(body), "user pin=%d0\nuser pin=%d1", number, number);
	packet_send("UNIT1", id, number, packets, gh_slice_of(body));
}

/* What a reader finds of a command. */
static enum gh_err query_set_read(int64_t id, store_query_set_fn *fn, void *ctx)
{
	struct store_reader *r = fixture_reader();
	enum gh_err err = fixture.server.db.ops->query_set_get(r, id, fn, ctx);

	fixture.server.db.ops->reader_close(r);
	return err;
}

static bool query_set_show(void *ctx, const struct query_set *set)
{
	snprintf(ctx, 128, "%.*s %s %lld/%lld", GH_FMT(set->table),
		 query_state_name(set->state), (long long)set->stored, (long long)set->packets);
	return true;
}

static const char *query_state_of(int64_t id)
{
	static char text[128];
	enum gh_err err = query_set_read(id, query_set_show, text);

	if (err)
		snprintf(text, sizeof(text), "none");
	return text;
}

static bool query_packet_show(void *ctx, const struct query_packet *p)
{
	struct ghi_writer *w = ctx;

	ghi_put(w, GH_LIT("|"));
	ghi_put(w, p->body);
	return true;
}

static const char *query_rows_of(int64_t id)
{
	static char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

	struct store_reader *r = fixture_reader();

	assert_int_equal(
		fixture.server.db.ops->query_packets_read(r, id, 0, 100, query_packet_show, &w),
		GH_OK);
	fixture.server.db.ops->reader_close(r);
	assert_int_equal(w.err, GH_OK);
	text[w.n] = '\0';
	return text;
}

static void each_order_of_the_packets_makes_the_same_set(void **state)
{
	static const char *const orders[] = { "1234", "4321",	 "2413",
					      "3142", "1123344", "4443211233" };

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		int64_t id = query_give();

		assert_string_equal(query_state_of(id), "none");
		for (const char *n = orders[i]; *n; n++) {
			packet_of_two(id, *n - '0', 4);
			if (n[1])
				assert_memory_equal(query_state_of(id),
						    n == orders[i] ? "User incomplete 1/4"
								   : "User ",
						    n == orders[i] ? 19 : 5);
		}
		assert_string_equal(query_state_of(id), "User complete 4/4");
		assert_string_equal(query_rows_of(id),
				    "|user pin=10\nuser pin=11|user pin=20\nuser pin=21"
				    "|user pin=30\nuser pin=31|user pin=40\nuser pin=41");
		query_answer(id, "Return=8&CMD=DATA QUERY");
	}
	assert_int_equal(fixture_records(KIND_PERSON), 8);
}

static void a_packet_that_comes_again_takes_the_place_of_the_first(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_send("UNIT1", id, 1, 2, GH_LIT("user pin=1"));
	packet_send("UNIT1", id, 1, 2, GH_LIT("user pin=1\tname=Ann"));
	assert_string_equal(query_state_of(id), "User incomplete 1/2");
	packet_send("UNIT1", id, 2, 2, GH_LIT("user pin=2"));
	assert_string_equal(query_rows_of(id), "|user pin=1\tname=Ann|user pin=2");
}

static void the_result_may_come_before_the_last_packet(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_of_two(id, 1, 2);
	query_answer(id, "Return=4&CMD=DATA QUERY");
	assert_int_equal(state_of(&fixture, id), COMMAND_ACKNOWLEDGED);
	assert_string_equal(query_state_of(id), "User incomplete 1/2");
	packet_of_two(id, 2, 2);
	assert_string_equal(query_state_of(id), "User complete 2/2");
}

static void packets_for_what_was_not_given_to_the_unit_are_an_upload(void **state)
{
	struct device *other = server_admit(&fixture, "CLOCK9");
	int64_t waits, foreign, door;

	(void)state;
	server_approve(&fixture, other);
	foreign = queue_kind(&fixture, other, COMMAND_KIND_QUERY_PERSON, GH_LIT(""));
	door = queue_kind(&fixture, unit, COMMAND_KIND_OPEN_DOOR, GH_LIT("door=1\n"));
	session_get("/iclock/getrequest?SN=UNIT1");
	waits = queue_kind(&fixture, unit, COMMAND_KIND_QUERY_PERSON, GH_LIT(""));
	packet_send("UNIT1", foreign, 1, 1, GH_LIT("user pin=1"));
	packet_send("UNIT1", door, 1, 1, GH_LIT("user pin=2"));
	packet_send("UNIT1", waits, 1, 1, GH_LIT("user pin=3"));
	packet_send("UNIT1", 999999, 1, 1, GH_LIT("user pin=4"));
	packet_send("UNIT1", 0, 1, 1, GH_LIT("user pin=5"));
	for (int64_t id = 0; id <= waits; id++)
		assert_string_equal(query_state_of(id), "none");
	assert_string_equal(query_state_of(999999), "none");
	assert_int_equal(fixture_records(KIND_PERSON), 5);
	device_unref(other);
}

static void a_day_later_a_packet_is_no_part_of_the_set(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_of_two(id, 1, 2);
	server_fixture_now += INT64_C(24) * 3600 * 1000 + 1;
	packet_of_two(id, 2, 2);
	assert_string_equal(query_state_of(id), "User incomplete 1/2");
	assert_int_equal(fixture_records(KIND_PERSON), 4);
}

static void another_number_of_packets_begins_the_set_again(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_of_two(id, 1, 3);
	packet_of_two(id, 3, 3);
	packet_of_two(id, 1, 2);
	assert_string_equal(query_state_of(id), "User incomplete 1/2");
	packet_of_two(id, 2, 2);
	assert_string_equal(query_state_of(id), "User complete 2/2");
	packet_of_two(id, 2, 3);
	assert_string_equal(query_state_of(id), "User incomplete 1/3");
}

static void a_place_that_cannot_be_is_an_upload(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_of_two(id, 0, 2);
	packet_of_two(id, 3, 2);
	packet_of_two(id, -1, -1);
	packet_of_two(id, 0, 0);
	assert_string_equal(query_state_of(id), "none");
}

static void more_packets_than_are_kept_are_taken_and_marked(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_of_two(id, 1, QUERY_PACKETS_MAX + 1);
	packet_of_two(id, 4097, QUERY_PACKETS_MAX + 1);
	assert_string_equal(query_state_of(id), "User truncated 0/4097");
	packet_of_two(id, 2147483647, 2147483647);
	assert_string_equal(query_state_of(id), "User truncated 0/2147483647");
	assert_int_equal(fixture_records(KIND_PERSON), 6);
}

struct set_job {
	struct store_job job;
	struct query_set set;
	atomic_bool done;
};

static enum gh_err set_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	return ops->query_set_put(s, &((struct set_job *)job)->set);
}

static void set_done(struct store_job *job, enum gh_err err)
{
	assert_int_equal(err, GH_OK);
	atomic_store(&((struct set_job *)job)->done, true);
}

/* As if so many bytes of it had come. */
static void set_grow(int64_t id, int64_t packets, int64_t stored, int64_t bytes)
{
	struct set_job j = { .job = { .run = set_run, .done = set_done, .lane = LANE_LEDGER },
			     .set = { .command = id,
				      .device = device_id(unit),
				      .table = GH_LIT("User"),
				      .packets = packets,
				      .stored = stored,
				      .bytes = bytes,
				      .counted = -1 } };

	assert_int_equal(store_put(fixture.server.queue, &j.job), GH_OK);
	while (!atomic_load(&j.done))
		sched_yield();
}

static void more_bytes_than_are_kept_are_taken_and_marked(void **state)
{
	int64_t id = query_give();

	(void)state;
	set_grow(id, 6, 4, QUERY_BYTES_MAX - 4);
	packet_send("UNIT1", id, 4, 6, GH_LIT("user"));
	assert_string_equal(query_state_of(id), "User incomplete 5/6");
	packet_of_two(id, 5, 6);
	assert_string_equal(query_state_of(id), "User truncated 5/6");
	packet_of_two(id, 6, 6);
	assert_string_equal(query_state_of(id), "User truncated 5/6");
}

static void the_oldest_sets_of_a_unit_make_room(void **state)
{
	int64_t id[6];

	(void)state;
	for (int i = 0; i < 6; i++) {
		id[i] = query_give();
		packet_of_two(id[i], 1, 2);
		query_answer(id[i], "Return=4&CMD=DATA QUERY");
		if (i < 4)
			set_grow(id[i], 2, 1, QUERY_DEVICE_BYTES_MAX / 4 - 22);
	}
	assert_string_equal(query_state_of(id[0]), "User incomplete 1/2");
	packet_of_two(id[5], 2, 2);
	packet_of_two(id[4], 2, 2);
	assert_string_equal(query_state_of(id[0]), "User truncated 0/2");
	assert_string_equal(query_rows_of(id[0]), "");
	assert_string_equal(query_state_of(id[1]), "User incomplete 1/2");
	assert_string_equal(query_state_of(id[5]), "User complete 2/2");
}

static void a_result_without_packets_is_an_empty_set_where_there_are_none(void **state)
{
	static const struct {
		const char *arguments, *answer, *state;
	} c[] = {
		{ "written=DATA QUERY tablename=user,fielddesc=*,filter=*\ntable=user\n",
		  "Return=0", "user no-body 0/0" },
		{ "written=DATA QUERY tablename=user,fielddesc=*,filter=*\ntable=user\n",
		  "Return=2", "user incomplete 0/0" },
		{ "written=DATA QUERY tablename=biophoto,fielddesc=*,filter=Type=9\n"
		  "table=biophoto\n",
		  "Return=7", "biophoto no-body 0/0" },
		{ "written=DATA QUERY tablename=user,fielddesc=*,filter=*\ntable=user\n",
		  "Return=-1", "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int64_t id = queue_kind(&fixture, unit, COMMAND_KIND_QUERY_TABLE,
					gh_slice_of(c[i].arguments));
		char answer[64];

		session_get("/iclock/getrequest?SN=UNIT1");
		snprintf(answer, sizeof(answer), "%s&CMD=DATA QUERY", c[i].answer);
		query_answer(id, answer);
		assert_string_equal(query_state_of(id), c[i].state);
		if (i == 3)
			continue;
		/* They come nevertheless. */
		packet_of_two(id, 2, 2);
		assert_string_equal(query_state_of(id), "User incomplete 1/2");
		packet_of_two(id, 1, 2);
		assert_string_equal(query_state_of(id), "User complete 2/2");
	}
}

static bool query_count_show(void *ctx, const struct query_set *set)
{
	*(int64_t *)ctx = set->counted;
	return true;
}

static void a_count_is_kept_with_its_command(void **state)
{
	int64_t id = queue_kind(&fixture, unit, COMMAND_KIND_COUNT_TABLE,
				GH_LIT("table=user\npairs=\n")),
		counted = -1;
	char target[128];

	(void)state;
	session_get("/iclock/getrequest?SN=UNIT1");
	snprintf(target, sizeof(target),
		 "/iclock/querydata?SN=UNIT1&type=count&cmdid=%lld&tablename=user&count=1"
		 "&packcnt=1&packidx=1",
		 (long long)id);
	session_post(target, "user=5");
	assert_reply(200, "OK");
	assert_int_equal(query_set_read(id, query_count_show, &counted), GH_OK);
	assert_int_equal(counted, 5);
	assert_int_equal(fixture_records(KIND_PERSON), 0);
}

static void what_is_acknowledged_is_there_after_a_restart(void **state)
{
	int64_t id = query_give();

	(void)state;
	packet_of_two(id, 2, 2);
	device_unref(unit);
	session_restart();
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_string_equal(query_state_of(id), "User incomplete 1/2");
	packet_of_two(id, 1, 2);
	assert_string_equal(query_state_of(id), "User complete 2/2");
}

#define QUERY(name) cmocka_unit_test_setup_teardown(name, query_open, query_close)

/* --- in the mirror --- */

static bool mirrored_see(void *ctx, const struct query_set *set)
{
	*(bool *)ctx = set->mirrored;
	return true;
}

static bool pins_see(void *ctx, const struct unit_row *row)
{
	char *pins = ctx;

	snprintf(pins + strlen(pins), 200 - strlen(pins), "%.*s ", GH_FMT(row->key));
	return true;
}

/* Whom the mirror has once the set is in it. Static until the next call. */
static const char *mirror_take(int64_t id)
{
	static char pins[200];
	struct store_reader *r;
	bool mirrored = false;

	query_mirror_wake(mirror);
	while (!mirrored) {
		sched_yield();
		server_settle(&fixture);
		assert_int_equal(query_set_read(id, mirrored_see, &mirrored), GH_OK);
	}
	pins[0] = '\0';
	r = fixture_reader();
	assert_int_equal(fixture.server.db.ops->unit_rows_read(r, device_id(unit), GH_LIT(""),
							       GH_LIT("user"), GH_LIT(""), 100,
							       pins_see, pins),
			 GH_OK);
	fixture.server.db.ops->reader_close(r);
	return pins;
}

/* A person went at the unit between the two; the packets of the first come last. */
static void of_two_queries_in_a_millisecond_the_later_is_what_the_unit_has(void **state)
{
	int64_t first, second;

	(void)state;
	mirror = query_mirror_new(&fixture.server);
	assert_non_null(mirror);
	first = query_give();
	query_answer(first, "Return=2&CMD=DATA QUERY");
	second = query_give();
	packet_send("UNIT1", second, 1, 1, GH_LIT("user pin=20"));
	query_answer(second, "Return=1&CMD=DATA QUERY");
	assert_string_equal(mirror_take(second), "20 ");
	packet_of_two(first, 2, 1 + 1);
	packet_send("UNIT1", first, 1, 2, GH_LIT("user pin=22"));
	assert_string_equal(mirror_take(first), "20 ");
	/* What a third one shows is taken again. */
	first = query_give();
	packet_of_two(first, 2, 2);
	packet_of_two(first, 1, 2);
	assert_string_equal(mirror_take(first), "10 11 20 21 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		QUERY(each_order_of_the_packets_makes_the_same_set),
		QUERY(a_packet_that_comes_again_takes_the_place_of_the_first),
		QUERY(the_result_may_come_before_the_last_packet),
		QUERY(packets_for_what_was_not_given_to_the_unit_are_an_upload),
		QUERY(a_day_later_a_packet_is_no_part_of_the_set),
		QUERY(another_number_of_packets_begins_the_set_again),
		QUERY(a_place_that_cannot_be_is_an_upload),
		QUERY(more_packets_than_are_kept_are_taken_and_marked),
		QUERY(more_bytes_than_are_kept_are_taken_and_marked),
		QUERY(the_oldest_sets_of_a_unit_make_room),
		QUERY(a_result_without_packets_is_an_empty_set_where_there_are_none),
		QUERY(a_count_is_kept_with_its_command),
		QUERY(what_is_acknowledged_is_there_after_a_restart),
		QUERY(of_two_queries_in_a_millisecond_the_later_is_what_the_unit_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
