#include "api/caller.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "core/accounts.h"
#include "core/problems.h"

/* --- tokens --- */

static bool call_bearer(struct call *c, gh_slice token)
{
	struct token_grant grant;
	enum gh_err err = tokens_check(c->api->tokens, token, call_arena(c), &grant);

	if (err && err != GH_EAUTH) {
		call_fail_err(c, err);
		return false;
	}
	if (err) {
		LOG(c->server->log, LOG_WARNING, "token refused", { "peer", http_peer(c->r) },
		    { "request", gh_slice_of(c->id) });
		problem_raise(c->server, PROBLEM_TOKEN_REFUSED, http_peer(c->r),
			      "the latest: %.*s %s", GH_FMT(http_method(c->r)), c->route->path);
		http_add_header(c->r, "WWW-Authenticate",
				"Bearer realm=\"gatehouse\", error=\"invalid_token\"");
		call_fail(c, ERROR_token_refused, "This token is not known here.");
		return false;
	}
	c->token = grant.id;
	c->scopes = grant.scopes;
	c->who = grant.name;
	c->doors = grant.doors;
	return true;
}

/* Whether the token has one of the scopes of the route; otherwise answered 403 with the first of
 * them. */
static bool call_scope_check(struct call *c)
{
	uint32_t any_of = route_scopes[c->route->scope].any_of;

	for (enum token_scope s = 0; s < TOKEN_SCOPES; s++)
		if (any_of & TOKEN_SCOPE_BIT(s) && token_scopes_hold(c->scopes, s))
			return true;
	for (enum token_scope s = 0; s < TOKEN_SCOPES; s++) {
		if (!(any_of & TOKEN_SCOPE_BIT(s)))
			continue;
		call_fail_scope(c, s);
		break;
	}
	return false;
}

/* --- sessions --- */

gh_slice call_cookie(struct call *c)
{
	gh_slice name =
		gh_slice_of(c->api->settings.secure ? SESSION_COOKIE_TLS : SESSION_COOKIE);
	gh_slice all, one, key, value;

	if (!http_header(c->r, "Cookie", &all))
		return (gh_slice){ 0 };
	while (all.n) {
		gh_slice_cut(all, ';', &one, &all);
		if (gh_slice_cut(gh_slice_trim(one), '=', &key, &value) &&
		    gh_slice_eq(key, name))
			return value;
	}
	return (gh_slice){ 0 };
}

bool call_origin_foreign(struct call *c)
{
	gh_slice origin, host;
	const uint8_t *at;

	if (!http_header(c->r, "Origin", &origin))
		return false;
	if (!http_header(c->r, "Host", &host))
		return true;
	at = memmem(origin.p, origin.n, "://", 3);
	return at == NULL ||
	       !gh_slice_ieq(gh_slice_from(origin, (size_t)(at - origin.p) + 3), host);
}

static bool call_reads(const struct call *c)
{
	gh_slice method = http_method(c->r);

	return gh_slice_eq(method, GH_LIT("GET")) || gh_slice_eq(method, GH_LIT("HEAD"));
}

/* A cookie comes with whatever a browser is made to send; the header only with what this server's own page sends. */
static bool call_csrf_check(struct call *c, gh_slice cookie)
{
	char expected[SESSION_TEXT];
	gh_slice given;

	if (call_reads(c))
		return true;
	if (http_header(c->r, "X-Gatehouse-CSRF", &given) && given.n == SESSION_TEXT - 1 &&
	    session_csrf(cookie, expected) && CRYPTO_memcmp(expected, given.p, given.n) == 0 &&
	    !call_origin_foreign(c))
		return true;
	call_fail(c, ERROR_csrf_refused,
		  "A change by a session needs the header X-Gatehouse-CSRF of "
		  "that session, from a page of this server.");
	return false;
}

static bool call_role_check(struct call *c, enum role role)
{
	uint32_t roles = route_roles(c->route);
	char text[120] = "";
	size_t n = 0;

	if (roles & ROLE_BIT(role))
		return true;
	for (size_t i = 0; i < ROLES; i++)
		if (roles & ROLE_BIT(i) && n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
					      n ? " or " : "", role_word(i));
	call_audit_role(c, role_word(role));
	call_fail(c, ERROR_role_refused, "This needs the role %s; this account has %s.", text,
		  role_word(role));
	return false;
}

void call_grant_take(struct call *c, const struct session_grant *grant)
{
	c->session = grant->session;
	c->session_expires_ms = grant->expires_ms;
	c->account = grant->account;
	c->role = grant->role;
	c->scopes = role_scopes(grant->role);
	c->who = grant->name;
	c->area = grant->area;
	c->areas = grant->areas;
	c->rights = grant->rights;
}

static bool call_session(struct call *c, gh_slice cookie)
{
	struct session_grant grant;
	enum gh_err err = session_check(c->api->accounts, cookie, call_arena(c), &grant);

	if (err && err != GH_EAUTH) {
		call_fail_err(c, err);
		return false;
	}
	if (err) {
		call_fail(c, ERROR_session_over, "This session is over.");
		return false;
	}
	if (!call_csrf_check(c, cookie))
		return false;
	call_grant_take(c, &grant);
	return call_role_check(c, grant.role) && call_areas_check(c);
}

/* --- both --- */

bool call_permitted(struct call *c)
{
	gh_slice header, token = { 0 }, cookie;

	if (c->route->scope == ROUTE_SCOPE_NONE)
		return true;
	if (http_header(c->r, "Authorization", &header) &&
	    gh_slice_istarts(header, GH_LIT("Bearer ")))
		token = gh_slice_trim(gh_slice_from(header, 7));
	if (token.n)
		return call_bearer(c, token) && call_scope_check(c);
	cookie = call_cookie(c);
	if (cookie.n)
		return call_session(c, cookie);
	http_add_header(c->r, "WWW-Authenticate", "Bearer realm=\"gatehouse\"");
	call_fail(c, ERROR_token_missing, "Send a token: Authorization: Bearer TOKEN.");
	return false;
}

bool caller_valid(struct api *a, const struct caller *who)
{
	return who->session ? session_valid(a->accounts, who->session, who->rights)
			    : tokens_valid(a->tokens, who->token);
}
