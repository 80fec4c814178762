#include "contract.h"

static void seq_begins_at_one_and_has_no_gaps(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");

	assert_int_equal(last_seq(f), 0);
	for (int round = 0; round < 5; round++) {
		struct punch p[] = { punch_at(a, "1", round * 3), punch_at(b, "1", round * 3),
				     punch_at(a, "2", round * 3), punch_at(b, "2", round * 3) };

		assert_int_equal(punches_store(f, p, 4), 4);
		for (int i = 0; i < 4; i++)
			assert_int_equal(p[i].seq, round * 4 + i + 1);
	}
	assert_int_equal(last_seq(f), 20);

	struct seen seen = { 0 };

	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), see_punch, &seen));
	assert_int_equal(seen.n, 20);
	for (int i = 0; i < 20; i++)
		assert_int_equal(seen.id[i], i + 1);
}

static void a_repeat_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "2", 1), punch_at(a, "3", 2) };
	struct punch more[] = { punch_at(a, "2", 1), punch_at(a, "4", 3), punch_at(a, "3", 2),
				punch_at(a, "5", 4), punch_at(a, "4", 3) };

	assert_int_equal(punches_store(f, p, 3), 3);
	assert_int_equal(punches_store(f, p, 3), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(p[i].seq, 0);
	/* A partial repeat, with a repeat inside the same upload. */
	assert_int_equal(punches_store(f, more, 5), 2);
	assert_int_equal(more[0].seq, 0);
	assert_int_equal(more[1].seq, 4);
	assert_int_equal(more[2].seq, 0);
	assert_int_equal(more[3].seq, 5);
	assert_int_equal(more[4].seq, 0);
	assert_int_equal(last_seq(f), 5);
}

/* Uploads of random size from a small world, against a list of what was stored. */
static void any_mix_of_new_and_repeated_punches_is_separated(void **state)
{
	enum { DEVICES = 3, PINS = 5, MINUTES = 40, MOST = 120 };
	static const char *const pin[PINS] = { "1", "01", "A1", "", "\xff" };
	static const char *const zone[] = { "UTC", "Asia/Tokyo" };
	struct fixture *f = *state;
	int64_t device[DEVICES] = { device_new(f, "A"), device_new(f, "B"),
				    device_new(f, "C") };
	bool stored[DEVICES][PINS][MINUTES] = { 0 };
	uint32_t random = 20261120;
	int64_t last = 0;

	for (int round = 0; round < 60; round++) {
		struct punch p[MOST];
		int64_t want[MOST], before = last;
		size_t n = 1 + (random = random * 1664525 + 1013904223) % MOST;

		for (size_t i = 0; i < n; i++) {
			uint32_t r = (random = random * 1664525 + 1013904223) >> 8;
			int d = r % 16 ? round % DEVICES : (int)(r % DEVICES);
			int who = (int)(r / 16 % PINS), when = (int)(r / 97 % MINUTES);
			bool *known = &stored[d][who][when];

			p[i] = punch_at(device[d], pin[who], when);
			p[i].zone = gh_slice_of(zone[r / 7 % 20 == 0]);
			want[i] = *known ? 0 : ++last;
			*known = true;
		}
		assert_int_equal(punches_store(f, p, n), last - before);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i].seq, want[i]);
	}
	assert_int_equal(last_seq(f), last);
	assert_true(last > 500);
}

static void what_is_not_part_of_the_key_does_not_make_a_new_punch(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p = punch_at(a, "1", 0), q = p;

	q.zone = GH_LIT("UTC");
	q.utc = PUNCH_NO_UTC;
	q.received_ms = 5;
	q.flags = PUNCH_GAP;
	q.source = PUNCH_READ;
	q.extra = GH_LIT("255\t0");
	assert_int_equal(punches_store(f, &p, 1), 1);
	assert_int_equal(punches_store(f, &q, 1), 0);
}

