/* Numbers of records: how far a unit's have come, and what one is that was there before. */
#include "store/sql/access.h"
#include "store/sqlite/access.h"

/* --- units --- */

enum gh_err access_unit_write(struct sqlite_store *s, struct access_unit *u)
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

enum gh_err access_unit_of(struct sqlite_store *s, struct access_unit *u,
			   const struct access_event *e)
{
	if (u->device == e->device && gh_slice_eq(u->unit, e->unit))
		return GH_OK;

	enum gh_err err = access_unit_write(s, u);

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

static void plain_put(struct sql_call *q, const struct access_event *e)
{
	sql_put_int(q, e->device);
	sql_put_int(q, e->time);
	sql_put_int(q, e->event_group);
	sql_put_text(q, e->pin);
	sql_put_text(q, e->unit);
	sql_put_text(q, e->event_text);
	sql_put_int(q, e->address);
	sql_put_text(q, e->card);
	sql_put_int(q, e->direction);
	sql_put_text(q, e->verify_raw);
}

enum gh_err access_key_find(struct sqlite_store *s, const struct access_event *e, int64_t *seq)
{
	struct sql_call q = sqlite_call(&s->conn, e->record_index > 0 ? OWN_ACCESS_REPEAT
								      : OWN_ACCESS_PLAIN);

	if (e->record_index > 0) {
		numbered_put(&q, e);
		sql_put_int(&q, e->time);
	} else {
		plain_put(&q, e);
	}
	*seq = sql_next(&q) ? sql_int(&q, 0) : 0;
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

static void access_epoch_begin(struct access_unit *u, struct access_event *e)
{
	e->index_epoch = ++u->epoch;
	u->highest = e->record_index;
	u->moved = true;
}

/* Where its number was given in this epoch to a record that is another one, the numbers began again before
 * there were many. */
static enum gh_err access_reuse_judge(struct sqlite_store *s, struct access_unit *u,
				      struct access_event *e)
{
	struct sql_call q = sqlite_call(&s->conn, OWN_ACCESS_NUMBER_LATEST);

	sql_put_int(&q, e->device);
	sql_put_int(&q, e->record_index);
	sql_put_text(&q, e->unit);
	if (sql_next(&q) && sql_int(&q, 0) == u->epoch && sql_int(&q, 1) != e->time)
		access_epoch_begin(u, e);
	return sql_end(&q);
}

enum gh_err access_number_judge(struct sqlite_store *s, struct access_unit *u,
				struct access_event *e, bool *repeat)
{
	int64_t seq;
	enum gh_err err = access_key_find(s, e, &seq);

	*repeat = err == GH_OK && seq;
	if (err || *repeat)
		return err;
	if (e->source == ACCESS_LIVE && e->record_index < u->highest - ACCESS_INDEX_FALL) {
		access_epoch_begin(u, e);
		return GH_OK;
	}
	err = access_same_find(s, e, &e->same_as);
	if (err == GH_OK && e->same_as)
		e->flags |= ACCESS_SHIFTED;
	else if (err == GH_OK && e->source == ACCESS_LIVE &&
		 e->record_index <= ACCESS_INDEX_FIRST && e->record_index < u->highest)
		err = access_reuse_judge(s, u, e);
	return err;
}
