#include "contract.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/record.h"

/* --- quarantine and raw uploads --- */

static bool see_quarantine(void *ctx, const void *row, const struct store_key *key)
{
	const struct quarantine *q = row;
	const struct quarantine *want = ctx;

	assert_true(q->id > 0 && q->id == key->number);
	assert_int_equal(q->device, want->device);
	assert_slice(q->serial, "A1");
	assert_int_equal(q->received_ms, want->received_ms);
	assert_true(gh_slice_eq(q->table, want->table));
	assert_int_equal(q->line, want->line);
	assert_int_equal(q->offset, want->offset);
	assert_true(gh_slice_eq(q->reason, want->reason));
	assert_true(gh_slice_eq(q->raw, want->raw));
	return true;
}

static void a_malformed_record_is_kept_byte_for_byte(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct quarantine q = { .device = a,
				.received_ms = 5,
				.table = GH_LIT("ATTLOG"),
				.line = 7,
				.offset = 99,
				.reason = GH_LIT("no time"),
				.raw = { (const uint8_t *)"1\t\xff\0x", 5 } };
	uint8_t *large = calloc(1, STORE_QUARANTINE_RAW + 10);
	struct seen seen = { 0 }, of_b = { 0 };

	tx_begin(f);
	assert_ok(f->ops->quarantine_put(f->s, &q));
	tx_commit(f);
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_QUARANTINE, .limit = 1000),
				    see_quarantine, &q));
	q.raw = (gh_slice){ large, STORE_QUARANTINE_RAW + 10 };
	tx_begin(f);
	assert_ok(f->ops->quarantine_put(f->s, &q));
	tx_commit(f);
	q.raw.n = STORE_QUARANTINE_RAW;
	assert_ok(f->ops->rows_read(f->r,
				    &ROWS(STORE_QUARANTINE, .limit = 1, .descending = true),
				    see_quarantine, &q));
	q.device = b;
	q.raw = (gh_slice){ 0 };
	tx_begin(f);
	assert_ok(f->ops->quarantine_put(f->s, &q));
	tx_commit(f);
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_QUARANTINE, .limit = 1000), see_number,
				    &seen));
	assert_int_equal(seen.n, 3);
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_QUARANTINE, .limit = 9, .device = b),
				    see_number, &of_b));
	assert_int_equal(of_b.n, 1);
	assert_int_equal(of_b.id[0], seen.id[2]);
	free(large);
}

static bool see_upload(void *ctx, const void *row, const struct store_key *key)
{
	const struct raw_upload *u = row;
	const struct raw_upload *want = ctx;

	assert_true(u->id > 0 && u->id == key->number);
	assert_int_equal(u->device, want->device);
	assert_slice(u->serial, "A1");
	assert_int_equal(u->received_ms, want->received_ms);
	assert_true(gh_slice_eq(u->table, want->table));
	assert_true(gh_slice_eq(u->target, want->target));
	assert_true(gh_slice_eq(u->body, want->body));
	return true;
}

static void an_unknown_upload_is_kept_whole(void **state)
{
	struct fixture *f = *state;
	struct raw_upload u = { .device = device_new(f, "A1"),
				.received_ms = 5,
				.table = GH_LIT("NEWTABLE"),
				.target = GH_LIT("/iclock/cdata?SN=A1"),
				.body = { (const uint8_t *)"a\0b\xff", 4 } };
	struct seen seen = { 0 }, page = { 0 };

	tx_begin(f);
	for (int i = 0; i < 5; i++)
		assert_ok(f->ops->upload_put(f->s, &u));
	tx_commit(f);
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_UPLOADS, .limit = 1000), see_upload, &u));
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_UPLOADS, .limit = 1000), see_number,
				    &seen));
	assert_int_equal(seen.n, 5);
	assert_ok(f->ops->rows_read(
		f->r,
		&ROWS(STORE_UPLOADS, .limit = 2, .before = seen.id[3], .descending = true),
		see_number, &page));
	assert_int_equal(page.n, 2);
	assert_int_equal(page.id[0], seen.id[2]);
}

