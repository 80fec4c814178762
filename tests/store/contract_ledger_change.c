#include "contract.h"

/* What the ledger has, "seq:code" each, blanks between. */
static bool see_code(void *ctx, const struct punch *p)
{
	char *text = ctx;
	size_t n = strlen(text);

	snprintf(text + n, 200 - n, "%s%d:%.*s", n ? " " : "", (int)p->seq,
		 GH_FMT(p->work_code));
	return true;
}

static void assert_codes(struct fixture *f, const char *want)
{
	char text[200] = "";

	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 99), see_code, text));
	assert_string_equal(text, want);
}

static struct punch punch_coded(int64_t device, int n, enum punch_source source,
				const char *code)
{
	struct punch p = punch_at(device, "7", n);

	p.source = source;
	p.work_code = gh_slice_of(code);
	return p;
}

static void a_live_punch_gets_its_work_code_from_the_log(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	struct punch live[] = { punch_coded(a, 0, PUNCH_LIVE, ""),
				punch_coded(a, 1, PUNCH_LIVE, ""),
				punch_coded(b, 0, PUNCH_LIVE, "") };
	struct punch log[] = { punch_coded(a, 0, PUNCH_READ, "3"),
			       punch_coded(a, 1, PUNCH_READ, ""),
			       punch_coded(a, 2, PUNCH_READ, "5") };

	assert_int_equal(punches_store(f, live, 3), 3);
	assert_int_equal(punches_store(f, log, 3), 1);
	assert_codes(f, "1:3 2: 3: 4:5");
	/* Both again, in either order. */
	assert_int_equal(punches_store(f, log, 3), 0);
	assert_int_equal(punches_store(f, live, 3), 0);
	assert_int_equal(punches_store(f, &live[0], 1), 0);
	/* One that was read before the event of it came. */
	struct punch late = punch_coded(a, 2, PUNCH_LIVE, "");

	assert_int_equal(punches_store(f, &late, 1), 0);
	assert_codes(f, "1:3 2: 3: 4:5");
}

static void punches_of_a_log_that_differ_in_the_work_code_alone_are_two(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch live = punch_coded(a, 0, PUNCH_LIVE, "");
	struct punch log[] = { punch_coded(a, 0, PUNCH_READ, "7"),
			       punch_coded(a, 0, PUNCH_READ, "8"),
			       punch_coded(a, 1, PUNCH_READ, "7"),
			       punch_coded(a, 1, PUNCH_READ, "") };
	struct punch other = punch_coded(a, 1, PUNCH_LIVE, "");

	assert_int_equal(punches_store(f, &live, 1), 1);
	assert_int_equal(punches_store(f, &other, 1), 1);
	for (int round = 0; round < 3; round++)
		assert_int_equal(punches_store(f, log, 4), round ? 0 : 2);
	assert_codes(f, "1:7 2: 3:8 4:7");
}

static void only_what_came_live_gets_a_work_code(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch first[] = { punch_coded(a, 0, PUNCH_PUSHED, ""),
				 punch_coded(a, 1, PUNCH_READ, "") };
	struct punch then[] = { punch_coded(a, 0, PUNCH_PUSHED, "4"),
				punch_coded(a, 1, PUNCH_READ, "4"),
				punch_coded(a, 1, PUNCH_PUSHED, "5") };

	assert_int_equal(punches_store(f, first, 2), 2);
	assert_int_equal(punches_store(f, then, 3), 3);
	assert_codes(f, "1: 2: 3:4 4:4 5:5");
}

struct walk {
	size_t n;
	int64_t seq[8], utc[8];
	uint32_t flags[8];
	char zone[8][32];
	size_t most;
};

static bool walk_row(void *ctx, const struct punch *p)
{
	struct walk *w = ctx;

	w->seq[w->n] = p->seq;
	w->utc[w->n] = p->utc;
	w->flags[w->n] = p->flags;
	snprintf(w->zone[w->n], sizeof(w->zone[0]), "%.*s", GH_FMT(p->zone));
	return ++w->n < w->most;
}

