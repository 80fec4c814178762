#include <stdarg.h>
#include <stdio.h>

#include "model/entity.h"
#include "store/maintenance.h"
#include "store/sql/ledger_removed.h"
#include "store/sql/punch_index.h"
#include "store/sql/sql_store.h"
#include "store/sql/tables.h"

#define LINES_MAX 100
/* Uploads of a group are numbered by device and not by arrival, and clocks of servers are set. */
#define ARRIVAL_SLACK_MS 60000

struct check {
	struct store_reader *r;
	const struct store_report *report;
	int64_t floor[STORE_STREAMS]; /* the last row that was removed for its age */
	size_t found;		      /* faults */
	size_t notes;
};

/* Of each at most LINES_MAX. */
__attribute__((format(printf, 3, 4))) static void check_line(struct check *c, size_t *lines,
							     const char *format, ...)
{
	char text[256];
	va_list args;

	if ((*lines)++ >= LINES_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->report->line(c->report->ctx, text);
}

#define check_found(c, ...) check_line(c, &(c)->found, __VA_ARGS__)
/* What is odd and no fault. */
#define check_note(c, ...) check_line(c, &(c)->notes, "note: " __VA_ARGS__)

/* What people call the rows of a stream. */
static const struct {
	const char *one, *more;
	const char *key;     /* the columns that no two have alike */
	const char *removed; /* table of the hashes of what was removed for its age */
} stream_rows[STORE_STREAMS] = {
	[STREAM_PUNCH] = { "punch", "punches", "device, time, pin, status, verify, work_code",
			   "punch_removed" },
	[STREAM_ACCESS] = { "access event", "access events",
			    "device, record_index, time, event_group, pin, unit, event_text,"
			    " CASE WHEN record_index > 0 THEN 0 ELSE address END,"
			    " CASE WHEN record_index > 0 THEN '' ELSE card END,"
			    " CASE WHEN record_index > 0 THEN 0 ELSE direction END,"
			    " CASE WHEN record_index > 0 THEN '' ELSE verify_raw END",
			    "access_removed" },
};

static void seq_check(struct check *c, enum store_stream s, int64_t seq, int64_t expected)
{
	if (seq > expected + 1)
		check_found(c, "%s %lld to %lld are missing", stream_rows[s].more,
			    (long long)expected, (long long)seq - 1);
	else if (seq > expected)
		check_found(c, "%s %lld is missing", stream_rows[s].one, (long long)expected);
	else if (seq < expected)
		check_found(c, "%s %lld is there twice", stream_rows[s].one, (long long)seq);
}

/* Those up to the floor are gone, and as many hashes are there. */
static enum gh_err floor_check(struct check *c, enum store_stream s)
{
	char text[256];
	enum gh_err err = ledger_floor_read(c->r->sql, s, &c->floor[s]);

	if (err)
		return err;
	snprintf(text, sizeof(text),
		 "SELECT coalesce(CAST(sum(n) AS bigint), 0),"
		 " coalesce(CAST(sum(CASE WHEN length(hashes) <> 8 * n THEN 1 ELSE 0 END)"
		 " AS bigint), 0) FROM %s",
		 stream_rows[s].removed);

	long long floor = c->floor[s];
	struct sql_call q = sql_call_once(c->r->sql, gh_slice_of(text));

	if (sql_next(&q) && (sql_int(&q, 0) != floor || sql_int(&q, 1)))
		check_found(c,
			    "%s 1 to %lld were removed for their age, and %lld are recorded "
			    "as removed",
			    stream_rows[s].more, floor, (long long)sql_int(&q, 0));
	else if (floor)
		check_note(c, "%s 1 to %lld were removed for their age", stream_rows[s].more,
			   floor);
	return sql_end(&q);
}

/* What was in quarantine keeps its arrival, and clocks of servers are set back, so a time of arrival before
 * that of a lower number is no fault. */
static enum gh_err ledger_check(struct check *c, enum store_stream s)
{
	char text[128];
	int64_t expected = c->floor[s] + 1, latest_ms = 0;

	snprintf(text, sizeof(text), "SELECT seq, received_ms FROM %s ORDER BY seq",
		 store_stream_table(s));

	struct sql_call q = sql_call_once(c->r->sql, gh_slice_of(text));

	while (sql_next(&q)) {
		int64_t seq = sql_int(&q, 0), received_ms = sql_int(&q, 1);

		seq_check(c, s, seq, expected);
		if (received_ms < latest_ms - ARRIVAL_SLACK_MS)
			check_note(c, "%s %lld came %lld s before one with a lower number",
				   stream_rows[s].one, (long long)seq,
				   (long long)(latest_ms - received_ms) / 1000);
		latest_ms = received_ms > latest_ms ? received_ms : latest_ms;
		expected = seq + 1;
	}
	return sql_end(&q);
}

/* The newest rows may be gone by retention; a number below the rows' may not be. */
static enum gh_err last_check(struct check *c, enum store_stream s)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "SELECT last, (SELECT coalesce(max(seq), 0) FROM %s) FROM ledger"
		 " WHERE stream = ?",
		 store_stream_table(s));

	struct sql_call q = sql_call_once(c->r->sql, gh_slice_of(text));

	sql_put_text(&q, gh_slice_of(store_stream_name(s)));
	if (!sql_next(&q))
		check_found(c, "the ledger of %s has no row", stream_rows[s].more);
	else if (c->r->sql->engine->keeps_last && sql_int(&q, 0) < sql_int(&q, 1))
		check_found(c,
			    "the last number of the ledger is %lld in its row, and %lld in its "
			    "%s",
			    (long long)sql_int(&q, 0), (long long)sql_int(&q, 1),
			    stream_rows[s].more);
	return sql_end(&q);
}