static void every_part_of_the_key_distinguishes_punches_byte_for_byte(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	static const uint8_t ff[] = { 0xff }, high[] = { 0xc3, 0xbf }, nul[] = { '7', 0 },
			     cut[] = { 0xc3 }, twice[] = { 0xff, 0xff };
	static const gh_slice pins[] = { { (const uint8_t *)"7", 1 },
					 { (const uint8_t *)"07", 2 },
					 { (const uint8_t *)"007", 3 },
					 { (const uint8_t *)"7 ", 2 },
					 { (const uint8_t *)"7.0", 3 },
					 { (const uint8_t *)"A7", 2 },
					 { (const uint8_t *)"a7", 2 },
					 { NULL, 0 },
					 { ff, sizeof(ff) },
					 { high, sizeof(high) },
					 { nul, sizeof(nul) },
					 { cut, sizeof(cut) },
					 { twice, sizeof(twice) },
					 { (const uint8_t *)"1e3", 3 },
					 { (const uint8_t *)"1000", 4 } };
	enum { PINS = sizeof(pins) / sizeof(pins[0]) };
	struct punch p[PINS + 5];
	size_t n = PINS;

	for (size_t i = 0; i < PINS; i++) {
		p[i] = punch_at(a, "", 0);
		p[i].pin = pins[i];
	}
	p[n] = p[0];
	p[n++].device = b;
	p[n] = p[0];
	p[n++].time++;
	p[n] = p[0];
	p[n++].status = PUNCH_ABSENT;
	p[n] = p[0];
	p[n++].verify = 15;
	p[n] = p[0];
	p[n++].work_code = GH_LIT("0");
	assert_int_equal(punches_store(f, p, n), n);
	assert_int_equal(punches_store(f, p, n), 0);
	for (size_t i = 0; i < PINS; i++) {
		struct seen seen = { 0 };

		if (pins[i].n == 0)
			continue; /* requests all */
		assert_ok(f->ops->punches_read(
			f->r, &PUNCHES(.limit = 1000, .device = a, .pin = pins[i]), see_punch,
			&seen));
		assert_int_equal(seen.n, i == 0 ? 5 : 1);
		assert_int_equal(seen.id[0], i + 1);
	}
}

static bool see_whole(void *ctx, const struct punch *p)
{
	static const uint8_t odd[] = { 'x', 0xfe, 0, 'y' };
	const struct punch *want = ctx;

	assert_int_equal(p->seq, want->seq);
	assert_int_equal(p->device, want->device);
	assert_slice(p->serial, "A1");
	assert_true(gh_slice_eq(p->pin, (gh_slice){ odd, sizeof(odd) }));
	assert_int_equal(p->time, want->time);
	assert_int_equal(p->status, want->status);
	assert_int_equal(p->verify, want->verify);
	assert_true(gh_slice_eq(p->work_code, want->work_code));
	assert_true(gh_slice_eq(p->extra, want->extra));
	assert_true(gh_slice_eq(p->zone, want->zone));
	assert_int_equal(p->utc, want->utc);
	assert_int_equal(p->received_ms, want->received_ms);
	assert_int_equal(p->flags, want->flags);
	assert_int_equal(p->source, want->source);
	return true;
}

static void a_punch_is_read_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	static const uint8_t odd[] = { 'x', 0xfe, 0, 'y' };
	struct punch plain = punch_at(device_new(f, "A1"), "", 0), p = plain;

	plain.pin = p.pin = (gh_slice){ odd, sizeof(odd) };
	assert_int_equal(punches_store(f, &plain, 1), 1);
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), see_whole, &plain));

	p.time = 99999999999999;
	p.status = INT32_MAX;
	p.verify = PUNCH_ABSENT;
	p.work_code = GH_LIT("W1");
	p.extra = GH_LIT("1\t\t3");
	p.zone = GH_LIT("+05:30");
	p.utc = PUNCH_NO_UTC;
	p.received_ms = INT64_MAX;
	p.flags = PUNCH_IMPOSSIBLE | PUNCH_ANCIENT;
	p.source = PUNCH_LIVE;
	assert_int_equal(punches_store(f, &p, 1), 1);
	assert_ok(
		f->ops->punches_read(f->r, &PUNCHES(.limit = 1000, .after = 1), see_whole, &p));
	p.seq = 0;
	p.utc = -1;
	p.time = 0;
	p.extra = p.zone = (gh_slice){ 0 };
	assert_int_equal(punches_store(f, &p, 1), 1);
	assert_ok(
		f->ops->punches_read(f->r, &PUNCHES(.limit = 1000, .after = 2), see_whole, &p));
}

static bool zone_is(void *ctx, const struct punch *p)
{
	const char *const *zone = ctx;

	assert_slice(p->zone, zone[p->seq - 1]);
	return true;
}

