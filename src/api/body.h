/* A JSON request body as a tree of values, in the request's arena. */
#ifndef GH_API_BODY_H
#define GH_API_BODY_H

#include "api/fault.h"
#include "base/arena.h"
#include "base/err.h"

/* Ceilings of what is read at all. A request's schema (schema.h) has narrower ones. */
#define BODY_DEPTH 16	   /* objects and arrays within each other */
#define BODY_VALUES 250000 /* about 64 bytes each */

enum body_kind {
	BODY_TEXT,
	BODY_INT,
	BODY_REAL, /* any number that is not whole */
	BODY_BOOL,
	BODY_NULL,
	BODY_OBJECT,
	BODY_ARRAY,
};

/* A value: the whole body, or a part of it. */
struct body {
	gh_slice name; /* of a member of an object */
	enum body_kind kind;
	gh_slice s;		 /* BODY_TEXT */
	int64_t i;		 /* BODY_INT, BODY_BOOL */
	const struct body *part; /* members of an object, items of an array */
	size_t parts;
};

/* The tree and its texts are in `a`. GH_EMALFORMED: not JSON, a name twice in an object, or over
 * a ceiling; `f` has the fault. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err body_parse(gh_slice text, struct arena *a, struct body *out,
				     struct fault *f);

/* A member of an object; NULL: there is none of that name, or it is no object. */
const struct body *body_find(const struct body *b, gh_slice name);

/* An object as JSON, in `a`, with what is secret hidden; for the audit. Empty: it is none, or has no
 * members. */
gh_slice body_json(const struct body *b, struct arena *a);

/* What an audit keeps of a request, and of what stood before it; of what is longer, {"tooLong":true}. */
#define BODY_JSON_BYTES 16384

#endif
