/* Rows in the requested format, one at a time: only the first few rows of a table are buffered,
 * to measure them. */
#ifndef GH_APP_TERMINAL_OUTPUT_H
#define GH_APP_TERMINAL_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "app/table.h"

enum out_format { OUT_TABLE, OUT_CSV, OUT_NDJSON, OUT_JSON };

enum out_how {
	OUT_ONE = 1,  /* a single row: an object, or lines for people */
	OUT_LIVE = 2, /* each row is flushed */
};

struct out_column {
	const char *key;   /* NULL ends the list */
	const char *title; /* for people; NULL: not for them */
	unsigned cell;	   /* as in app/table.h */
};

enum out_kind { OUT_ABSENT, OUT_TEXT, OUT_NUMBER, OUT_FLAG };

struct out_value {
	enum out_kind kind;
	const char *text;
	int64_t number;
	const char *shown; /* to people, instead; may be NULL */
};

static inline struct out_value out_text(const char *text)
{
	return (struct out_value){ .kind = OUT_TEXT, .text = text };
}
static inline struct out_value out_number(int64_t number)
{
	return (struct out_value){ .kind = OUT_NUMBER, .number = number };
}
/* A number that has a name for people. */
static inline struct out_value out_named(int64_t number, const char *name)
{
	return (struct out_value){ .kind = OUT_NUMBER, .number = number, .shown = name };
}
/* -1: the device does not report it. */
static inline struct out_value out_count(int64_t number)
{
	return (struct out_value){ .kind = number < 0 ? OUT_ABSENT : OUT_NUMBER,
				   .number = number };
}
/* Words parted by blanks: a list in JSON, with nothing in it where text is NULL. */
static inline struct out_value out_flag(const char *text)
{
	return (struct out_value){ .kind = OUT_FLAG, .text = text };
}

struct out;

enum { OUT_COLUMNS = 32 };

/* Columns of a list by their keys, in the order they are named, with their places in it. */
struct out_choice {
	struct out_column column[OUT_COLUMNS + 1];
	size_t place[OUT_COLUMNS];
	size_t n;
};

/* keys: parted by commas. false: *unknown is no key of the columns, or one key too many; g_free() it. */
bool out_choose(const struct out_column *columns, const char *keys, struct out_choice *to,
		char **unknown);

/* columns must outlive it; at most OUT_COLUMNS. choice, which may be NULL: these of them only. */
struct out *out_open(FILE *to, enum out_format format, const struct out_column *columns,
		     const struct out_choice *choice, unsigned how);
/* One that takes no row; out_close() returns OUT_NONE. */
enum { OUT_NONE = -1 };
struct out *out_open_none(void);
/* A value for each column, chosen or not. false: the output takes no more. */
bool out_row(struct out *o, const struct out_value *values);
/* Write what is left. complete: and what ends the document; without it a JSON list stays
 * open, so that it cannot pass for the whole. 0, or the errno of the first failure. */
int out_close(struct out *o, bool complete);

#endif