static void a_rollback_takes_no_number(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "2", 1) };
	struct punch q = punch_at(a, "3", 3);
	static const char *const zones[] = { "Europe/Istanbul", "Europe/Istanbul", "Asia/Seoul",
					     "Asia/Tokyo" };
	size_t fresh;

	assert_int_equal(punches_store(f, p, 1), 1);
	tx_begin(f);
	/* In a zone of its own, which goes with the transaction. */
	q.zone = GH_LIT("Asia/Tokyo");
	assert_ok(f->ops->punches_put(f->s, &q, 1, &fresh));
	assert_ok(f->ops->punches_put(f->s, &p[1], 1, &fresh));
	tx_rollback(f);
	assert_int_equal(last_seq(f), 1);
	assert_int_equal(punches_store(f, &p[1], 1), 1);
	assert_int_equal(p[1].seq, 2);
	q.zone = GH_LIT("Asia/Seoul");
	assert_int_equal(punches_store(f, &q, 1), 1);
	q = punch_at(a, "3", 4);
	q.zone = GH_LIT("Asia/Tokyo");
	assert_int_equal(punches_store(f, &q, 1), 1);
	assert_int_equal(q.seq, 4);

	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 9), zone_is, (void *)zones));
}

static void many_zones_are_kept_apart_even_after_a_rollback(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	static const char *zone[120];
	static char text[120][100];
	struct punch p;
	size_t fresh;

	for (int i = 0; i < 120; i++) {
		/* Some longer than any real name. */
		memset(text[i], 'x', i % 7 == 0 ? 90 : 8);
		text[i][0] = (char)('A' + i / 10);
		text[i][1] = (char)('0' + i % 10);
		zone[i] = text[i];
		p = punch_at(a, "1", i);
		p.zone = GH_LIT("rolled/back");
		tx_begin(f);
		assert_ok(f->ops->punches_put(f->s, &p, 1, &fresh));
		tx_rollback(f);
		p.zone = gh_slice_of(text[i]);
		assert_int_equal(punches_store(f, &p, 1), 1);
	}
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), zone_is, zone));
	fixture_reopen(f);
	p = punch_at(a, "2", 0);
	p.zone = gh_slice_of(text[60]);
	assert_int_equal(punches_store(f, &p, 1), 1);
	p.seq -= 60;
	assert_int_equal(p.seq, 61);
}

static void the_ledger_outlives_a_restart(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "2", 1) };

	assert_int_equal(punches_store(f, p, 2), 2);
	fixture_reopen(f);
	assert_int_equal(last_seq(f), 2);
	assert_int_equal(punches_store(f, p, 2), 0);
	p[0] = punch_at(a, "3", 2);
	assert_int_equal(punches_store(f, p, 1), 1);
	assert_int_equal(p[0].seq, 3);
}

static void a_device_that_is_not_there_gets_no_punches(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a + 1, "1", 0) };
	size_t fresh = 77;

	assert_int_equal(write_alone(f, f->ops->punches_put(f->s, p, 2, &fresh)), GH_ENOTFOUND);
	assert_int_equal(fresh, 77);
	assert_int_equal(last_seq(f), 0);
	assert_int_equal(f->ops->punches_put(f->s, p, 1, &fresh), GH_ESTATE);
}

static void a_ledger_has_an_id_of_its_own(void **state)
{
	struct fixture *f = *state;
	char id[STORE_LEDGER_ID], again[STORE_LEDGER_ID];

	assert_ok(f->ops->ledger_id(f->r, id));
	assert_int_equal(strlen(id), 8);
	for (size_t i = 0; i < 8; i++)
		assert_true(id[i] >= 'a' && id[i] <= 'z');
	fixture_reopen(f);
	assert_ok(f->ops->ledger_id(f->r, again));
	assert_string_equal(id, again);
	assert_string_equal(store_stream_name(STREAM_PUNCH), "punch");
}

int contract_ledger(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(seq_begins_at_one_and_has_no_gaps),
		CONTRACT(a_repeat_changes_nothing),
		CONTRACT(any_mix_of_new_and_repeated_punches_is_separated),
		CONTRACT(what_is_not_part_of_the_key_does_not_make_a_new_punch),
		CONTRACT(every_part_of_the_key_distinguishes_punches_byte_for_byte),
		CONTRACT(a_punch_is_read_back_as_it_was),
		CONTRACT(a_rollback_takes_no_number),
		CONTRACT(many_zones_are_kept_apart_even_after_a_rollback),
		CONTRACT(the_ledger_outlives_a_restart),
		CONTRACT(a_device_that_is_not_there_gets_no_punches),
		CONTRACT(a_ledger_has_an_id_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
