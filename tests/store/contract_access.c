#include "contract_events.h"

static int64_t access_last(struct fixture *f)
{
	int64_t seq = -1;

	assert_ok(f->ops->last_seq(f->r, STREAM_ACCESS, &seq));
	return seq;
}

struct events_seen {
	size_t n;
	struct access_event e[64]; /* without texts */
};

static bool see_event(void *ctx, const struct access_event *e)
{
	struct events_seen *seen = ctx;

	if (seen->n < 64)
		seen->e[seen->n] = *e;
	seen->n++;
	return true;
}

static struct events_seen events_read(struct fixture *f)
{
	struct events_seen seen = { 0 };

	assert_ok(f->ops->access_read(f->r, &ALL_ROWS, see_event, &seen));
	return seen;
}

static void access_events_have_numbers_of_their_own(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct punch p = punch_at(a, "1", 0);

	assert_int_equal(access_last(f), 0);
	assert_int_equal(punches_store(f, &p, 1), 1);
	for (int round = 0; round < 5; round++) {
		struct access_put e[] = { event_at(a, round * 3 + 1, round * 3),
					  event_at(b, 0, round * 3),
					  event_at(a, round * 3 + 2, round * 3) };

		assert_int_equal(events_store(f, e, 3), 3);
		for (int i = 0; i < 3; i++)
			assert_int_equal(e[i].event.seq, round * 3 + i + 1);
	}
	assert_int_equal(access_last(f), 15);
	assert_int_equal(last_seq(f), 1);

	struct events_seen seen = events_read(f);

	assert_int_equal(seen.n, 15);
	for (int i = 0; i < 15; i++)
		assert_int_equal(seen.e[i].seq, i + 1);
	fixture_reopen(f);
	assert_int_equal(access_last(f), 15);
}

static void a_repeat_of_an_event_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e[] = { event_at(a, 1, 0), event_at(a, 0, 0), event_at(a, 2, 1),
				  event_at(a, 0, 1) };
	struct access_put more[] = { event_at(a, 2, 1), event_at(a, 3, 2), event_at(a, 3, 2),
				     event_at(a, 0, 1), event_at(a, 0, 2), event_at(a, 0, 2) };

	assert_int_equal(events_store(f, e, 4), 4);
	assert_int_equal(events_store(f, e, 4), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(e[i].event.seq, 0);
	/* No answer came, so everything is sent again in one body, with what is new. */
	assert_int_equal(events_store(f, more, 6), 2);
	assert_int_equal(more[0].event.seq, 0);
	assert_int_equal(more[1].event.seq, 5);
	assert_int_equal(more[2].event.seq, 0);
	assert_int_equal(more[3].event.seq, 0);
	assert_int_equal(more[4].event.seq, 6);
	assert_int_equal(more[5].event.seq, 0);
	assert_int_equal(access_last(f), 6);
}

static void merged_codes_of_one_record_are_one_event(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put card = event_at(a, 1, 0), finger = event_at(a, 1, 0);

	finger.event.event = 14;
	assert_int_equal(finger.event.event_group, 0);
	assert_int_equal(events_store(f, &card, 1), 1);
	assert_int_equal(events_store(f, &finger, 1), 0);
}

/* What differs in a field of the key is another event. */
static void every_part_of_an_event_s_key_distinguishes_it(void **state)
{
	static const uint8_t ff[] = { 0xff };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	int64_t expected = 1;
	struct access_put first = event_at(a, 1, 0), plain = event_at(a, 0, 0);

	assert_int_equal(events_store(f, &first, 1), 1);
	for (int i = 0; i < 6; i++) {
		struct access_put e = event_at(a, 1, 0);

		e.event.unit = i == 0 ? GH_LIT("S2") : e.event.unit;
		e.event.record_index += i == 1;
		e.event.time += i == 2;
		e.event.event_group += i == 3;
		e.event.event_text = i == 4 ? GH_LIT("27E") : e.event.event_text;
		e.event.pin = i == 5 ? (gh_slice){ ff, 1 } : e.event.pin;
		assert_int_equal(events_store(f, &e, 1), 1);
		assert_int_equal(e.event.seq, ++expected);
		assert_int_equal(events_store(f, &e, 1), 0);
	}
	/* With a number these are no part of it. */
	for (int i = 0; i < 4; i++) {
		struct access_put e = event_at(a, 1, 0);

		e.event.address += i == 0;
		e.event.card = i == 1 ? GH_LIT("99") : e.event.card;
		e.event.direction += i == 2;
		e.event.verify_raw = i == 3 ? GH_LIT("1") : e.event.verify_raw;
		assert_int_equal(events_store(f, &e, 1), 0);
	}
	assert_int_equal(events_store(f, &plain, 1), 1);
	for (int i = 0; i < 9; i++) {
		struct access_put e = event_at(a, 0, 0);

		e.event.address += i == 0;
		e.event.card = i == 1 ? GH_LIT("99") : e.event.card;
		e.event.direction += i == 2;
		e.event.verify_raw = i == 3 ? GH_LIT("1") : e.event.verify_raw;
		e.event.unit = i == 4 ? GH_LIT("S2") : e.event.unit;
		e.event.time += i == 5;
		e.event.event_group += i == 6;
		e.event.event_text = i == 7 ? GH_LIT("27E") : e.event.event_text;
		e.event.pin = i == 8 ? GH_LIT("07") : e.event.pin;
		assert_int_equal(events_store(f, &e, 1), 1);
		assert_int_equal(events_store(f, &e, 1), 0);
	}
	assert_int_equal(access_last(f), 17);
}

