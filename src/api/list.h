/* Lists: one mechanism for all of them. A list is a row of list.def: where its rows come from,
 * how they are shown, in which order they come. list.c has the rows and the handler,
 * list_question.c reads the parameters, list_form.c those of a form, list_page.c makes a page of
 * JSON, list_export.c a file of all rows (CSV, ndjson, XLSX), list_workbook.c what XLSX takes besides;
 * list_rows.c has the sources.
 * Everything special about one list is in list.def.
 *
 * Threads: parameters are read and pages made on a reader thread; see core/readers.h. */
#ifndef GH_API_LIST_H
#define GH_API_LIST_H

#include "api/area_grant.h"
#include "api/call.h"
#include "api/device_view.h"
#include "api/list_resource.h"
#include "api/punches.h"
#include "api/query_list.h"
#include "base/csv.h"
#include "render/access.h"
#include "render/command.h"
#include "render/quarantine.h"
#include "render/record.h"

struct found_list;
struct sync_list;

/* Whether a list has a path with that ending: "csv". */
bool list_form_exists(gh_slice form);

struct list_question {
	const struct list_resource *resource;
	struct store_rows rows; /* its pointers lead here */
	struct store_term term[STORE_TERMS];
	struct store_key from;
	enum list_format format;
	const struct fields *fields; /* of the rows in that form */
	struct csv_form csv;
	bool bom;
	bool total;
	const struct store_column *facet[LIST_FACETS];
	size_t facets;
	gh_slice serial; /* LIST_TRACE: whose exchanges; empty: those without a serial number */
	int64_t command; /* LIST_QUERY_ROWS: whose answer */
	struct found_list *found;     /* LIST_FOUND: the rows */
	int64_t person;		      /* LIST_CREDENTIALS: whose */
	const struct sync_list *sync; /* LIST_SYNC: the rows; NULL: they are to be made, ... */
	struct store_reader *reader;  /* ... with this, while rows are read */
	gh_slice doors;		      /* LIST_DOORS: of the token; empty: any */
	struct area_limit limit;      /* of the caller */
};

/* The parameters of the call. False: one of them makes no sense; answered. */
bool list_question_read(struct call *c, struct list_question *q);
/* The form of the answer: its part. */
bool list_form_read(struct call *c, struct list_question *q);
/* With texts of its own, in `a`; what was found is referenced. False: no memory. */
bool list_question_copy(const struct list_question *q, struct arena *a,
			struct list_question *out);
/* A field of the resource with that use; NULL: there is none. */
const struct store_column *list_column(const struct list_resource *r, gh_slice name,
				       enum store_column_use use);

/* --- rows --- */

/* Makes what is printed of a row. Used by one thread at a time. */
struct list_viewer {
	struct server *server;
	uint32_t scopes; /* of the caller */
	struct area_limit limit;
	union model_record shown; /* of the row that is printed */
	struct store_reader *reader;
	struct punch_viewer punches;
	/* Of the row that is printed; NULL: rows are shown without names. */
	const struct store_person_name *person;
	struct arena arena; /* of the row that is printed */
	enum gh_err err;
	union {
		struct punch_view punch;
		struct access_view access;
		struct command_view command;
		struct quarantine_view quarantine;
		struct upload_view upload;
		struct record_view record;
		struct device_view device;
		struct query_row_view query_row;
	} as;
};

/* What the resource's fields are read from; until the next call. NULL: viewer->err. */
const void *list_view(struct list_viewer *v, const struct list_resource *r, const void *row);
void list_viewer_clear(struct list_viewer *v);

/* As the functions of store_ops with these names, from whichever source. `rows` are those of the
 * question, or a part of them. */
enum gh_err list_rows_read(struct server *server, struct store_reader *reader,
			   const struct list_question *q, const struct store_rows *rows,
			   store_row_fn *fn, void *ctx);
enum gh_err list_rows_count(struct server *server, struct store_reader *reader,
			    const struct list_question *q, int64_t most, int64_t *n);
enum gh_err list_rows_facet(struct server *server, struct store_reader *reader,
			    const struct list_question *q, const struct store_column *column,
			    int64_t limit, store_facet_fn *fn, void *ctx);

/* --- answers --- */

/* On the listener's thread; in the form of the question. */
void list_answer(struct call *c, const struct list_question *q);
void list_page_answer(struct call *c, const struct list_question *q);
/* On the listener's thread: the call's c->then. */
void list_export_begin(struct call *c);

#endif
