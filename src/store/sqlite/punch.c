#include "store/sql/punch_removed.h"
#include "store/sqlite/sqlite.h"

static void punch_key_put(struct sql_call *q, const struct punch *p)
{
	sql_put_int(q, p->device);
	sql_put_int(q, p->time);
	sql_put_text(q, p->pin);
	sql_put_int(q, p->status);
	sql_put_int(q, p->verify);
	sql_put_text(q, p->work_code);
}

enum gh_err sqlite_punch_find(struct sqlite_store *s, const struct punch *p, int64_t *seq)
{
	struct sql_call q = sqlite_call(&s->conn, OWN_PUNCH_FIND);

	punch_key_put(&q, p);
	*seq = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

/* Set the numbers of p[0..n), given that the last `added` numbers up to `last` went to those
 * among them that were new, in order. */
static enum gh_err punches_number(struct sqlite_store *s, struct punch *p, size_t n,
				  size_t added, int64_t last)
{
	int64_t next = last - (int64_t)added + 1;

	for (size_t i = 0; i < n; i++) {
		int64_t seq = next;

		if (added > 0 && added < n) {
			enum gh_err err = sqlite_punch_find(s, &p[i], &seq);
			if (err)
				return err;
		}
		p[i].seq = added > 0 && seq == next ? next++ : 0;
	}
	return GH_OK;
}

/* Binding one row is faster than setting up the virtual table. */
static enum gh_err punch_insert(struct sqlite_store *s, const struct punch *p, int64_t zone)
{
	struct sql_call q = sqlite_call(&s->conn, p->source == PUNCH_LIVE ? OWN_PUNCH_PUT_LIVE
									  : OWN_PUNCH_PUT);

	punch_key_put(&q, p);
	sql_put_int(&q, zone);
	if (p->utc == PUNCH_NO_UTC)
		sql_put_null(&q);
	else
		sql_put_int(&q, p->utc);
	sql_put_int(&q, p->received_ms);
	sql_put_int(&q, p->flags);
	sql_put_int(&q, p->source);
	if (p->extra.n)
		sql_put_text(&q, p->extra);
	else
		sql_put_null(&q);
	return sql_run(&q);
}

static enum gh_err punches_insert(struct sqlite_store *s, const struct punch *p, size_t n,
				  int64_t zone, bool once)
{
	enum gh_err err = GH_OK;

	s->batch = (struct row_batch){ .punch = p, .n = n, .zone = zone };
	if (once && p->source != PUNCH_IMPORTED) {
		struct sql_call q = sqlite_call(&s->conn, OWN_PUNCHES_CONFIRM);

		err = sql_run(&q);
	}
	if (err == GH_OK) {
		struct sql_call q =
			sqlite_call(&s->conn, once ? OWN_PUNCHES_PUT_ONCE : OWN_PUNCHES_PUT);

		err = sql_run(&q);
	}
	s->batch = (struct row_batch){ 0 };
	return err;
}

/* Whether p[at] has a neighbour that differs from it only in having no work code: then what came
 * live was that one. A log has the punches of one second side by side. */
static bool punch_has_uncoded_twin(const struct punch *p, size_t n, size_t at)
{
	size_t first = at, end = at + 1;

	while (first > 0 && p[first - 1].time == p[at].time)
		first--;
	while (end < n && p[end].time == p[at].time)
		end++;
	for (size_t i = first; i < end; i++)
		if (p[i].work_code.n == 0 && p[i].status == p[at].status &&
		    p[i].verify == p[at].verify && gh_slice_eq(p[i].pin, p[at].pin))
			return true;
	return false;
}

/* What came live gets its work code from the record of the log; see store.h. */
static enum gh_err punches_code_set(struct sqlite_store *s, const struct punch *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((p[i].source != PUNCH_READ && p[i].source != PUNCH_IMPORTED) ||
		    p[i].work_code.n == 0 || punch_has_uncoded_twin(p, n, i))
			continue;

		struct sql_call q = sqlite_call(&s->conn, OWN_PUNCH_CODE_SET);

		punch_key_put(&q, &p[i]);

		enum gh_err err = sql_run(&q);

		if (err)
			return err;
	}
	return GH_OK;
}

/* Whether they have to be compared with imported ones, or are those. */
static enum gh_err run_is_beside_imports(struct sqlite_store *s, const struct punch *p,
					 bool *beside)
{
	*beside = p->source == PUNCH_IMPORTED;
	if (*beside || p->source == PUNCH_LIVE)
		return GH_OK;

	struct sql_call q = sqlite_call(&s->conn, OWN_PUNCH_IMPORTED);

	sql_put_int(&q, p->device);
	*beside = sql_next(&q);
	return sql_end(&q);
}

/* Store punches of one device and one zone. */
static enum gh_err run_put(struct sqlite_store *s, struct punch *p, size_t n, size_t *added)
{
	int64_t zone = 0;
	bool once = false;
	enum gh_err err = sql_for_device(&s->store, p->device);

	if (err == GH_OK)
		err = sql_zone_number(&s->store, p->zone, &zone);
	if (err == GH_OK)
		err = punches_code_set(s, p, n);
	if (err == GH_OK)
		err = run_is_beside_imports(s, p, &once);
	if (err == GH_OK)
		err = n == 1 && !once ? punch_insert(s, p, zone)
				      : punches_insert(s, p, n, zone, once);
	if (err)
		return err;
	*added = (size_t)sqlite3_changes(s->conn.db);
	return punches_number(s, p, n, *added, sqlite3_last_insert_rowid(s->conn.db));
}

/* Note those that were removed before: they are no part of a run. */
static enum gh_err punches_removed_note(struct sqlite_store *s, struct punch *p, size_t n)
{
	enum gh_err err = GH_OK;

	if (s->floor[STREAM_PUNCH] < 0)
		err = ledger_floor_read(&s->conn.sql, STREAM_PUNCH, &s->floor[STREAM_PUNCH]);
	if (err == GH_OK && s->floor[STREAM_PUNCH] > 0)
		return punches_find_removed(&s->conn.sql, p, n);
	for (size_t i = 0; i < n; i++)
		p[i].seq = 0;
	return err;
}

/* How many, from the first on, one statement may put. A live one is put by a statement of its own. */
static size_t run_length(const struct punch *p, size_t n)
{
	size_t run = 1;

	while (run < n && p[0].source != PUNCH_LIVE && p[run].source != PUNCH_LIVE &&
	       p[run].seq != PUNCH_SEQ_REMOVED && p[run].device == p[0].device &&
	       gh_slice_eq(p[run].zone, p[0].zone))
		run++;
	return run;
}

enum gh_err sqlite_punches_put(struct store *store, struct punch *p, size_t n, size_t *fresh)
{
	struct sqlite_store *s = sqlite_store_of(store);
	enum gh_err err = punches_removed_note(s, p, n);
	size_t sum = 0;

	for (size_t i = 0, run; i < n && err == GH_OK; i += run) {
		size_t added = 0;

		run = 1;
		if (p[i].seq == PUNCH_SEQ_REMOVED) {
			err = sql_for_device(store, p[i].device);
			continue;
		}
		run = run_length(&p[i], n - i);
		err = run_put(s, &p[i], run, &added);
		sum += added;
	}
	if (err == GH_OK)
		*fresh = sum;
	return err;
}
