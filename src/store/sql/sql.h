/* A connection to an SQL database, as the statements of this folder see it. Each
 * engine (sqlite/, postgres/) implements the functions of struct sql_engine; texts, the order
 * of parameters and what the columns mean are here, once.
 *
 *	struct sql_call q = sql_call(c, SQL_STAMP_PUT);
 *	sql_put_int(&q, device);
 *	sql_put_text(&q, table);
 *	return sql_run(&q);
 *
 * A statement that is run again and again is a line of statement.def, or is made once for
 * each kind of record; a list whose text depends on the question is prepared for the
 * occasion. Parameters are written "?" and put in order.
 *
 * An engine may send a write to the database later, at the latest with the commit. The result of a write is therefore requested beforehand (sql_run_found and its like), and valid
 * after sql_settle or the commit. */
#ifndef GH_STORE_SQL_SQL_H
#define GH_STORE_SQL_SQL_H

#include "base/err.h"
#include "base/slice.h"
#include "model/kind.h"

/* Statements that are kept once they are prepared, by number. */
enum sql_id {
#define STATEMENT(NAME, locks, text) SQL_##NAME,
#include "store/sql/statement.def"
#undef STATEMENT
	SQL_STATEMENTS,
	/* One for each kind of record. */
	SQL_RECORD_PUT = SQL_STATEMENTS,
	SQL_RECORD_FIND = SQL_RECORD_PUT + KIND_COUNT,
	SQL_COPY = SQL_RECORD_FIND + KIND_COUNT, /* of the table that is copied */
	SQL_APPEND, /* what appends to a stream, where a database has a statement for it */
	SQL_ACCESS_APPEND,
	SQL_ACCESS_APPEND_RUN, /* many, one for each combination of what none of them has */
	SQL_ACCESS_APPEND_RUN_LAST = SQL_ACCESS_APPEND_RUN + 3,
	SQL_ACCESS_GET,
	SQL_KEPT,
	SQL_ONCE = -1, /* not kept */
};

struct sql;
struct row_counts; /* row_count.h */

/* Whose counter a row is counted by: of which device, in what (row_count.h). */
struct row_count_key {
	int64_t device;
	uint8_t of, source_n;
	uint8_t source[14];
};

/* One use of a statement. Errors stick until the end. Put values are borrowed until sql_run
 * or sql_end. */
struct sql_call {
	struct sql *c;
	enum sql_id id;
	enum gh_err err;
	int at;	      /* parameters put so far */
	bool stepped; /* run, at least to its first row */
	/* Set before the first row: all rows together take no more than some megabytes, so that an engine
	 * may take them at once. */
	bool together;
	void *statement; /* the engine's */

	/* What a write should result in; see sql_run. */
	bool must_change;
	size_t *changed;
	int64_t *new_id;
	/* What a write changes in the counters. */
	enum { COUNTS_NOTHING, COUNTS_ADDED, COUNTS_REMOVED } counts;
	struct row_count_key counted;
};

struct sql_engine {
	/* Prepare q->id, whose text this is; `locks` is what a transaction that reads to
	 * decide adds to it where readers do not keep writers out. The text is empty for one
	 * that is prepared already (sql.known). */
	void (*start)(struct sql_call *q, gh_slice text, const char *locks);
	void (*put_int)(struct sql_call *q, int64_t v);
	void (*put_null)(struct sql_call *q);
	void (*put_text)(struct sql_call *q, gh_slice s);
	void (*put_blob)(struct sql_call *q, gh_slice s);
	/* Reading: the next row, if there is one. */
	bool (*next)(struct sql_call *q);
	bool (*is_null)(const struct sql_call *q, int column);
	int64_t (*int_of)(const struct sql_call *q, int column);
	gh_slice (*bytes_of)(const struct sql_call *q, int column);
	enum gh_err (*end)(struct sql_call *q);
	/* Writing: run it to its end, now or before the next sql_settle or commit. */
	enum gh_err (*write)(struct sql_call *q);
	/* Wait for the results of everything written so far. */
	enum gh_err (*settle)(struct sql *c);

	/* Hints for the planner after "FROM punch p", to read punches by their natural key, or
	 * by their number. */
	const char *punch_by_key, *punch_by_seq;
	/* Sets whether the planner may sort and gather rows before it gives the first, "off" or "on": without
	 * statistics it takes few rows for granted, and sorts all that follow for each page. NULL: the hints
	 * above are enough. */
	const char *sorting_set;
	/* Whether that index has the numbers too: then a number costs no look at its row. */
	bool key_has_number;
	/* That p.seq is one of the numbers of the text "?": "17,23". */
	const char *number_among;
	/* The queued commands about many subjects in one statement, of COMMAND_FIELDS and the
	 * place among them, from 1 on: "?" are devices, "3,4", and subjects in hexadecimal. NULL:
	 * a statement for each (COMMAND_ABOUT) takes as little time. */
	const char *commands_about;
	/* Queue many commands in one statement, whose rows are their numbers: "?" are lists of
	 * values (value_list.h), and the time. NULL: as above. */
	const char *commands_add;
	/* The numbers of the devices of the list "?" that are there, each with `clearing`, in one statement.
	 * NULL: as above, by DEVICE_ALIVE. */
	const char *devices_alive;
	/* The names of many people in one statement, each with its place among them, from 1 on: "?" are devices
	 * and PINs, as above. NULL: as above, by PERSON_NAME and PERSON_NAME_ANY. */
	const char *person_names;
	/* Where many punches are in time, in one statement: "?" are lists of numbers, as above: seq,
	 * zone, UTC (nothing where there is none), flags. NULL: as above. */
	const char *punches_rezone;
	/* How a key's column that may be too long for an index is named in a conflict, '%'
	 * being the column. */
	const char *long_key;
	/* Whether a text holds another, in whatever case: "%" stands for the column, "?" for a
	 * pattern of LIKE that escapes its wildcards by "!". */
	const char *contains;
	/* Whether the text by which people are found, r.search, holds "?", byte for byte. */
	const char *people_found;

