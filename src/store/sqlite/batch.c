#include "store/sqlite/batch.h"

#include <stdlib.h>

#include "store/sql/access.h"
#include "store/sqlite/conn.h"

enum batch_column {
	BATCH_DEVICE,
	BATCH_TIME,
	BATCH_PIN,
	BATCH_STATUS,
	BATCH_VERIFY,
	BATCH_WORK_CODE,
	BATCH_ZONE,
	BATCH_UTC,
	BATCH_RECEIVED_MS,
	BATCH_FLAGS,
	BATCH_SOURCE,
	BATCH_EXTRA
};

static const char punch_declaration[] =
	"CREATE TABLE x (device, time, pin, status, verify, work_code,"
	" zone, utc, received_ms, flags, source, extra)";

/* The columns of access_event, in its order: SQLite then makes a row of them where it reads them. */
enum event_column { EVENT_SEQ, EVENT_DEVICE, EVENT_FIRST_FIELD };

#define ACCESS_EVENT_FIELD(member, json, type, flags) ", " #member
static const char event_declaration[] = "CREATE TABLE x (seq, device"
#include "model/access_event.def"
					")";

struct batch_table {
	sqlite3_vtab base;
	const struct row_batch *batch;
};

struct batch_cursor {
	sqlite3_vtab_cursor base;
	const struct row_batch *batch;
	size_t at;
};

static int batch_declare(sqlite3 *db, const char *declaration, struct row_batch *batch,
			 sqlite3_vtab **out)
{
	int rc = sqlite3_declare_vtab(db, declaration);

	if (rc != SQLITE_OK)
		return rc;
	struct batch_table *t = calloc(1, sizeof(*t));
	if (t == NULL)
		return SQLITE_NOMEM;
	t->batch = batch;
	*out = &t->base;
	return SQLITE_OK;
}

static int punches_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv,
			   sqlite3_vtab **out, char **why)
{
	(void)argc;
	(void)argv;
	(void)why;
	return batch_declare(db, punch_declaration, ctx, out);
}

static int events_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv,
			  sqlite3_vtab **out, char **why)
{
	(void)argc;
	(void)argv;
	(void)why;
	return batch_declare(db, event_declaration, ctx, out);
}

static int batch_disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

/* There is one way to read it: from the first row to the last. */
static int batch_plan(sqlite3_vtab *t, sqlite3_index_info *plan)
{
	(void)t;
	plan->estimatedCost = 100;
	plan->estimatedRows = 100;
	return SQLITE_OK;
}

static int batch_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
	struct batch_cursor *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return SQLITE_NOMEM;
	c->batch = ((struct batch_table *)t)->batch;
	*out = &c->base;
	return SQLITE_OK;
}

static int batch_close(sqlite3_vtab_cursor *c)
{
	free(c);
	return SQLITE_OK;
}

static int batch_first(sqlite3_vtab_cursor *c, int plan, const char *name, int argc,
		       sqlite3_value **argv)
{
	(void)plan;
	(void)name;
	(void)argc;
	(void)argv;
	((struct batch_cursor *)c)->at = 0;
	return SQLITE_OK;
}

static int batch_next(sqlite3_vtab_cursor *c)
{
	((struct batch_cursor *)c)->at++;
	return SQLITE_OK;
}

static int batch_eof(sqlite3_vtab_cursor *c)
{
	const struct batch_cursor *cursor = (struct batch_cursor *)c;

	return cursor->at >= cursor->batch->n;
}

static int batch_rowid(sqlite3_vtab_cursor *c, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct batch_cursor *)c)->at;
	return SQLITE_OK;
}

