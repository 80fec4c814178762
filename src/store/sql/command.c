#include "store/sql/rows.h"

/* The schema's "open" is a comparison with this number. */
_Static_assert(COMMAND_QUEUED == 0 && COMMAND_SENT == 1 && COMMAND_DEFERRED == 2 &&
		       COMMAND_ACKNOWLEDGED == 3 && COMMAND_FAILED == 4 &&
		       COMMAND_EXPIRED == 5 && COMMAND_CANCELLED == 6 && COMMAND_UNCERTAIN == 7,
	       "states are stored by these numbers");

/* An event of the command whose row was written last. */
static enum gh_err event_put(struct store *s, const struct command *c, bool is_new,
			     int64_t at_ms, gh_slice detail)
{
	struct sql_call q =
		sql_call(s->sql, is_new ? SQL_COMMAND_FIRST_EVENT : SQL_COMMAND_EVENT);

	if (!is_new)
		sql_put_int(&q, c->id);
	sql_put_int(&q, at_ms);
	sql_put_int(&q, c->state);
	sql_put_text(&q, detail);
	return sql_run(&q);
}

/* Before the row is written. Counted where it ends, because there may be millions of them. */
static enum gh_err command_end_count(struct store *s, const struct command *c)
{
	struct sql_call q = sql_call(s->sql, c->id ? SQL_COMMAND_ENDS : SQL_COMMAND_ENDED);

	sql_put_int(&q, c->state);
	if (c->id)
		sql_put_int(&q, c->id);
	return sql_run(&q);
}

enum gh_err sql_command_put(struct store *s, struct command *c, int64_t at_ms, gh_slice detail)
{
	bool is_new = c->id == 0;
	enum gh_err err = sql_for_device(s, c->device);

	if (err == GH_OK && !command_is_open(c->state))
		err = command_end_count(s, c);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, is_new ? SQL_COMMAND_INSERT : SQL_COMMAND_UPDATE);

	sql_put_int(&q, c->state);
	sql_put_int(&q, c->tries);
	sql_put_int(&q, c->sent_ms);
	sql_put_int(&q, c->done_ms);
	sql_put_int(&q, c->expires_ms);
	if (c->has_return)
		sql_put_int(&q, c->return_code);
	else
		sql_put_null(&q);
	sql_put_text(&q, c->result);
	sql_put_text(&q, c->sub_serial);
	if (is_new) {
		sql_put_int(&q, c->device);
		sql_put_int(&q, c->created_ms);
		sql_put_text(&q, gh_slice_of(command_kind_row(c->kind)->name));
		sql_put_text(&q, c->arguments);
		sql_put_text(&q, c->shown);
		sql_put_text(&q, c->requested_by);
		sql_put_text(&q, c->subject);
	} else {
		sql_put_int(&q, c->id);
	}
	err = is_new ? sql_run_insert(&q, &c->id) : sql_run_found(&q);
	return err ? err : event_put(s, c, is_new, at_ms, detail);
}

struct command sql_command_of(const struct sql_call *q)
{
	return (struct command){
		.id = sql_int(q, 0),
		.device = sql_int(q, 1),
		.serial = sql_text(q, 2),
		.kind = sql_null(q, 13) ? COMMAND_KINDS : command_kind_of(sql_text(q, 13)),
		.arguments = sql_text(q, 14),
		.requested_by = sql_text(q, 15),
		.shown = sql_text(q, 3),
		.state = (enum command_state)sql_int(q, 4),
		.tries = (int32_t)sql_int(q, 5),
		.created_ms = sql_int(q, 6),
		.sent_ms = sql_int(q, 7),
		.done_ms = sql_int(q, 8),
		.expires_ms = sql_int(q, 9),
		.has_return = !sql_null(q, 10),
		.return_code = sql_int(q, 10),
		.result = sql_text(q, 11),
		.sub_serial = sql_text(q, 12),
		.verified_ms = sql_int(q, 16),
		.verified_seq = sql_int(q, 17),
	};
}

static bool command_give(struct sql_call *q, store_command_fn *fn, void *ctx)
{
	struct command c = sql_command_of(q);

	return fn(ctx, &c);
}

static enum gh_err command_rows_read(struct sql_call *q, store_command_fn *fn, void *ctx)
{
	while (sql_next(q))
		if (!command_give(q, fn, ctx))
			break;
	return sql_end(q);
}

