/* Removal of old rows, in pieces: a span of numbers is looked at, and what is old in it goes. */
#include "store/sql/ledger_removed.h"
#include "store/sql/sql_store.h"

struct kept_rows {
	const char *table, *old;
	/* Those with higher numbers came later, so that a piece without old rows ends it. */
	bool in_order;
	uint8_t counted; /* row_count.h; that of commands is their own */
};

#define COMMAND_OLD "state > 2 AND CASE WHEN done_ms > 0 THEN done_ms ELSE created_ms END < ?"

static const struct kept_rows kept_rows[STORE_KEPT] = {
	[KEPT_UPLOADS] = { "raw_upload", "received_ms < ?", true, ROWS_UPLOADS },
	[KEPT_QUARANTINE] = { "quarantine", "received_ms < ?", true, ROWS_QUARANTINE },
	[KEPT_COMMANDS] = { "command", COMMAND_OLD, false, ROWS_COUNTED },
	[KEPT_OPLOG] = { "oplog", "received_ms < ?", false, KIND_OPLOG },
	[KEPT_PHOTOS] = { "photo", "received_ms < ?", false, KIND_PHOTO },
};

const char *store_kept_word(enum store_kept what)
{
	static const char *const word[STORE_KEPT] = {
#define STORE_KEPT_ROW(NAME, w) [KEPT_##NAME] = (w),
#include "store/expiry.def"
#undef STORE_KEPT_ROW
	};

	return word[what];
}

/* Where the next `limit` rows end, and how many they are. */
static enum gh_err span_find(struct store *s, struct store_expiry *e, size_t *rows)
{
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, GH_LIT("SELECT coalesce(max(id), 0), count(*) FROM (SELECT id FROM "));
	ghi_put(&w, gh_slice_of(kept_rows[e->what].table));
	ghi_put(&w, GH_LIT(" WHERE id > ? ORDER BY id LIMIT ?) span"));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, e->after);
	sql_put_int(&q, (int64_t)e->limit);
	if (sql_next(&q)) {
		e->reached = sql_int(&q, 0);
		*rows = (size_t)sql_int(&q, 1);
	}
	return sql_end(&q);
}

/* A statement with the span and the time as its parameters. */
static struct sql_call span_call(struct store *s, const struct store_expiry *e, gh_slice text)
{
	struct sql_call q = sql_call_once(s->sql, text);

	sql_put_int(&q, e->after);
	sql_put_int(&q, e->reached);
	sql_put_int(&q, e->before_ms);
	return q;
}

static enum gh_err span_run(struct store *s, const struct store_expiry *e, gh_slice text)
{
	struct sql_call q = span_call(s, e, text);

	return sql_run(&q);
}

static enum gh_err span_remove(struct store *s, struct store_expiry *e, gh_slice text)
{
	uint8_t counted = kept_rows[e->what].counted;
	struct sql_call q = span_call(s, e, text);

	return counted == ROWS_COUNTED ? sql_run_counted(&q, &e->removed)
				       : sql_run_removing(&q, counted, &e->removed);
}

/* Their history goes with them, and what units answered; and they are no longer counted. */
static enum gh_err command_history_expire(struct store *s, const struct store_expiry *e)
{
#define COMMANDS_OLD \
	"command IN (SELECT id FROM command WHERE id > ? AND id <= ? AND " COMMAND_OLD ")"
	static const char *const of_commands[] = {
		"DELETE FROM command_event WHERE " COMMANDS_OLD,
		"DELETE FROM query_packet WHERE " COMMANDS_OLD,
		"DELETE FROM query_set WHERE " COMMANDS_OLD,
	};
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < sizeof(of_commands) / sizeof(of_commands[0]) && err == GH_OK;
	     i++)
		err = span_run(s, e, gh_slice_of(of_commands[i]));
	return err ? err
		   : span_run(s, e,
			      GH_LIT("UPDATE command_ended SET n = n - (SELECT count(*)"
				     " FROM command c WHERE c.id > ? AND c.id <= ?"
				     " AND c.state = command_ended.state AND " COMMAND_OLD
				     ")"));
}

static enum gh_err span_expire(struct store *s, struct store_expiry *e)
{
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err = e->what == KEPT_COMMANDS ? command_history_expire(s, e) : GH_OK;

	ghi_put(&w, GH_LIT("DELETE FROM "));
	ghi_put(&w, gh_slice_of(kept_rows[e->what].table));
	ghi_put(&w, GH_LIT(" WHERE id > ? AND id <= ? AND "));
	ghi_put(&w, gh_slice_of(kept_rows[e->what].old));
	if (kept_rows[e->what].counted != ROWS_COUNTED)
		ghi_put(&w, gh_slice_of(row_count_returning(kept_rows[e->what].counted)));
	if (err == GH_OK)
		err = w.err;
	if (err == GH_OK)
		err = span_remove(s, e, ghi_written(&w));
	return err ? err : sql_settle(s->sql);
}

static enum gh_err expired_count(struct store *s, const struct store_expiry *e)
{
	struct sql_call q = sql_call(s->sql, SQL_EXPIRED_ADD);

	sql_put_text(&q, gh_slice_of(store_kept_word(e->what)));
	sql_put_int(&q, (int64_t)e->removed);
	return sql_run(&q);
}

static enum gh_err next_span_expire(struct store *s, struct store_expiry *e)
{
	size_t rows = 0;
	enum gh_err err = span_find(s, e, &rows);

	e->removed = 0;
	if (err == GH_OK && rows)
		err = span_expire(s, e);
	e->more = rows == e->limit && (e->removed || !kept_rows[e->what].in_order);
	return err;
}

enum gh_err sql_rows_expire(struct store *s, struct store_expiry *e)
{
	enum gh_err err;

	if (e->what == KEPT_PUNCHES)
		err = sql_ledger_expire(s, &punch_ledger, e);
	else if (e->what == KEPT_ACCESS)
		err = sql_ledger_expire(s, &access_ledger, e);
	else
		err = next_span_expire(s, e);

	return err == GH_OK && e->removed ? expired_count(s, e) : err;
}

enum gh_err sql_expired_read(struct sql *c, int64_t n[STORE_KEPT])
{
	struct sql_call q = sql_call(c, SQL_EXPIRED);

	while (sql_next(&q))
		for (enum store_kept what = 0; what < STORE_KEPT; what++)
			if (gh_slice_eq(sql_text(&q, 0), gh_slice_of(store_kept_word(what))))
				n[what] = sql_int(&q, 1);
	return sql_end(&q);
}
