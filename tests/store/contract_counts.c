/* The counters of rows, whatever was done in whatever order, against the rows themselves. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/record.h"
#include "store/maintenance.h"

#define DEVICES 3
#define ROUNDS 120
#define ROUND_STEPS 40

struct counted {
	struct fixture *f;
	unsigned seed;
	int64_t device[DEVICES];
	char sn[DEVICES][8];
	bool gone[DEVICES];
	int64_t now;
};

static unsigned number_pick(struct counted *c, unsigned below)
{
	c->seed = c->seed * 1103515245 + 12345;
	return (c->seed >> 16) % below;
}

static bool record_seen(void *ctx, const struct record_row *row)
{
	(void)row;
	++*(int64_t *)ctx;
	return true;
}

static void check_line(void *ctx, const char *text)
{
	(void)ctx;
	print_error("%s\n", text);
}

static void assert_checked(struct fixture *f)
{
	struct store_report report = { .line = check_line };
	size_t found = 99;

	assert_ok(store_check(&f->db, &report, &found));
	assert_int_equal(found, 0);
}

/* What is shown of a device, and of all. */
static void assert_counted(struct fixture *f, int64_t device)
{
	int64_t counts[KIND_COUNT];

	assert_ok(f->ops->record_counts(f->r, device, counts));
	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		struct store_page page = { .limit = 100000, .device = device };
		int64_t rows = 0;

		assert_ok(f->ops->records_read(f->r, kind, &page, record_seen, &rows));
		assert_int_equal(counts[kind], rows);
	}
}

static bool rows_seen(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	(void)key;
	++*(int64_t *)ctx;
	return true;
}

static void assert_all_counted(struct counted *c)
{
	struct fixture *f = c->f;
	struct store_counts n;
	int64_t quarantined = 0, uploads = 0;

	assert_counted(f, 0);
	for (int i = 0; i < DEVICES; i++)
		assert_counted(f, c->device[i]);
	assert_ok(f->ops->counts(f->r, &n));
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_QUARANTINE, .limit = 100000), rows_seen,
				    &quarantined));
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_UPLOADS, .limit = 100000), rows_seen,
				    &uploads));
	assert_int_equal(n.quarantined, quarantined);
	assert_int_equal(n.raw_uploads, uploads);
	assert_checked(f);
}

/* A record of few keys, so that it is often there already. */
static void record_make(struct counted *c, enum model_kind_id kind, union model_record *r,
			char room[64][16])
{
	static const char *const source[] = { "fp", "face", "biodata" };
	const struct model_kind *k = &model_kinds[kind];

	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY))
			continue;
		unsigned v = number_pick(c, 3);

		r->present |= (uint64_t)1 << i;
		if (k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES) {
			snprintf(room[i], sizeof(room[i]), "%s",
				 kind == KIND_TEMPLATE && i == TEMPLATE_source ? source[v]
									       : "");
			if (room[i][0] == '\0')
				snprintf(room[i], sizeof(room[i]), "%u", v);
			*(gh_slice *)model_at(k, r, i) = gh_slice_of(room[i]);
		} else {
			*(int64_t *)model_at(k, r, i) = v;
		}
	}
}

static enum gh_err record_step(struct counted *c, int64_t device)
{
	enum model_kind_id kind = (enum model_kind_id)number_pick(c, KIND_COUNT);
	union model_record r = { 0 };
	char room[64][16];

	record_make(c, kind, &r, room);
	if (number_pick(c, 4) == 0) {
		/* By one field of the key alone, many. */
		r.present &= number_pick(c, 2) ? 1 : UINT64_MAX;
		return c->f->ops->record_delete(c->f->s, kind, device, &r, NULL);
	}
	return c->f->ops->record_put(c->f->s, kind, device, ++c->now, &r);
}

static enum gh_err quarantine_step(struct counted *c, int64_t device)
{
	char raw[16];
	struct quarantine q = { .device = device,
				.received_ms = ++c->now,
				.table = GH_LIT("ATTLOG"),
				.reason = GH_LIT("why"),
				.once = number_pick(c, 2) };

	if (number_pick(c, 4) == 0)
		return c->f->ops->quarantine_delete(c->f->s, number_pick(c, 200), NULL);
	snprintf(raw, sizeof(raw), "%u", number_pick(c, 5));
	q.raw = gh_slice_of(raw);
	return c->f->ops->quarantine_put(c->f->s, &q);
}

static enum gh_err upload_step(struct counted *c, int64_t device)
{
	struct raw_upload u = { .device = device,
				.received_ms = ++c->now,
				.table = GH_LIT("STRANGE"),
				.target = GH_LIT("/"),
				.body = GH_LIT("body") };