static void a_devices_punches_are_walked_by_their_digits(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	struct punch p[] = { punch_at(a, "1", 5), punch_at(b, "9", 1), punch_at(a, "2", 3),
			     punch_at(a, "3", 3), punch_at(a, "1", 1) };
	struct walk w = { .most = 8 };

	assert_int_equal(punches_store(f, p, 5), 5);
	assert_ok(f->ops->punches_by_time(f->r, a, p[4].time, 0, 3, walk_row, &w));
	assert_int_equal(w.n, 3);
	assert_int_equal(w.seq[0], 5);
	assert_int_equal(w.seq[1], 3);
	assert_int_equal(w.seq[2], 4);
	w = (struct walk){ .most = 8 };
	assert_ok(f->ops->punches_by_time(f->r, a, p[2].time, 3, 8, walk_row, &w));
	assert_int_equal(w.n, 2);
	assert_int_equal(w.seq[0], 4);
	assert_int_equal(w.seq[1], 1);
}

static void a_punch_is_derived_again_and_keeps_its_number_and_digits(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), elsewhere = -1;
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "2", 1), punch_at(a, "3", 2) };
	struct punch anew[] = {
		{ .seq = 1, .zone = GH_LIT("Asia/Tokyo"), .utc = -7, .flags = PUNCH_GAP },
		{ .seq = 3, .zone = GH_LIT("Asia/Tokyo"), .utc = PUNCH_NO_UTC },
	};
	struct walk w = { .most = 8 };

	assert_int_equal(punches_store(f, p, 3), 3);
	tx_begin(f);
	assert_ok(f->ops->punches_rezone(f->s, anew, 2));
	tx_commit(f);
	assert_ok(f->ops->punches_by_time(f->r, a, 0, 0, 8, walk_row, &w));
	assert_int_equal(w.n, 3);
	assert_string_equal(w.zone[0], "Asia/Tokyo");
	assert_int_equal(w.utc[0], -7);
	assert_int_equal(w.flags[0], PUNCH_GAP);
	assert_int_equal(w.utc[1], p[1].utc);
	assert_true(w.utc[2] == PUNCH_NO_UTC);
	assert_ok(f->ops->punches_elsewhere(f->r, a, GH_LIT("Asia/Tokyo"), &elsewhere));
	assert_int_equal(elsewhere, 1);
	/* The same punch is known by its digits as before. */
	assert_int_equal(punches_store(f, &p[0], 1), 0);
	assert_int_equal(last_seq(f), 3);
}

#define MANY 700

/* By one statement where a database has one. */
static void many_punches_are_derived_again_at_once(void **state)
{
	static struct punch p[MANY], anew[MANY];
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), elsewhere = -1;
	struct walk w = { .most = 8 };

	for (int i = 0; i < MANY; i++)
		p[i] = punch_at(a, "1", i);
	assert_int_equal(punches_store(f, p, MANY), MANY);
	/* All but each fifth, from the newest on, in two zones; each third of them has no UTC. */
	size_t n = 0;

	for (int i = MANY - 1; i >= 0; i--)
		if (i % 5)
			anew[n++] = (struct punch){
				.seq = i + 1,
				.zone = i % 2 ? GH_LIT("Asia/Tokyo") : GH_LIT("Asia/Kabul"),
				.utc = i % 3 ? -i : PUNCH_NO_UTC,
				.flags = i % 7 ? 0 : PUNCH_OVERLAP,
			};
	assert_ok(write_alone(f, f->ops->punches_rezone(f->s, anew, n)));
	assert_ok(f->ops->punches_by_time(f->r, a, 0, 0, 8, walk_row, &w));
	for (int i = 0; i < 8; i++) {
		bool same = i % 5 == 0;

		assert_int_equal(w.seq[i], i + 1);
		assert_string_equal(w.zone[i], same    ? "Europe/Istanbul"
					       : i % 2 ? "Asia/Tokyo"
						       : "Asia/Kabul");
		assert_true(w.utc[i] == (same ? p[i].utc : i % 3 ? -i : PUNCH_NO_UTC));
		assert_int_equal(w.flags[i], same || i % 7 ? 0 : PUNCH_OVERLAP);
	}
	assert_ok(f->ops->punches_elsewhere(f->r, a, GH_LIT("Europe/Istanbul"), &elsewhere));
	assert_int_equal(elsewhere, n);
	/* Where none of several has any UTC. */
	anew[0].utc = anew[1].utc = PUNCH_NO_UTC;
	assert_ok(write_alone(f, f->ops->punches_rezone(f->s, anew, 2)));
	w = (struct walk){ .most = 8 };
	assert_ok(f->ops->punches_by_time(f->r, a, p[MANY - 2].time, 0, 8, walk_row, &w));
	assert_int_equal(w.n, 2);
	assert_true(w.utc[0] == PUNCH_NO_UTC && w.utc[1] == PUNCH_NO_UTC);
	assert_string_equal(w.zone[1], "Asia/Tokyo");
	/* Each is the punch it was. */
	assert_int_equal(punches_store(f, p, MANY), 0);
	assert_int_equal(last_seq(f), MANY);
}

