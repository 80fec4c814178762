/* Connections that are lost, servers that do not answer, and two connections at the same rows. */
#include "place.h"
#include "tests.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "model/record.h"
#include "store/maintenance.h"
#include "store/postgres/postgres.h"
#include "store/store.h"

static int delays;

/* As the search for what holds the server up, over another connection. */
static void delayed_long(struct pg_pipeline *p)
{
	const struct timespec t = { .tv_sec = 4 };

	(void)p;
	delays++;
	nanosleep(&t, NULL);
}

/* Each look takes longer than all of the wait may. */
static void the_wait_includes_the_search_for_its_cause(void **state)
{
	struct place at;
	struct pg_pipeline p = { .delayed = delayed_long, .answer_ms = 4000 };

	(void)state;
	assert_true(place_make(&at, "postgres"));
	p.conn.url = at.url;
	p.conn.settings = "SET statement_timeout = '60s'";
	assert_int_equal(pg_connect(&p.conn, NULL, 0), GH_OK);
	assert_int_equal(pg_pipeline_enter(&p), GH_OK);
	assert_int_equal(pg_pipeline_word(&p, "SELECT pg_sleep(55)", false), GH_OK);
	assert_int_equal(pg_pipeline_settle(&p), GH_EIO);
	assert_true(p.fault.lost);
	assert_true(delays <= 1);
	pg_pipeline_close(&p);
	assert_true(place_remove(&at));
}

static struct pg_conn lock_holder;

/* What the server waits for is over. */
static void delayed_unlock(struct pg_pipeline *p)
{
	(void)p;
	delays++;
	assert_int_equal(pg_exec(&lock_holder, "SELECT pg_advisory_unlock_all()", NULL), GH_OK);
}

/* What is queued stays far below this while the server, which waits for a lock, takes none of it. */
static void many_values_wait_for_the_server_to_take_them(void **state)
{
	enum { BYTES = 4096, VALUES = 1000 };
	static char bytes[BYTES];
	struct place at;
	struct pg_pipeline p = { .delayed = delayed_unlock, .answer_ms = PG_ANSWER_MS };
	struct pg_values v = {
		.n = 1, .value = { bytes }, .length = { BYTES }, .format = { 1 }
	};
	struct pg_entry e = { .what = ENTRY_WRITE, .id = SQL_ONCE };

	(void)state;
	delays = 0;
	assert_true(place_make(&at, "postgres"));
	lock_holder.url = p.conn.url = at.url;
	lock_holder.settings = p.conn.settings = "SET statement_timeout = '60s'";
	assert_int_equal(pg_connect(&lock_holder, NULL, 0), GH_OK);
	assert_int_equal(pg_exec(&lock_holder, "SELECT pg_advisory_lock(1)", NULL), GH_OK);
	assert_int_equal(pg_connect(&p.conn, NULL, 0), GH_OK);
	assert_int_equal(pg_pipeline_enter(&p), GH_OK);
	assert_int_equal(pg_pipeline_word(&p, "SELECT pg_advisory_lock(1)", false), GH_OK);
	for (int i = 0; i < VALUES; i++)
		assert_int_equal(pg_pipeline_send(&p, e, "SELECT octet_length($1::bytea)", &v),
				 GH_OK);
	assert_true(delays > 0);
	assert_int_equal(pg_pipeline_settle(&p), GH_OK);
	pg_pipeline_close(&p);
	pg_conn_close(&lock_holder);
	assert_true(place_remove(&at));
}

static bool relation_seen(void *ctx, int64_t from, int64_t to, const void *record)
{
	(void)ctx;
	(void)from;
	(void)to;
	(void)record;
	return true;
}

/* /readyz shows it. */
static void a_job_that_reads_gives_the_reason_of_a_lost_connection(void **state)
{
	struct place at;
	struct store_handle db;
	struct pg_conn other = { .settings = "SET statement_timeout = '60s'" };
	char why[256] = "";

	(void)state;
	assert_true(place_make(&at, "postgres"));
	assert_int_equal(store_open(gh_slice_of(at.url), &db, why, sizeof(why)), GH_OK);
	other.url = at.url;
	assert_int_equal(pg_connect(&other, NULL, 0), GH_OK);
	assert_int_equal(db.ops->begin(db.store), GH_OK);
	assert_int_equal(
		pg_exec(&other,
			"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
			" WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
			NULL),
		GH_OK);
	assert_int_equal(
		db.ops->relations_of(db.store, RELATION_DEVICE_TAG, 1, relation_seen, NULL),
		GH_EIO);
	db.ops->rollback(db.store);
	assert_non_null(strstr(db.ops->why(db.store), "connection"));
	pg_conn_close(&other);
	store_close(&db);
	assert_true(place_remove(&at));
}

