/* Rows of the audit for what a call does, or is refused. */
#include "core/audit.h"

#include <ctype.h>
#include <stdio.h>

#include "api/call.h"
#include "core/limiter.h"
#include "core/server_clock.h"

struct audit_row call_audit(const struct call *c, const char *action)
{
	return (struct audit_row){
		.at_ms = c->server->now_ms(),
		.actor = c->account || c->setup ? AUDIT_ACCOUNT : AUDIT_TOKEN,
		.actor_id = c->account ? c->account : c->token,
		.by = c->who,
		.from = http_peer(c->r),
		.action = gh_slice_of(action),
		.outcome = AUDIT_DONE,
	};
}

/* "openDoor", and "openDoorById", is "open_door". */
static gh_slice action_of_operation(struct arena *a, const char *operation)
{
	size_t room = 2 * strlen(operation);
	uint8_t *text = ghi_arena_alloc(a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	for (; *operation && text; operation++) {
		if (*operation >= 'A' && *operation <= 'Z')
			ghi_put_u8(&w, '_');
		ghi_put_u8(&w, (uint8_t)tolower((unsigned char)*operation));
	}
	gh_slice action = ghi_written(&w);

	if (action.n > 6 && memcmp(action.p + action.n - 6, "_by_id", 6) == 0)
		action.n -= 6;
	return action;
}

/* What the path names: a door, a device, or the path itself. */
static gh_slice subject_of_path(struct call *c)
{
	gh_slice door = call_path(c, PATH_door), sn = call_path(c, PATH_sn),
		 n = call_path(c, PATH_n);
	struct arena *a = call_arena(c);
	int64_t number = 0;

	for (size_t i = 0; i < n.n && i < 9; i++)
		number = number * 10 + (n.p[i] - '0');
	if (door.n)
		return audit_subject(a, "door", door);
	if (sn.n && n.n)
		return audit_subject_door(a, sn, number);
	if (sn.n)
		return audit_subject(a, "device", sn);
	return audit_subject(a, "path", gh_slice_of(c->route->path));
}

struct caller call_caller(const struct call *c)
{
	return (struct caller){ .token = c->token, .session = c->session, .rights = c->rights };
}

static void audit_refused(struct call *c, gh_slice action, gh_slice subject, const char *reason)
{
	int64_t now_ms = server_monotonic_ms(c->server);
	struct limiter *l = c->server->audit_refusals;
	struct audit_row row = call_audit(c, "");

	row.action = action;
	row.subject = subject;
	row.outcome = AUDIT_REFUSED;
	row.reason = gh_slice_of(reason);
	/* A token that is refused again and again does not fill the disk. */
	if (limiter_open(l, http_peer(c->r), now_ms)) {
		limiter_count(l, http_peer(c->r), now_ms);
		audit_note(c->server, &row);
		return;
	}
	LOG(c->server->log, LOG_WARNING, "refused", { "action", action },
	    { "subject", subject }, { "by", c->who }, { "peer", http_peer(c->r) },
	    { "why", row.reason }, { "request", gh_slice_of(c->id) });
}

void call_audit_refused(struct call *c, gh_slice action, gh_slice subject,
			enum token_scope missing)
{
	char reason[80];

	snprintf(reason, sizeof(reason), "the token lacks the scope %s",
		 token_scope_word(missing));
	audit_refused(c, action, subject, reason);
}

void call_audit_refusal(struct call *c, enum token_scope missing)
{
	call_audit_refused(c, action_of_operation(call_arena(c), c->route->operation),
			   subject_of_path(c), missing);
}

void call_audit_doors(struct call *c)
{
	audit_refused(c, action_of_operation(call_arena(c), c->route->operation),
		      subject_of_path(c), "the token may see and act on some doors alone");
}

void call_audit_role(struct call *c, const char *role)
{
	char reason[80];

	snprintf(reason, sizeof(reason), "the account has the role %s", role);
	audit_refused(c, action_of_operation(call_arena(c), c->route->operation),
		      subject_of_path(c), reason);
}

void call_audit_sign_in(struct call *c, int64_t account, gh_slice name)
{
	struct arena *a = call_arena(c);

	audit_refused(c, GH_LIT("sign_in"),
		      account ? audit_subject_number(a, "account", account)
			      : audit_subject(a, "account", name),
		      account ? "the password is wrong" : "there is no such account");
}