/* Rows: the number and the reason. */
struct kept {
	size_t n;
	int64_t id[8];
	char reason[8][40];
};

static bool see_kept(void *ctx, const void *row, const struct store_key *key)
{
	const struct quarantine *q = row;
	struct kept *k = ctx;

	k->id[k->n] = key->number;
	snprintf(k->reason[k->n++], sizeof(k->reason[0]), "%.*s", GH_FMT(q->reason));
	return true;
}

static void kept_expect(struct fixture *f, int64_t device, int64_t quarantined, int64_t uploads)
{
	struct store_kept_counts n;

	assert_ok(f->ops->kept_counts(f->r, device, &n));
	assert_int_equal(n.quarantined, quarantined);
	assert_int_equal(n.uploads, uploads);
}

static void what_is_read_later_leaves_and_the_rest_has_its_new_reason(void **state)
{
	struct fixture *f = *state;
	struct quarantine q = { .device = device_new(f, "A1"),
				.table = GH_LIT("ATTLOG"),
				.reason = GH_LIT("no time"),
				.raw = GH_LIT("x") };
	struct raw_upload u = { .device = q.device, .body = GH_LIT("y") };
	struct kept k = { 0 }, after = { 0 };
	struct seen seen = { 0 };

	tx_begin(f);
	assert_ok(f->ops->quarantine_put(f->s, &q));
	assert_ok(f->ops->quarantine_put(f->s, &q));
	assert_ok(f->ops->upload_put(f->s, &u));
	assert_ok(f->ops->upload_put(f->s, &u));
	tx_commit(f);
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_QUARANTINE, .limit = 8), see_kept, &k));
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_UPLOADS, .limit = 8), see_number, &seen));
	kept_expect(f, q.device, 2, 2);
	kept_expect(f, q.device + 1, 0, 0);

	size_t rows = 9, uploads = 9, none = 9;

	tx_begin(f);
	assert_ok(f->ops->quarantine_delete(f->s, k.id[0], &rows));
	assert_ok(f->ops->quarantine_reason(f->s, k.id[1], GH_LIT("still no time")));
	assert_ok(f->ops->upload_delete(f->s, seen.id[1], &uploads));
	tx_commit(f);
	assert_int_equal(rows, 1);
	assert_int_equal(uploads, 1);
	assert_ok(
		f->ops->rows_read(f->r, &ROWS(STORE_QUARANTINE, .limit = 8), see_kept, &after));
	assert_int_equal(after.n, 1);
	assert_int_equal(after.id[0], k.id[1]);
	assert_string_equal(after.reason[0], "still no time");
	seen.n = 0;
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_UPLOADS, .limit = 8), see_number, &seen));
	assert_int_equal(seen.n, 1);
	kept_expect(f, q.device, 1, 1);

	/* One that is gone already. */
	tx_begin(f);
	assert_ok(f->ops->quarantine_delete(f->s, k.id[0], &none));
	assert_ok(f->ops->quarantine_reason(f->s, k.id[0], GH_LIT("none")));
	assert_ok(f->ops->upload_delete(f->s, 999, NULL));
	tx_commit(f);
	assert_int_equal(none, 0);
}

/* --- tokens --- */

struct tokens {
	size_t n;
	struct token t[4];
	char name[4][32];
};

static bool see_token(void *ctx, const struct token *t)
{
	struct tokens *ts = ctx;

	assert_true(ts->n < 4 && t->name.n < 32);
	ts->t[ts->n] = *t;
	memcpy(ts->name[ts->n], t->name.p, t->name.n);
	ts->name[ts->n++][t->name.n] = '\0';
	return true;
}