static struct access_put event_of(int64_t device, int64_t index, int second)
{
	struct access_put a = { .event = access_event_empty(), .punch = true };

	a.event.device = device;
	a.event.record_index = index;
	a.event.time = 20260301080000 + second;
	a.event.event = a.event.event_group = 0;
	a.event.pin = GH_LIT("7");
	a.event.zone = GH_LIT("UTC");
	return a;
}

/* The reply to COMMIT was lost, and another connection found that the transaction took place. */
static void events_of_a_commit_without_answer_are_found(void **state)
{
	enum { EVENTS = 5 };
	struct place at;
	struct store_handle db;
	struct store_outcome out;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("A1") };
	struct access_put first[EVENTS], again[EVENTS];
	char why[256] = "";
	size_t fresh = 99;

	(void)state;
	assert_true(place_make(&at, "postgres"));
	assert_int_equal(store_open(gh_slice_of(at.url), &db, why, sizeof(why)), GH_OK);
	struct store *s = db.ops->lane(db.store, LANE_LEDGER);

	assert_int_equal(db.ops->begin(db.store), GH_OK);
	assert_int_equal(db.ops->device_put(db.store, &d), GH_OK);
	assert_int_equal(db.ops->commit(db.store, &out), GH_OK);
	/* The last one is the third again; without a number, and shifted. */
	for (int i = 0; i < EVENTS; i++)
		first[i] = event_of(d.id, i == 1 ? 0 : i + 1, i);
	first[3] = event_of(d.id, 1, 10000);
	first[4] = first[2];
	memcpy(again, first, sizeof(again));
	assert_int_equal(db.ops->begin(s), GH_OK);
	assert_int_equal(db.ops->access_put(s, first, EVENTS, &fresh), GH_OK);
	assert_int_equal(db.ops->commit(s, &out), GH_OK);
	assert_int_equal(fresh, 4);
	for (int round = 0; round < 2; round++) {
		struct pg_store *lane = pg_store_of(s);
		int64_t from = round ? 5 : 1;

		assert_int_equal(db.ops->begin(s), GH_OK);
		assert_int_equal(db.ops->access_put(s, again, EVENTS, &fresh), GH_OK);
		assert_true(PQexitPipelineMode(lane->pipeline.conn.db));
		assert_int_equal(pg_access_find(lane, from, from + 3), GH_OK);
		assert_true(PQenterPipelineMode(lane->pipeline.conn.db));
		db.ops->rollback(s);
		assert_int_equal(fresh, round ? 0 : 4);
		for (int i = 0; i < EVENTS && round == 0; i++) {
			assert_int_equal(again[i].event.seq, first[i].event.seq);
			assert_int_equal(again[i].event.same_as, first[i].event.same_as);
			if (first[i].event.seq)
				assert_int_equal(again[i].event.punch_seq,
						 first[i].event.punch_seq);
		}
	}
	store_close(&db);
	assert_true(place_remove(&at));
}

struct two_lanes {
	struct place at;
	struct store_handle db;
	struct store *control, *ledger;
	struct pg_conn other;
	int64_t device[2];
	atomic_bool over; /* the control lane is done */
	struct photo photo;
};

static void photo_put_alone(struct two_lanes *t, int64_t device)
{
	struct store_outcome out;

	assert_int_equal(t->db.ops->begin(t->control), GH_OK);
	assert_int_equal(t->db.ops->record_put(t->control, KIND_PHOTO, device, 1, &t->photo),
			 GH_OK);
	assert_int_equal(t->db.ops->commit(t->control, &out), GH_OK);
}

static void two_lanes_open(struct two_lanes *t)
{
	char why[256] = "";
	struct store_outcome out;

	*t = (struct two_lanes){ .other = { .settings = "SET statement_timeout = '60s'" },
				 .photo = { .present = 1 << PHOTO_pin | 1 << PHOTO_content,
					    .pin = GH_LIT("1"),
					    .content = GH_LIT("\xFF\xD8 one") } };
	assert_true(place_make(&t->at, "postgres"));
	assert_int_equal(store_open(gh_slice_of(t->at.url), &t->db, why, sizeof(why)), GH_OK);
	t->other.url = t->at.url;
	assert_int_equal(pg_connect(&t->other, NULL, 0), GH_OK);
	t->control = t->db.ops->lane(t->db.store, LANE_CONTROL);
	t->ledger = t->db.ops->lane(t->db.store, LANE_LEDGER);
	assert_int_equal(t->db.ops->begin(t->control), GH_OK);
	for (size_t i = 0; i < 2; i++) {
		struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn),
					.sn = gh_slice_of(i ? "B1" : "A1") };

		assert_int_equal(t->db.ops->device_put(t->control, &d), GH_OK);
		t->device[i] = d.id;
	}
	assert_int_equal(t->db.ops->commit(t->control, &out), GH_OK);
}

