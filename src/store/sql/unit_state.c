/* What is known of the tables of access units besides their rows. */
#include "store/sql/sql_store.h"

static void state_int(struct sql_call *q, const struct unit_table_state *state, unsigned of,
		      int64_t v)
{
	if (state->present & of)
		sql_put_int(q, v);
	else
		sql_put_null(q);
}

enum gh_err sql_unit_state_put(struct store *s, int64_t device,
			       const struct unit_table_state *state)
{
	enum gh_err err = sql_for_device(s, device);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_UNIT_STATE_PUT);

	sql_put_int(&q, device);
	sql_put_text(&q, state->table);
	state_int(&q, state, UNIT_STATE_COUNT, state->counted);
	state_int(&q, state, UNIT_STATE_COUNT, state->counted_ms);
	state_int(&q, state, UNIT_STATE_KNOWN, state->known);
	state_int(&q, state, UNIT_STATE_KNOWN, state->upto);
	state_int(&q, state, UNIT_STATE_DOUBT, state->doubt);
	state_int(&q, state, UNIT_STATE_DOUBT, state->query);
	state_int(&q, state, UNIT_STATE_REFUSED, state->refused);
	if (state->present & UNIT_STATE_REFUSED)
		sql_put_text(&q, state->fields);
	else
		sql_put_null(&q);
	state_int(&q, state, UNIT_STATE_REFUSED, state->trying);
	state_int(&q, state, UNIT_STATE_REFUSED, state->refused_ms);
	state_int(&q, state, UNIT_STATE_MOST, state->rows_most);
	state_int(&q, state, UNIT_STATE_REMOVED, state->removed_ms);
	state_int(&q, state, UNIT_STATE_LATE, state->late);
	return sql_run(&q);
}

/* The first; `more`: and all others. */
static bool states_show(struct sql_call *q, bool more, store_unit_state_fn *fn, void *ctx)
{
	bool any = false;

	while (sql_next(q)) {
		struct unit_table_state state = {
			.table = sql_text(q, 1),
			.present = UNIT_STATE_COUNT | UNIT_STATE_KNOWN | UNIT_STATE_DOUBT |
				   UNIT_STATE_REFUSED | UNIT_STATE_MOST | UNIT_STATE_REMOVED |
				   UNIT_STATE_LATE,
			.counted = sql_int(q, 2),
			.counted_ms = sql_int(q, 3),
			.known = sql_int(q, 4),
			.upto = sql_int(q, 5),
			.doubt = (enum unit_doubt)sql_int(q, 6),
			.query = sql_int(q, 7),
			.refused = sql_int(q, 8) != 0,
			.fields = sql_text(q, 9),
			.trying = sql_int(q, 10) != 0,
			.refused_ms = sql_int(q, 11),
			.rows_most = sql_int(q, 12),
			.removed_ms = sql_int(q, 13),
			.late = sql_int(q, 14),
		};

		any = true;
		if (!fn(ctx, sql_int(q, 0), &state) || !more)
			break;
	}
	return any;
}

enum gh_err sql_unit_state_find(struct store *s, int64_t device, gh_slice table,
				store_unit_state_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_UNIT_STATE_FIND);

	sql_put_int(&q, device);
	sql_put_text(&q, table);
	bool found = states_show(&q, false, fn, ctx);

	err = sql_end(&q);
	return err ? err : found ? GH_OK : GH_ENOTFOUND;
}

enum gh_err sql_unit_states_read(struct store_reader *r, int64_t device,
				 store_unit_state_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_UNIT_STATES);

	sql_put_int(&q, device);
	(void)states_show(&q, true, fn, ctx);
	return sql_end(&q);
}

enum gh_err sql_unit_states_due(struct store_reader *r, int64_t after, int64_t limit,
				store_unit_state_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_UNIT_STATES_DUE);

	sql_put_int(&q, after);
	sql_put_int(&q, limit);
	(void)states_show(&q, true, fn, ctx);
	return sql_end(&q);
}

enum gh_err sql_access_held(struct store_reader *r, int64_t device, int64_t upto, int64_t *n)
{
	struct sql_call q = sql_call(r->sql, SQL_ACCESS_HELD);

	*n = 0;
	sql_put_int(&q, device);
	sql_put_int(&q, upto);
	sql_put_int(&q, device);
	sql_put_int(&q, device);
	if (sql_next(&q))
		*n = sql_int(&q, 0);
	return sql_end(&q);
}