static void tokens_are_made_and_revoked(void **state)
{
	struct fixture *f = *state;
	struct token a = { .name = GH_LIT("erp"),
			   .scopes =
				   TOKEN_SCOPE_BIT(TOKEN_READ) | TOKEN_SCOPE_BIT(TOKEN_METRICS),
			   .created_ms = 1 };
	struct token b = { .name = GH_LIT("erp"),
			   .scopes = TOKEN_SCOPE_BIT(TOKEN_ADMIN),
			   .created_ms = 2 };
	struct tokens ts = { 0 };

	memset(a.hash, 0x00, sizeof(a.hash));
	memset(b.hash, 0xff, sizeof(b.hash));
	tx_begin(f);
	assert_ok(f->ops->token_put(f->s, &a));
	assert_ok(f->ops->token_put(f->s, &b));
	tx_commit(f);
	assert_true(a.id != b.id);
	struct token twice = b;

	assert_int_equal(write_alone(f, f->ops->token_put(f->s, &twice)), GH_EEXISTS);
	fixture_reopen(f);
	assert_ok(f->ops->tokens_read(f->r, see_token, &ts));
	assert_int_equal(ts.n, 2);
	assert_int_equal(ts.t[0].id, a.id);
	assert_memory_equal(ts.t[0].hash, a.hash, 32);
	assert_int_equal(ts.t[0].scopes, a.scopes);
	assert_int_equal(ts.t[0].created_ms, 1);
	assert_string_equal(ts.name[1], "erp");
	assert_memory_equal(ts.t[1].hash, b.hash, 32);
	assert_int_equal(ts.t[1].scopes, b.scopes);
	assert_ok(write_alone(f, f->ops->token_delete(f->s, b.id)));
	assert_int_equal(write_alone(f, f->ops->token_delete(f->s, b.id)), GH_ENOTFOUND);

	int64_t revoked = b.id;

	tx_begin(f);
	assert_ok(f->ops->token_put(f->s, &b));
	tx_commit(f);
	assert_true(b.id > revoked);
}

/* --- the whole --- */

static void an_empty_store_counts_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_counts c, zero = { 0 };

	memset(&c, 0xff, sizeof(c));
	assert_ok(f->ops->counts(f->r, &c));
	assert_memory_equal(&c, &zero, sizeof(c));
	f->ops->idle(f->s);
	f->ops->reader_close(f->r);
	assert_ok(f->ops->reader_open(f->s, &f->r));
}

static void nothing_is_written_outside_a_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("B2") };
	struct token t = { .scopes = TOKEN_SCOPE_BIT(TOKEN_READ) };
	struct command c = { .device = a };
	struct device_seen_row row = { a, 1 };
	struct seen seen = { 0 };
	struct store_outcome out;

	assert_int_equal(f->ops->device_put(f->s, &d), GH_ESTATE);
	assert_int_equal(f->ops->seen_put(f->s, &row, 1), GH_ESTATE);
	assert_int_equal(f->ops->option_put(f->s, a, GH_LIT("k"), GH_LIT("v")), GH_ESTATE);
	assert_int_equal(f->ops->command_put(f->s, &c, 1, GH_LIT("")), GH_ESTATE);
	assert_int_equal(f->ops->command_find(f->s, 1, see_command, &seen), GH_ESTATE);
	assert_int_equal(f->ops->commands_open(f->s, 0, see_command, &seen), GH_ESTATE);
	assert_int_equal(f->ops->token_put(f->s, &t), GH_ESTATE);
	assert_int_equal(f->ops->token_delete(f->s, 1), GH_ESTATE);
	assert_int_equal(f->ops->commands_expired(f->s, 1, 1, see_command, &seen), GH_ESTATE);
	assert_int_equal(f->ops->commit(f->s, &out), GH_ESTATE);
	f->ops->rollback(f->s);
	tx_begin(f);
	tx_commit(f);
}

struct race {
	struct fixture *f;
	int64_t device;
	atomic_bool over;
};