static void index_reset_loses_nothing(void **state)
{
	enum { RECORDS = 20, LIVES = 3 };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e[RECORDS];

	for (int life = 0; life < LIVES; life++) {
		for (int i = 0; i < RECORDS; i++)
			e[i] = event_at(a, i * 60 + 1, life * 1000 + i);
		assert_int_equal(events_store(f, e, RECORDS), RECORDS);
	}
	assert_int_equal(access_last(f), LIVES * RECORDS);
	/* Of an earlier life, sent again. */
	for (int i = 0; i < RECORDS; i++)
		e[i] = event_at(a, i * 60 + 1, 1000 + i);
	assert_int_equal(events_store(f, e, RECORDS), 0);
	/* Records of the log do not begin an epoch. */
	e[0] = event_at(a, 1, 9000);
	e[0].event.source = ACCESS_STORED;
	assert_int_equal(events_store(f, e, 1), 1);

	struct events_seen seen = events_read(f);

	assert_int_equal(seen.n, LIVES * RECORDS + 1);
	for (int i = 0; i < LIVES * RECORDS; i++) {
		assert_int_equal(seen.e[i].index_epoch, i / RECORDS);
		assert_int_equal(seen.e[i].same_as, 0);
	}
	assert_int_equal(seen.e[LIVES * RECORDS].index_epoch, LIVES - 1);
}

static void the_same_event_with_the_clock_set_otherwise_is_marked(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put first[] = { event_at(a, 10, 0), event_at(a, 11, 1) };
	static const struct {
		int seconds, address;
		bool same;
	} c[] = {
		{ 3600, 1, true },  { 5400, 1, true },	    { 900, 1, true }, { 901, 1, false },
		{ 3600, 2, false }, { 14 * 3600, 1, true }, { 7, 1, false },
	};

	first[0].punch = true;
	assert_int_equal(events_store(f, first, 2), 2);
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct access_put e = event_at(a, 10, c[i].seconds);

		e.punch = true;
		e.event.pin = first[0].event.pin;
		e.event.address = c[i].address;
		/* The same place is another event where that is no part of the key. */
		e.event.unit = GH_LIT("");
		if (c[i].address != 1)
			e.event.time += 1;
		assert_int_equal(events_store(f, &e, 1), 1);
		if (e.event.same_as && !c[i].same)
			print_error("case %zu\n", i);
		assert_int_equal(e.event.same_as != 0, c[i].same);
		assert_int_equal((e.event.flags & ACCESS_SHIFTED) != 0, c[i].same);
		assert_int_equal(e.event.punch_seq == 0, c[i].same);
		assert_int_equal(events_store(f, &e, 1), 0);
	}
	/* More than a day apart it is none. */
	struct access_put late = event_at(a, 11, 1);

	late.event.time += 2000000;
	assert_int_equal(events_store(f, &late, 1), 1);
	assert_int_equal(late.event.same_as, 0);

	/* Twice in one upload, the clock set between them. */
	struct access_put both[] = { event_at(a, 50, 0), event_at(a, 50, 3600) };

	assert_int_equal(events_store(f, both, 2), 2);
	assert_int_equal(both[1].event.same_as, both[0].event.seq);
}

static bool see_source(void *ctx, const struct punch *p)
{
	assert_int_equal(p->source, PUNCH_ACCESS);
	assert_slice(p->zone, "Europe/Istanbul");
	return see_punch(ctx, p);
}

