/* /api/commands: the queue of every device. */
#include "core/commands.h"
#include "core/resend.h"

#include "api/call.h"
#include "api/command_body.h"
#include "api/command_view.h"
#include "wire/attendance/command.h"

/* --- reading --- */

static bool row_add(void *ctx, const struct command *cmd)
{
	struct list *l = ctx;
	struct command_view v = command_view_of(cmd);

	if (!list_room(l, cmd->id))
		return false;
	fields_json(&l->j, &command_fields, &v);
	return true;
}

/* Names zk_server had for two of the states. */
static enum command_state status_of(gh_slice name)
{
	if (gh_slice_eq(name, GH_LIT("pending")))
		return COMMAND_QUEUED;
	if (gh_slice_eq(name, GH_LIT("completed")))
		return COMMAND_ACKNOWLEDGED;
	return command_state_of(name);
}

void handle_commands_list(struct call *c)
{
	const struct param_value *status = call_param(c, PARAM_status);
	struct command_query q = { .state = COMMAND_STATES };
	struct store_reader *reader = call_reader(c);
	struct list l;

	if (reader == NULL)
		return;
	if (status->present)
		q.state = status_of(status->s);
	if (status->present && q.state == COMMAND_STATES) {
		call_fail_param(c, PARAM_status,
				"must be queued, sent, deferred, acknowledged, failed, "
				"expired, cancelled or uncertain");
		return;
	}
	l = list_begin(c, 100);
	l.newest_first = true;
	if (!call_page(c, &l, &q.page)) {
		json_clear(&l.j);
		return;
	}
	list_end(c, &l, c->server->db.ops->commands_read(reader, &q, row_add, &l));
}

