/* /api/accounts and /api/setup: who may sign in, and the first of them. */
#include <stdio.h>

#include "api/access/resource.h"
#include "api/events.h"
#include "core/accounts.h"
#include "core/commands.h"
#include "core/password_rule.h"
#include "render/account.h"

/* What a call has besides its resource; in its arena. */
struct account_call {
	struct password_job job;
	struct call *c;
	bool hashed, setup;
	struct account_secret old; /* of who changes their own password: as it is */
	gh_slice folded;
	void (*run)(struct call *c, const struct resource *of);
	const struct resource *of;
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

struct logins {
	int64_t account, but;
	int64_t id[ACCOUNT_SESSIONS];
	size_t n;
};

static bool login_other_note(void *ctx, int64_t id, const void *record)
{
	struct logins *l = ctx;

	if (((const struct login *)record)->account == l->account && id != l->but)
		l->id[l->n++] = id;
	return l->n < ACCOUNT_SESSIONS;
}

/* All sessions of an account but one. */
static enum gh_err logins_drop_others(const struct store_ops *ops, struct store *s,
				      int64_t account, int64_t but)
{
	struct logins l = { .account = account, .but = but };
	enum gh_err err = ops->entities_each(s, ENTITY_LOGIN, login_other_note, &l);

	for (size_t i = 0; i < l.n && err == GH_OK; i++)
		err = ops->entity_delete(s, ENTITY_LOGIN, l.id[i]);
	return err;
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
	if (x->old.id)
		err = logins_drop_others(ops, s, c->id,
					 ((struct resource_call *)c->ctx)->c->session);
	else if (c->remove || model_has(a, ACCOUNT_password) ||
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
		accounts_enter(g->c->api->accounts, x->entry, x->old.id ? g->c->session : 0);
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

	x->hashed = true;
	if (x->job.err)
		call_fail_err(x->c, x->job.err);
	else
		x->run(x->c, x->of);
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
	const struct body *name = body_find(x->c->body, GH_LIT("name"));
	gh_slice of = x->old.id ? gh_slice_of(x->old.name) : name ? name->s : (gh_slice){ 0 };
	bool taken = password_take(&x->job, m->s) == GH_OK;
	const char *fault = taken ? password_fault(gh_slice_of(x->job.text), of) : NULL;

	if (taken && fault == NULL)
		return true;
	if (taken) {
		explicit_bzero(x->job.text, sizeof(x->job.text));
		call_fail_field(x->c, ERROR_field_invalid, "password", "%s", fault);
		return false;
	}
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
		run(c, x->of);
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
	x->of = setup ? &setup_resource : &account_resource;
	x->job.done = account_hash_done;
	x->job.ctx = x;
	if (m == NULL) {
		run(c, x->of);
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

/* --- the own password --- */

/* Back on the listener's thread, with the current one compared. */
static void own_password_compared(void *ctx)
{
	struct account_call *x = ctx;
	struct call *c = x->c;

	if (x->job.err == GH_EBUSY) {
		call_fail_err(c, x->job.err);
		return;
	}
	if (!x->job.fits) {
		call_audit_sign_in(c, c->account, c->who);
		call_fail_field(c, ERROR_password_wrong, "currentPassword",
				"is not the password of this account");
		return;
	}
	memset(&x->job, 0, sizeof(x->job));
	x->job.done = account_hash_done;
	x->job.ctx = x;
	if (!password_read(x, body_find(c->body, GH_LIT("password"))) || !http_defer(c->r))
		return;
	snprintf(x->job.party, sizeof(x->job.party), "%.*s", GH_FMT(http_peer(c->r)));
	if (password_put(accounts_passwords(c->api->accounts), &x->job)) {
		x->job.err = GH_EBUSY;
		account_hash_done(&x->job);
	}
}

/* The account of the call, as its path would have it. */
static gh_slice account_number_text(struct call *c)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)c->account);

	return ghi_arena_copy(call_arena(c), (gh_slice){ (const uint8_t *)text, (size_t)n });
}

/* On the thread of the passwords. */
static void own_password_done(struct password_job *job)
{
	struct account_call *x = job->ctx;

	if (job->err == GH_OK && !job->fits)
		sign_in_failed(x->c->api->accounts, http_peer(x->c->r), x->folded);
	http_resume_with(x->c->r, own_password_compared, x);
}

static bool own_password_open(struct account_call *x)
{
	struct call *c = x->c;
	struct accounts *as = c->api->accounts;
	gh_slice composed;

	x->folded = account_name_fold(c->who, call_arena(c), &composed);
	if (!account_secret_of(as, x->folded, &x->old) || x->old.id != c->account) {
		call_fail(c, ERROR_session_over, "This session is over.");
		return false;
	}
	if (!sign_in_open(as, http_peer(c->r), x->folded, c->account)) {
		http_add_header(c->r, "Retry-After", "60");
		call_fail(c, ERROR_too_many_tries, "Too many wrong tries; wait a minute.");
		return false;
	}
	return true;
}

void handle_session_password(struct call *c)
{
	struct account_call *x = c->extra;

	if (x) {
		/* The change is stored. */
		x->run(c, x->of);
		return;
	}
	if (c->session == 0) {
		call_fail(c, ERROR_wrong_state, "This call has a token, and no password.");
		return;
	}
	c->extra = x = ghi_arena_alloc(call_arena(c), sizeof(*x));
	if (x == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	x->c = c;
	x->run = resource_patch;
	x->of = &account_resource;
	x->job.done = own_password_done;
	x->job.ctx = x;
	c->path.value[PATH_id] = account_number_text(c);
	if (!own_password_open(x))
		return;
	snprintf(x->job.hash, sizeof(x->job.hash), "%s", x->old.hash);
	snprintf(x->job.party, sizeof(x->job.party), "%.*s", GH_FMT(http_peer(c->r)));
	/* What cannot be a password fits no hash. */
	if (password_take(&x->job, body_find(c->body, GH_LIT("currentPassword"))->s))
		x->job.text[0] = '\0';
	if (!http_defer(c->r))
		return;
	if (password_put(accounts_passwords(c->api->accounts), &x->job)) {
		x->job.err = GH_EBUSY;
		own_password_done(&x->job);
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
	if (setup_code_late(as)) {
		call_fail(c, ERROR_code_refused,
			  "The code of this server was good for an hour; a restart makes "
			  "another.");
	} else if (!setup_code(as, code)) {
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
