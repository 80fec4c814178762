/* A record as people and programs read it. REST, the live stream, CSV, ndjson and the command
 * line print through this layer, so that they cannot differ.
 *
 * A value (value.h) is one cell: a kind, and a number or a text. A table of fields (field.h) has
 * the name, kind, description and place in the row of each field of a resource. JSON, the
 * columns of CSV and the schema in the OpenAPI document are generated from it. The tables are
 * the .def files of this folder; a table that only one part of the API shows is in that part.
 * This folder uses no store, socket or clock. */
#ifndef GH_RENDER_VALUE_H
#define GH_RENDER_VALUE_H

#include "base/civil_time.h"
#include "base/slice.h"

struct json;
struct buffer;
struct csv;

enum value_kind {
	VALUE_NULL,
	VALUE_INT,
	VALUE_BOOL,
	VALUE_TEXT,
	VALUE_ID,      /* a number shown as decimal text */
	VALUE_CIVIL,   /* "YYYY-MM-DD HH:MM:SS", a device's own digits */
	VALUE_DAY,     /* YYYYMMDD, as "YYYY-MM-DD" */
	VALUE_UTC,     /* seconds since 1970 as "2026-11-20T08:01:07Z" */
	VALUE_UTC_MS,  /* milliseconds since 1970 as "2026-11-20T08:01:07.412Z" */
	VALUE_FLAGS,   /* bits of `i`, shown as a list of their words */
	VALUE_JSON,    /* a JSON object in `s` */
	VALUE_LIST,    /* a JSON array of objects in `s` */
	VALUE_TEXTS,   /* a JSON array of texts in `s` */
	VALUE_NUMBERS, /* a JSON array of whole numbers in `s` */
	VALUE_RAW,     /* bytes of a device: text where they are UTF-8, otherwise base64 */
	VALUE_PATH, /* `s` followed by the number `i`: a path of the API, a code without a name */
	VALUE_KINDS
};

/* Word number i of an enumeration, static; NULL after the last. */
typedef const char *value_word_fn(size_t i);

struct value {
	enum value_kind kind;
	int64_t i;
	gh_slice s;	     /* borrowed from the row */
	value_word_fn *word; /* VALUE_FLAGS: of bit 0, bit 1 … */
	bool joined; /* VALUE_TEXTS and VALUE_NUMBERS: in a table's cell 1;2;3, and not [1,2,3] */
};

static inline struct value value_null(void)
{
	return (struct value){ .kind = VALUE_NULL };
}

static inline struct value value_of(enum value_kind kind, int64_t i)
{
	return (struct value){ .kind = kind, .i = i };
}

static inline struct value value_text(gh_slice s)
{
	return (struct value){ .kind = VALUE_TEXT, .s = s };
}

/* Null where there is nothing: an empty text, a time of 0. */
static inline struct value value_text_if(gh_slice s)
{
	return s.n ? value_text(s) : value_null();
}

static inline struct value value_ms_if(int64_t ms)
{
	return ms > 0 ? value_of(VALUE_UTC_MS, ms) : value_null();
}

static inline struct value value_raw(gh_slice s)
{
	return (struct value){ .kind = VALUE_RAW, .s = s };
}

/* How a VALUE_RAW of these bytes is written: "text" or "base64". */
struct value value_encoding(gh_slice s);
/* The words it may be. */
const char *value_encoding_word(size_t i);

void value_json(struct json *j, const struct value *v);
/* The same text without quotation marks; nothing for null. */
void value_plain(struct buffer *to, const struct value *v);
/* One cell; quoted where RFC 4180 requires it. A text that a spreadsheet would evaluate as a
 * formula is prefixed with an apostrophe. */
void value_csv(struct csv *to, const struct value *v);

#endif
