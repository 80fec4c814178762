/* /api/accounts and /api/setup: who may sign in, and the first of them. */
#include <stdio.h>

#include "api/access/resource.h"
#include "api/events.h"
#include "core/accounts.h"
#include "core/commands.h"
#include "render/account.h"

/* What a call has besides its resource; in its arena. */
struct account_call {
	struct password_job job;
	struct call *c;
	bool hashed, setup;
	void (*run)(struct call *c, const struct resource *of);
	struct account_entry *entry; /* made in the transaction, entered after it */
	bool gone;		     /* the account of this number is removed */
	int64_t id;
	bool last; /* it would leave no administrator */
	bool exists;
};

static struct account_call *account_call_of(const struct entity_change *x)
{
	return ((struct resource_call *)x->ctx)->c->extra;
}

/* --- bodies --- */

static void account_name_read(struct resource_call *g, const struct body *b, struct account *a)
{
	const struct body *m = body_find(b, GH_LIT("name"));
	gh_slice composed, folded;

	if (m == NULL)
		return;
	folded = account_name_fold(m->s, call_arena(g->c), &composed);
	if (folded.n == 0 || folded.n > ACCOUNT_NAME || composed.n > ACCOUNT_NAME)
		resource_fault(g, "name", "must be text of %d bytes at the most", ACCOUNT_NAME);
	else if (gh_slice_trim(composed).n != composed.n)
		resource_fault(g, "name", "must not begin or end with a blank");
	else if (command_author_is_server(composed))
		resource_fault(g, "name",
			       "must be another one; this one stands for the server itself");
	a->name = composed;
	a->folded = folded;
	resource_present(g, ACCOUNT_name);
	resource_present(g, ACCOUNT_folded);
}

static void account_body_read(struct resource_call *g, const struct body *b)
{
	struct account *a = (struct account *)&g->record;
	struct account_call *x = g->c->extra;

	account_name_read(g, b, a);
	resource_word(g, b, "role", ACCOUNT_role, role_word, &a->role);
	resource_bool(g, b, "disabled", ACCOUNT_disabled, &a->disabled);
	resource_numbers(g, b, "areas", ACCOUNT_areas, false, &a->areas);
	resource_link(g, b, "areas", RELATION_ACCOUNT_AREA, LINK_SET);
	if (x->setup)
		a->role = ROLE_ADMINISTRATOR;
	if (g->made) {
		a->created_ms = g->c->server->now_ms();
		resource_present(g, ACCOUNT_created_ms);
	}
	if (x->job.made[0] == '\0')
		return;
	a->password = gh_slice_of(x->job.made);
	a->password_ms = g->c->server->now_ms();
	resource_present(g, ACCOUNT_password);
	resource_present(g, ACCOUNT_password_ms);
}

/* --- in the transaction --- */

static bool account_see(void *ctx, int64_t id, const void *record)
{
	(void)id;
	(void)record;
	*(bool *)ctx = true;
	return false;
}

struct account_now {
	bool administrator;
	bool limited;
};

static bool account_now_see(void *ctx, int64_t id, const void *record)
{
	const struct account *a = record;
	struct account_now *now = ctx;

	(void)id;
	now->limited = a->areas.n > 2;
	now->administrator = a->role == ROLE_ADMINISTRATOR && a->disabled == 0 && !now->limited;
	return true;
}

/* An administrator who is not limited stays; the first account is the first. */
static enum gh_err account_check(struct entity_change *c, const struct store_ops *ops,
				 struct store *s, const void *record)
{
	const struct account *a = record;
	struct account_call *x = account_call_of(c);
	struct account_now now = { 0 };
	bool exists = false, other;
	enum gh_err err;