static bool command_write(void *ctx, const struct command *cmd)
{
	struct command_view v = command_view_of(cmd);

	fields_json_inner(ctx, &command_fields, &v);
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
	enum gh_err err;
	int64_t id;

	if (reader == NULL || !call_id(c, &id))
		return;
	j = call_data();
	json_object(&j);
	err = ops->command_get(reader, id, command_write, &j);
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

/* --- queueing --- */

struct queueing {
	struct call *c;
	struct device *d;
	enum gh_err err;
	struct command stored; /* its texts are in the request's arena */
};

/* Files, firmware and the shell of a device are worth a line of their own. */
static void full_control_log(struct call *c, const struct command *cmd)
{
	struct ghi_writer id = ghi_writer_on((uint8_t[24]){ 0 }, 24);

	if (command_kind_row(cmd->kind)->scope != TOKEN_ADMIN)
		return;
	ghi_put_signed(&id, cmd->id);
	LOG(c->server->log, LOG_WARNING, "command with full control queued",
	    { "sn", cmd->serial }, { "id", ghi_written(&id) }, { "command", cmd->shown },
	    { "peer", http_peer(c->r) }, { "request", gh_slice_of(c->id) });
}

/* What may keep a command from being fetched in time; NULL: nothing that is known. */
static const char *queue_hint(struct call *c, struct device *d, const struct command *cmd)
{
	const struct server_settings *settings = c->server->settings;
	int64_t life_ms = cmd->expires_ms - cmd->created_ms, seen_ms = device_seen_ms(d);
	struct device_row row;

	if (device_is_terminal(d))
		return NULL;
	device_row(d, call_arena(c), &row);
	int64_t delay_s = row.delay_s > 0 ? row.delay_s : settings->delay_s;

	if (seen_ms == 0)
		return "The device has not been in contact yet; the command expires if it does "
		       "not ask in time.";
	if (cmd->created_ms - seen_ms > life_ms)
		return "The device was last in contact longer ago than the command lives; it "
		       "may expire before the device asks.";
	if (delay_s * 1000 > life_ms)
		return "The device asks more rarely than the command lives; it may expire "
		       "before the device asks.";
	return NULL;
}

static void queue_reply(void *ctx)
{
	struct queueing *q = ctx;
	struct call *c = q->c;

	if (q->err) {
		call_fail_err(c, q->err);
	} else {
		struct command cmd = q->stored;
		struct json j = json_with_limit(ANSWER_BYTES);
		struct value id = value_of(VALUE_ID, cmd.id),
			     seen = value_ms_if(device_seen_ms(q->d));

		cmd.serial = device_sn(q->d);
		const char *hint = queue_hint(c, q->d, &cmd);

		full_control_log(c, &cmd);
		json_object(&j);
		json_key(&j, "success");
		json_bool(&j, true);
		json_key(&j, "message");
		json_string(&j, GH_LIT("Command queued"));
		json_key(&j, "commandId");
		value_json(&j, &id);
		json_key(&j, "deviceLastSeen");
		value_json(&j, &seen);
		if (hint) {
			json_key(&j, "hint");
			json_string(&j, gh_slice_of(hint));
		}
		json_key(&j, "data");
		json_object(&j);
		json_key(&j, "success");
		json_bool(&j, true);
		command_write(&j, &cmd);
		json_object_end(&j);
		json_object_end(&j);
		call_json(c, 200, &j);
	}
	device_unref(q->d);
}

/* On the store thread. */
static void queue_done(void *ctx, enum gh_err err, const struct command *stored)
{
	struct queueing *q = ctx;
	struct arena *a = call_arena(q->c);

	q->err = err;
	if (err == GH_OK) {
		q->stored = *stored;
		q->stored.arguments = (gh_slice){ 0 };
		q->stored.shown = ghi_arena_copy(a, stored->shown);
		q->stored.asked_by = ghi_arena_copy(a, stored->asked_by);
		q->stored.result = q->stored.sub_serial = (gh_slice){ 0 };
	}
	http_resume_with(q->c->r, queue_reply, q);
}

static struct device *device_named(struct call *c, gh_slice sn)
{
	struct device *d = devices_find(c->server->devices, sn);

	if (d == NULL) {
		call_fail_device(c, c->body ? "deviceSerial" : "sn", sn);
	} else if (device_state(d) == DEVICE_BLOCKED) {
		call_fail(c, ERROR_device_blocked,
			  "Device \"%.*s\" is blocked and will fetch no commands.", GH_FMT(sn));
		device_unref(d);
		d = NULL;
	}
	return d;
}

/* What is wrong with a command that is not queued, answered. */
static void queue_fail(struct call *c, enum command_kind kind, enum gh_err err)
{
	gh_slice type = command_kind_type(kind);

	if (err == GH_ETOOBIG)
		call_fail(c, ERROR_command_too_big, "The command is too long for a device.");
	else if (err == GH_EINVALID)
		call_fail_field(c, ERROR_field_invalid, "ttl",
				"must be from 1 to %ld for \"%.*s\": it may not act later",
				(long)command_kind_row(kind)->most_s, GH_FMT(type));
	else
		call_fail_err(c, err);
}

/* request NULL: forget the device's stamps and queue the CHECK that goes with it. */
static void queue_put(struct call *c, gh_slice sn, struct command_request *request)
{
	struct queueing *q = ghi_arena_alloc(call_arena(c), sizeof(*q));
	enum gh_err err;

	if (q == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	*q = (struct queueing){ .c = c, .d = device_named(c, sn) };
	if (q->d == NULL)
		return;
	if (request)
		request->asked_by = c->who;
	http_defer(c->r);
	err = request ? command_queue(c->server, q->d, request, queue_done, q)
		      : device_resend(c->server, q->d, c->who, queue_done, q);
	if (err == GH_OK)
		return;
	device_unref(q->d);
	queue_fail(c, request ? request->kind : COMMAND_KIND_CHECK, err);
	http_resume(c->r);
}

static void queue_body(struct call *c, const struct body *b, enum command_kind kind,
		       gh_slice arguments)
{
	const struct body *ttl = body_find(b, GH_LIT("ttl"));
	struct command_request request = { .kind = kind,
					   .arguments = arguments,
					   .ttl_s = ttl ? ttl->i : 0 };

	queue_put(c, body_find(b, GH_LIT("deviceSerial"))->s, &request);
}

void handle_device_read(struct call *c)
{
	struct command_request request = { .kind = COMMAND_KIND_LOG };

	queue_put(c, call_path(c, PATH_sn), &request);
}

void handle_device_resend(struct call *c)
{
	queue_put(c, call_path(c, PATH_sn), NULL);
}

/* The words are read once, here: from now on the command is what they mean. */
static void queue_raw(struct call *c, const struct body *b, const struct body *command)
{
	gh_slice text = command->s;
	size_t room = GHI_COMMAND_READ_ROOM(text.n);
	uint8_t *read = ghi_arena_alloc(call_arena(c), room);
	struct ghi_writer w = ghi_writer_on(read, read ? room : 0);
	enum command_kind kind;

	for (size_t i = 0; i < b->parts; i++) {
		gh_slice name = b->part[i].name;

		if (query_takes("deviceSerial command ttl", name))
			continue;
		struct fault f;

		fault_set(&f, name, "does not go with \"command\"");
		call_fail_fault(c, ERROR_field_invalid, &f);
		return;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\n' && text.p[i] != '\r' && text.p[i] != 0)
			continue;
		call_fail_field(c, ERROR_command_malformed, "command",
				"has a line break at byte %zu; a command is one line, and a "
				"second line would be a second command",
				i);
		return;
	}
	if (read == NULL)
		call_fail_err(c, GH_ENOMEM);
	else if (ghi_command_words_read(text, &kind, &w))
		call_fail_field(c, ERROR_command_malformed, "command", "has no words");
	else if (call_has_scope(c, command_kind_row(kind)->scope))
		queue_body(c, b, kind, ghi_written(&w));
}

static void queue_type(struct call *c, const struct body *b, gh_slice name)
{
	enum command_kind kind = command_kind_of_type(name);
	uint8_t *buffer = ghi_arena_alloc(call_arena(c), 8192);
	struct ghi_writer w = ghi_writer_on(buffer, buffer ? 8192 : 0);
	struct fault fault;

	fault_set(&fault, (gh_slice){ 0 }, "The command is too long");

	if (kind == COMMAND_KINDS)
		call_fail_field(c, ERROR_type_unknown, "type",
				"must be a type of command; there is no \"%.*s\"",
				GH_FMT(name));
	else if (!call_has_scope(c, command_kind_row(kind)->scope))
		return;
	else if (buffer == NULL)
		call_fail_err(c, GH_ENOMEM);
	else if (command_body_read(&w, kind, b, &fault))
		call_fail_fault(c, ERROR_field_invalid, &fault);
	else
		queue_body(c, b, kind, ghi_written(&w));
}

void handle_command_create(struct call *c)
{
	const struct body *b = c->body, *command, *type;

	command = body_find(b, GH_LIT("command"));
	type = body_find(b, GH_LIT("type"));
	if (command == NULL && type == NULL)
		call_fail_field(c, ERROR_field_invalid, "command",
				"is missing, and so is \"type\"; one of them says what to do");
	else if (command)
		queue_raw(c, b, command);
	else
		queue_type(c, b, type->s);
}

void handle_command_reboot(struct call *c)
{
	queue_type(c, c->body, GH_LIT("reboot"));
}

void handle_command_delete_user(struct call *c)
{
	queue_type(c, c->body, GH_LIT("delete_user"));
}

/* --- calling off --- */

/* A cancellation that waits for the store; in the request's arena. */
struct cancelling {
	struct call *c;
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
	err = command_cancel(c->server, id, cancel_done, w);
	if (err)
		cancel_done(w, err);
}