static void an_event_becomes_one_punch_in_its_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e[] = { event_at(a, 1, 0), event_at(a, 2, 1), event_at(a, 3, 2),
				  event_at(a, 0, 3) };
	struct seen seen = { 0 };

	e[0].punch = e[2].punch = e[3].punch = true;
	assert_int_equal(events_store(f, e, 4), 4);
	assert_int_equal(e[0].event.punch_seq, 1);
	assert_int_equal(e[1].event.punch_seq, 0);
	assert_int_equal(e[2].event.punch_seq, 2);
	assert_int_equal(e[3].event.punch_seq, 3);
	assert_int_equal(last_seq(f), 3);
	/* An event that was stored without never gets one by being sent again. */
	e[1] = event_at(a, 2, 1);
	e[1].punch = true;
	assert_int_equal(events_store(f, e, 4), 0);
	assert_int_equal(last_seq(f), 3);
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 10), see_source, &seen));
	assert_int_equal(seen.n, 3);

	struct events_seen events = events_read(f);

	assert_int_equal(events.e[0].punch_seq, 1);
	assert_int_equal(events.e[1].punch_seq, 0);
	assert_int_equal(events.e[2].punch_seq, 2);
	assert_int_equal(events.e[3].punch_seq, 3);
}

static void a_punch_that_is_there_is_taken_for_the_event_s(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "7", 1) };
	struct access_put e[] = { event_at(a, 1, 60), event_at(a, 2, 60), event_at(a, 3, 61) };
	size_t fresh = 0;

	p[1].verify = 4;
	for (int i = 0; i < 3; i++)
		e[i].punch = true;
	/* All of it in one transaction. */
	tx_begin(f);
	assert_ok(f->ops->punches_put(f->s, p, 2, &fresh));
	size_t events = 0;

	assert_ok(f->ops->access_put(f->s, e, 3, &events));
	tx_commit(f);
	assert_int_equal(fresh, 2);
	assert_int_equal(events, 3);
	assert_int_equal(p[1].seq, 2);
	assert_int_equal(e[0].event.punch_seq, 2);
	assert_int_equal(e[1].event.punch_seq, 2);
	assert_int_equal(e[2].event.punch_seq, 3);
	assert_int_equal(last_seq(f), 3);
}

static void stored_events_get_their_punches_once(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e[] = { event_at(a, 1, 0), event_at(a, 2, 1), event_at(a, 2, 3601) };
	struct access_put again[3];

	assert_int_equal(events_store(f, e, 3), 3);
	assert_true(e[2].event.same_as);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3; i++) {
			again[i] = e[i];
			again[i].event.punch_seq = 0;
			again[i].stored = again[i].punch = true;
		}
		assert_int_equal(events_store(f, again, 3), 0);
		assert_int_equal(last_seq(f), 2);
	}
	struct events_seen seen = events_read(f);

	assert_int_equal(seen.e[0].punch_seq, 1);
	assert_int_equal(seen.e[1].punch_seq, 2);
	assert_int_equal(seen.e[2].punch_seq, 0);
	assert_int_equal(access_last(f), 3);
}

static bool see_class(void *ctx, const void *row, const struct store_key *key)
{
	const struct access_event *e = row;
	const int64_t *class = ctx;

	(void)key;
	assert_int_equal(event_class_of(e->event), *class);
	return true;
}

/* The classes in the database are those of the table of events. */
static void events_are_found_by_class_and_door(void **state)
{
	static const int64_t code[] = { 0,   19,   20,	 99,   100,  199,  200,	 253,  254,
					255, 3999, 4000, 4999, 5000, 5999, 6000, 6999, 7000 };
	enum { CODES = sizeof(code) / sizeof(code[0]) };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), found = 0, n;
	struct access_put e[CODES];
	const struct store_column *class = store_column_find(STORE_ACCESS, GH_LIT("class")),
				  *door = store_column_find(STORE_ACCESS, GH_LIT("door"));

	for (int i = 0; i < CODES; i++) {
		e[i] = event_at(a, i + 1, i);
		e[i].event.event = e[i].event.event_group = code[i];
		e[i].event.door = i % 2 + 1;
	}
	assert_int_equal(events_store(f, e, CODES), CODES);
	for (int64_t want = EVENT_NORMAL; want <= EVENT_SPECIAL; want++) {
		struct store_term term = { class, MATCH_EQUAL, { .i = want } };

		assert_ok(f->ops->rows_read(
			f->r, &ROWS(STORE_ACCESS, .limit = 100, .term = &term, .terms = 1),
			see_class, &want));
		assert_ok(f->ops->rows_count(
			f->r, &ROWS(STORE_ACCESS, .term = &term, .terms = 1), 1000, &n));
		found += n;
	}
	assert_int_equal(found, CODES);
	struct store_term term = { door, MATCH_EQUAL, { .i = 2 } };

	assert_ok(f->ops->rows_count(
		f->r, &ROWS(STORE_ACCESS, .device = a, .term = &term, .terms = 1), 1000, &n));
	assert_int_equal(n, CODES / 2);
}

