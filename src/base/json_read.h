/* The members of one object of JSON (RFC 8259), one after another, without a tree and without a heap: for lines
 * of NDJSON. */
#ifndef GH_BASE_GHI_JSON_H
#define GH_BASE_GHI_JSON_H

#include "base/err.h"
#include "base/slice.h"

/* Arrays and objects within each other. */
#define GHI_JSON_DEPTH 16

enum ghi_json_kind { GHI_JSON_TEXT, GHI_JSON_NUMBER, GHI_JSON_WORD, GHI_JSON_PARTS };

struct ghi_json_member {
	gh_slice name;
	enum ghi_json_kind kind;
	gh_slice
		value; /* a text without its escapes; a number, true, false, null, an array or an object as it
			   stands there */
};

struct ghi_json_members {
	gh_slice rest;
	uint8_t *to; /* room for as many bytes as the object has */
	bool begun;
};

static inline struct ghi_json_members ghi_json_members_of(gh_slice object, uint8_t *to)
{
	return (struct ghi_json_members){ .rest = object, .to = to };
}

/* GH_EEND: that was the last one, and nothing but blanks follows. GH_EMALFORMED: it is no object. */
GH_MUST_CHECK enum gh_err ghi_json_member_next(struct ghi_json_members *m,
					       struct ghi_json_member *out);

#endif
