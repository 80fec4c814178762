/* The lists of the API as data: the rows of list.def. */
#ifndef GH_API_LIST_RESOURCE_H
#define GH_API_LIST_RESOURCE_H

#include "render/field.h"
#include "store/store.h"

struct call;
struct json;
struct list_question;
struct memory_source;

/* Where rows come from: an enum store_list, or the memory (memory_list.h). */
enum {
	LIST_DEVICES = STORE_LISTS,
	LIST_PROBLEMS,
	LIST_CONTACTS,	  /* that became no device */
	LIST_TRACE,	  /* exchanges of a device, or of those without a serial number */
	LIST_FOUND,	  /* terminals that a search found */
	LIST_DOORS,	  /* of access units */
	LIST_SYNC,	  /* what a device is to hold: sync_list.h */
	LIST_CREDENTIALS, /* of a person: access/credential_list.h */
	LIST_DAYS,	  /* made of punches: day_list.h */
	LIST_QUERY_ROWS,  /* of the answer to a command: query_list.h */
};

#define LIST_FACETS 8	   /* in one question */
#define LIST_FACET_ROWS 50 /* values shown of each */
#define LIST_TOTAL 10000   /* a total is exact up to it */

struct list_resource {
	const char *path;
	unsigned source;
	const struct fields *fields;
	const struct fields *sheet; /* of files that people open; NULL: the same */
	bool newest_first;
	int64_t usual;	  /* the default limit */
	const char *file; /* name of an export */
	/* What the list checks besides; false: answered. NULL: nothing. */
	bool (*check)(struct call *c, struct list_question *q);
	/* Further members of a page; false: answered otherwise. NULL: none. */
	bool (*more)(struct call *c, const struct list_question *q, struct json *j);
};

extern const struct list_resource list_resources[];
extern const size_t list_resources_count;
enum list_format { LIST_JSON, LIST_CSV, LIST_NDJSON, LIST_XLSX };
/* The forms a list is answered in, by the words of the parameter `format`; NULL after the last. */
const char *list_format_word(size_t i);
/* Of those that are in memory; NULL: the store has it. */
const struct memory_source *list_memory(unsigned source);
/* The content type of a file in that form: "text/csv". */
const char *list_format_type(size_t i);
/* What may separate the values of a file of CSV, by the words of the parameter `separator`; NULL
 * after the last. */
const char *list_separator_word(size_t i);
/* Whether a parameter is about pages: it does not go with the path of a file. */
bool list_param_is_of_pages(unsigned param);
/* Whether a parameter is about the form of CSV: it goes with no other. */
bool list_param_is_of_csv(unsigned param);
/* Of a route's path; NULL: it is no such list. */
const struct list_resource *list_resource_of(const char *path);
/* Its columns. */
const struct store_column *list_columns(const struct list_resource *r, size_t *n);

#endif
