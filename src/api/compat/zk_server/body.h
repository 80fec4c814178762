/* Bodies of orders, made of what the predecessor's callers send. They are in the request's arena. */
#ifndef GH_API_COMPAT_ZK_SERVER_BODY_H
#define GH_API_COMPAT_ZK_SERVER_BODY_H

#include "api/call.h"

#define MADE_PARTS 12

/* An object that is put together. */
struct made_body {
	struct arena *arena;
	struct body part[MADE_PARTS];
	size_t n;
	bool failed; /* no memory */
};

struct made_body made_body(struct call *c);
void made_text(struct made_body *m, const char *name, gh_slice s);
void made_number(struct made_body *m, const char *name, int64_t i);
void made_part(struct made_body *m, const char *name, const struct body *part);
/* The object; NULL: no memory. */
const struct body *made_object(struct made_body *m);

/* A text, or the digits of a number that stands for it; empty: NULL or another kind. */
gh_slice body_scalar(struct call *c, const struct body *b);
/* The same of a member. */
gh_slice body_member_scalar(struct call *c, const struct body *b, gh_slice name);
/* A number, or the digits that stand for it; `otherwise` where there is none. */
int64_t body_member_number(const struct body *b, gh_slice name, int64_t otherwise);

/* {"deviceSerial", "person"} of a `userInfo`: what is absent stays as the device has it. NULL: no memory. */
const struct body *person_order_body(struct call *c, gh_slice serial, const struct body *info);

#endif
