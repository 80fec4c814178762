/* /api/tokens: who may use the API. */
#include <stdio.h>

#include "api/audit_before.h"
#include "api/events.h"
#include "core/audit.h"
#include "core/commands.h"
#include "render/token.h"

/* --- making one --- */

struct making {
	struct call *c;
	struct audit_row audit;
	enum gh_err err;
	char text[TOKEN_TEXT];
	struct token t; /* as requested */
};

static void token_reply(void *ctx)
{
	struct making *m = ctx;
	struct call *c = m->c;

	if (m->err) {
		call_fail_err(c, m->err);
	} else {
		struct json j = call_data();
		uint8_t text[TOKEN_SCOPES_TEXT];
		struct ghi_writer scopes = ghi_writer_on(text, sizeof(text));

		token_scopes_write(&scopes, m->t.scopes);
		LOG(c->server->log, LOG_INFO, "token made", { "name", m->t.name },
		    { "scopes", ghi_written(&scopes) }, { "peer", http_peer(c->r) },
		    { "request", gh_slice_of(c->id) });
		m->t.created_ms = c->server->now_ms();
		json_object(&j);
		fields_json_inner(&j, &token_fields, &m->t);
		json_key(&j, "token");
		json_string(&j, gh_slice_of(m->text));
		json_object_end(&j);
		call_data_end(c, 200, &j);
	}
	explicit_bzero(m->text, sizeof(m->text));
}

/* On the store thread. */
static void token_made(void *ctx, enum gh_err err, int64_t id, const char *text)
{
	struct making *m = ctx;

	m->err = err;
	m->t.id = id;
	snprintf(m->text, sizeof(m->text), "%s", text ? text : "");
	http_resume_with(m->c->r, token_reply, m);
}

/* `scopes`, a list, or `scope` as it was before: each had what stood before it, but doors. False:
 * answered. */
static bool scopes_read(struct call *c, uint32_t *out)
{
	const struct body *list = body_find(c->body, GH_LIT("scopes")),
			  *one = body_find(c->body, GH_LIT("scope"));

	if (list && one) {
		call_fail_field(c, ERROR_field_invalid, "scope",
				"goes without \"scopes\"; send one of them");
		return false;
	}
	*out = TOKEN_SCOPE_BIT(one ? token_scope_of(one->s) : TOKEN_READ);
	if (*out & TOKEN_SCOPE_BIT(TOKEN_WRITE))
		*out |= TOKEN_SCOPE_BIT(TOKEN_READ);
	if (list == NULL)
		return true;
	*out = 0;
	for (size_t i = 0; i < list->parts; i++)
		*out |= TOKEN_SCOPE_BIT(token_scope_of(list->part[i].s));
	return true;
}

