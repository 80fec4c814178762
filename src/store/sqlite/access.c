/* Access events: row by row, because the punch of one has to be known before the next. */
#include "store/sql/access.h"
#include "store/sqlite/sqlite.h"

#define ACCESS_EVENT_FIELD(member, json, type, flags) ", " #member
static const char append_text[] = "INSERT INTO access_event (device"
#include "model/access_event.def"
				  ") VALUES (?"
#define ACCESS_EVENT_FIELD(member, json, type, flags) ", ?"
#include "model/access_event.def"
				  ") ON CONFLICT DO NOTHING";

/* A unit of a device: how far the numbers of its records have come. */
struct access_unit {
	int64_t device; /* 0: none was read */
	gh_slice unit;
	int64_t highest, epoch;
	bool moved;
};

/* --- units --- */

static enum gh_err unit_write(struct sqlite_store *s, struct access_unit *u)
{
	if (!u->moved)
		return GH_OK;

	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_UNIT_PUT);

	sql_put_int(&q, u->device);
	sql_put_text(&q, u->unit);
	sql_put_int(&q, u->highest);
	sql_put_int(&q, u->epoch);
	u->moved = false;
	return sql_run(&q);
}

/* That of the event; the one before is written. */
static enum gh_err unit_of(struct sqlite_store *s, struct access_unit *u,
			   const struct access_event *e)
{
	if (u->device == e->device && gh_slice_eq(u->unit, e->unit))
		return GH_OK;

	enum gh_err err = unit_write(s, u);

	if (err)
		return err;

	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_UNIT);

	*u = (struct access_unit){ .device = e->device, .unit = e->unit };
	sql_put_int(&q, e->device);
	sql_put_text(&q, e->unit);
	if (sql_next(&q)) {
		u->highest = sql_int(&q, 0);
		u->epoch = sql_int(&q, 1);
	}
	return sql_end(&q);
}

/* --- what is there with the same number --- */

static void numbered_put(struct sql_call *q, const struct access_event *e)
{
	sql_put_int(q, e->device);
	sql_put_int(q, e->record_index);
	sql_put_int(q, e->event_group);
	sql_put_text(q, e->pin);
	sql_put_text(q, e->unit);
	sql_put_text(q, e->event_text);
}

static enum gh_err access_is_repeat(struct sqlite_store *s, const struct access_event *e,
				    bool *repeat)
{
	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_REPEAT);

	numbered_put(&q, e);
	sql_put_int(&q, e->time);
	*repeat = sql_next(&q);
	return sql_end(&q);
}

/* The first with the same number in this epoch whose clock was set otherwise; 0: none. */
static enum gh_err access_same_find(struct sqlite_store *s, const struct access_event *e,
				    int64_t *same)
{
	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_SAME);

	numbered_put(&q, e);
	sql_put_int(&q, e->address);
	sql_put_int(&q, e->index_epoch);
	sql_put_int(&q, access_clock_before(e->time));
	sql_put_int(&q, access_clock_after(e->time));
	*same = 0;
	while (*same == 0 && sql_next(&q))
		if (access_clock_steps(sql_int(&q, 1), e->time))
			*same = sql_int(&q, 0);
	return sql_end(&q);
}

/* A number that was there before: a repeat, the same with the clock set otherwise, or the numbers began
 * again. */
static enum gh_err access_number_judge(struct sqlite_store *s, struct access_unit *u,
				       struct access_event *e, bool *repeat)
{
	enum gh_err err = access_is_repeat(s, e, repeat);

	if (err || *repeat)
		return err;
	if (e->source == ACCESS_LIVE && e->record_index < u->highest - ACCESS_INDEX_FALL) {
		e->index_epoch = ++u->epoch;
		u->highest = e->record_index;
		u->moved = true;
		return GH_OK;
	}
	err = access_same_find(s, e, &e->same_as);
	if (err == GH_OK && e->same_as)
		e->flags |= ACCESS_SHIFTED;
	return err;
}

/* --- punches --- */

static enum gh_err access_punch_put(struct sqlite_store *s, struct access_put *a, int64_t seq)
{
	struct punch p = access_punch(a);
	size_t fresh;
	enum gh_err err = sqlite_punches_put(&s->store, &p, 1, &fresh);

	if (err == GH_OK && p.seq == 0)
		err = sqlite_punch_find(s, &p, &p.seq);
	if (err || p.seq <= 0)
		return err;

	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_PUNCH_SET);

	a->event.punch_seq = p.seq;
	sql_put_int(&q, p.seq);
	sql_put_int(&q, seq);
	return sql_run(&q);
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

static enum gh_err access_append(struct sqlite_store *s, struct access_unit *u,
				 struct access_put *a)
{
	struct access_event *e = &a->event;
	int64_t zone = 0;
	bool repeat = false;
	enum gh_err err = sql_for_device(&s->store, e->device);

	access_put_begin(e);
	if (err == GH_OK)
		err = sql_zone_number(&s->store, e->zone, &zone);
	if (err == GH_OK && e->record_index > 0) {
		err = unit_of(s, u, e);
		e->index_epoch = u->epoch;
		if (err == GH_OK && e->record_index <= u->highest)
			err = access_number_judge(s, u, e, &repeat);
	}
	if (err || repeat)
		return err;
	err = access_insert(s, e, zone);
	if (err || e->seq == 0)
		return err;
	if (e->record_index > 0 && e->record_index > u->highest) {
		u->highest = e->record_index;
		u->moved = true;
	}
	return a->punch && e->same_as == 0 ? access_punch_put(s, a, e->seq) : GH_OK;
}

enum gh_err sqlite_access_put(struct store *store, struct access_put *a, size_t n,
			      size_t *fresh)
{
	struct sqlite_store *s = sqlite_store_of(store);
	struct access_unit unit = { 0 };
	enum gh_err err = GH_OK;
	size_t added = 0;

	for (size_t i = 0; i < n && err == GH_OK; i++)
		if (a[i].stored) {
			err = access_stored_punch_put(s, &a[i]);
		} else {
			err = access_append(s, &unit, &a[i]);
			added += a[i].event.seq > 0;
		}
	if (err == GH_OK)
		err = unit_write(s, &unit);
	if (err == GH_OK)
		*fresh = added;
	return err;
}