	if (c->id == 0) {
		err = x->setup ? ops->entities_each(s, ENTITY_ACCOUNT, account_see, &exists)
			       : GH_OK;
		c->refusal.why = exists ? "There is an account; sign in" : NULL;
		return exists ? GH_ESTATE : err;
	}
	err = ops->entity_hold(s, ENTITY_ACCOUNT, c->id, account_now_see, &now);
	if (err || !now.administrator)
		return err;
	bool limited = model_has(c->record ? c->record : a, ACCOUNT_areas) && a->areas.n > 2;

	if (!c->remove && a->role == ROLE_ADMINISTRATOR && a->disabled == 0 && !limited)
		return GH_OK;
	err = accounts_administrator_besides(ops, s, c->id, &other);
	if (err || other)
		return err;
	c->refusal.why = "This is the last administrator; make another one first";
	return GH_ESTATE;
}

static bool account_keep(void *ctx, int64_t id, const void *record)
{
	struct account_call *x = ctx;

	account_entry_free(x->entry);
	x->entry = account_entry_new(id, record);
	return true;
}

/* Sessions do not outlive the password by which they were begun. */
static enum gh_err account_then(struct entity_change *c, const struct store_ops *ops,
				struct store *s)
{
	struct account_call *x = account_call_of(c);
	const struct account *a = c->record;
	enum gh_err err = GH_OK;

	x->id = c->id;
	x->gone = c->remove;
	if (c->remove || model_has(a, ACCOUNT_password) ||
	    (model_has(a, ACCOUNT_disabled) && a->disabled))
		err = ops->entities_drop(s, ENTITY_LOGIN, LOGIN_account, c->id);
	if (err || c->remove)
		return err;
	err = ops->entity_hold(s, ENTITY_ACCOUNT, c->id, account_keep, x);
	return err == GH_OK && x->entry == NULL ? GH_ENOMEM : err;
}

/* On the store thread, after the commit. */
static void account_stored(struct resource_call *g)
{
	struct account_call *x = g->c->extra;

	if (g->change.err) {
		account_entry_free(x->entry);
	} else if (x->gone) {
		accounts_remove(g->c->api->accounts, x->id);
	} else if (x->entry) {
		accounts_enter(g->c->api->accounts, x->entry);
	}
	x->entry = NULL;
	if (g->change.err == GH_OK)
		events_check(g->c->api->events);
}

static const struct resource account_resource = {
	.kind = ENTITY_ACCOUNT,
	.fields = &account_fields,
	.one = "account",
	.used_by = "sessions",
	.key = "name",
	.unknown = ERROR_account_unknown,
	.in_use = ERROR_last_administrator,
	.read = account_body_read,
	.check = account_check,
	.then = account_then,
	.stored = account_stored,
};

static const struct resource setup_resource = {
	.kind = ENTITY_ACCOUNT,
	.fields = &account_fields,
	.one = "account",
	.used_by = "sessions",
	.key = "name",
	.unknown = ERROR_account_unknown,
	.in_use = ERROR_setup_closed,
	.read = account_body_read,
	.check = account_check,
	.then = account_then,
	.stored = account_stored,
};

/* --- the password is hashed first --- */

static void account_hashed(void *ctx)
{
	struct account_call *x = ctx;
	const struct resource *of = x->setup ? &setup_resource : &account_resource;

	x->hashed = true;
	if (x->job.err)
		call_fail_err(x->c, x->job.err);
	else
		x->run(x->c, of);
}

/* On the thread of the passwords. */
static void account_hash_done(struct password_job *job)
{
	struct account_call *x = job->ctx;

	http_resume_with(x->c->r, account_hashed, x);
}

/* Answered where it may not be. */
static bool password_read(struct account_call *x, const struct body *m)
{
	if (password_take(&x->job, m->s) == GH_OK)
		return true;
	call_fail_field(x->c, ERROR_field_invalid, "password",
			"must be text of %d bytes at the most", PASSWORD_BYTES);
	return false;
}