/* "SN:1 SN:2"; one that may do everything has no list. False: answered. */
static bool token_doors_take(struct call *c, struct token *t)
{
	const struct body *list = body_find(c->body, GH_LIT("doors"));
	size_t room = 0;

	for (size_t i = 0; list && i < list->parts; i++)
		room += list->part[i].s.n + 1;
	if (room == 0)
		return true;
	uint8_t *text = ghi_arena_alloc(call_arena(c), room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	for (size_t i = 0; i < list->parts && text; i++) {
		gh_slice one = list->part[i].s;
		const uint8_t *colon = memrchr(one.p, ':', one.n);

		if (colon == NULL || colon == one.p || colon + 1 == one.p + one.n ||
		    memchr(one.p, ' ', one.n)) {
			call_fail_field(c, ERROR_field_invalid, "doors",
					"must have doors, SN:NUMBER each");
			return false;
		}
		if (i)
			ghi_put_u8(&w, ' ');
		ghi_put(&w, one);
	}
	if (t->scopes & TOKEN_SCOPE_BIT(TOKEN_ADMIN)) {
		call_fail_field(c, ERROR_field_invalid, "doors",
				"does not go with the scope admin, which may do everything");
		return false;
	}
	if (text == NULL)
		call_fail_err(c, GH_ENOMEM);
	t->doors = ghi_written(&w);
	return text != NULL;
}

/* False: answered. */
static bool token_end_read(struct call *c, int64_t *out)
{
	const struct body *m = body_find(c->body, GH_LIT("expires"));
	ghi_civil t;

	if (m == NULL)
		return true;
	if (query_instant(m->s, &t) == GH_OK)
		*out = ghi_civil_to_seconds(t) * 1000;
	if (*out > c->server->now_ms())
		return true;
	call_fail_field(c, ERROR_field_invalid, "expires", "must be a moment to come");
	return false;
}

void handle_token_create(struct call *c)
{
	struct making *m = ghi_arena_alloc(call_arena(c), sizeof(*m));
	enum gh_err err;

	if (m == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	m->c = c;
	m->t.name = body_find(c->body, GH_LIT("name"))->s;
	/* It stands in orders and in the audit for what no one requested. */
	if (command_author_is_server(m->t.name)) {
		call_fail_field(c, ERROR_field_invalid, "name",
				"must be another one; this one stands for the server itself");
		return;
	}
	if (!token_end_read(c, &m->t.expires_ms) || !scopes_read(c, &m->t.scopes) ||
	    !token_doors_take(c, &m->t))
		return;
	m->audit = call_audit(c, "create_token");
	m->audit.after = body_json(c->body, call_arena(c));
	http_defer(c->r);
	err = token_make(c->server, c->api->tokens, m->t.name, m->t.scopes, m->t.doors,
			 m->t.expires_ms, NULL, &m->audit, token_made, m);
	if (err)
		token_made(m, err, 0, "");
}

/* --- revoking one --- */

struct census {
	int64_t id;
	size_t admins;
	bool is_admin;
	struct json before; /* the token, for the audit */
};

static bool census_add(void *ctx, const struct token *t)
{
	struct census *s = ctx;

	s->admins += token_scopes_hold(t->scopes, TOKEN_ADMIN);
	if (t->id != s->id)
		return true;
	s->is_admin = token_scopes_hold(t->scopes, TOKEN_ADMIN);
	fields_json(&s->before, &token_fields, t);
	return true;
}

/* A call that waits for the store; in the request's arena. */
struct revoking {
	struct call *c;
	struct audit_row audit;
	gh_slice before; /* the token as it was */
	enum gh_err err;
};

static void revoke_reply(void *ctx)
{
	struct call *c = ((struct revoking *)ctx)->c;
	enum gh_err err = ((struct revoking *)ctx)->err;

	if (err == GH_OK)
		events_check(c->api->events);
	if (err == GH_OK)
		LOG(c->server->log, LOG_INFO, "token revoked", { "id", call_path(c, PATH_id) },
		    { "peer", http_peer(c->r) }, { "request", gh_slice_of(c->id) });
	if (err == GH_OK)
		call_done(c, "Token revoked");
	else if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_token_unknown, "There is no token %.*s.",
			  GH_FMT(call_path(c, PATH_id)));
	else
		call_fail_err(c, err);
}

/* On the store thread. */
static void revoke_done(void *ctx, enum gh_err err)
{
	struct revoking *v = ctx;

	v->err = err;
	http_resume_with(v->c->r, revoke_reply, v);
}

/* Back on the listener's thread. Where the peer has left meanwhile, nothing is done. */
static void token_revoke_begin(struct call *c)
{
	struct revoking *v = c->task;
	enum gh_err err;
	int64_t id;

	if (!call_id(c, &id))
		return;
	v->audit = call_audit(c, "revoke_token");
	v->audit.subject = audit_subject_number(call_arena(c), "token", id);
	v->audit.before = v->before;
	if (!http_defer(c->r))
		return;
	err = token_revoke(c->server, c->api->tokens, id, &v->audit, revoke_done, v);
	if (err)
		revoke_done(v, err);
}

void handle_token_delete(struct call *c)
{
	struct store_reader *reader = call_reader(c);
	struct revoking *v = ghi_arena_alloc(call_arena(c), sizeof(*v));
	struct census s = { .before = json_with_limit(BODY_JSON_BYTES) };
	enum gh_err err;

	if (reader == NULL || !call_id(c, &s.id))
		return;
	err = c->server->db.ops->tokens_read(reader, census_add, &s);
	if (v) {
		v->c = c;
		v->before = ghi_arena_copy(call_arena(c), before_result(&s.before));
		c->task = v;
	}
	json_clear(&s.before);
	if (call_arena(c)->failed)
		err = GH_ENOMEM;
	if (err)
		call_fail_err(c, err);
	else if (s.is_admin && s.admins == 1)
		call_fail(c, ERROR_last_admin,
			  "This is the last token with scope admin; make another one first.");
	else
		c->then = token_revoke_begin;
}
