/* Punches that are removed for their age: what is left, and what is sent again. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/maintenance.h"

static void removed_check_line(void *ctx, const char *text)
{
	snprintf(ctx, 256, "%s", text);
}

/* What `store check` finds, and its last line. */
static size_t store_faults(struct fixture *f, char line[256])
{
	struct store_report report = { .line = removed_check_line, .ctx = line };
	size_t found = 99;

	line[0] = '\0';
	assert_ok(store_check(&f->db, &report, &found));
	return found;
}

static int64_t floor_of(struct fixture *f)
{
	int64_t floor = -1;

	assert_ok(f->ops->ledger_floor(f->r, STREAM_PUNCH, &floor));
	return floor;
}

static size_t punches_expire(struct fixture *f, int64_t before_ms, int64_t now_ms, size_t limit)
{
	struct store_expiry e = {
		.what = KEPT_PUNCHES, .before_ms = before_ms, .now_ms = now_ms, .limit = limit
	};
	size_t removed = 0;

	do {
		tx_begin(f);
		assert_ok(f->ops->rows_expire(f->s, &e));
		tx_commit(f);
		assert_true(e.removed <= limit);
		assert_int_equal(e.floor, floor_of(f));
		removed += e.removed;
	} while (e.more);
	return removed;
}

#define LOG 100

static void log_make(struct punch p[LOG], int64_t device, char pin[LOG][8], int64_t received_ms)
{
	for (int i = 0; i < LOG; i++) {
		snprintf(pin[i], sizeof(pin[i]), "%d", i % 7);
		p[i] = punch_at(device, pin[i], i * 60);
		p[i].received_ms = received_ms + i;
	}
}

static void a_log_that_comes_again_brings_back_none(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	char pin[LOG][8], line[256];
	struct store_counts n;
	struct seen seen = { 0 };
	struct punch p[LOG], q[LOG];

	log_make(p, a, pin, 1000);
	assert_int_equal(punches_store(f, p, LOG), LOG);
	assert_int_equal(punches_expire(f, 1060, 2000, 7), 60);
	assert_int_equal(punches_expire(f, 1060, 2000, 7), 0);
	assert_int_equal(floor_of(f), 60);
	assert_int_equal(last_seq(f), LOG);
	assert_ok(f->ops->counts(f->r, &n));
	assert_int_equal(n.punches, 40);
	assert_int_equal(n.last_seq, LOG);
	assert_int_equal(n.expired[KEPT_PUNCHES], 60);
	assert_int_equal(store_faults(f, line), 0);
	assert_string_equal(line, "note: punches 1 to 60 were removed for their age");
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1), see_punch, &seen));
	assert_int_equal(seen.id[0], 61);

	log_make(q, a, pin, 3000);
	assert_int_equal(punches_store(f, q, LOG), 0);
	for (int i = 0; i < LOG; i++)
		assert_int_equal(q[i].seq, i < 60 ? PUNCH_SEQ_REMOVED : 0);
	/* One at a time, and with what is new in between. */
	log_make(q, a, pin, 3000);
	q[30].status = 1;
	assert_int_equal(punches_store(f, &q[0], 1), 0);
	assert_int_equal(q[0].seq, PUNCH_SEQ_REMOVED);
	assert_int_equal(punches_store(f, q, LOG), 1);
	assert_int_equal(q[30].seq, LOG + 1);
	assert_int_equal(q[29].seq, PUNCH_SEQ_REMOVED);
	/* Those of another device are others. */
	log_make(q, b, pin, 3000);
	assert_int_equal(punches_store(f, q, LOG), LOG);
	assert_int_equal(q[LOG - 1].seq, 2 * LOG + 1);
	assert_int_equal(store_faults(f, line), 0);
}