	/* --- for maintenance.h --- */

	/* Discard a cached statement: it is prepared again. */
	void (*discard)(struct sql *c, enum sql_id id);
	/* The names of the tables that have contents; of those that table ? refers to (NULL: no
	 * references are kept). */
	const char *tables, *references;
	/* The columns of table ?: their names, and 0 for whole numbers, 1 for text, 2 for bytes. */
	const char *columns;
	/* The highest number table ? has given; that it is at least ?, in up to two statements. */
	const char *sequence_get, *sequence_set[2];
	/* Many rows into one table, in the open transaction: the table with its columns, each row
	 * as the values put to a call, and the end. NULL: there is no faster way than single
	 * statements. */
	enum gh_err (*bulk_begin)(struct sql *c, const char *table, gh_slice columns);
	enum gh_err (*bulk_row)(struct sql_call *q);
	enum gh_err (*bulk_end)(struct sql *c, bool ok);
	/* What stands before and behind the name of a column of text or bytes, to order rows by the
	 * values of its bytes. */
	const char *bytes_order[2];
	/* A parameter for a column of whole numbers of any size. */
	const char *whole_number;
	/* Run in a transaction whose rows may refer to later ones. */
	const char *late_references;
	const char *patient; /* statements may take as long as they like */
	/* What stands before the name of a table that was filled, for the planner to know its contents;
	 * a reader may run it. NULL: plans do not depend on them. */
	const char *analyze;
	bool keeps_last; /* ledger.last is always that of the newest row */
};

struct sql {
	const struct sql_engine *engine;
	/* The writing handle: statements run inside a transaction only, and once one failed
	 * the transaction can only be rolled back. */
	bool writes;
	bool known[SQL_KEPT]; /* prepared already; kept by the engine */
	struct row_counts
		*counts; /* of the open transaction; the store's. A reader has none. */
};

struct sql_call sql_call(struct sql *c, enum sql_id id);
/* A kept statement whose text is made from a kind; `text` may be empty once it is known. */
struct sql_call sql_call_made(struct sql *c, enum sql_id id, gh_slice text);
/* A statement for this call only. */
struct sql_call sql_call_once(struct sql *c, gh_slice text);
/* The same with `locks`, as in statement.def. */
struct sql_call sql_call_locking(struct sql *c, gh_slice text, const char *locks);

static inline void sql_put_int(struct sql_call *q, int64_t v)
{
	q->c->engine->put_int(q, v);
}

static inline void sql_put_null(struct sql_call *q)
{
	q->c->engine->put_null(q);
}

/* Any bytes; UTF-8 without NUL where the device keeps to that. */
static inline void sql_put_text(struct sql_call *q, gh_slice s)
{
	q->c->engine->put_text(q, s);
}

static inline void sql_put_blob(struct sql_call *q, gh_slice s)
{
	q->c->engine->put_blob(q, s);
}

/* --- reading --- */

static inline bool sql_next(struct sql_call *q)
{
	return q->c->engine->next(q);
}

/* A column of the row, borrowed until the next sql_next or sql_end. */
static inline bool sql_null(const struct sql_call *q, int column)
{
	return q->c->engine->is_null(q, column);
}

static inline int64_t sql_int(const struct sql_call *q, int column)
{
	return q->c->engine->int_of(q, column);
}

static inline gh_slice sql_text(const struct sql_call *q, int column)
{
	return q->c->engine->bytes_of(q, column);
}

static inline enum gh_err sql_end(struct sql_call *q)
{
	return q->c->engine->end(q);
}

/* --- writing; each ends the call --- */

static inline enum gh_err sql_run(struct sql_call *q)
{
	return q->c->engine->write(q);
}

/* GH_ENOTFOUND, then or later, when no row was changed. */
enum gh_err sql_run_found(struct sql_call *q);
/* *n: how many rows were changed. */
enum gh_err sql_run_counted(struct sql_call *q, size_t *n);
/* *id: the number the new row was given. The column is called id. */
enum gh_err sql_run_insert(struct sql_call *q, int64_t *id);

/* A row that may be there already, in which case it is not counted once more. Its table has an id. */
enum gh_err sql_run_adding(struct sql_call *q, struct row_count_key of);
/* The text ends with row_count_returning(), so that each row is counted no longer. *n, unless
 * NULL: how many. */
enum gh_err sql_run_removing(struct sql_call *q, uint8_t of, size_t *n);

static inline enum gh_err sql_settle(struct sql *c)
{
	return c->engine->settle(c);
}

#endif