static enum gh_err doubles_check(struct check *c, enum store_stream s)
{
	char text[640];

	snprintf(text, sizeof(text),
		 "SELECT min(seq), max(seq), count(*) FROM %s GROUP BY %s HAVING count(*) > 1",
		 store_stream_table(s), stream_rows[s].key);

	struct sql_call q = sql_call_once(c->r->sql, gh_slice_of(text));

	while (sql_next(&q))
		check_found(c, "%s %lld and %lld are the same", stream_rows[s].more,
			    (long long)sql_int(&q, 0), (long long)sql_int(&q, 1));
	return sql_end(&q);
}

/* The punches that access events name. */
static enum gh_err access_punches_check(struct check *c)
{
	struct sql_call q = sql_call_once(
		c->r->sql,
		GH_LIT("SELECT a.seq, a.punch_seq FROM access_event a WHERE a.punch_seq > ?"
		       " AND NOT EXISTS (SELECT 1 FROM punch p WHERE p.seq = a.punch_seq)"));

	sql_put_int(&q, c->floor[STREAM_PUNCH]);
	while (sql_next(&q))
		check_found(c, "access event %lld names punch %lld, which is not there",
			    (long long)sql_int(&q, 0), (long long)sql_int(&q, 1));
	return sql_end(&q);
}

/* Its rows are numbered as those of a stream, and all are there. */
static enum gh_err audit_check(struct check *c)
{
	struct sql_call q = sql_call_once(
		c->r->sql,
		GH_LIT("SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0),"
		       " (SELECT last FROM ledger WHERE stream = 'audit') FROM audit"));

	if (sql_next(&q) && (sql_int(&q, 1) != 1 || sql_int(&q, 0) != sql_int(&q, 2) ||
			     sql_int(&q, 2) != sql_int(&q, 3)))
		check_found(c,
			    "the audit has %lld rows, from %lld to %lld, and gave the number "
			    "%lld last: some are missing",
			    (long long)sql_int(&q, 0), (long long)sql_int(&q, 1),
			    (long long)sql_int(&q, 2), (long long)sql_int(&q, 3));
	return sql_end(&q);
}

static enum gh_err streams_check(struct check *c)
{
	enum gh_err err = GH_OK;

