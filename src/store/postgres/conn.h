/* One connection to a PostgreSQL server: how it is made, what its errors mean, and the values
 * that go into a statement and come out of it. Values travel in binary: whole numbers as
 * bigint, everything else as bytea.
 *
 * A connection is used by one thread at a time. */
#ifndef GH_STORE_POSTGRES_CONN_H
#define GH_STORE_POSTGRES_CONN_H

#include <libpq-fe.h>
#include <pthread.h>

/* sql_engine.contains; texts are bytea. */
#define PG_CONTAINS "lower(gh_text(%)) LIKE lower(gh_text(?)) ESCAPE '!'"

/* sql_engine.people_found */
#define PG_PEOPLE_FOUND "position(? in r.search) > 0"

/* Values of many rows; see sql/value_list.h */
#define PG_LIST "string_to_array(convert_from(?, 'UTF8'), ',')"
#define PG_NUMBERS PG_LIST "::bigint[]"

/* sql_engine.commands_about, without its fields. Whatever the planner takes the table for, it reads index
 * command_waiting for each value: OFFSET keeps it from another way to join them, and no other index fits
 * "state + 0". */
#define PG_COMMANDS_ABOUT                                                      \
	", t.place FROM unnest(" PG_NUMBERS ", " PG_LIST ") WITH ORDINALITY"   \
	" t(device, subject, place) CROSS JOIN LATERAL (SELECT * FROM command" \
	" WHERE device = t.device AND subject = decode(t.subject, 'hex')"      \
	" AND subject <> '' AND state + 0 = 0 OFFSET 0) c"                     \
	" JOIN device d ON d.id = c.device ORDER BY t.place, c.id DESC"

/* sql_engine.commands_add */
#define PG_COMMANDS_ADD                                                                     \
	"WITH added AS (INSERT INTO command (state, tries, sent_ms, done_ms, result,"       \
	" sub_serial, device, created_ms, expires_ms, kind, arguments, text, requested_by," \
	" subject) SELECT 0, 0, 0, 0, '', '', device, created_ms, expires_ms,"              \
	" decode(kind, 'hex'), decode(arguments, 'hex'), decode(text, 'hex'),"              \
	" decode(requested_by, 'hex'), decode(subject, 'hex') FROM unnest(" PG_NUMBERS      \
	", " PG_NUMBERS ", " PG_NUMBERS ", " PG_LIST ", " PG_LIST ", " PG_LIST ", " PG_LIST \
	", " PG_LIST ") WITH ORDINALITY t(device, created_ms, expires_ms, kind, arguments," \
	" text, requested_by, subject, place) ORDER BY place RETURNING id),"                \
	" event AS (INSERT INTO command_event (command, at_ms, state, detail)"              \
	" SELECT id, ?, 0, '' FROM added ORDER BY id) SELECT id FROM added ORDER BY id"

/* sql_engine.devices_alive; in an order, so that two transactions do not wait for each other. */
#define PG_DEVICES_ALIVE                                             \
	"SELECT id, clearing FROM device WHERE id = ANY(" PG_NUMBERS \
	") AND deleted = 0 ORDER BY id"

/* sql_engine.person_names; the second name is looked for where there is no first one. */
#define PG_PERSON_DEVICE \
	"SELECT r.name FROM person r JOIN device d ON d.id = r.device AND d.clearing = 0"
#define PG_PERSON_PIN " r.pin = decode(t.pin, 'hex') AND r.name <> ''"
#define PG_PERSON_NAMES                                                                 \
	"SELECT t.place, coalesce((" PG_PERSON_DEVICE                                   \
	" WHERE r.device = t.device AND" PG_PERSON_PIN "), (" PG_PERSON_DEVICE          \
	" AND d.area = coalesce((SELECT area FROM device WHERE id = t.device), d.area)" \
	" WHERE" PG_PERSON_PIN " ORDER BY r.received_ms DESC, r.id DESC LIMIT 1))"      \
	" FROM unnest(" PG_NUMBERS ", " PG_LIST ") WITH ORDINALITY t(device, pin, place)"

/* sql_engine.punches_rezone */
#define PG_PUNCHES_REZONE                                                      \
	"UPDATE punch p SET zone = t.zone, utc = t.utc, flags = t.flags FROM " \
	"unnest(" PG_NUMBERS ", " PG_NUMBERS                                   \
	", string_to_array(convert_from(?, 'UTF8'), ',', '')::bigint[]"        \
	", " PG_NUMBERS ") t(seq, zone, utc, flags) WHERE p.seq = t.seq"

/* sql_engine.number_among */
#define PG_NUMBER_AMONG "p.seq = ANY(string_to_array(convert_from(?, 'UTF8'), ',')::bigint[])"

#include "store/sql/sql.h"

#define PG_PARAMETERS 64
/* How long a statement may take before the server ends it, and how long its answer is waited for
 * before the connection counts as lost. */
#define PG_STATEMENT_S 60
#define PG_ANSWER_MS 90000