/* Every list a reader gets is a whole number of uploads, without gaps. */
static void *read_on(void *arg)
{
	struct race *race = arg;
	struct store_reader *r;
	int64_t last = 0;

	if (race->f->ops->reader_open(race->f->s, &r))
		return "no reader";
	for (bool over = false; !over;) {
		struct seen seen = { 0 };
		int64_t seq;

		over = atomic_load(&race->over);
		if (race->f->ops->last_seq(r, STREAM_PUNCH, &seq) || seq < last || seq % 7 ||
		    race->f->ops->punches_read(r, &PUNCHES(.limit = 50, .after = last),
					       see_punch, &seen))
			return "a torn upload";
		for (size_t i = 0; i < seen.n; i++)
			if (seen.id[i] != last + 1 + (int64_t)i)
				return "a gap";
		last += (int64_t)seen.n / 7 * 7;
	}
	race->f->ops->reader_close(r);
	return NULL;
}

static void readers_on_other_threads_see_whole_transactions(void **state)
{
	struct race race = { .f = *state };
	pthread_t thread[3];

	race.device = device_new(race.f, "A1");
	atomic_init(&race.over, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, read_on, &race), 0);
	for (int i = 0; i < 100; i++) {
		struct punch p[7];

		for (int j = 0; j < 7; j++)
			p[j] = punch_at(race.device, "1", i * 7 + j);
		assert_int_equal(punches_store(race.f, p, 7), 7);
	}
	atomic_store(&race.over, true);
	for (int i = 0; i < 3; i++) {
		void *wrong = NULL;

		pthread_join(thread[i], &wrong);
		assert_null(wrong);
	}
}

struct stopping {
	struct fixture *f;
	size_t rows;
};

static bool stop_at_the_first(void *ctx, const struct punch *p)
{
	struct stopping *t = ctx;

	(void)p;
	if (t->rows++ == 0)
		t->f->ops->reader_stop(t->f->r);
	return true;
}

static void a_reader_that_is_stopped_ends_and_reads_again(void **state)
{
	enum { ROWS = 500 };
	struct fixture *f = *state;
	int64_t device = device_new(f, "A");
	struct punch p[ROWS];
	struct stopping t = { .f = f };
	struct seen seen = { 0 };
	enum gh_err err;

	for (int i = 0; i < ROWS; i++)
		p[i] = punch_at(device, "1", i);
	assert_int_equal(punches_store(f, p, ROWS), ROWS);
	err = f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), stop_at_the_first, &t);
	/* What had come from the database already may be given all the same. */
	assert_true(err == GH_ECANCELLED || (err == GH_OK && t.rows == ROWS));
	if (strcmp(backend, "sqlite") == 0)
		assert_true(err == GH_ECANCELLED && t.rows < ROWS);
	f->ops->reader_stop(f->r); /* it runs nothing: nothing is stopped */
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), see_punch, &seen));
	assert_int_equal(seen.n, ROWS);
}

/* --- retention --- */

static size_t expire_all(struct fixture *f, enum store_kept what, int64_t before_ms,
			 size_t limit)
{
	struct store_expiry e = { .what = what, .before_ms = before_ms, .limit = limit };
	size_t removed = 0;

	do {
		tx_begin(f);
		assert_ok(f->ops->rows_expire(f->s, &e));
		tx_commit(f);
		assert_true(e.removed <= limit);
		removed += e.removed;
		e.after = e.reached;
	} while (e.more);
	return removed;
}