	if (number_pick(c, 4) == 0)
		return c->f->ops->upload_delete(c->f->s, number_pick(c, 200), NULL);
	return c->f->ops->upload_put(c->f->s, &u);
}

static enum gh_err any_step(struct counted *c)
{
	unsigned i = number_pick(c, DEVICES), what = number_pick(c, 10);

	if (c->gone[i])
		return GH_OK;
	if (what < 7)
		return record_step(c, c->device[i]);
	return what < 9 ? quarantine_step(c, c->device[i]) : upload_step(c, c->device[i]);
}

/* What has a transaction of its own. */
static void upkeep_step(struct counted *c)
{
	struct fixture *f = c->f;
	unsigned i = number_pick(c, DEVICES), what = number_pick(c, 6);
	size_t removed;
	bool more;

	if (what == 0 && !c->gone[i]) {
		assert_ok(write_alone(f, f->ops->device_delete(f->s, c->device[i])));
		c->gone[i] = true;
	} else if (what == 1) {
		assert_ok(write_alone(
			f, f->ops->devices_clear(f->s, number_pick(c, 20), &removed, &more)));
	} else if (what == 2) {
		static const enum store_kept kept[] = { KEPT_UPLOADS, KEPT_QUARANTINE,
							KEPT_OPLOG, KEPT_PHOTOS };
		struct store_expiry e = { .what = kept[number_pick(c, 4)],
					  .before_ms = c->now - number_pick(c, 60),
					  .limit = 50 };

		assert_ok(write_alone(f, f->ops->rows_expire(f->s, &e)));
	}
}

/* With records of the former life still there. */
static void devices_return(struct counted *c)
{
	struct fixture *f = c->f;
	bool more = true;
	size_t removed;

	for (int i = 0; i < DEVICES; i++)
		if (c->gone[i] && number_pick(c, 3) == 0) {
			assert_int_equal(device_new(f, c->sn[i]), c->device[i]);
			c->gone[i] = false;
			assert_counted(f, c->device[i]);
			while (more)
				assert_ok(write_alone(
					f, f->ops->devices_clear(f->s, 7, &removed, &more)));
		}
}

static void counters_are_right_whatever_was_done(void **state)
{
	struct counted c = { .f = *state, .seed = 7, .now = 1000 };
	struct fixture *f = c.f;

	for (int i = 0; i < DEVICES; i++) {
		snprintf(c.sn[i], sizeof(c.sn[i]), "A%d", i);
		c.device[i] = device_new(f, c.sn[i]);
	}
	for (int round = 0; round < ROUNDS; round++) {
		tx_begin(f);
		for (unsigned n = number_pick(&c, ROUND_STEPS); n > 0; n--)
			assert_ok(any_step(&c));
		/* What did not take place is not counted. */
		if (number_pick(&c, 5) == 0)
			tx_rollback(f);
		else
			tx_commit(f);
		upkeep_step(&c);
		devices_return(&c);
		if (round % 10 == 9)
			assert_all_counted(&c);
	}
	fixture_reopen(f);
	assert_all_counted(&c);
}

static void those_received_before_a_time_are_removed(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	static const char *const pin[] = { "1", "2", "3", "4", "5" };
	size_t removed = 99;
	int64_t counts[KIND_COUNT], n;

	for (int i = 0; i < 5; i++) {
		struct person p = { .present = UINT64_C(1) << PERSON_pin,
				    .pin = gh_slice_of(pin[i]) };

		assert_ok(
			write_alone(f, f->ops->record_put(f->s, KIND_PERSON, a, 1000 + i, &p)));
		assert_ok(write_alone(f, f->ops->record_put(f->s, KIND_PERSON, b, 1000, &p)));
	}
	assert_ok(write_alone(
		f, f->ops->records_older_delete(f->s, KIND_PERSON, a, 1003, 2, &removed)));
	assert_int_equal(removed, 2);
	assert_ok(write_alone(
		f, f->ops->records_older_delete(f->s, KIND_PERSON, a, 1003, 2, &removed)));
	assert_int_equal(removed, 1);
	assert_ok(write_alone(
		f, f->ops->records_older_delete(f->s, KIND_PERSON, a, 1003, 2, &removed)));
	assert_int_equal(removed, 0);
	/* Those received then, and those of the other device. */
	assert_ok(f->ops->record_counts(f->r, 0, counts));
	assert_int_equal(counts[KIND_PERSON], 2 + 5);
	assert_ok(f->ops->rows_count(f->r, &ROWS(STORE_RECORDS + KIND_PERSON, .limit = 99), 99,
				     &n));
	assert_int_equal(n, 2 + 5);
}

int contract_counts(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(counters_are_right_whatever_was_done),
		CONTRACT(those_received_before_a_time_are_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
