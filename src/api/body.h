/* A JSON request body: one flat object, checked against the table of its fields. */
#ifndef GH_API_BODY_H
#define GH_API_BODY_H

#include "api/fault.h"
#include "base/arena.h"

struct call;

#define BODY_MEMBERS 48

enum body_kind { BODY_TEXT, BODY_INT, BODY_BOOL, BODY_NULL, BODY_OTHER };

struct body_member {
	gh_slice name;
	enum body_kind kind;
	gh_slice s;
	int64_t i; /* BODY_INT, BODY_BOOL */
};

struct body {
	struct body_member member[BODY_MEMBERS];
	size_t n;
};

/* One field that a body may have. The range is that of a number, or of a text's length in
 * bytes. */
struct body_field {
	const char *name;
	enum body_kind kind;
	bool required;
	int64_t least, most;
	const char *about;
};

struct body_schema {
	const char *name; /* in the OpenAPI document */
	const struct body_field *field;
	size_t n;
	bool open; /* more fields may be there; the handler checks them */
};

/* Text is copied to `a`. GH_EMALFORMED: not a JSON object, or too many members; `f` says what. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err body_parse(gh_slice text, struct arena *a, struct body *out,
				     struct fault *f);
const struct body_member *body_find(const struct body *b, gh_slice name);

/* Check a body against its schema. GH_EINVALID: `f` names the field and what is wrong. */
GH_MUST_CHECK enum gh_err body_check(const struct body *b, const struct body_schema *schema,
				     struct fault *f);

/* Whether no text in it holds control characters; answered 400 where one does. */
bool body_printable(struct call *c, const struct body *b);

/* The request's body, read and checked; NULL and answered 400 when it is not good. */
const struct body *call_body(struct call *c, const struct body_schema *schema);

#endif
