/* What answers are made of: a resource is a table of fields, and each field gives its JSON key,
 * its column in CSV, its place in the OpenAPI document, and the value itself. */
#ifndef GH_API_VALUE_H
#define GH_API_VALUE_H

#include "base/civil_time.h"
#include "base/json.h"

enum value_kind {
	VALUE_NULL,
	VALUE_INT,
	VALUE_BOOL,
	VALUE_TEXT,
	VALUE_ID,     /* a number shown as decimal text */
	VALUE_CIVIL,  /* "YYYY-MM-DD HH:MM:SS", a device's own digits */
	VALUE_UTC,    /* seconds since 1970 as "2026-11-20T08:01:07Z" */
	VALUE_UTC_MS, /* milliseconds since 1970 as "2026-11-20T08:01:07.412Z" */
	VALUE_FLAGS,  /* bits of `i`, shown as a list of their names */
	VALUE_JSON,   /* a JSON object in `s` */
	VALUE_RAW,    /* bytes of a device: text where they are UTF-8, otherwise base64 */
	VALUE_KINDS
};

struct value {
	enum value_kind kind;
	int64_t i;
	gh_slice s;		  /* borrowed from the row */
	const char *const *names; /* VALUE_FLAGS: of bit 0, bit 1 …, ended by NULL */
};

struct field {
	const char *name;
	enum value_kind kind;
	bool nullable;
	const char *about;
	struct value (*get)(const void *row);
};

struct fields {
	const char *name; /* of the schema in the OpenAPI document */
	const struct field *field;
	size_t n;
};

/* A resource's .def holds FIELD(name, KIND, always|nullable, about, expression); the
 * expression sees the row as `r`. */
enum { always = 0, nullable = 1 };
#define FIELD_GETTER(type, prefix, name, expression)               \
	static struct value get_##prefix##_##name(const void *row) \
	{                                                          \
		const type *r = row;                               \
		return expression;                                 \
	}
#define FIELD_ROW(prefix, name, kind, null, about)                      \
	{                                                               \
#name, VALUE_##kind, null, about, get_##prefix##_##name \
	}

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

void value_json(struct json *j, const struct value *v);
/* One cell; quoted where RFC 4180 asks for it. */
void value_csv(struct json *to, const struct value *v);

/* All fields of a row as one object. */
void fields_json(struct json *j, const struct fields *f, const void *row);
/* The keys and values alone, for an object that holds more. */
void fields_json_inner(struct json *j, const struct fields *f, const void *row);
void fields_csv_head(struct json *to, const struct fields *f);
void fields_csv(struct json *to, const struct fields *f, const void *row);

#endif