static void old_rows_are_removed_in_pieces_and_counted(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct quarantine q = { .device = a, .table = GH_LIT("ATTLOG") };
	struct raw_upload u = { .device = a, .table = GH_LIT("X") };
	struct store_counts counts;

	tx_begin(f);
	for (int i = 1; i <= 50; i++) {
		char number[8];
		struct oplog op = { .present = 1 << OPLOG_admin };
		struct photo photo = { .present = 1 << PHOTO_pin };

		snprintf(number, sizeof(number), "%d", i);
		op.admin = photo.pin = gh_slice_of(number);
		q.received_ms = u.received_ms = i;
		assert_ok(f->ops->quarantine_put(f->s, &q));
		assert_ok(f->ops->upload_put(f->s, &u));
		assert_ok(f->ops->record_put(f->s, KIND_OPLOG, a, i, &op));
		/* Every other photo is young, whatever its number. */
		assert_ok(f->ops->record_put(f->s, KIND_PHOTO, a, i % 2 ? i : 1000, &photo));
	}
	tx_commit(f);
	assert_int_equal(expire_all(f, KEPT_UPLOADS, 31, 8), 30);
	assert_int_equal(expire_all(f, KEPT_UPLOADS, 31, 8), 0);
	assert_int_equal(expire_all(f, KEPT_QUARANTINE, 1, 8), 0);
	assert_int_equal(expire_all(f, KEPT_QUARANTINE, 100, 50), 50);
	assert_int_equal(expire_all(f, KEPT_OPLOG, 11, 3), 10);
	assert_int_equal(expire_all(f, KEPT_PHOTOS, 1000, 8), 25);
	assert_int_equal(expire_all(f, KEPT_UPLOADS, 41, 100), 10);
	assert_ok(f->ops->counts(f->r, &counts));
	assert_int_equal(counts.raw_uploads, 10);
	assert_int_equal(counts.quarantined, 0);
	assert_int_equal(counts.records[KIND_OPLOG], 40);
	assert_int_equal(counts.records[KIND_PHOTO], 25);
	assert_int_equal(counts.expired[KEPT_UPLOADS], 40);
	assert_int_equal(counts.expired[KEPT_QUARANTINE], 50);
	assert_int_equal(counts.expired[KEPT_OPLOG], 10);
	assert_int_equal(counts.expired[KEPT_PHOTOS], 25);
	assert_int_equal(counts.expired[KEPT_COMMANDS], 0);
}

static bool see_event(void *ctx, const struct command_event *e)
{
	(void)e;
	++*(size_t *)ctx;
	return true;
}

static void old_commands_go_when_they_have_ended_with_their_history(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), id[6];
	struct store_counts counts;
	size_t events;

	for (int i = 0; i < 6; i++) {
		struct command c = { .device = a, .shown = GH_LIT("CHECK"), .created_ms = i };

		assert_ok(write_alone(f, f->ops->command_put(f->s, &c, i, GH_LIT(""))));
		id[i] = c.id;
		if (i == 0 || i == 5)
			continue;
		c.state = i == 4 ? COMMAND_FAILED : COMMAND_ACKNOWLEDGED;
		c.done_ms = i == 2 ? 500 : 100;
		assert_ok(write_alone(f, f->ops->command_put(f->s, &c, 100, GH_LIT(""))));
	}
	assert_int_equal(expire_all(f, KEPT_COMMANDS, 100, 4), 0);
	assert_int_equal(expire_all(f, KEPT_COMMANDS, 101, 1), 3);
	assert_ok(f->ops->counts(f->r, &counts));
	assert_int_equal(counts.commands[COMMAND_QUEUED], 2);
	assert_int_equal(counts.commands[COMMAND_ACKNOWLEDGED], 1);
	assert_int_equal(counts.commands[COMMAND_FAILED], 0);
	assert_int_equal(counts.expired[KEPT_COMMANDS], 3);
	for (int i = 0; i < 6; i++) {
		bool gone = i == 1 || i == 3 || i == 4;

		events = 0;
		assert_ok(f->ops->command_events_read(f->r, id[i], see_event, &events));
		assert_int_equal(events, gone ? 0 : i == 2 ? 2 : 1);
	}
}

/* --- names of people --- */

static void name_store(struct fixture *f, int64_t device, const char *pin, const char *name,
		       int64_t received_ms)
{
	struct person p = { .present = UINT64_C(1) << PERSON_pin | UINT64_C(1) << PERSON_name,
			    .pin = gh_slice_of(pin),
			    .name = gh_slice_of(name) };

	assert_ok(
		write_alone(f, f->ops->record_put(f->s, KIND_PERSON, device, received_ms, &p)));
}