static void the_newest_punch_stays_and_no_number_is_given_twice(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	char pin[LOG][8];
	struct punch p[LOG], next = punch_at(a, "x", 9999);

	log_make(p, a, pin, 1000);
	assert_int_equal(punches_expire(f, INT64_MAX, INT64_MAX, 8), 0);
	assert_int_equal(punches_store(f, p, LOG), LOG);
	assert_int_equal(punches_expire(f, INT64_MAX, INT64_MAX, 8), LOG - 1);
	assert_int_equal(floor_of(f), LOG - 1);
	fixture_reopen(f);
	assert_int_equal(last_seq(f), LOG);
	assert_int_equal(punches_store(f, &next, 1), 1);
	assert_int_equal(next.seq, LOG + 1);
	assert_int_equal(punches_store(f, p, LOG), 0);
}

static void a_clock_with_a_wrong_date_loses_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	char pin[LOG][8];
	struct punch p[LOG], wrong[4];
	static const int64_t time[] = { 20000101000102, 20100101080000, 20260301080030,
					20269999999999 };

	log_make(p, a, pin, 1000);
	assert_int_equal(punches_store(f, p, LOG), LOG);
	assert_int_equal(punches_expire(f, 1090, 2000, 1000), 90);
	/* Long before what was removed, among it, and no date at all. */
	for (int i = 0; i < 4; i++) {
		wrong[i] = punch_at(a, "1", 0);
		wrong[i].time = time[i];
		wrong[i].received_ms = 5000;
	}
	assert_int_equal(punches_store(f, wrong, 4), 4);
	/* They stay as long as others that came then. */
	assert_int_equal(punches_expire(f, 5000, 6000, 1000), 10);
	assert_int_equal(punches_store(f, wrong, 4), 0);
	assert_int_equal(wrong[0].seq, 0);
	assert_int_equal(punches_expire(f, 9000, 9000, 1000), 3);
	assert_int_equal(punches_store(f, wrong, 4), 0);
	assert_int_equal(wrong[0].seq, PUNCH_SEQ_REMOVED);
	assert_int_equal(wrong[3].seq, 0);
}

/* A live one has no work code, and its record of the log has. */
static void a_work_code_makes_no_removed_punch_new(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch live = punch_at(a, "1", 0), other = punch_at(a, "2", 1), again;

	live.source = PUNCH_LIVE;
	assert_int_equal(punches_store(f, &live, 1), 1);
	assert_int_equal(punches_store(f, &other, 1), 1);
	assert_int_equal(punches_expire(f, INT64_MAX, INT64_MAX, 100), 1);
	again = punch_at(a, "1", 0);
	again.source = PUNCH_READ;
	again.work_code = GH_LIT("7");
	assert_int_equal(punches_store(f, &again, 1), 0);
	assert_int_equal(again.seq, PUNCH_SEQ_REMOVED);
}

/* Times of arrival are those of the server's clock, which was wrong for a while. */
static void arrivals_from_the_future_stop_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	char pin[LOG][8];
	struct punch p[LOG];

	log_make(p, a, pin, 1000);
	for (int i = 20; i < 60; i++)
		p[i].received_ms = 900000;
	/* And in the past: what is young before it stays, and it with that. */
	p[90].received_ms = 1;
	assert_int_equal(punches_store(f, p, LOG), LOG);
	assert_int_equal(punches_expire(f, 1010, 2000, 8), 10);
	assert_int_equal(punches_expire(f, 1060, 2000, 8), 10);
	assert_int_equal(punches_expire(f, 1061, 2000, 8), 41);
	assert_int_equal(punches_expire(f, 1080, 2000, 1000), 19);
	assert_int_equal(floor_of(f), 80);
}

