/* A JSON writer without a tree, for lists that are too long to hold in memory. Documents that
 * are read or built in pieces use jansson instead. */
#ifndef GH_BASE_JSON_H
#define GH_BASE_JSON_H

#include "base/buffer.h"

/* jansson has functions of the same names: these have other names for the linker, and a source
 * file includes only one of the two headers. */
#define json_object ghi_json_object
#define json_array ghi_json_array
#define json_string ghi_json_string
#define json_null ghi_json_null

/* Writes into a buffer of its own. The buffer's error is the writer's: after it nothing more is
 * written. Between two documents other text may be added to the buffer. */
struct json {
	struct buffer text;
	bool comma; /* the next value at this depth needs one */
};

static inline struct json json_with_limit(size_t limit)
{
	return (struct json){ .text = buffer_with_limit(limit) };
}

static inline void json_clear(struct json *j)
{
	buffer_clear(&j->text);
	j->comma = false;
}

static inline gh_slice json_text(const struct json *j)
{
	return buffer_text(&j->text);
}

/* The next value begins another document. */
static inline void json_begin(struct json *j)
{
	j->comma = false;
}

void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);

/* Bytes that are not UTF-8 become U+FFFD; control characters are escaped. */
void json_string(struct json *j, gh_slice s);
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
/* Text that is already JSON. */
void json_raw(struct json *j, gh_slice s);
/* Seconds or milliseconds since 1970 as "2026-11-20T08:01:07Z" / "…07.412Z". */
void json_utc(struct json *j, int64_t seconds);
void json_utc_ms(struct json *j, int64_t ms);

#endif
