/* Access events that are removed for their age: what is left, and what is sent again; and units whose
 * numbers begin again. */
#include "contract_events.h"

#include <stdio.h>

#include "store/maintenance.h"

/* As event_at(), received a second after 1970 plus n ms. */
static struct access_put old_event(int64_t device, int64_t index, int n)
{
	struct access_put p = event_at(device, index, n);

	p.event.card = GH_LIT("4711");
	p.event.zone = GH_LIT("UTC");
	p.event.utc = ACCESS_NO_UTC;
	p.event.received_ms = 1000 + n;
	return p;
}

static int64_t stream_last(struct fixture *f, enum store_stream stream)
{
	int64_t seq = -1;

	assert_ok(f->ops->last_seq(f->r, stream, &seq));
	return seq;
}

static int64_t stream_floor(struct fixture *f, enum store_stream stream)
{
	int64_t floor = -1;

	assert_ok(f->ops->ledger_floor(f->r, stream, &floor));
	return floor;
}

static size_t events_expire(struct fixture *f, int64_t before_ms, size_t limit)
{
	struct store_expiry e = {
		.what = KEPT_ACCESS, .before_ms = before_ms, .now_ms = 100000, .limit = limit
	};
	size_t removed = 0;

	do {
		tx_begin(f);
		assert_ok(f->ops->rows_expire(f->s, &e));
		tx_commit(f);
		assert_true(e.removed <= limit);
		assert_int_equal(e.floor, stream_floor(f, STREAM_ACCESS));
		removed += e.removed;
	} while (e.more);
	return removed;
}

static void check_line_keep(void *ctx, const char *text)
{
	snprintf(ctx, 256, "%s", text);
}

static void store_is_sound(struct fixture *f, const char *note)
{
	char line[256] = "";
	struct store_report report = { .line = check_line_keep, .ctx = line };
	size_t found = 99;

	assert_ok(store_check(&f->db, &report, &found));
	assert_string_equal(line, note);
	assert_int_equal(found, 0);
}

#define LOG 100

/* Every fourth without a number. */
static void log_make(struct access_put e[LOG], int64_t device)
{
	for (int i = 0; i < LOG; i++)
		e[i] = old_event(device, i % 4 ? i : 0, i);
}

static void events_that_come_again_bring_back_none(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct access_put e[LOG], one;
	struct punch p = punch_at(a, "1", 0);
	struct store_counts n;

	log_make(e, a);
	assert_int_equal(punches_store(f, &p, 1), 1);
	assert_int_equal(events_store(f, e, LOG), LOG);
	assert_int_equal(events_expire(f, 1060, 7), 60);
	assert_int_equal(events_expire(f, 1060, 7), 0);
	assert_int_equal(stream_floor(f, STREAM_ACCESS), 60);
	assert_int_equal(stream_floor(f, STREAM_PUNCH), 0);
	assert_int_equal(stream_last(f, STREAM_ACCESS), LOG);
	assert_ok(f->ops->counts(f->r, &n));
	assert_int_equal(n.expired[KEPT_ACCESS], 60);
	store_is_sound(f, "note: access events 1 to 60 were removed for their age");

	log_make(e, a);
	for (int i = 0; i < LOG; i++)
		e[i].punch = true;
	assert_int_equal(events_store(f, e, LOG), 0);
	for (int i = 0; i < LOG; i++) {
		assert_int_equal(e[i].event.seq, i < 60 ? ACCESS_SEQ_REMOVED : 0);
		assert_int_equal(e[i].event.punch_seq, 0);
	}
	assert_int_equal(stream_last(f, STREAM_PUNCH), 1);
	/* One at a time; what differs in its key is another. */
	one = old_event(a, 0, 0);
	assert_int_equal(events_store(f, &one, 1), 0);
	assert_int_equal(one.event.seq, ACCESS_SEQ_REMOVED);
	one.event.card = GH_LIT("4712");
	assert_int_equal(events_store(f, &one, 1), 1);
	assert_int_equal(one.event.seq, LOG + 1);
	one = old_event(a, 2, 2);
	one.event.card = GH_LIT("4712");
	assert_int_equal(events_store(f, &one, 1), 0);
	assert_int_equal(one.event.seq, ACCESS_SEQ_REMOVED);
	log_make(e, b);
	assert_int_equal(events_store(f, e, LOG), LOG);
	store_is_sound(f, "note: access events 1 to 60 were removed for their age");
}

static void the_newest_event_stays_and_no_number_is_given_twice(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e[LOG], next = old_event(a, LOG, LOG);

	log_make(e, a);
	assert_int_equal(events_store(f, e, LOG), LOG);
	assert_int_equal(events_expire(f, 100000, 8), LOG - 1);
	fixture_reopen(f);
	assert_int_equal(stream_last(f, STREAM_ACCESS), LOG);
	assert_int_equal(stream_floor(f, STREAM_ACCESS), LOG - 1);
	assert_int_equal(events_store(f, &next, 1), 1);
	assert_int_equal(next.event.seq, LOG + 1);
	assert_int_equal(events_store(f, e, LOG), 0);
}

/* --- numbers that begin again --- */

static bool see_epoch(void *ctx, const struct access_event *e)
{
	*(int64_t *)ctx = e->index_epoch;
	return true;
}

/* -2: it was taken for one that is there, with the clock set otherwise. */
static int64_t put_epoch(struct fixture *f, int64_t device, int64_t index, int n)
{
	struct access_put e = old_event(device, index, n);
	struct store_page page = { .limit = 1 };
	int64_t epoch = -1;

	assert_int_equal(events_store(f, &e, 1), 1);
	page.after = e.event.seq - 1;
	assert_ok(f->ops->access_read(f->r, &page, see_epoch, &epoch));
	return e.event.same_as ? -2 : epoch;
}

/* A unit that was set back after fewer records than the numbers may fall by. */
static void a_reset_after_few_records_is_no_clock_that_was_set(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");

	for (int i = 1; i <= 20; i++)
		assert_int_equal(put_epoch(f, a, i, i), 0);
	/* The first record of the next life is another one, so the numbers began again ... */
	assert_int_equal(put_epoch(f, a, 1, 7200), 1);
	/* ... and one of the same person at the same door two hours later is not the earlier one. */
	assert_int_equal(put_epoch(f, a, 2, 7202), 1);
	assert_int_equal(put_epoch(f, a, 3, 7203), 1);
	/* What was late within this life begins none. */
	assert_int_equal(put_epoch(f, a, 9, 7300), 1);
	assert_int_equal(put_epoch(f, a, 8, 7299), 1);
	/* The clock was set by an hour, and the unit sends one again. */
	assert_int_equal(put_epoch(f, a, 8, 7299 + 3600), -2);
}

static void an_erased_log_begins_an_epoch(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");

	assert_int_equal(put_epoch(f, a, 5, 0), 0);
	assert_int_equal(put_epoch(f, b, 5, 0), 0);
	tx_begin(f);
	assert_ok(f->ops->access_epoch_advance(f->s, a));
	tx_commit(f);
	/* Two hours later to the second, with the same number. */
	assert_int_equal(put_epoch(f, a, 5, 7200), 1);
	assert_int_equal(put_epoch(f, b, 5, 7200), -2);
}

int contract_access_removed(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(events_that_come_again_bring_back_none),
		CONTRACT(the_newest_event_stays_and_no_number_is_given_twice),
		CONTRACT(a_reset_after_few_records_is_no_clock_that_was_set),
		CONTRACT(an_erased_log_begins_an_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