static void account_begin(struct call *c, bool setup,
			  void (*run)(struct call *c, const struct resource *of))
{
	const struct body *m = c->body ? body_find(c->body, GH_LIT("password")) : NULL;
	struct account_call *x = c->extra;

	if (x) {
		/* The change is stored. */
		run(c, x->setup ? &setup_resource : &account_resource);
		return;
	}
	c->extra = x = ghi_arena_alloc(call_arena(c), sizeof(*x));
	if (x == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	x->c = c;
	x->run = run;
	x->setup = setup;
	x->job.done = account_hash_done;
	x->job.ctx = x;
	if (m == NULL) {
		run(c, &account_resource);
		return;
	}
	if (!password_read(x, m))
		return;
	snprintf(x->job.party, sizeof(x->job.party), "%.*s", GH_FMT(http_peer(c->r)));
	if (!http_defer(c->r))
		return;
	/* Once it is taken, the request may have ended before this returns. */
	if (password_put(accounts_passwords(c->api->accounts), &x->job)) {
		x->job.err = GH_EBUSY;
		account_hash_done(&x->job);
	}
}

void handle_account_get(struct call *c)
{
	resource_get(c, &account_resource);
}

void handle_account_create(struct call *c)
{
	if (c->extra == NULL && accounts_count(c->api->accounts) >= ACCOUNTS_MOST)
		call_fail(c, ERROR_too_many_accounts,
			  "There are %d accounts, as many as may be.", ACCOUNTS_MOST);
	else
		account_begin(c, false, resource_create);
}

void handle_account_patch(struct call *c)
{
	account_begin(c, false, resource_patch);
}

void handle_account_delete(struct call *c)
{
	account_begin(c, false, resource_delete);
}

/* --- the first account --- */

void handle_setup_get(struct call *c)
{
	struct json j = call_data();
	char code[SETUP_CODE];

	json_object(&j);
	json_key(&j, "open");
	json_bool(&j, setup_code(c->api->accounts, code));
	explicit_bzero(code, sizeof(code));
	json_key(&j, "passwordLeast");
	json_int(&j, PASSWORD_LEAST);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}

/* Guesses are counted as wrong passwords of no account. */
void handle_setup(struct call *c)
{
	struct accounts *as = c->api->accounts;
	gh_slice peer = http_peer(c->r), of_setup = GH_LIT("\nsetup");
	char code[SETUP_CODE];

	if (c->extra) {
		account_begin(c, true, resource_create);
		return;
	}
	if (!setup_code(as, code)) {
		call_fail(c, ERROR_setup_closed, "There is an account; sign in.");
	} else if (!sign_in_open(as, peer, of_setup, 0)) {
		http_add_header(c->r, "Retry-After", "60");
		call_fail(c, ERROR_too_many_tries, "Too many wrong tries; wait a minute.");
	} else if (!setup_code_fits(as, body_find(c->body, GH_LIT("code"))->s)) {
		sign_in_failed(as, peer, of_setup);
		call_fail(c, ERROR_code_refused, "This is not the code of this server.");
	} else {
		c->who = body_find(c->body, GH_LIT("name"))->s;
		c->setup = true;
		account_begin(c, true, resource_create);
	}
	explicit_bzero(code, sizeof(code));
}

/* --- roles --- */

void handle_roles(struct call *c)
{
	struct json j = call_data();

	json_object(&j);
	json_key(&j, "roles");
	json_array(&j);
	for (size_t i = 0; i < ROLES; i++) {
		json_object(&j);
		json_key(&j, "role");
		json_string(&j, gh_slice_of(role_word(i)));
		json_key(&j, "about");
		json_string(&j, gh_slice_of(role_about(i)));
		json_key(&j, "scopes");
		json_array(&j);
		for (size_t s = 0; s < TOKEN_SCOPES; s++)
			if (role_scopes(i) & TOKEN_SCOPE_BIT(s))
				json_string(&j, gh_slice_of(token_scope_word(s)));
		json_array_end(&j);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}