	for (enum store_stream s = 0; s < STORE_STREAMS && err == GH_OK; s++) {
		err = ledger_check(c, s);
		if (err == GH_OK)
			err = last_check(c, s);
		if (err == GH_OK)
			err = doubles_check(c, s);
	}
	return err ? err : access_punches_check(c);
}

/* A segment that is made later cannot be stored where rows of it are. */
static enum gh_err index_end_check(struct check *c, int64_t segments)
{
	struct sql_call q = sql_call_once(
		c->r->sql,
		GH_LIT("SELECT count(*) FROM punch_pin WHERE id % 1099511627776 > ?"));

	_Static_assert(PIN_BUCKET_STEP == 1099511627776, "the number in the statement");
	sql_put_int(&q, segments);
	if (sql_next(&q) && sql_int(&q, 0))
		check_found(c, "%lld rows of the index of punches lie behind its end",
			    (long long)sql_int(&q, 0));
	return sql_end(&q);
}

/* Of the segment in which the floor is, the index has what is not in the ledger any more. */
static enum gh_err index_check(struct check *c)
{
	int64_t segments = 0;
	enum gh_err err = punch_index_segments(c->r, &segments);

	for (int64_t i = segment_of(c->floor[STREAM_PUNCH] + SEGMENT_ROWS);
	     i <= segments && err == GH_OK; i++) {
		bool same = true;

		err = punch_index_compare(c->r, i, &same);
		if (err == GH_OK && !same)
			check_found(c,
				    "the index of punches %lld to %lld is not theirs: lists by "
				    "PIN, time or device may lack some",
				    (long long)segment_first(i),
				    (long long)segment_first(i + 1) - 1);
	}
	return err ? err : index_end_check(c, segments);
}

/* The counts of ended commands against the commands. */
static enum gh_err ended_check(struct check *c)
{
	struct sql_call q = sql_call_once(
		c->r->sql,
		GH_LIT("SELECT state, count(*) FROM command WHERE state > 2"
		       " GROUP BY state UNION ALL SELECT state, -n FROM command_ended"));
	int64_t there[COMMAND_STATES] = { 0 }, counted[COMMAND_STATES] = { 0 };

	while (sql_next(&q)) {
		int64_t state = sql_int(&q, 0), n = sql_int(&q, 1);

		if (state < 0 || state >= COMMAND_STATES)
			check_found(c,
				    "%lld commands have the state %lld, which does not exist",
				    (long long)(n < 0 ? -n : n), (long long)state);
		else if (n > 0)
			there[state] = n;
		else
			counted[state] = -n;
	}
	for (int i = 0; i < COMMAND_STATES; i++)
		if (there[i] != counted[i])
			check_found(c, "%lld commands are counted as %s, and %lld are there",
				    (long long)counted[i],
				    command_state_name((enum command_state)i),
				    (long long)there[i]);
	return sql_end(&q);
}

/* The counters of a table against its rows. */
static enum gh_err rows_check(struct check *c, uint8_t of)
{
	const char *table = row_count_table(of), *source = row_count_source(of);
	char text[512];

	snprintf(
		text, sizeof(text),
		"SELECT device, source, CAST(sum(there) AS bigint), CAST(sum(n) AS bigint) FROM"
		" (SELECT device, %s AS source, count(*) AS there, 0 AS n FROM %s"
		" GROUP BY device%s%s UNION ALL"
		" SELECT device, source, 0, n FROM row_count WHERE name = '%s') counted"
		" GROUP BY device, source HAVING sum(there) <> sum(n)",
		source ? source : "''", table, source ? ", " : "", source ? source : "", table);
	struct sql_call q = sql_call_once(c->r->sql, gh_slice_of(text));

	while (sql_next(&q))
		check_found(c,
			    "%lld rows of %s of device %lld are counted%s%.*s, and %lld are "
			    "there",
			    (long long)sql_int(&q, 3), table, (long long)sql_int(&q, 0),
			    sql_text(&q, 1).n ? " as " : "", GH_FMT(sql_text(&q, 1)),
			    (long long)sql_int(&q, 2));
	return sql_end(&q);
}