/* The values of the statement that is being put together. Bytes are borrowed. */
struct pg_values {
	int n;
	const char *value[PG_PARAMETERS];
	int length[PG_PARAMETERS];
	int format[PG_PARAMETERS]; /* 1: binary */
	uint8_t number[PG_PARAMETERS][8];
};

/* By which another thread ends what a connection waits for, however long the server does not answer: its
 * socket is shut down. PQcancel() would itself wait for the server. */
struct pg_guard {
	pthread_mutex_t lock;
	int fd;	     /* another one of the connection's socket; -1: there is none */
	bool closed; /* no more connections are made */
};

void pg_guard_init(struct pg_guard *g);
void pg_guard_destroy(struct pg_guard *g);
/* From any thread. `for_good`: later connections fail, too. */
void pg_guard_stop(struct pg_guard *g, bool for_good);
bool pg_guard_closed(struct pg_guard *g);

struct pg_conn {
	struct sql sql;
	struct pg_guard *guard; /* borrowed; NULL: no thread does */
	const char *url;	/* borrowed */
	const char *settings;	/* SQL, run when a connection is made; borrowed */
	PGconn *db;		/* NULL: not connected */
	enum pg_prepared {
		PG_UNKNOWN,
		PG_SENT, /* on its way */
		PG_PREPARED
	} prepared[SQL_KEPT];
	char *text; /* of the statement that is being put together */
	size_t text_n, text_room;
	struct pg_values values;
	PGresult *rows; /* of the call that is being read ... */
	int row;	/* ... and which of them; -1: before the first */
	bool warned;	/* the server warned that a commit may not be where it should be */
};

/* What an error means to a transaction. */
struct pg_fault {
	enum gh_err err;
	bool of_job; /* the statement's own fault: without its job the rest may succeed */
	bool again;  /* the same may succeed at once */
	bool lost;   /* the connection is */
	bool locked; /* a lock was not to be had in time */
};

/* Connect, or reconnect. `why` gets a sentence on failure, unless it is NULL. */
enum gh_err pg_connect(struct pg_conn *c, char *why, size_t why_size);
void pg_disconnect(struct pg_conn *c);
/* Disconnect and free. */
void pg_conn_close(struct pg_conn *c);
bool pg_connected(const struct pg_conn *c);

/* The error of a result (or NULL, for the connection itself). */
struct pg_fault pg_fault(const struct pg_conn *c, const PGresult *result);

/* "cannot WHAT: the server's message", on one line. */
void pg_message_write(const struct pg_conn *c, const char *what, char *why, size_t why_size);

/* Run SQL of no parameters on a connection that is not in pipeline mode; *out, unless NULL, is
 * the caller's to clear. */
enum gh_err pg_exec(struct pg_conn *c, const char *text, PGresult **out);

/* --- for the engines --- */

/* Note a statement's text, with $1, $2 ... for its question marks. */
void pg_call_start(struct sql_call *q, gh_slice text, const char *locks);
/* Append to the text. */
enum gh_err pg_text_add(struct pg_conn *c, const char *more);
void pg_put_int(struct sql_call *q, int64_t v);
void pg_put_null(struct sql_call *q);
void pg_put_bytes(struct sql_call *q, gh_slice s);
bool pg_is_null(const struct sql_call *q, int column);
int64_t pg_int_of(const struct sql_call *q, int column);
gh_slice pg_bytes_of(const struct sql_call *q, int column);

#define PG_MAINTENANCE                                                                   \
	.tables = "SELECT convert_to(tablename::text, 'UTF8') FROM pg_tables"            \
		  " WHERE schemaname = current_schema()"                                 \
		  " AND tablename NOT IN ('schema_version', 'node_mark')"                \
		  " ORDER BY tablename",                                                 \
	.columns = "SELECT convert_to(column_name::text, 'UTF8'),"                       \
		   " CASE data_type WHEN 'bytea' THEN 1 ELSE 0 END::bigint"              \
		   " FROM information_schema.columns WHERE table_schema ="               \
		   " current_schema() AND table_name::text = convert_from(?, 'UTF8')"    \
		   " ORDER BY ordinal_position",                                         \
	.sequence_get = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(" \
			"convert_from(?, 'UTF8'), 'id')::regclass), 0)",                 \
	.sequence_set = { "SELECT setval(pg_get_serial_sequence("                        \
			  "convert_from(?, 'UTF8'), 'id')::regclass, ?)" },              \
	.bytes_order = { "\"", "\"" }, .whole_number = "?::bigint",                      \
	.patient = "SET statement_timeout = 0", .analyze = "ANALYZE ", .keeps_last = true

/* The name a kept statement has on the server. */
void pg_statement_name(enum sql_id id, char name[16]);

int64_t pg_value_int(const PGresult *r, int row, int column);
/* v as 8 bytes, the highest first. */
void pg_number(uint8_t out[8], int64_t v);

static inline struct pg_conn *pg_conn_of(struct sql *c)
{
	return (struct pg_conn *)c;
}

#endif
