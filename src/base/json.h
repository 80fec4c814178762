/* JSON written as it comes, for lists too long to hold as a tree. Documents that are read
 * or built in pieces use jansson instead. */
#ifndef GH_BASE_JSON_H
#define GH_BASE_JSON_H

#include "base/err.h"
#include "base/slice.h"

/* jansson has functions of these names, too: to the linker ours go by others, and a source
 * file includes one of the two headers. */
#define json_object ghi_json_object
#define json_array ghi_json_array
#define json_string ghi_json_string
#define json_null ghi_json_null

/* Grows on the heap up to `limit` bytes; after an error (GH_ETOOBIG, GH_ENOMEM) nothing more is
 * written. */
struct json {
	uint8_t *p;
	size_t n, cap, limit;
	enum gh_err err;
	bool comma; /* the next value at this depth needs one */
};

struct json json_with_limit(size_t limit);
void json_clear(struct json *j);
static inline gh_slice json_text(const struct json *j)
{
	return (gh_slice){ j->p, j->n };
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
/* Text that is JSON already. */
void json_raw(struct json *j, gh_slice s);
/* Seconds or milliseconds since 1970 as "2026-11-20T08:01:07Z" / "…07.412Z". */
void json_utc(struct json *j, int64_t seconds);
void json_utc_ms(struct json *j, int64_t ms);

#endif