/* Keys of which many come again, over and over: each is new once. */
static void each_punch_is_new_once(void **state)
{
	struct fixture *f = *state;
	int64_t device[2] = { device_new(f, "A1"), device_new(f, "B2") }, now = 1000;
	static bool known[2][4][3][5];
	static const char *const pin[] = { "1", "2", "33", "\xff", "" };
	unsigned seed = 11;
	char line[256];

	memset(known, 0, sizeof(known));
	for (int round = 0; round < 150; round++) {
		struct punch p[16];
		size_t n = 1 + (seed >> 20) % 16, want = 0;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			unsigned v = seed >> 8, d = v % 2, day = v / 2 % 4, minute = v / 8 % 3,
				 who = v / 24 % 5;

			p[i] = punch_at(device[d], pin[who], (int)minute);
			p[i].time += day * 1000000;
			p[i].received_ms = ++now;
			want += !known[d][day][minute][who];
			known[d][day][minute][who] = true;
		}
		assert_int_equal(punches_store(f, p, n), want);
		if (round % 3 == 2)
			punches_expire(f, now - 20, now, 5);
	}
	assert_true(floor_of(f) > 50);
	assert_int_equal(store_faults(f, line), 0);
}

/* A clock that has lost its date may send any number with one. */
static void many_of_one_day_are_found_again(void **state)
{
	enum { DAY = 6000, PIECE = 500 };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	static struct punch p[DAY + 1];
	static char pin[DAY + 1][8];
	char line[256];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i <= DAY; i++) {
			snprintf(pin[i], sizeof(pin[i]), "%d", i);
			p[i] = punch_at(a, pin[i], i == DAY ? 5000 : 0);
			p[i].received_ms = 1000;
		}
		assert_int_equal(punches_store(f, p, DAY + 1), round ? 0 : DAY + 1);
		for (int i = 0; i < DAY && round; i++)
			assert_int_equal(p[i].seq, PUNCH_SEQ_REMOVED);
		if (round == 0)
			assert_int_equal(punches_expire(f, 2000, 2000, PIECE), DAY);
	}
	/* Others of that day are new. */
	for (int i = 0; i < DAY; i++) {
		p[i] = punch_at(a, pin[i], 0);
		p[i].status = 1;
	}
	assert_int_equal(punches_store(f, p, DAY), DAY);
	assert_int_equal(store_faults(f, line), 0);
}

/* Counted by a reader, and by the writing transaction where it may. */
static int64_t log_held(struct fixture *f, int64_t device, const struct store_log_count *known)
{
	struct store_log_count log;
	struct store_held held;

	assert_ok(f->ops->log_count(f->r, device, &log));
	assert_ok(write_alone(f, f->ops->device_held(f->s, device, &log, &held)));
	assert_false(held.far);
	assert_int_equal(held.log.n, log.n);
	assert_ok(write_alone(f, f->ops->device_held(f->s, device, known, &held)));
	if (!held.far)
		assert_int_equal(held.log.n, log.n);
	return log.n;
}

/* A device's log is erased when all of it is stored, or was. */
static void removed_punches_count_as_held(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	char pin[LOG][8];
	struct store_log_count none = { 0 }, known;
	struct punch p[LOG], more[LOG];

	log_make(p, a, pin, 1000);
	assert_int_equal(punches_store(f, p, 40), 40);
	assert_int_equal(punches_expire(f, 1010, 2000, 8), 10);
	assert_ok(f->ops->log_count(f->r, a, &known));
	assert_int_equal(known.upto, 40);
	assert_int_equal(log_held(f, a, &none), 40);
	/* Of what was erased nothing counts, removed before or after. */
	assert_ok(write_alone(f, f->ops->device_erased(f->s, a)));
	log_make(more, a, pin, 3000);
	assert_int_equal(punches_store(f, more + 40, 50), 50);
	assert_int_equal(punches_expire(f, 3065, 4000, 64), 55);
	assert_int_equal(log_held(f, a, &none), 50);
	assert_int_equal(log_held(f, a, &known), 50);
	/* What is newer than what was counted may be removed meanwhile, in a piece with what is not. */
	assert_ok(f->ops->log_count(f->r, a, &known));
	assert_int_equal(punches_store(f, more + 90, 10), 10);
	assert_int_equal(log_held(f, a, &known), 60);
	assert_int_equal(punches_expire(f, 3095, 4000, 64), 30);
	assert_int_equal(log_held(f, a, &known), 60);
}