static void result_text(sqlite3_context *out, gh_slice s)
{
	const char *p = s.n ? (const char *)s.p : "";

	if (sqlite_is_text(s))
		sqlite3_result_text64(out, p, s.n, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_result_blob64(out, p, s.n, SQLITE_STATIC);
}

static int punch_column(sqlite3_vtab_cursor *c, sqlite3_context *out, int column)
{
	const struct batch_cursor *cursor = (struct batch_cursor *)c;
	const struct punch *p = &cursor->batch->punch[cursor->at];

	switch ((enum batch_column)column) {
	case BATCH_DEVICE:
		sqlite3_result_int64(out, p->device);
		break;
	case BATCH_TIME:
		sqlite3_result_int64(out, p->time);
		break;
	case BATCH_PIN:
		result_text(out, p->pin);
		break;
	case BATCH_STATUS:
		sqlite3_result_int(out, p->status);
		break;
	case BATCH_VERIFY:
		sqlite3_result_int(out, p->verify);
		break;
	case BATCH_WORK_CODE:
		result_text(out, p->work_code);
		break;
	case BATCH_ZONE:
		sqlite3_result_int64(out, cursor->batch->zone);
		break;
	case BATCH_UTC:
		if (p->utc != PUNCH_NO_UTC)
			sqlite3_result_int64(out, p->utc);
		break;
	case BATCH_RECEIVED_MS:
		sqlite3_result_int64(out, p->received_ms);
		break;
	case BATCH_FLAGS:
		sqlite3_result_int64(out, p->flags);
		break;
	case BATCH_SOURCE:
		sqlite3_result_int64(out, p->source);
		break;
	case BATCH_EXTRA:
		if (p->extra.n)
			result_text(out, p->extra);
		break;
	}
	return SQLITE_OK;
}

/* A field that is absent has no result, which is NULL (access_field_is_null). */
#define EVENT_KEPT(flags) ((flags) & (MODEL_KEY | ACCESS_KEY_PLAIN | MODEL_OWN))
#define EVENT_TEXT(v, flags)            \
	if (EVENT_KEPT(flags) || (v).n) \
		result_text(out, v);
#define EVENT_INT(v, flags)                            \
	if (EVENT_KEPT(flags) || (v) != ACCESS_ABSENT) \
		sqlite3_result_int64(out, v);
#define EVENT_TIME EVENT_INT

static int event_column(sqlite3_vtab_cursor *c, sqlite3_context *out, int column)
{
	const struct batch_cursor *cursor = (struct batch_cursor *)c;
	const struct access_event *e = &cursor->batch->event[cursor->at].event;
	enum access_event_field field =
		(enum access_event_field)(column - (int)EVENT_FIRST_FIELD);

	if (column == EVENT_SEQ)
		return SQLITE_OK; /* the next number */
	if (column == EVENT_DEVICE)
		sqlite3_result_int64(out, e->device);
	else if (field == ACCESS_EVENT_zone)
		sqlite3_result_int64(out, cursor->batch->zone);
	else if (field == ACCESS_EVENT_event)
		sqlite3_result_int64(out, e->event);
	else if (field == ACCESS_EVENT_utc && e->utc == ACCESS_NO_UTC)
		return SQLITE_OK;
	else
		/* Of each event many fields are read. */
		switch (field) {
#define ACCESS_EVENT_FIELD(member, json, type, flags) \
	case ACCESS_EVENT_##member:                   \
		EVENT_##type(e->member, flags) break;
#include "model/access_event.def"
		case ACCESS_EVENT_FIELDS:
			break;
		}
	return SQLITE_OK;
}

/* Without xCreate the table exists by itself, under the module's name. */
#define BATCH_MODULE(connect, column)                                                        \
	{                                                                                    \
		.xConnect = connect, .xBestIndex = batch_plan,                               \
		.xDisconnect = batch_disconnect, .xOpen = batch_open, .xClose = batch_close, \
		.xFilter = batch_first, .xNext = batch_next, .xEof = batch_eof,              \
		.xColumn = column, .xRowid = batch_rowid,                                    \
	}

int batch_register(sqlite3 *db, struct row_batch *batch)
{
	static const sqlite3_module punches = BATCH_MODULE(punches_connect, punch_column),
				    events = BATCH_MODULE(events_connect, event_column);
	int rc = sqlite3_create_module(db, "punch_batch", &punches, batch);

	return rc == SQLITE_OK ? sqlite3_create_module(db, "access_batch", &events, batch) : rc;
}
