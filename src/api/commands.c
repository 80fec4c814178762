/* /api/commands: the queues of all devices: reading and cancelling (for queueing see
 * command_queue.c). */
#include "core/commands.h"

#include "api/call.h"
#include "api/command_view.h"
#include "api/compat/zk_server/fields.h"

/* --- reading --- */

struct command_writer {
	struct server *server;
	struct json *j;
};

static bool command_write(void *ctx, const struct command *cmd)
{
	const struct command_writer *w = ctx;
	struct command_view v = command_view_of(w->server, cmd);

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
	struct command_writer writer = { c->server, &j };
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
	if (err == GH_OK) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_command_unknown, "There is no command %lld.", (long long)id);
	else
		call_fail_err(c, err);
}

/* --- cancelling --- */

/* A cancellation that waits for the store; in the request's arena. */
struct cancelling {
	struct call *c;
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

void handle_command_cancel_route(struct call *c)
{
	struct cancelling *w = ghi_arena_alloc(call_arena(c), sizeof(*w));
	enum gh_err err;
	int64_t id;

	if (w == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	w->c = c;
	if (!call_id(c, &id))
		return;
	http_defer(c->r);
	w->audit = call_audit(c, "cancel");
	err = command_cancel(c->server, id, &w->audit, cancel_done, w);
	if (err)
		cancel_done(w, err);
}