/* "seq:code:source" of each. */
static bool see_source(void *ctx, const struct punch *p)
{
	char *text = ctx;
	size_t n = strlen(text);

	snprintf(text + n, 200 - n, "%s%d:%.*s:%u", n ? " " : "", (int)p->seq,
		 GH_FMT(p->work_code), p->source);
	return true;
}

static void assert_sources(struct fixture *f, const char *want)
{
	char text[200] = "";

	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 99), see_source, text));
	assert_string_equal(text, want);
}

static void an_imported_punch_is_the_one_that_was_pushed_whatever_no_work_code_is(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	struct punch pushed[] = { punch_coded(a, 0, PUNCH_PUSHED, ""),
				  punch_coded(a, 1, PUNCH_PUSHED, "0"),
				  punch_coded(a, 2, PUNCH_PUSHED, "7"),
				  punch_coded(b, 3, PUNCH_PUSHED, "0") };
	struct punch file[] = { punch_coded(a, 0, PUNCH_IMPORTED, "0"),
				punch_coded(a, 1, PUNCH_IMPORTED, ""),
				punch_coded(a, 2, PUNCH_IMPORTED, "7"),
				punch_coded(a, 2, PUNCH_IMPORTED, ""),
				punch_coded(a, 3, PUNCH_IMPORTED, "") };

	assert_int_equal(punches_store(f, pushed, 4), 4);
	assert_int_equal(punches_store(f, file, 5), 2);
	assert_int_equal(file[3].seq, 5);
	assert_int_equal(file[4].seq, 6);
	assert_int_equal(punches_store(f, file, 5), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(punches_store(f, &file[i], 1), 0);
	assert_sources(f, "1::0 2:0:0 3:7:0 4:0:0 5::4 6::4");
}

static void an_imported_punch_becomes_what_the_device_itself_sends(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	struct punch file[] = { punch_coded(a, 0, PUNCH_IMPORTED, ""),
				punch_coded(a, 1, PUNCH_IMPORTED, ""),
				punch_coded(a, 2, PUNCH_IMPORTED, "7"),
				punch_coded(b, 0, PUNCH_IMPORTED, ""),
				punch_coded(b, 1, PUNCH_IMPORTED, "") };
	struct punch pushed[] = { punch_coded(a, 0, PUNCH_PUSHED, "0"),
				  punch_coded(a, 1, PUNCH_PUSHED, ""),
				  punch_coded(a, 2, PUNCH_READ, "7"),
				  punch_coded(a, 2, PUNCH_READ, "8") };
	struct punch single = punch_coded(b, 0, PUNCH_PUSHED, "0");
	struct punch live = punch_coded(b, 1, PUNCH_LIVE, "");

	assert_int_equal(punches_store(f, file, 5), 5);
	assert_int_equal(punches_store(f, pushed, 4), 1);
	assert_sources(f, "1:0:0 2::0 3:7:2 4::4 5::4 6:8:2");
	assert_int_equal(punches_store(f, &single, 1), 0);
	assert_int_equal(punches_store(f, &live, 1), 0);
	assert_sources(f, "1:0:0 2::0 3:7:2 4:0:0 5::4 6:8:2");
	/* Again, the device's and the file's. */
	assert_int_equal(punches_store(f, pushed, 4), 0);
	assert_int_equal(punches_store(f, &single, 1), 0);
	assert_int_equal(punches_store(f, file, 5), 0);
}

static void a_live_punch_gets_its_work_code_from_a_file(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch live[] = { punch_coded(a, 0, PUNCH_LIVE, ""),
				punch_coded(a, 1, PUNCH_LIVE, "") };
	struct punch file[] = { punch_coded(a, 0, PUNCH_IMPORTED, "7"),
				punch_coded(a, 1, PUNCH_IMPORTED, "") };

	assert_int_equal(punches_store(f, live, 2), 2);
	assert_int_equal(punches_store(f, file, 2), 0);
	assert_codes(f, "1:7 2:");
}

static void what_was_imported_is_no_part_of_a_devices_log(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch pushed[] = { punch_coded(a, 0, PUNCH_PUSHED, "0"),
				  punch_coded(a, 1, PUNCH_PUSHED, "0") };
	struct punch file[] = { punch_coded(a, 2, PUNCH_IMPORTED, ""),
				punch_coded(a, 3, PUNCH_IMPORTED, "") };
	struct punch again = punch_coded(a, 3, PUNCH_PUSHED, "0");
	struct store_log_count log;

	assert_int_equal(punches_store(f, pushed, 2), 2);
	assert_int_equal(punches_store(f, file, 2), 2);
	assert_ok(f->ops->log_count(f->r, a, &log));
	assert_int_equal(log.n, 2);
	assert_int_equal(punches_store(f, &again, 1), 0);
	assert_ok(f->ops->log_count(f->r, a, &log));
	assert_int_equal(log.n, 3);
}

/* Punches of a file between those of the device, and one after them that stays. */
static void what_was_imported_stays_no_part_of_the_log_when_it_is_removed(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), between = -1;
	struct punch p[4 * 64];
	struct punch last = punch_coded(a, MANY, PUNCH_PUSHED, "0");
	struct store_expiry e = {
		.what = KEPT_PUNCHES, .before_ms = INT64_MAX, .now_ms = INT64_MAX, .limit = 100
	};
	struct store_log_count log;
	size_t n = sizeof(p) / sizeof(p[0]);

	for (size_t i = 0; i < n; i++)
		p[i] = punch_coded(a, (int)i, i % 4 ? PUNCH_IMPORTED : PUNCH_PUSHED, "0");
	assert_int_equal(punches_store(f, p, n), n);
	assert_int_equal(punches_store(f, &last, 1), 1);
	assert_ok(f->ops->log_count(f->r, a, &log));
	assert_int_equal(log.n, n / 4 + 1);
	assert_ok(f->ops->punches_between(f->r, a, p[0].time, last.time, &between));
	assert_int_equal(between, n / 4 + 1);
	/* Pieces of a day become one row. */
	do
		assert_ok(write_alone(f, f->ops->rows_expire(f->s, &e)));
	while (e.more);
	assert_int_equal(last_seq(f), n + 1);
	assert_ok(f->ops->log_count(f->r, a, &log));
	assert_int_equal(log.n, n / 4 + 1);
	assert_ok(f->ops->punches_between(f->r, a, p[0].time, last.time, &between));
	assert_int_equal(between, n / 4 + 1);
	/* The file again. */
	assert_int_equal(punches_store(f, p, n), 0);
}

