/* Access events: those whose numbers continue what the unit sent before in one statement (batch.h), the
 * others one by one, because what is there decides about each. */
#include "store/sql/access.h"
#include "store/sql/access_removed.h"
#include "store/sqlite/access.h"
#include "store/sqlite/sqlite.h"

#define ACCESS_EVENT_FIELD(member, json, type, flags) ", " #member
static const char append_text[] = "INSERT INTO access_event (device"
#include "model/access_event.def"
				  ") VALUES (?"
#define ACCESS_EVENT_FIELD(member, json, type, flags) ", ?"
#include "model/access_event.def"
				  ") ON CONFLICT DO NOTHING";

/* --- punches --- */

#define PUNCHES_TOGETHER 64

static enum gh_err access_punch_set(struct sqlite_store *s, struct access_put *a, int64_t seq,
				    struct punch *p)
{
	enum gh_err err = GH_OK;

	if (p->seq == 0)
		err = sqlite_punch_find(s, p, &p->seq);
	if (err || p->seq <= 0)
		return err;

	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_PUNCH_SET);

	a->event.punch_seq = p->seq;
	sql_put_int(&q, p->seq);
	sql_put_int(&q, seq);
	return sql_run(&q);
}

static enum gh_err access_punch_put(struct sqlite_store *s, struct access_put *a, int64_t seq)
{
	struct punch p = access_punch(a);
	size_t fresh;
	enum gh_err err = sqlite_punches_put(&s->store, &p, 1, &fresh);

	return err ? err : access_punch_set(s, a, seq, &p);
}

/* Those of a[0..n) that are new, in their order. */
static enum gh_err access_punches_put(struct sqlite_store *s, struct access_put *a, size_t n)
{
	struct punch p[PUNCHES_TOGETHER];
	struct access_put *of[PUNCHES_TOGETHER];
	enum gh_err err = GH_OK;

	for (size_t i = 0, k, fresh; i < n && err == GH_OK;) {
		for (k = 0; i < n && k < PUNCHES_TOGETHER; i++)
			if (a[i].punch && a[i].event.seq > 0) {
				of[k] = &a[i];
				p[k++] = access_punch(&a[i]);
			}
		if (k)
			err = sqlite_punches_put(&s->store, p, k, &fresh);
		for (size_t at = 0; at < k && err == GH_OK; at++)
			err = access_punch_set(s, of[at], of[at]->event.seq, &p[at]);
	}
	return err;
}

/* Of an event that is stored: as it is there. */
static enum gh_err access_stored_punch_put(struct sqlite_store *s, struct access_put *a)
{
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (!s->conn.sql.known[SQL_ACCESS_GET]) {
		ghi_put(&w, GH_LIT("SELECT "));
		ghi_put(&w, gh_slice_of(access_fields));
		ghi_put(&w, GH_LIT(ACCESS_FROM ACCESS_NAMES " WHERE a.seq = ?"));
	}

	struct sql_call q = sql_call_made(&s->conn.sql, SQL_ACCESS_GET, ghi_written(&w));
	struct access_put stored = *a;
	bool found;
	enum gh_err err = GH_OK;

	sql_put_int(&q, a->event.seq);
	found = sql_next(&q);
	if (found) {
		stored.event = sql_access_of(&q);
		if (stored.event.punch_seq == 0 && !(stored.event.flags & ACCESS_SHIFTED))
			err = access_punch_put(s, &stored, a->event.seq);
		a->event.punch_seq = stored.event.punch_seq;
	}
	enum gh_err end = sql_end(&q);

	return err ? err : end;
}

/* --- events --- */

static enum gh_err access_insert(struct sqlite_store *s, struct access_event *e, int64_t zone)
{
	struct sql_call q = sql_call_made(&s->conn.sql, SQL_ACCESS_APPEND, GH_LIT(append_text));

	sql_put_int(&q, e->device);
	for (enum access_event_field i = 0; i < ACCESS_EVENT_FIELDS; i++)
		if (i == ACCESS_EVENT_zone)
			sql_put_int(&q, zone);
		else if (access_field_is_null(e, i))
			sql_put_null(&q);
		else if (access_field_is_text(i))
			sql_put_text(&q, access_field_text(e, i));
		else
			sql_put_int(&q, access_field_int(e, i));

	enum gh_err err = sql_run(&q);

	if (err == GH_OK && sqlite3_changes(s->conn.db))
		e->seq = sqlite3_last_insert_rowid(s->conn.db);
	return err;
}

/* Whether its number continues what the unit sent, so that nothing has to be judged. */
static bool access_continues(const struct access_event *e, int64_t highest)
{
	return e->record_index == 0 || e->record_index > highest;
}