static void check_line(void *ctx, const char *text)
{
	(void)ctx;
	print_error("%s\n", text);
}

/* No picture without a photo, no photo without its picture. */
static void two_lanes_close(struct two_lanes *t)
{
	struct store_report report = { .line = check_line };
	size_t found = 99;

	assert_int_equal(store_check(&t->db, &report, &found), GH_OK);
	assert_int_equal(found, 0);
	pg_conn_close(&t->other);
	store_close(&t->db);
	assert_true(place_remove(&t->at));
}

/* Until it succeeds: a lock is not waited for for ever. */
static void *photo_removal_run(void *ctx)
{
	struct two_lanes *t = ctx;
	enum gh_err err;

	do {
		struct store_outcome out;
		size_t removed = 0;

		err = t->db.ops->begin(t->control);
		if (err)
			break;
		err = t->db.ops->record_delete(t->control, KIND_PHOTO, t->device[0], &t->photo,
					       &removed);
		if (err == GH_OK)
			err = t->db.ops->commit(t->control, &out);
		else
			t->db.ops->rollback(t->control);
	} while (err == GH_EBUSY);
	t->over = true;
	return NULL;
}

/* Removes the photo of the first device on the control lane, and ends the transaction of the other lane once that
 * waits for it, or is done. */
static void photo_removed_meanwhile(struct two_lanes *t)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct store_outcome out;
	pthread_t thread;
	bool waits = false;

	assert_int_equal(pthread_create(&thread, NULL, photo_removal_run, t), 0);
	while (!waits && !t->over) {
		PGresult *r = NULL;

		nanosleep(&pause, NULL);
		assert_int_equal(
			pg_exec(&t->other,
				"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
				&r),
			GH_OK);
		waits = PQntuples(r) > 0;
		PQclear(r);
	}
	assert_int_equal(t->db.ops->commit(t->ledger, &out), GH_OK);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static bool photo_seen(void *ctx, const struct record_row *row)
{
	*(size_t *)ctx = ((const struct photo *)row->record)->content.n;
	return true;
}

static void a_picture_that_an_upload_found_is_not_removed_with_its_last_other_photo(
	void **state)
{
	struct two_lanes t;
	struct store_reader *r;
	size_t bytes = 0;

	(void)state;
	two_lanes_open(&t);
	photo_put_alone(&t, t.device[0]);
	assert_int_equal(t.db.ops->begin(t.ledger), GH_OK);
	assert_int_equal(t.db.ops->record_put(t.ledger, KIND_PHOTO, t.device[1], 2, &t.photo),
			 GH_OK);
	/* What is read is answered after what was put. */
	assert_int_equal(t.db.ops->record_find(t.ledger, KIND_PHOTO, t.device[1], &t.photo,
					       photo_seen, &bytes),
			 GH_OK);
	photo_removed_meanwhile(&t);
	bytes = 0;
	assert_int_equal(t.db.ops->reader_open(t.db.store, &r), GH_OK);
	assert_int_equal(t.db.ops->records_read(r, KIND_PHOTO,
						&(struct store_page){ .limit = 9 }, photo_seen,
						&bytes),
			 GH_OK);
	t.db.ops->reader_close(r);
	assert_int_equal(bytes, t.photo.content.n);
	two_lanes_close(&t);
}

static void a_picture_whose_last_photos_go_at_the_same_time_goes_with_them(void **state)
{
	struct two_lanes t;
	size_t removed = 0, bytes;

	(void)state;
	two_lanes_open(&t);
	photo_put_alone(&t, t.device[0]);
	photo_put_alone(&t, t.device[1]);
	assert_int_equal(t.db.ops->begin(t.ledger), GH_OK);
	assert_int_equal(
		t.db.ops->record_delete(t.ledger, KIND_PHOTO, t.device[1], &t.photo, &removed),
		GH_OK);
	assert_int_equal(t.db.ops->record_find(t.ledger, KIND_PHOTO, t.device[1], &t.photo,
					       photo_seen, &bytes),
			 GH_ENOTFOUND);
	photo_removed_meanwhile(&t);
	assert_int_equal(removed, 1);
	two_lanes_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_includes_the_search_for_its_cause),
		cmocka_unit_test(many_values_wait_for_the_server_to_take_them),
		cmocka_unit_test(a_job_that_reads_gives_the_reason_of_a_lost_connection),
		cmocka_unit_test(events_of_a_commit_without_answer_are_found),
		cmocka_unit_test(
			a_picture_that_an_upload_found_is_not_removed_with_its_last_other_photo),
		cmocka_unit_test(
			a_picture_whose_last_photos_go_at_the_same_time_goes_with_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