static enum gh_err command_find_by_id(struct sql *sql, int64_t id, store_command_fn *fn,
				      void *ctx)
{
	struct sql_call q = sql_call(sql, SQL_COMMAND_FIND);

	sql_put_int(&q, id);
	bool found = sql_next(&q);

	if (found)
		command_give(&q, fn, ctx);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

enum gh_err sql_command_find(struct store *s, int64_t id, store_command_fn *fn, void *ctx)
{
	return command_find_by_id(s->sql, id, fn, ctx);
}

enum gh_err sql_command_get(struct store_reader *r, int64_t id, store_command_fn *fn, void *ctx)
{
	return command_find_by_id(r->sql, id, fn, ctx);
}

static enum gh_err commands_open(struct sql *sql, int64_t device, store_command_fn *fn,
				 void *ctx)
{
	struct sql_call q = sql_call(sql, device ? SQL_COMMAND_OPEN : SQL_COMMAND_OPEN_ALL);

	if (device)
		sql_put_int(&q, device);
	return command_rows_read(&q, fn, ctx);
}

enum gh_err sql_commands_open(struct store *s, int64_t device, store_command_fn *fn, void *ctx)
{
	return commands_open(s->sql, device, fn, ctx);
}

enum gh_err sql_commands_waiting(struct store_reader *r, int64_t device, store_command_fn *fn,
				 void *ctx)
{
	return commands_open(r->sql, device, fn, ctx);
}

enum gh_err sql_commands_enrolling(struct store *s, int64_t device, int64_t since_ms,
				   store_command_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_ENROLLING);

	sql_put_int(&q, device);
	sql_put_int(&q, since_ms);
	return command_rows_read(&q, fn, ctx);
}

enum gh_err sql_command_newest_given(struct store *s, int64_t device, int64_t after,
				     int64_t *id)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_NEWEST_GIVEN);

	sql_put_int(&q, after);
	sql_put_int(&q, device);
	*id = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

enum gh_err sql_commands_expired(struct store *s, int64_t now_ms, int64_t limit,
				 store_command_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_EXPIRED);

	sql_put_int(&q, now_ms);
	sql_put_int(&q, limit > 0 ? limit : 0);
	return command_rows_read(&q, fn, ctx);
}

enum gh_err sql_commands_untyped(struct store *s, int64_t limit, store_command_fn *fn,
				 void *ctx)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_UNTYPED);

	sql_put_int(&q, limit);
	return command_rows_read(&q, fn, ctx);
}

enum gh_err sql_command_verify(struct store *s, int64_t id, int64_t at_ms, int64_t seq)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_VERIFY);

	sql_put_int(&q, at_ms);
	sql_put_int(&q, seq);
	sql_put_int(&q, id);
	return sql_run(&q);
}

enum gh_err sql_command_retype(struct store *s, const struct command *c)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_RETYPE);

	sql_put_text(&q, gh_slice_of(command_kind_row(c->kind)->name));
	sql_put_text(&q, c->arguments);
	sql_put_text(&q, c->shown);
	sql_put_text(&q, c->subject);
	sql_put_int(&q, c->expires_ms);
	sql_put_int(&q, c->id);
	return sql_run(&q);
}

enum gh_err sql_command_events_read(struct store_reader *r, int64_t id, store_event_fn *fn,
				    void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_COMMAND_EVENTS);

	sql_put_int(&q, id);
	while (sql_next(&q)) {
		struct command_event e = {
			.at_ms = sql_int(&q, 0),
			.state = (enum command_state)sql_int(&q, 1),
			.detail = sql_text(&q, 2),
		};

		if (!fn(ctx, &e))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_command_changes(struct store_reader *r, int64_t after, int64_t most,
				store_change_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_COMMAND_CHANGES);

	sql_put_int(&q, after);
	sql_put_int(&q, most);
	while (sql_next(&q))
		if (!fn(ctx, sql_int(&q, 0), sql_int(&q, 1)))
			break;
	return sql_end(&q);
}

enum gh_err sql_command_change_before(struct store_reader *r, int64_t at_ms, int64_t *change)
{
	struct sql_call q = sql_call(r->sql, SQL_COMMAND_CHANGE_BEFORE);

	*change = 0;
	sql_put_int(&q, at_ms);
	if (sql_next(&q))
		*change = sql_int(&q, 0);
	return sql_end(&q);
}