/* Several uploads in a transaction, against a list of what was stored. */
static void any_mix_of_uploads_leaves_both_ledgers_dense(void **state)
{
	enum { PEOPLE = 4, SECONDS = 50, MOST = 20 };
	static const char *const pin[PEOPLE] = { "1", "01", "", "\xff" };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A"), b = device_new(f, "B"), events = 0, punches = 0;
	bool stored[2][2][PEOPLE][SECONDS] = { 0 };
	uint32_t random = 20261129;

	for (int round = 0; round < 60; round++) {
		struct access_put e[3][MOST];
		size_t n[3], fresh[3];
		int64_t want[3] = { 0 };

		tx_begin(f);
		for (int job = 0; job < 3; job++) {
			n[job] = 1 + (random = random * 1664525 + 1013904223) % MOST;
			for (size_t i = 0; i < n[job]; i++) {
				uint32_t r = (random = random * 1664525 + 1013904223) >> 8;
				int d = r & 1, plain = r >> 1 & 1, who = (int)(r / 4 % PEOPLE);
				int when = (int)(r / 97 % SECONDS);
				bool *known = &stored[d][plain][who][when];

				e[job][i] = event_at(d ? b : a, plain ? 0 : when + 1, when);
				e[job][i].event.pin = gh_slice_of(pin[who]);
				e[job][i].punch = !plain && e[job][i].event.pin.n;
				want[job] += !*known;
				punches += !*known && e[job][i].punch;
				*known = true;
			}
			f->ops->job(f->s, job);
			assert_ok(f->ops->access_put(f->s, e[job], n[job], &fresh[job]));
		}
		tx_commit(f);
		for (int job = 0; job < 3; job++) {
			assert_int_equal(fresh[job], want[job]);
			for (size_t i = 0; i < n[job]; i++)
				if (e[job][i].event.seq)
					assert_int_equal(e[job][i].event.seq, ++events);
		}
	}
	assert_int_equal(access_last(f), events);
	assert_int_equal(last_seq(f), punches);
	assert_true(events > 300 && punches > 80);
}

static void an_event_of_an_unknown_device_is_refused(void **state)
{
	struct fixture *f = *state;
	struct access_put e = event_at(4711, 1, 0);
	size_t fresh;

	assert_int_equal(write_alone(f, f->ops->access_put(f->s, &e, 1, &fresh)), GH_ENOTFOUND);
	assert_int_equal(access_last(f), 0);
}

static void what_was_rolled_back_is_not_there(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e = event_at(a, 1, 0);
	size_t fresh;

	e.punch = true;
	tx_begin(f);
	assert_ok(f->ops->access_put(f->s, &e, 1, &fresh));
	tx_rollback(f);
	assert_int_equal(access_last(f), 0);
	assert_int_equal(last_seq(f), 0);
	/* The job is run again, with what it had. */
	assert_int_equal(events_store(f, &e, 1), 1);
	assert_int_equal(e.event.seq, 1);
	assert_int_equal(e.event.punch_seq, 1);
}

int contract_access(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(access_events_have_numbers_of_their_own),
		CONTRACT(a_repeat_of_an_event_changes_nothing),
		CONTRACT(merged_codes_of_one_record_are_one_event),
		CONTRACT(every_part_of_an_event_s_key_distinguishes_it),
		CONTRACT(index_reset_loses_nothing),
		CONTRACT(the_same_event_with_the_clock_set_otherwise_is_marked),
		CONTRACT(an_event_becomes_one_punch_in_its_transaction),
		CONTRACT(a_punch_that_is_there_is_taken_for_the_event_s),
		CONTRACT(stored_events_get_their_punches_once),
		CONTRACT(events_are_found_by_class_and_door),
		CONTRACT(any_mix_of_uploads_leaves_both_ledgers_dense),
		CONTRACT(an_event_of_an_unknown_device_is_refused),
		CONTRACT(what_was_rolled_back_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