/* However many punches a device and the others have, a transaction that writes looks at few. */
static void a_long_log_is_counted_by_a_reader(void **state)
{
	enum { BATCH = 1000, BATCHES = STORE_LOG_NEWER / BATCH };
	struct fixture *f = *state;
	int64_t device[2] = { device_new(f, "A1"), device_new(f, "B2") };
	static struct punch p[BATCH];
	static char pin[BATCH][16];
	struct store_log_count none = { 0 }, known;
	struct store_held held;

	for (int b = 0; b <= BATCHES; b++) {
		for (int i = 0; i < BATCH; i++) {
			snprintf(pin[i], sizeof(pin[i]), "%d", b * BATCH + i);
			p[i] = punch_at(device[i % 2], pin[i], 0);
		}
		assert_int_equal(punches_store(f, p, BATCH), BATCH);
		assert_ok(write_alone(f, f->ops->device_held(f->s, device[0], &none, &held)));
		assert_int_equal(held.far, b == BATCHES);
		assert_int_equal(held.log.n, b == BATCHES ? 0 : (b + 1) * BATCH / 2);
	}
	assert_ok(f->ops->log_count(f->r, device[0], &known));
	assert_int_equal(known.n, (BATCHES + 1) * BATCH / 2);
	assert_int_equal(known.upto, (BATCHES + 1) * BATCH);
	pin[0][0] = 'x';
	pin[1][0] = 'x';
	assert_int_equal(punches_store(f, p, 2), 2);
	assert_ok(write_alone(f, f->ops->device_held(f->s, device[0], &known, &held)));
	assert_false(held.far);
	assert_int_equal(held.log.n, known.n + 1);
	assert_int_equal(held.log.upto, known.upto + 2);
	/* The other one has as many. */
	assert_ok(f->ops->log_count(f->r, device[1], &known));
	assert_int_equal(known.n, held.log.n);
	/* A log that was erased has none from then on, and what was counted before counts no more. */
	assert_ok(write_alone(f, f->ops->device_erased(f->s, device[0])));
	assert_int_equal(log_held(f, device[0], &none), 0);
	assert_ok(write_alone(f, f->ops->device_held(f->s, device[0], &held.log, &held)));
	assert_int_equal(held.log.n, 0);
}

static void a_removal_that_is_not_committed_did_not_take_place(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	char pin[LOG][8], line[256];
	struct punch p[LOG];
	struct store_expiry e = {
		.what = KEPT_PUNCHES, .before_ms = 1050, .now_ms = 2000, .limit = 20
	};

	log_make(p, a, pin, 1000);
	assert_int_equal(punches_store(f, p, LOG), LOG);
	tx_begin(f);
	assert_ok(f->ops->rows_expire(f->s, &e));
	tx_rollback(f);
	assert_int_equal(floor_of(f), 0);
	assert_int_equal(punches_store(f, p, LOG), 0);
	assert_int_equal(p[0].seq, 0);
	assert_int_equal(store_faults(f, line), 0);
}

int contract_removed(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(a_log_that_comes_again_brings_back_none),
		CONTRACT(the_newest_punch_stays_and_no_number_is_given_twice),
		CONTRACT(a_clock_with_a_wrong_date_loses_nothing),
		CONTRACT(a_work_code_makes_no_removed_punch_new),
		CONTRACT(arrivals_from_the_future_stop_nothing),
		CONTRACT(each_punch_is_new_once),
		CONTRACT(many_of_one_day_are_found_again),
		CONTRACT(removed_punches_count_as_held),
		CONTRACT(a_long_log_is_counted_by_a_reader),
		CONTRACT(a_removal_that_is_not_committed_did_not_take_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