static void rows_that_are_no_punches_of_their_own_count_by_their_day(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1"), between = -1;
	struct punch p = punch_coded(a, 0, PUNCH_PUSHED, "0");
	int64_t day = p.time / 1000000;

	assert_int_equal(punches_store(f, &p, 1), 1);
	for (int k = 1; k < 3; k++) {
		assert_ok(write_alone(f, f->ops->comparison_extra_add(f->s, a, day, k)));
		assert_ok(write_alone(f, f->ops->comparison_extra_add(f->s, a, day + 1, k)));
		assert_ok(write_alone(f, f->ops->comparison_extra_add(f->s, b, day, k)));
	}
	assert_ok(f->ops->punches_between(f->r, a, p.time, p.time, &between));
	assert_int_equal(between, 1 + 3);
	assert_ok(f->ops->punches_between(f->r, a, 0, 99991231235959, &between));
	assert_int_equal(between, 1 + 6);
	assert_ok(write_alone(f, f->ops->device_delete(f->s, a)));
	/* The punch itself is removed later. */
	assert_ok(f->ops->punches_between(f->r, a, 0, 99991231235959, &between));
	assert_true(between <= 1);
}

int contract_ledger_change(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(a_live_punch_gets_its_work_code_from_the_log),
		CONTRACT(punches_of_a_log_that_differ_in_the_work_code_alone_are_two),
		CONTRACT(only_what_came_live_gets_a_work_code),
		CONTRACT(a_devices_punches_are_walked_by_their_digits),
		CONTRACT(a_punch_is_derived_again_and_keeps_its_number_and_digits),
		CONTRACT(many_punches_are_derived_again_at_once),
		CONTRACT(an_imported_punch_is_the_one_that_was_pushed_whatever_no_work_code_is),
		CONTRACT(an_imported_punch_becomes_what_the_device_itself_sends),
		CONTRACT(a_live_punch_gets_its_work_code_from_a_file),
		CONTRACT(what_was_imported_is_no_part_of_a_devices_log),
		CONTRACT(what_was_imported_stays_no_part_of_the_log_when_it_is_removed),
		CONTRACT(rows_that_are_no_punches_of_their_own_count_by_their_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
