/* /api/commands: the queues of all devices: reading and cancelling (for queueing see
 * command_queue.c). */
#include "core/commands.h"

#include "api/call.h"
#include "api/command_view.h"
#include "api/compat/zk_server/fields.h"
#include "core/command_audit.h"
#include "model/command_takeover.h"

/* --- reading --- */

struct command_writer {
	struct call *call;
	struct json *j;
	bool hidden; /* it is about a door that the token may not see */
};

static bool command_door_allowed(const struct call *c, const struct command *cmd);

bool command_device_seen(const struct call *c, const struct command *cmd)
{
	struct device *d = c->areas ? call_device_find(c, cmd->serial) : NULL;

	device_unref(d);
	return c->areas == 0 || d;
}

static bool command_write(void *ctx, const struct command *cmd)
{
	struct command_writer *w = ctx;
	struct command_view v = command_view_of(w->call->server, cmd, w->call->scopes);

	w->hidden = !command_device_seen(w->call, cmd) ||
		    (cmd->kind >= COMMAND_KINDS ? w->call->doors.n > 0
						: !command_door_allowed(w->call, cmd));

	fields_json_inner(w->j, &zk_server_command_fields, &v);
	return true;
}

static bool event_write(void *ctx, const struct command_event *e)
{
	struct json *j = ctx;

	fields_json(j, &command_event_fields, e);
	return j->text.err == GH_OK;
}

void handle_command_get(struct call *c)
{
	const struct store_ops *ops = c->server->db.ops;
	struct store_reader *reader = call_reader(c);
	struct json j;
	struct command_writer writer = { .call = c, .j = &j };
	enum gh_err err;
	int64_t id;

	if (reader == NULL || !call_id(c, &id))
		return;
	j = call_data();
	json_object(&j);
	err = ops->command_get(reader, id, command_write, &writer);
	json_key(&j, "history");
	json_array(&j);
	if (err == GH_OK)
		err = ops->command_events_read(reader, id, event_write, &j);
	json_array_end(&j);
	json_object_end(&j);
	if (err == GH_OK && !writer.hidden) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	err = err ? err : GH_ENOTFOUND;
	if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_command_unknown, "There is no command %lld.", (long long)id);
	else
		call_fail_err(c, err);
}

/* --- cancelling --- */

/* A cancellation that waits for the store; in the request's arena. */
struct cancelling {
	struct call *c;
	int64_t id;
	enum token_scope scope; /* that the command needs */
	bool hidden;		/* its device is outside of the caller's areas */
	bool in_scope;		/* the token has it */
	bool allowed;		/* and may act on its door */
	gh_slice subject;	/* of the audit, where it is refused */
	struct audit_row audit;
	enum gh_err err;
};

static void cancel_reply(void *ctx)
{
	struct call *c = ((struct cancelling *)ctx)->c;
	enum gh_err err = ((struct cancelling *)ctx)->err;

	if (err == GH_OK)
		call_done(c, "Command cancelled");
	else if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_command_unknown, "There is no command %.*s.",
			  GH_FMT(call_path(c, PATH_id)));
	else if (err == GH_ESTATE)
		call_fail(c, ERROR_command_ended, "Command %.*s has ended already.",
			  GH_FMT(call_path(c, PATH_id)));
	else
		call_fail_err(c, err);
}

/* On the store thread. */
static void cancel_done(void *ctx, enum gh_err err)
{
	struct cancelling *w = ctx;

	w->err = err;
	http_resume_with(w->c->r, cancel_reply, w);
}

static void cancel_start(struct call *c)
{
	struct cancelling *w = c->task;
	enum gh_err err;

	/* The caller has left: nothing is cancelled. */
	if (!http_defer(c->r))
		return;
	w->audit = call_audit(c, "cancel");
	err = command_cancel(c->server, w->id, &w->audit, cancel_done, w);
	if (err)
		cancel_done(w, err);
}

/* Whether a token that may act on some doors alone may see, or act on, what the command is about. */
static bool command_door_allowed(const struct call *c, const struct command *cmd)
{
	const struct command_kind_row *row = command_kind_row(cmd->kind);
	bool one = gh_slice_eq(gh_slice_of(row->subject), GH_LIT("door"));
	int64_t door = 1;

	if (c->doors.n == 0)
		return true;
	if (command_argument_number(cmd->arguments, ARGUMENT_door, &door))
		one = door > 0;
	return one && token_doors_have(c->doors, cmd->serial, door);
}

/* To cancel an order takes what it takes to give it. */
static bool cancel_examine(void *ctx, const struct command *cmd)
{
	struct cancelling *w = ctx;
	bool typed = cmd->kind < COMMAND_KINDS;

	w->hidden = !command_device_seen(w->c, cmd);
	w->scope = typed ? command_scope(cmd->kind, cmd->arguments) : TOKEN_ADMIN;
	w->in_scope = token_scopes_hold(w->c->scopes, w->scope);
	w->allowed = w->in_scope && (!typed || command_door_allowed(w->c, cmd));
	if (!w->allowed && typed)
		w->subject = command_audit_subject(call_arena(w->c), cmd);
	return true;
}

static void cancel_refuse(struct cancelling *w)
{
	struct faults faults = { .n = 1 };

	fault_set(&faults.row[0], GH_LIT("scope"), "must have \"%s\"",
		  token_scope_word(w->scope));
	if (w->in_scope) {
		fault_set(&faults.row[1], GH_LIT("door"),
			  "must be one of the doors of the token");
		faults.n = 2;
	}
	call_audit_refused(w->c, GH_LIT("cancel_command"), w->subject, w->scope);
	call_fail_scope_of(w->c, w->scope, &faults);
}

void handle_command_cancel_route(struct call *c)
{
	struct store_reader *reader = call_reader(c);
	struct cancelling *w = ghi_arena_alloc(call_arena(c), sizeof(*w));

	if (reader == NULL)
		return;
	if (w == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	*w = (struct cancelling){ .c = c };
	if (!call_id(c, &w->id))
		return;
	w->err = c->server->db.ops->command_get(reader, w->id, cancel_examine, w);
	if (w->err == GH_OK && w->hidden)
		w->err = GH_ENOTFOUND;
	if (w->err) {
		cancel_reply(w);
	} else if (!w->allowed) {
		cancel_refuse(w);
	} else {
		c->task = w;
		c->then = cancel_start;
	}
}