static enum gh_err counters_check(struct check *c)
{
	enum gh_err err = ended_check(c);

	for (uint8_t of = 0; of < ROWS_COUNTED && err == GH_OK; of++)
		err = rows_check(c, of);
	return err;
}

static enum gh_err orphans_check(struct check *c, const char *table, const char *column,
				 const char *owner)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "SELECT t.%s, count(*) FROM %s t WHERE NOT EXISTS"
		 " (SELECT 1 FROM %s o WHERE o.id = t.%s) GROUP BY t.%s",
		 column, table, owner, column, column);
	struct sql_call q = sql_call_once(c->r->sql, gh_slice_of(text));

	while (sql_next(&q))
		check_found(c, "%lld rows of %s belong to %s %lld, which is not there",
			    (long long)sql_int(&q, 1), table, owner, (long long)sql_int(&q, 0));
	return sql_end(&q);
}

/* Whatever has a device. */
static enum gh_err devices_orphans_check(struct check *c)
{
	struct sql_tables tables;
	struct sql_table t;
	enum gh_err err = sql_tables_read(c->r->sql, &tables);

	for (size_t i = 0; i < tables.n && err == GH_OK; i++) {
		err = sql_table_describe(c->r->sql, &t, tables.name[i]);
		if (err == GH_OK && sql_table_has(&t, "device"))
			err = orphans_check(c, t.name, "device", "device");
	}
	return err;
}

/* Each picture is of a photo of a device or of something of the roster, and the one of each is there. */
static enum gh_err pictures_check(struct check *c)
{
	struct sql_call q = sql_call_once(
		c->r->sql,
		GH_LIT("SELECT (SELECT count(*) FROM photo t WHERE t.picture IS NOT NULL AND"
		       " NOT EXISTS (SELECT 1 FROM picture o WHERE o.id = t.picture)),"
		       " (SELECT count(*) FROM picture o WHERE"
		       " NOT EXISTS (SELECT 1 FROM photo t WHERE t.picture = o.id) AND"
		       " NOT EXISTS (SELECT 1 FROM credential t WHERE t.picture = o.id)),"
		       " (SELECT count(*) FROM credential t WHERE NOT EXISTS"
		       " (SELECT 1 FROM picture o WHERE o.id = t.picture))"));

	bool row = sql_next(&q);

	if (row && (sql_int(&q, 0) || sql_int(&q, 1)))
		check_found(c, "%lld photos lack their picture, and %lld pictures their photos",
			    (long long)sql_int(&q, 0), (long long)sql_int(&q, 1));
	if (row && sql_int(&q, 2))
		check_found(c, "%lld templates or photos of people lack their bytes",
			    (long long)sql_int(&q, 2));
	return sql_end(&q);
}

static enum gh_err check_all_orphans(struct check *c)
{
	enum gh_err err = devices_orphans_check(c);

	if (err == GH_OK)
		err = pictures_check(c);
	for (size_t i = 0; i < RELATION_COUNT && err == GH_OK; i++) {
		const struct model_relation *r = &model_relations[i];

		if (strcmp(r->from, "device") != 0)
			err = orphans_check(c, r->name, r->from, r->from);
		if (err == GH_OK)
			err = orphans_check(c, r->name, r->to, r->to);
	}
	return err ? err : orphans_check(c, "command_event", "command", "command");
}

enum gh_err store_check(struct store_handle *h, const struct store_report *report,
			size_t *found)
{
	struct check c = { .report = report };
	enum gh_err err = h->ops->reader_open(h->store, &c.r);

	if (err == GH_OK)
		for (enum store_stream s = 0; s < STORE_STREAMS && err == GH_OK; s++)
			err = floor_check(&c, s);
	if (err == GH_OK)
		err = streams_check(&c);
	if (err == GH_OK)
		err = audit_check(&c);
	if (err == GH_OK)
		err = index_check(&c);
	if (err == GH_OK)
		err = counters_check(&c);
	if (err == GH_OK)
		err = check_all_orphans(&c);
	h->ops->reader_close(c.r);
	*found = c.found;
	return err;
}