static int64_t area_new(struct fixture *f, const char *name)
{
	struct area area = { .present = 1 << AREA_name, .name = gh_slice_of(name) };
	int64_t id = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_AREA, &id, &area)));
	return id;
}

static void a_person_has_the_name_of_the_device_or_else_of_its_area(void **state)
{
	enum { A, B, C, ELSEWHERE, GONE, ANY, DEVICES };

	static const struct {
		int device;
		const char *pin, *name;
	} want[] = {
		{ A, "1", "Ann of A" },
		{ B, "1", "Ann of B" },
		{ A, "2", "Bob of C" },
		{ C, "2", "Bob of C" },
		{ A, "3", "" },
		{ ELSEWHERE, "3", "Cy" },
		{ ANY, "3", "Cy" },
		{ A, "1", "Ann of A" },
		{ A, "4", "" },
		{ B, "5", "" },
		{ A, "6", "\xff" },
		{ A, "7",
		  "1234567890123456789012345678901234567890123456789012345678901234567"
		  "8901234567890123456789012345" },
		{ ANY, "1", "Ann of B" },
		{ ANY, "", "" },
	};
	static const char *const serial[] = { "A", "B", "C", "ELSEWHERE", "GONE" };
	enum { N = sizeof(want) / sizeof(want[0]) };
	struct fixture *f = *state;
	struct store_person_name p[N] = { 0 };
	int64_t device[DEVICES] = { 0 }, area[2] = { area_new(f, "one"), area_new(f, "other") };

	for (int i = 0; i < ANY; i++) {
		struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_area),
					.id = device_new(f, serial[i]),
					.area = area[i == ELSEWHERE] };

		device[i] = d.id;
		assert_ok(write_alone(f, f->ops->device_put(f->s, &d)));
	}
	name_store(f, device[B], "1", "Ann of B", 200);
	name_store(f, device[A], "1", "Ann of A", 100);
	name_store(f, device[A], "2", "", 400);
	name_store(f, device[C], "2", "Bob of C", 300);
	name_store(f, device[B], "2", "Bob of B", 200);
	name_store(f, device[ELSEWHERE], "3", "Cy", 100);
	name_store(f, device[GONE], "5", "Eve", 100);
	name_store(f, device[A], "6", "\xff", 100);
	/* 95 letters and one of two bytes. */
	name_store(f, device[C], "7",
		   "1234567890123456789012345678901234567890123456789012345678901234567"
		   "8901234567890123456789012345\xc3\xa9",
		   100);
	assert_ok(write_alone(f, f->ops->device_delete(f->s, device[GONE])));
	for (size_t i = 0; i < N; i++) {
		p[i].device = device[want[i].device];
		p[i].pin = gh_slice_of(want[i].pin);
	}
	assert_ok(f->ops->person_names(f->r, p, N));
	for (size_t i = 0; i < N; i++)
		assert_slice(((gh_slice){ p[i].name, p[i].name_n }), want[i].name);
	assert_ok(f->ops->person_names(f->r, p, 0));
	/* One alone, whose PIN is empty. */
	assert_ok(f->ops->person_names(f->r, &p[N - 1], 1));
	assert_int_equal(p[N - 1].name_n, 0);
}

int contract_rest(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(old_rows_are_removed_in_pieces_and_counted),
		CONTRACT(old_commands_go_when_they_have_ended_with_their_history),
		CONTRACT(a_malformed_record_is_kept_byte_for_byte),
		CONTRACT(an_unknown_upload_is_kept_whole),
		CONTRACT(what_is_read_later_leaves_and_the_rest_has_its_new_reason),
		CONTRACT(tokens_are_made_and_revoked),
		CONTRACT(an_empty_store_counts_nothing),
		CONTRACT(nothing_is_written_outside_a_transaction),
		CONTRACT(readers_on_other_threads_see_whole_transactions),
		CONTRACT(a_reader_that_is_stopped_ends_and_reads_again),
		CONTRACT(a_person_has_the_name_of_the_device_or_else_of_its_area),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
