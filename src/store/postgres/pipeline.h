/* Writing: the statements of a transaction go to the server without waiting for their results,
 * which are read when they are needed (settle) and at the latest before the commit.
 *
 * A pipeline is used by the thread of its lane only. */
#ifndef GH_STORE_POSTGRES_PIPELINE_H
#define GH_STORE_POSTGRES_PIPELINE_H

#include <stdatomic.h>

#include "store/postgres/conn.h"
#include "store/store.h"

struct pg_pipeline;

/* What becomes of the result of a statement that was sent. */
struct pg_entry {
	int job;
	enum {
		ENTRY_WRITE,
		ENTRY_PREPARE, /* of the kept statement `id` */
		ENTRY_ROWS,    /* are the call's that is being read */
		ENTRY_APPEND,  /* gh_append */
		ENTRY_COMMIT
	} what;
	enum sql_id id;
	bool must_change;
	size_t *changed;
	int64_t *new_id;
	int counts; /* as those of the call */
	struct row_count_key counted;
};

/* Rows on their way by COPY; see bulk.c. */
struct pg_bulk {
	int columns;
	int size[PG_PARAMETERS]; /* of their types, in bytes; below 0: it varies */
	uint8_t *bytes;
	size_t n, room;
};

struct pg_pipeline {
	struct pg_conn conn;
	bool open;  /* between begin and commit */
	bool begun; /* sent to the server */
	bool wrote;
	bool commit_sent;
	bool committed; /* COMMIT was answered so */
	int job;	/* the number of the one that writes */
	struct pg_entry *entry;
	size_t entries, room;
	size_t bytes;  /* of the values that were sent since results were read */
	size_t queued; /* ... since everything had left for the server */
	/* The first error of the transaction, after which it can only be rolled back. */
	struct pg_fault fault;
	int fault_job;
	char why[STORE_WHY]; /* the server's error */
	/* The owner's: to send what it has gathered, before rows are read; to take the result of
	 * gh_append, or of gh_access_append. */
	enum gh_err (*gathered)(struct pg_pipeline *p);
	void (*appended)(struct pg_pipeline *p, enum sql_id id, const PGresult *r);
	/* Which job wrote for this device, or records for it. */
	int (*job_of)(struct pg_pipeline *p, int64_t device, bool records);
	/* Each second that an answer takes. */
	void (*delayed)(struct pg_pipeline *p);
	int64_t answer_ms; /* after which the connection counts as lost ... */
	const _Atomic int64_t
		*ends_ms; /* ... or at this time, if that is not 0; NULL: it never is */
	struct pg_bulk bulk;
};

extern const struct sql_engine pg_writer_engine; /* writer.c */

/* Enter pipeline mode. */
enum gh_err pg_pipeline_enter(struct pg_pipeline *p);
/* The transaction met an error; the first one stays. */
void pg_pipeline_fail(struct pg_pipeline *p, struct pg_fault fault, int job);
/* Whether the server answers. */
bool pg_pipeline_alive(struct pg_pipeline *p);
void pg_pipeline_close(struct pg_pipeline *p);

/* Send a statement. Waits for the server to take what is queued, where that is much. */
enum gh_err pg_pipeline_send(struct pg_pipeline *p, struct pg_entry e, const char *text,
			     const struct pg_values *values);
/* A statement without values, of no job. */
enum gh_err pg_pipeline_word(struct pg_pipeline *p, const char *text, bool commit);
/* BEGIN, unless that was sent. */
enum gh_err pg_pipeline_begin(struct pg_pipeline *p);
/* COMMIT, whose result the next settle reads: p->committed. */
enum gh_err pg_pipeline_commit(struct pg_pipeline *p);
/* Send what is still here and read every result. The first error of the transaction. */
enum gh_err pg_pipeline_settle(struct pg_pipeline *p);
/* End the transaction on the server, if it began there. */
void pg_pipeline_rollback(struct pg_pipeline *p);
/* Whether a result that is still on its way decides something. */
bool pg_pipeline_awaits(const struct pg_pipeline *p);

static inline struct pg_pipeline *pg_pipeline_of(struct sql *c)
{
	return (struct pg_pipeline *)c;
}

#endif
