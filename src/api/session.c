/* /api/session and /api/sessions: people who sign in with a password. */
#include <stdio.h>

#include "api/caller.h"
#include "api/events.h"
#include "core/accounts.h"
#include "core/audit.h"

static void session_roles_write(struct json *j, uint32_t scopes)
{
	json_key(j, "scopes");
	json_array(j);
	for (size_t s = 0; s < TOKEN_SCOPES; s++)
		if (scopes & TOKEN_SCOPE_BIT(s))
			json_string(j, gh_slice_of(token_scope_word(s)));
	json_array_end(j);
}

/* Who calls, for GET and after signing in. A token has no role, and no end by which it is to be prolonged. */
static void session_write(struct call *c, gh_slice cookie)
{
	struct json j = call_data();
	char csrf[SESSION_TEXT] = "";

	json_object(&j);
	json_key(&j, "kind");
	json_string(&j, c->account ? GH_LIT("account") : GH_LIT("token"));
	json_key(&j, "id");
	json_int(&j, c->account ? c->account : c->token);
	json_key(&j, "name");
	json_string(&j, c->who);
	json_key(&j, "role");
	if (c->account)
		json_string(&j, gh_slice_of(role_word(c->role)));
	else
		json_null(&j);
	session_roles_write(&j, c->scopes);
	json_key(&j, "areas");
	json_array(&j);
	for (size_t i = 0; i < c->areas; i++)
		json_int(&j, c->area[i]);
	json_array_end(&j);
	json_key(&j, "csrf");
	if (cookie.n && session_csrf(cookie, csrf))
		json_string(&j, gh_slice_of(csrf));
	else
		json_null(&j);
	json_key(&j, "expiresAt");
	if (c->session_expires_ms)
		json_utc_ms(&j, c->session_expires_ms);
	else
		json_null(&j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}

void handle_session_get(struct call *c)
{
	session_write(c, c->session ? call_cookie(c) : (gh_slice){ 0 });
}

/* --- signing in --- */

struct sign_in {
	struct password_job job;
	struct call *c;
	gh_slice folded, shown;
	struct account_secret account; /* 0: there is none */
	struct audit_row audit;
	enum gh_err err;
	char cookie[SESSION_TEXT];
};

static void cookie_set(struct call *c, const char *value, long seconds)
{
	bool secure = c->api->settings.secure;
	char text[200];

	snprintf(text, sizeof(text), "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%ld%s",
		 secure ? SESSION_COOKIE_TLS : SESSION_COOKIE, value, seconds,
		 secure ? "; Secure" : "");
	http_add_header(c->r, "Set-Cookie", text);
	explicit_bzero(text, sizeof(text));
}

/* The same for an unknown name, a password that does not fit, and an account that is disabled. */
static void sign_in_refuse(struct sign_in *s)
{
	struct call *c = s->c;

	LOG(c->server->log, LOG_WARNING, "sign-in refused", { "peer", http_peer(c->r) },
	    { "request", gh_slice_of(c->id) });
	call_fail(c, ERROR_sign_in_refused, "The name or the password is wrong.");
}

static void sign_in_wait(struct call *c)
{
	http_add_header(c->r, "Retry-After", "60");
	call_fail(c, ERROR_too_many_tries, "Too many wrong tries; wait a minute.");
}

/* Back on the listener's thread. */
static void sign_in_reply(void *ctx)
{
	struct sign_in *s = ctx;
	struct call *c = s->c;
	struct session_grant grant;
	gh_slice cookie = gh_slice_of(s->cookie);

	if (s->err == GH_EAUTH) {
		sign_in_refuse(s);
		return;
	}
	if (s->err == GH_OK)
		s->err = session_check(c->api->accounts, cookie, call_arena(c), &grant);
	if (s->err) {
		call_fail_err(c, s->err);
		return;
	}
	LOG(c->server->log, LOG_INFO, "signed in", { "name", grant.name },
	    { "peer", http_peer(c->r) }, { "request", gh_slice_of(c->id) });
	call_grant_take(c, &grant);
	cookie_set(c, s->cookie, (long)(ACCOUNT_LIFE_MS / 1000));
	session_write(c, cookie);
	explicit_bzero(s->cookie, sizeof(s->cookie));
}

/* On the store thread. */
static void sign_in_stored(void *ctx, enum gh_err err, const char *cookie)
{
	struct sign_in *s = ctx;

	s->err = err;
	snprintf(s->cookie, sizeof(s->cookie), "%s", cookie ? cookie : "");
	http_resume_with(s->c->r, sign_in_reply, s);
}

/* Back on the listener's thread, with the password compared. */
static void sign_in_compared(void *ctx)
{
	struct sign_in *s = ctx;
	struct call *c = s->c;

	if (s->job.err == GH_EBUSY) {
		sign_in_wait(c);
		return;
	}
	if (s->account.id == 0 || !s->job.fits) {
		call_audit_sign_in(c, s->account.id, s->shown);
		sign_in_refuse(s);
		return;
	}
	c->account = s->account.id;
	c->who = s->shown = gh_slice_of(s->account.name);
	s->audit = call_audit(c, "sign_in");
	s->audit.subject = audit_subject_number(call_arena(c), "account", s->account.id);
	if (!http_defer(c->r))
		return;
	/* Once it is taken, the request may have ended before this returns. */
	enum gh_err err = session_begin(c->api->accounts, &s->account, s->shown,
					http_peer(c->r), &s->audit, sign_in_stored, s);

	if (err)
		sign_in_stored(s, err, NULL);
}

/* On the thread of the passwords: looked at again, since others may have failed while it waited. */
static bool sign_in_still(struct password_job *job)
{
	struct sign_in *s = job->ctx;

	return sign_in_open(s->c->api->accounts, http_peer(s->c->r), s->folded, s->account.id);
}

static void sign_in_done(struct password_job *job)
{
	struct sign_in *s = job->ctx;

	if (job->err == GH_OK && (s->account.id == 0 || !job->fits))
		sign_in_failed(s->c->api->accounts, http_peer(s->c->r), s->folded);
	http_resume_with(s->c->r, sign_in_compared, s);
}

void handle_session_create(struct call *c)
{
	struct accounts *as = c->api->accounts;
	gh_slice password = body_find(c->body, GH_LIT("password"))->s;
	struct sign_in *s = ghi_arena_alloc(call_arena(c), sizeof(*s));

	if (call_origin_foreign(c)) {
		call_fail(c, ERROR_csrf_refused, "Sign in from a page of this server.");
		return;
	}
	if (s == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	s->c = c;
	s->folded = account_name_fold(body_find(c->body, GH_LIT("name"))->s, call_arena(c),
				      &s->shown);
	/* What cannot be a password is compared with a hash that no password has, so that it takes as long. */
	if (!account_secret_of(as, s->folded, &s->account) ||
	    password_take(&s->job, password) != GH_OK)
		s->account.id = 0;
	snprintf(s->job.hash, sizeof(s->job.hash), "%s",
		 s->account.id ? s->account.hash : password_dummy(accounts_passwords(as)));
	snprintf(s->job.party, sizeof(s->job.party), "%.*s", GH_FMT(http_peer(c->r)));
	s->job.still = sign_in_still;
	s->job.done = sign_in_done;
	s->job.ctx = s;
	if (!sign_in_open(as, http_peer(c->r), s->folded, s->account.id)) {
		sign_in_wait(c);
		return;
	}
	http_defer(c->r);
	if (password_put(accounts_passwords(as), &s->job)) {
		http_add_header(c->r, "Retry-After", "1");
		call_fail_err(c, GH_EBUSY);
		http_resume(c->r);
	}
}

/* --- the end of one --- */

struct sign_out {
	struct call *c;
	struct audit_row audit;
	enum gh_err err;
	bool own;
};

static void sign_out_reply(void *ctx)
{
	struct sign_out *s = ctx;
	struct call *c = s->c;

	if (s->err == GH_OK)
		events_check(c->api->events);
	if (s->own && (s->err == GH_OK || s->err == GH_ENOTFOUND))
		cookie_set(c, "", 0);
	if (s->err == GH_OK || (s->own && s->err == GH_ENOTFOUND))
		call_done(c, "The session is over");
	else if (s->err == GH_ENOTFOUND)
		call_fail(c, ERROR_session_unknown, "There is no session %.*s.",
			  GH_FMT(call_path(c, PATH_id)));
	else
		call_fail_err(c, s->err);
}

/* On the store thread. */
static void sign_out_done(void *ctx, enum gh_err err)
{
	struct sign_out *s = ctx;

	s->err = err;
	http_resume_with(s->c->r, sign_out_reply, s);
}

static void sign_out_begin(struct call *c, int64_t id, bool own)
{
	struct sign_out *s = ghi_arena_alloc(call_arena(c), sizeof(*s));

	if (s == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	s->c = c;
	s->own = own;
	s->audit = call_audit(c, own ? "sign_out" : "end_session");
	s->audit.subject = audit_subject_number(call_arena(c), "session", id);
	if (!http_defer(c->r))
		return;
	enum gh_err err = session_end(c->api->accounts, id, &s->audit, sign_out_done, s);

	if (err)
		sign_out_done(s, err);
}

void handle_session_delete(struct call *c)
{
	if (c->session)
		sign_out_begin(c, c->session, true);
	else
		call_fail(c, ERROR_wrong_state, "This call has a token, and no session.");
}

void handle_session_end(struct call *c)
{
	int64_t id;

	if (call_id(c, &id))
		sign_out_begin(c, id, false);
}
