/* Who makes a call: a program with a token, or a person with a session, and what they may do. */
#ifndef GH_API_CALLER_H
#define GH_API_CALLER_H

#include "api/call.h"
#include "core/accounts.h"

#define SESSION_COOKIE "gatehouse_session"
/* Under TLS: browsers take it from this host alone, and never over plain HTTP. */
#define SESSION_COOKIE_TLS "__Host-gatehouse_session"

/* Whether the route may be used; false: answered. Sets who calls. */
bool call_permitted(struct call *c);

/* The call is made by the account of a session; the name and areas of *grant live as long as the call. */
void call_grant_take(struct call *c, const struct session_grant *grant);

/* The cookie of a session that came with the request; empty: none. */
gh_slice call_cookie(struct call *c);
/* A page of another site may have sent it: `Origin` is there, and is not this host. */
bool call_origin_foreign(struct call *c);

/* Whether the token or the session of an earlier call still holds. From any thread. */
bool caller_valid(struct api *a, const struct caller *who);

#endif