/* Whether one statement may put both: what it takes for the same in all of a run is. */
static bool access_same_run(const struct access_event *a, const struct access_event *b)
{
	return a->device == b->device && a->received_ms == b->received_ms &&
	       a->source == b->source && a->first_request == b->first_request &&
	       (a->record_index == 0) == (b->record_index == 0) &&
	       gh_slice_eq(a->zone, b->zone) && gh_slice_eq(a->unit, b->unit);
}

/* How many from the first on, which continues, one statement may put. */
static size_t access_run_length(const struct access_put *a, size_t n, int64_t highest)
{
	const struct access_event *first = &a[0].event;
	size_t run = 1;

	highest = first->record_index > highest ? first->record_index : highest;
	for (; run < n; run++) {
		const struct access_event *e = &a[run].event;

		if (a[run].stored || e->seq == ACCESS_SEQ_REMOVED ||
		    !access_same_run(first, e) || !access_continues(e, highest))
			break;
		highest = e->record_index > highest ? e->record_index : highest;
	}
	return run;
}

/* Set the numbers of a[0..n), given that the last `added` up to `last` went to those that were new. */
static enum gh_err access_run_number(struct sqlite_store *s, struct access_put *a, size_t n,
				     size_t added, int64_t last)
{
	int64_t next = last - (int64_t)added + 1;

	for (size_t i = 0; i < n; i++) {
		int64_t seq = next;

		if (added > 0 && added < n) {
			enum gh_err err = access_key_find(s, &a[i].event, &seq);

			if (err)
				return err;
		}
		a[i].event.seq = added > 0 && seq == next ? next++ : 0;
	}
	return GH_OK;
}

/* What no event of a run has. */
enum run_lacks { RUN_LACKS_RARE = 1, RUN_LACKS_CARDS = 2 };

#define RARE_TEXT(s) ((s).n != 0)
#define RARE_INT(v) ((v) != ACCESS_ABSENT)
#define RARE_TIME(t) false

static inline bool access_field_is_rare(unsigned flags)
{
	return (flags & ACCESS_RARE) != 0;
}

