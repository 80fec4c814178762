/* An import of people while it goes on; see people_import.c. */
#ifndef GH_API_ACCESS_PEOPLE_IMPORT_H
#define GH_API_ACCESS_PEOPLE_IMPORT_H

#include <glib.h>

#include "api/access/people.h"
#include "api/access/people_file.h"

enum people_action { PEOPLE_CREATE, PEOPLE_UPDATE, PEOPLE_SAME, PEOPLE_ERROR, PEOPLE_ACTIONS };

struct people_import;

struct import_row {
	int64_t row; /* of the file: the line of names is the first */
	struct people_file_row file;
	bool wrong; /* it cannot be read: fault */
	struct fault fault;
	struct resource_call some, whole; /* of one who is there, and of a new person */
	struct people_import *of;
	/* What the job found; it may run again. */
	enum people_action action;
	int64_t id;
	bool refused; /* fault */
	bool pin_goes;
	gh_slice old_pin, old_namespace; /* in the piece's arena */
};

#define IMPORT_PIECE 64 /* rows of a transaction */

/* In the request's arena. */
struct people_import {
	struct call *c;
	struct call inner; /* as *c, with the piece's arena */
	bool trial;
	gh_slice form;	    /* of the report: csv or ndjson */
	uint8_t *converted; /* the body, where it was in another character set */

	struct people_file file;
	gh_slice body, rest;
	const uint8_t *blank; /* only blanks from here on */
	bool begun, scanned;
	int64_t line; /* records or lines that were read */
	bool by_code; /* rows may be found by their code */

	struct people_file_area *area;
	size_t area_room;
	GHashTable *code; /* of the people that are there: their number; 0: several have it */
	GHashTable *
		given; /* "PIN" and "card" of the file: the first row, below 0 where there are more */
	GHashTable *taken; /* numbers of people that rows before were about: the row */
	GHashTable *gone;  /* of a trial: PINs and cards that would be free */
	GPtrArray *going;  /* the same of this piece */
	struct people_watch watch;

	struct arena piece;
	struct import_row *row;
	size_t rows, at, step; /* of the piece; of the job: from `at`, so many */
	struct store_job job;
	struct read_job read;
	struct audit_row audit;
	bool audited, ended;   /* the first row of the audit is written; the last is being */
	struct buffer changed; /* numbers of people, 1-5,9, for the audit */
	int64_t from, to;      /* the latest of these; 0: none yet */
	int64_t counted[PEOPLE_ACTIONS];
	enum gh_err err;
	struct buffer report;
};

/* --- people_import_text.c --- */

/* The body as UTF-8, in m->body; false: answered. */
bool import_decode(struct people_import *m);

/* --- people_import_known.c --- */

/* On a reader thread: the areas, and the codes of people where they are needed. m->err is set. */
void import_known_run(struct read_job *job, struct store_reader *reader, enum gh_err err);
/* First of all rows: that the row with number m->line has its PIN and its cards. */
void import_row_note(struct people_import *m, const struct people_file_row *r);
/* Then of each: wrong where another row has one of them, too, because it cannot be known which is right. */
void import_row_check(struct people_import *m, struct import_row *r);

/* --- people_import_store.c: on the store thread --- */

/* Rows `at` to at+step of the piece, as one job. */
GH_MUST_CHECK enum gh_err import_rows_put(struct people_import *m,
					  void (*done)(struct store_job *job, enum gh_err err));
/* A text by which a PIN or a card is the same; g_free() it. */
char *import_key(char kind, gh_slice namespace, gh_slice text);

/* --- people_report.c --- */

const char *people_action_word(size_t action);
void report_begin(struct people_import *m);
void report_row(struct people_import *m, const struct import_row *r);
/* The row of the audit about the whole, with who was changed by number. */
void report_audit(struct people_import *m);

#endif
