/* Tables of fields: what a resource shows, once for every form in which it is printed. */
#ifndef GH_RENDER_FIELD_H
#define GH_RENDER_FIELD_H

#include "render/value.h"

struct field {
	const char *name;
	const char *key; /* the name as JSON has it behind another member: ,"name": */
	enum value_kind kind;
	bool nullable;
	bool hidden;	     /* a secret: part of the row and shown nowhere */
	uint8_t bit;	     /* of a model record: its presence bit */
	uint16_t offset;     /* of the member in the row, where there is one */
	const char *about;   /* for the OpenAPI document */
	value_word_fn *word; /* the values there are, where they are words */
	struct value (*get)(const struct field *f, const void *row);
};

struct fields {
	const char *name; /* of the schema in the OpenAPI document */
	const struct field *field;
	size_t n;
	const struct fields *first; /* a table of the same row whose fields come before; may be
				     * NULL */
};

/* A table is a .def file of these rows, included in an array while ROW names the struct:
 *   FIELD_AT(name, KIND, always|nullable, about, member)
 *   FIELD_WORD(name, always|nullable, about, member, words)   a number shown as its word
 *   FIELD_FLAGS(name, about, member, words)                   bits shown as their words
 *   FIELD_BY_FLAGS(name, about, accessor, words)              a function that gives the bits
 *   FIELD_BY(name, KIND, always|nullable, about, accessor)    a function of field and row
 *   FIELD_BY_WORD(name, always|nullable, about, accessor, words)   the same, of which `words`
 *                                                             has all the texts there are
 * A member that is nullable is null where it holds nothing: an empty text, a time of 0. */
enum { always = 0, nullable = 1 };

#define FIELD_KEY(name) ",\"" name "\":"

#define FIELD_AT(json, value, null, text, member) \
	{ .name = #json,                          \
	  .key = FIELD_KEY(#json),                \
	  .kind = VALUE_##value,                  \
	  .nullable = null,                       \
	  .about = text,                          \
	  .offset = offsetof(ROW, member),        \
	  .get = FIELD_READER(member) },
#define FIELD_WORD(json, null, text, member, words) \
	{ .name = #json,                            \
	  .key = FIELD_KEY(#json),                  \
	  .kind = VALUE_TEXT,                       \
	  .nullable = null,                         \
	  .about = text,                            \
	  .offset = offsetof(ROW, member),          \
	  .word = words,                            \
	  .get = FIELD_READER(member) },
#define FIELD_FLAGS(json, text, member, words) \
	{ .name = #json,                       \
	  .key = FIELD_KEY(#json),             \
	  .kind = VALUE_FLAGS,                 \
	  .about = text,                       \
	  .offset = offsetof(ROW, member),     \
	  .word = words,                       \
	  .get = FIELD_READER(member) },
#define FIELD_BY_FLAGS(json, text, accessor, words) \
	{ .name = #json,                            \
	  .key = FIELD_KEY(#json),                  \
	  .kind = VALUE_FLAGS,                      \
	  .about = text,                            \
	  .word = words,                            \
	  .get = accessor },
#define FIELD_BY_WORD(json, null, text, accessor, words) \
	{ .name = #json,                                 \
	  .key = FIELD_KEY(#json),                       \
	  .kind = VALUE_TEXT,                            \
	  .nullable = null,                              \
	  .about = text,                                 \
	  .word = words,                                 \
	  .get = accessor },
#define FIELD_BY(json, value, null, text, accessor) \
	{ .name = #json,                            \
	  .key = FIELD_KEY(#json),                  \
	  .kind = VALUE_##value,                    \
	  .nullable = null,                         \
	  .about = text,                            \
	  .get = accessor },

/* By the type of the member; an enum is read as what it is stored as. */
#define FIELD_READER(member)                 \
	_Generic(((ROW *)0)->member, int64_t \
		 : field_read_i64, uint64_t  \
		 : field_read_i64, int32_t   \
		 : field_read_i32, uint32_t  \
		 : field_read_u32, bool      \
		 : field_read_bool, gh_slice \
		 : field_read_slice)

struct value field_read_i64(const struct field *f, const void *row);
struct value field_read_i32(const struct field *f, const void *row);
struct value field_read_u32(const struct field *f, const void *row);
struct value field_read_bool(const struct field *f, const void *row);
struct value field_read_slice(const struct field *f, const void *row);

/* The word of a number of a field that has words; null, or "unknown", where there is none. */
struct value field_word_value(const struct field *f, int64_t n);

/* What a field shows of a row; a hidden one is null. */
struct value field_value(const struct field *f, const void *row);

/* Every field that is shown, in order: begin with *at 0 and stop at NULL. */
const struct field *fields_next(const struct fields *f, size_t *at);
/* By name; NULL: none, or hidden. */
const struct field *fields_find(const struct fields *f, gh_slice name);

/* All fields of a row as one object. */
void fields_json(struct json *j, const struct fields *f, const void *row);
/* The keys and values alone, for an object that holds more. */
void fields_json_inner(struct json *j, const struct fields *f, const void *row);
/* The object and a line feed: one line of ndjson. */
void fields_ndjson(struct json *to, const struct fields *f, const void *row);
void fields_csv_head(struct csv *to, const struct fields *f);
void fields_csv(struct csv *to, const struct fields *f, const void *row);

#endif
