/* Open commands when the machine's clock was set. */
#include <stdlib.h>

#include "base/number.h"
#include "model/command_kind.h"
#include "store/sql/sql_store.h"

/* Kinds that are given once are not moved forwards. */
#define SHIFT_STATE(name) ""
#define SHIFT_QUESTION(name) ""
#define SHIFT_CLOSING(name) ""
#define SHIFT_DESTRUCTIVE(name) ""
#define SHIFT_ACT(name) ", '" name "'"
#define SHIFT_RESTART(name) ", '" name "'"
#define SHIFT_UNKNOWN(name) ", '" name "'"

/* created > now - by: it was queued, in the old time, in the future, so its rest is more than its whole
 * lifetime. */
#define SHIFT_TEXT                                                                          \
	"UPDATE command SET sent_ms = CASE WHEN state = 1 THEN sent_ms + CAST(? AS bigint)" \
	" ELSE sent_ms END, expires_ms = CASE WHEN created_ms > CAST(? AS bigint)"          \
	" THEN CAST(? AS bigint) + expires_ms - created_ms ELSE expires_ms + CAST(? AS "    \
	"bigint)"                                                                           \
	" END WHERE state < 3"

static const char shift_back[] = SHIFT_TEXT;
static const char shift_forward[] = SHIFT_TEXT " AND kind NOT IN (''"
#define COMMAND_KIND(NAME, name, types, nature, scope, life, most, last, returns, needs, \
		     subject, record, arguments, about)                                  \
	SHIFT_##nature(name)
#include "model/command_kind.def"
#undef COMMAND_KIND
					       ")";

/* The next order that waits for a moment, and its arguments with that moved. */
struct held_order {
	int64_t id; /* 0: there is none */
	uint8_t *arguments;
	size_t n;
};

static enum gh_err held_arguments_move(struct held_order *h, gh_slice from, int64_t by_ms)
{
	size_t room = from.n + 32;
	gh_slice name, value;
	int64_t at;

	h->arguments = malloc(room);
	struct ghi_writer w = ghi_writer_on(h->arguments, h->arguments ? room : 0);

	if (h->arguments == NULL)
		return GH_ENOMEM;
	while (command_argument_next(&from, &name, &value)) {
		ghi_put(&w, name);
		ghi_put_u8(&w, '=');
		if (command_argument_of(name) == ARGUMENT_not_before &&
		    ghi_signed_parse(value, 0, INT64_MAX, &at) == GH_OK)
			ghi_put_signed(&w, at > -by_ms ? at + by_ms : 0);
		else
			ghi_put(&w, value);
		ghi_put_u8(&w, '\n');
	}
	h->n = w.n;
	return w.err;
}

static enum gh_err held_order_next(struct store *s, int64_t after, int64_t by_ms,
				   struct held_order *h)
{
	enum gh_err err = sql_settle(s->sql), end;

	*h = (struct held_order){ 0 };
	if (err)
		return err;
	struct sql_call q =
		sql_call_once(s->sql, GH_LIT("SELECT id, arguments FROM command WHERE state = 0"
					     " AND kind IN ('end_hold', 'end_stay') AND id > ?"
					     " ORDER BY id LIMIT 1"));

	sql_put_int(&q, after);
	if (sql_next(&q)) {
		h->id = sql_int(&q, 0);
		err = held_arguments_move(h, sql_text(&q, 1), by_ms);
	}
	end = sql_end(&q);
	return end ? end : err;
}

static enum gh_err held_order_put(struct store *s, const struct held_order *h)
{
	struct sql_call q =
		sql_call_once(s->sql, GH_LIT("UPDATE command SET arguments = ? WHERE id = ?"));

	sql_put_text(&q, (gh_slice){ h->arguments, h->n });
	sql_put_int(&q, h->id);
	return sql_run(&q);
}

/* What ends a hold, or a stay, comes when as much time has passed as was to pass: with the clock set back it would
 * come later, and a door stand open. With the clock set forwards it comes early. */
static enum gh_err held_orders_shift(struct store *s, int64_t by_ms)
{
	struct held_order h = { 0 };
	enum gh_err err;
	int64_t after = 0;

	do {
		err = held_order_next(s, after, by_ms, &h);
		if (err == GH_OK && h.id)
			err = held_order_put(s, &h);
		free(h.arguments);
		after = h.id;
	} while (err == GH_OK && h.id);
	return err;
}

enum gh_err sql_commands_shift(struct store *s, int64_t by_ms, int64_t now_ms)
{
	enum gh_err err = by_ms < 0 ? held_orders_shift(s, by_ms) : GH_OK;

	if (err)
		return err;
	struct sql_call q =
		sql_call_once(s->sql, gh_slice_of(by_ms > 0 ? shift_forward : shift_back));

	sql_put_int(&q, by_ms);
	sql_put_int(&q, now_ms - by_ms);
	sql_put_int(&q, now_ms);
	sql_put_int(&q, by_ms);
	return sql_run(&q);
}