/* Also where something is odd about its time. */
static bool access_has_rare(const struct access_event *e)
{
#define ACCESS_EVENT_FIELD(member, json, type, flags) \
	|| (access_field_is_rare(flags) && RARE_##type(e->member))
	return e->flags != 0
#include "model/access_event.def"
		;
}

static unsigned run_lacks(const struct access_put *a, size_t n)
{
	unsigned lacks = RUN_LACKS_RARE | RUN_LACKS_CARDS;

	for (size_t i = 0; i < n; i++) {
		const struct access_event *e = &a[i].event;

		if (e->card.n || e->card_number != ACCESS_ABSENT)
			lacks &= ~(unsigned)RUN_LACKS_CARDS;
		if (access_has_rare(e))
			lacks &= ~(unsigned)RUN_LACKS_RARE;
	}
	return lacks;
}

/* What a column of a run is made of. Reading one of the table costs as much as storing it: what all events of
 * a run have is a parameter, and what none has stands there. */
static const char *run_value(enum access_event_field i, unsigned lacks)
{
	const struct model_field *f = &access_event_field[i];
	bool card = i == ACCESS_EVENT_card || i == ACCESS_EVENT_card_number;

	switch (i) {
	case ACCESS_EVENT_unit:
	case ACCESS_EVENT_zone:
	case ACCESS_EVENT_received_ms:
	case ACCESS_EVENT_source:
	case ACCESS_EVENT_index_epoch:
	case ACCESS_EVENT_first_request:
		return "?";
	case ACCESS_EVENT_same_as:
	case ACCESS_EVENT_punch_seq:
		return "0";
	case ACCESS_EVENT_flags:
		return lacks & RUN_LACKS_RARE ? "0" : f->column;
	default:
		if (lacks & (card		      ? RUN_LACKS_CARDS
			     : f->flags & ACCESS_RARE ? RUN_LACKS_RARE
						      : 0))
			return f->flags & (MODEL_KEY | ACCESS_KEY_PLAIN) ? "''" : "NULL";
		return f->column;
	}
}

/* WHERE true keeps ON CONFLICT from being read as the ON of a join. */
static void run_text_write(struct ghi_writer *w, unsigned lacks)
{
	ghi_put(w, GH_LIT("INSERT INTO access_event (seq, device"));
	for (enum access_event_field i = 0; i < ACCESS_EVENT_FIELDS; i++) {
		ghi_put(w, GH_LIT(", "));
		ghi_put(w, gh_slice_of(access_event_field[i].column));
	}
	ghi_put(w, GH_LIT(") SELECT NULL, ?"));
	for (enum access_event_field i = 0; i < ACCESS_EVENT_FIELDS; i++) {
		ghi_put(w, GH_LIT(", "));
		ghi_put(w, gh_slice_of(run_value(i, lacks)));
	}
	ghi_put(w, GH_LIT(" FROM access_batch WHERE true ON CONFLICT DO NOTHING"));
}

static struct sql_call access_run_call(struct sqlite_store *s, const struct access_event *first,
				       int64_t zone, unsigned lacks)
{
	enum sql_id id = (enum sql_id)(SQL_ACCESS_APPEND_RUN + (int)lacks);
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (!s->conn.sql.known[id])
		run_text_write(&w, lacks);

	struct sql_call q = sql_call_made(&s->conn.sql, id, ghi_written(&w));

	sql_put_int(&q, first->device);
	for (enum access_event_field i = 0; i < ACCESS_EVENT_FIELDS; i++)
		if (run_value(i, lacks)[0] != '?')
			continue;
		else if (i == ACCESS_EVENT_zone)
			sql_put_int(&q, zone);
		else if (access_field_is_text(i))
			sql_put_text(&q, access_field_text(first, i));
		else
			sql_put_int(&q, access_field_int(first, i));
	return q;
}

static enum gh_err access_run_insert(struct sqlite_store *s, struct access_put *a, size_t n,
				     int64_t zone)
{
	if (n == 1) /* binding one row is faster than setting up the virtual table */
		return access_insert(s, &a->event, zone);

	s->batch = (struct row_batch){ .event = a, .n = n, .zone = zone };

	struct sql_call q = access_run_call(s, &a->event, zone, run_lacks(a, n));
	enum gh_err err = sql_run(&q);

	s->batch = (struct row_batch){ 0 };
	return err ? err
		   : access_run_number(s, a, n, (size_t)sqlite3_changes(s->conn.db),
				       sqlite3_last_insert_rowid(s->conn.db));
}

/* The next events that one statement puts; *run: how many, at least 1. */
static enum gh_err access_run_append(struct sqlite_store *s, struct access_unit *u,
				     struct access_put *a, size_t n, size_t *run)
{
	int64_t zone = 0;
	bool repeat = false;
	enum gh_err err = sql_for_device(&s->store, a->event.device);

	*run = 1;
	if (err == GH_OK && a->event.seq == ACCESS_SEQ_REMOVED)
		return GH_OK;
	if (err == GH_OK)
		err = sql_zone_number(&s->store, a->event.zone, &zone);
	if (err == GH_OK)
		err = access_unit_of(s, u, &a->event);
	if (err)
		return err;
	if (access_continues(&a->event, u->highest)) {
		*run = access_run_length(a, n, u->highest);
		for (size_t i = 0; i < *run; i++)
			a[i].event.index_epoch = a[i].event.record_index ? u->epoch : 0;
	} else {
		a->event.index_epoch = u->epoch;
		err = access_number_judge(s, u, &a->event, &repeat);
	}
	if (err || repeat)
		return err;
	err = access_run_insert(s, a, *run, zone);
	for (size_t i = 0; i < *run && err == GH_OK; i++)
		if (a[i].event.seq > 0 && a[i].event.record_index > u->highest) {
			u->highest = a[i].event.record_index;
			u->moved = true;
		}
	if (err || a->event.same_as)
		return err;
	return access_punches_put(s, a, *run);
}

/* Clear what putting them results in, and note those that were removed before: they are no part of a run. */
static enum gh_err access_removed_note(struct sqlite_store *s, struct access_put *a, size_t n)
{
	int64_t *floor = &s->floor[STREAM_ACCESS];
	enum gh_err err = GH_OK;

	if (*floor < 0)
		err = ledger_floor_read(&s->conn.sql, STREAM_ACCESS, floor);
	for (size_t i = 0; i < n; i++)
		if (!a[i].stored)
			access_put_begin(&a[i].event);
	return err == GH_OK && *floor > 0 ? access_find_removed(&s->conn.sql, a, n) : err;
}

enum gh_err sqlite_access_put(struct store *store, struct access_put *a, size_t n,
			      size_t *fresh)
{
	struct sqlite_store *s = sqlite_store_of(store);
	struct access_unit unit = { 0 };
	enum gh_err err = access_removed_note(s, a, n);
	size_t added = 0;

	for (size_t i = 0, run; i < n && err == GH_OK; i += run) {
		run = 1;
		if (a[i].stored)
			err = access_stored_punch_put(s, &a[i]);
		else
			err = access_run_append(s, &unit, &a[i], n - i, &run);
		for (size_t k = i; k < i + run; k++)
			added += !a[k].stored && a[k].event.seq > 0;
	}
	if (err == GH_OK)
		err = access_unit_write(s, &unit);
	if (err == GH_OK)
		*fresh = added;
	return err;
}
