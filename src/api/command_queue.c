/* Commands that people and programs queue, one or many in a request.
 *
 * A handler reads the commands of a request on a reader thread (command_reading.c). Accepted
 * ones are put into the store's queue on the listener's thread, which also answers once all of
 * them are stored. */
#include "api/command_queue.h"

#include <stdio.h>

#include "api/call.h"
#include "api/command_reading.h"
#include "api/command_view.h"
#include "api/compat/zk_server/fields.h"
#include "api/request_schemas.h"
#include "core/commands.h"
#include "core/resend.h"
#include "model/command_takeover.h"

/* --- answering --- */

/* Files, firmware and the shell of a device are worth a line of their own. */
static void full_control_log(const struct queueing *q, const struct command_order *o)
{
	struct ghi_writer id = ghi_writer_on((uint8_t[24]){ 0 }, 24);
	gh_slice what = q->many ? command_kind_type(o->request.kind) : q->stored.shown;
	struct call *c = q->call;

	if (command_scope(o->request.kind, o->request.arguments) != TOKEN_ADMIN)
		return;
	ghi_put_signed(&id, o->stored.id);
	LOG(c->server->log, LOG_WARNING, "command with full control queued",
	    { "sn", device_sn(o->device) }, { "id", ghi_written(&id) }, { "command", what },
	    { "by", c->who }, { "peer", http_peer(c->r) }, { "request", gh_slice_of(c->id) });
}

/* What may keep a command from being fetched in time; NULL: nothing that is known. */
static const char *order_hint(struct call *c, const struct command_order *o)
{
	const struct server_settings *settings = c->server->settings;
	int64_t life_ms = o->stored.expires_ms - o->stored.created_ms;
	int64_t seen_ms = device_seen_ms(o->device), delay_s = device_delay_s(o->device);

	if (device_is_terminal(o->device))
		return NULL;
	if (delay_s <= 0)
		delay_s = settings->delay_s;
	if (o->incomplete)
		return "The device has people whose records the server does not have; of those "
		       "what "
		       "is not named is cleared. A query_user without a PIN, queued before, "
		       "makes "
		       "it upload them.";
	if (o->query_first)
		return "The server does not have the device's record of this person; the "
		       "device is "
		       "queried for it first, so that what is not named stays as it is.";
	if (seen_ms == 0)
		return "The device has not been in contact yet; the command expires if it does "
		       "not poll in time.";
	if (o->stored.created_ms - seen_ms > life_ms)
		return "The device was last in contact longer ago than the lifetime of the "
		       "command; it "
		       "may expire before the device polls.";
	if (delay_s * 1000 > life_ms)
		return "The device polls less often than the lifetime of the command; it may "
		       "expire "
		       "before the device polls.";
	return NULL;
}

static void order_write(struct json *j, const struct queueing *q, const struct command_order *o)
{
	struct value id = value_of(VALUE_ID, o->stored.id),
		     seen = value_ms_if(device_seen_ms(o->device));
	const char *hint = order_hint(q->call, o);

	json_key(j, "commandId");
	value_json(j, &id);
	json_key(j, "deviceLastSeen");
	value_json(j, &seen);
	if (hint) {
		json_key(j, "hint");
		json_string(j, gh_slice_of(hint));
	}
	full_control_log(q, o);
}

static void queue_reply_one(struct queueing *q)
{
	struct json j = json_with_limit(ANSWER_BYTES);
	struct command_view v = command_view_of(q->call->server, &q->stored, q->call->scopes);

	v.command.serial = device_sn(q->order->device);
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, true);
	json_key(&j, "message");
	json_string(&j, q->order->repeated ? GH_LIT("This order was given before")
			: q->order->joined ? GH_LIT("The same order waits already")
					   : GH_LIT("Command queued"));
	order_write(&j, q, q->order);
	json_key(&j, "data");
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, true);
	fields_json_inner(&j, &zk_server_command_fields, &v);
	json_object_end(&j);
	json_object_end(&j);
	call_json(q->call, q->call->route->shape == SHAPE_ACCEPTED ? 202 : 200, &j);
}

static void queue_reply_many(struct queueing *q)
{
	struct json j = call_data();
	int64_t queued = 0;

	json_array(&j);
	for (size_t i = 0; i < q->n; i++) {
		json_object(&j);
		if (q->refused[i]) {
			call_fault_json(&j, q->refused[i]->code, &q->refused[i]->faults);
		} else {
			order_write(&j, q, &q->order[i]);
			queued++;
		}
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key(&j, "count");
	json_int(&j, (int64_t)q->n);
	json_key(&j, "queued");
	json_int(&j, queued);
	call_data_end(q->call, 200, &j);
}

/* Those that the token may not give. */
static void queue_audit_refused(struct queueing *q)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct refusal *refused = q->refused[i];
		enum command_kind kind = q->order[i].request.kind;

		if (refused && refused->code == ERROR_scope_too_small)
			call_audit_refused(q->call, gh_slice_of(command_kind_row(kind)->name),
					   refused->subject, refused->scope);
	}
}

/* What the refused ones are refused for, each by its place. */
static void queue_reply_none(struct queueing *q)
{
	static const struct faults none;
	struct faults all = { .n = 0 };
	enum error_code code = ERROR_field_invalid;
	char field[FAULT_FIELD + 24]; /* the place in the list, and the field */

	for (size_t i = 0; i < q->n; i++) {
		const struct faults *of = q->refused[i] ? &q->refused[i]->faults : &none;

		for (size_t k = 0; k < of->n && all.n < FAULTS; k++) {
			if (all.n == 0)
				code = q->refused[i]->code;
			snprintf(field, sizeof(field), "[%zu]%s%s", i,
				 of->row[k].field[0] ? "." : "", of->row[k].field);
			fault_set(&all.row[all.n++], gh_slice_of(field), "%s",
				  of->row[k].message);
		}
	}
	call_fail_faults(q->call, code, &all);
}

static bool queue_refuses(const struct queueing *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->refused[i])
			return true;
	return false;
}

static void queue_reply(struct queueing *q)
{
	queue_audit_refused(q);
	for (size_t i = 0; i < q->n && q->err == GH_OK; i++)
		if (q->refused[i] == NULL && q->order[i].err &&
		    !(q->whole && q->order[i].err == GH_ECANCELLED))
			order_refuse_err(&(struct reading){ .q = q, .i = i }, q->order[i].err);
	if (q->err)
		call_fail_err(q->call, q->err);
	else if (q->whole && queue_refuses(q))
		queue_reply_none(q);
	else if (q->answer)
		q->answer(q);
	else if (q->many)
		queue_reply_many(q);
	else if (q->refused[0] && q->refused[0]->code == ERROR_scope_too_small)
		call_fail_scope_of(q->call, q->refused[0]->scope, &q->refused[0]->faults);
	else if (q->refused[0])
		call_fail_faults(q->call, q->refused[0]->code, &q->refused[0]->faults);
	else
		queue_reply_one(q);
	for (size_t i = 0; i < q->n; i++)
		device_unref(q->order[i].device);
}

static void queue_replied(void *ctx)
{
	queue_reply(ctx);
}

/* --- storing --- */

static void queue_keep(struct queueing *q, const struct command *stored)
{
	struct arena *a = call_arena(q->call);

	q->stored = *stored;
	q->stored.arguments = q->stored.subject = (gh_slice){ 0 };
	q->stored.shown = ghi_arena_copy(a, stored->shown);
	q->stored.requested_by = ghi_arena_copy(a, stored->requested_by);
	q->stored.result = q->stored.sub_serial = (gh_slice){ 0 };
}

/* On the store thread. */
static void call_queue_done(void *ctx, enum gh_err err)
{
	struct queueing *q = ctx;

	q->err = err;
	if (err == GH_OK && !q->many && q->order->err == GH_OK)
		queue_keep(q, &q->order->stored);
	http_resume_with(q->call->r, queue_replied, q);
}

/* On the store thread. */
static void call_resend_done(void *ctx, enum gh_err err, const struct command *stored)
{
	struct queueing *q = ctx;

	q->order->err = err;
	if (err == GH_OK) {
		q->order->stored = *stored;
		queue_keep(q, stored);
	}
	http_resume_with(q->call->r, queue_replied, q);
}

/* The client has closed without waiting for the answer. The commands to queue are copied,
 * because the request ends now. */
static void queue_drop(void *ctx, enum gh_err err, const struct command *stored)
{
	(void)ctx;
	(void)err;
	(void)stored;
}

static void queue_unwatched(struct queueing *q)
{
	for (size_t i = 0; i < q->n; i++) {
		struct command_order *o = &q->order[i];

		/* A whole list without an answer is not queued. */
		if (o->device && !q->whole)
			o->err = command_queue(q->call->server, o->device, &o->request,
					       queue_drop, NULL);
		device_unref(o->device);
	}
}

/* On the listener's thread. What was refused has no device for the store. */
static void queue_start(struct call *c)
{
	struct queueing *q = c->task;
	bool none = q->whole && queue_refuses(q);
	size_t wanted = 0;
	enum gh_err err;

	for (size_t i = 0; i < q->n; i++) {
		if (none || q->refused[i]) {
			device_unref(q->order[i].device);
			q->order[i].device = NULL;
		}
		wanted += q->order[i].device != NULL;
	}
	if (q->err || wanted == 0) {
		queue_reply(q);
		return;
	}
	if (!http_defer(c->r)) {
		queue_unwatched(q);
		return;
	}
	/* Once it is queued, q is the store thread's. */
	err = (q->whole ? command_queue_whole : command_queue_many)(c->server, q->order, q->n,
								    call_queue_done, q);
	if (err) {
		q->err = err;
		queue_reply(q);
		http_resume(c->r);
	}
}

static void resend_start(struct call *c)
{
	struct queueing *q = c->task;
	enum gh_err err;

	if (q->refused[0] || q->err) {
		queue_reply(q);
		return;
	}
	if (!http_defer(c->r)) {
		err = device_resend(c->server, q->order->device, c->who, queue_drop, NULL);
		device_unref(q->order->device);
		return;
	}
	err = device_resend(c->server, q->order->device, c->who, call_resend_done, q);
	if (err) {
		q->err = err;
		queue_reply(q);
		http_resume(c->r);
	}
}

/* --- handlers, on a reader thread --- */

/* Idempotency-Key: what the caller calls its orders. False: it is none; answered. */
static bool order_key_read(struct call *c, gh_slice *key)
{
	if (!c->route->orders || !http_header(c->r, "Idempotency-Key", key)) {
		*key = (gh_slice){ 0 };
		return true;
	}
	*key = gh_slice_trim(*key);
	for (size_t i = 0; i < key->n; i++)
		if (key->p[i] < ' ' || key->p[i] > '~')
			key->n = 0;
	if (key->n && key->n <= ORDER_KEY)
		return true;
	call_fail(c, ERROR_header_invalid,
		  "Idempotency-Key must have 1 to %d letters, digits and signs.", ORDER_KEY);
	return false;
}

/* Of several orders each has a name of its own, by its place. */
static gh_slice order_key_of(struct call *c, gh_slice key, size_t i, bool many)
{
	uint8_t text[ORDER_KEY + 24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (key.n == 0 || !many)
		return key;
	ghi_put(&w, key);
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, (int64_t)i);
	return ghi_arena_copy(call_arena(c), ghi_written(&w));
}

/* NULL and answered when there is no memory, or a header makes no sense. */
static struct queueing *queueing_new(struct call *c, size_t n, void (*then)(struct call *c))
{
	struct arena *a = call_arena(c);
	struct queueing *q = ghi_arena_alloc(a, sizeof(*q));
	struct command_order *order = ghi_arena_alloc(a, n * sizeof(*order));
	struct refusal **refused = ghi_arena_alloc(a, n * sizeof(struct refusal *));
	gh_slice key;

	if (q == NULL || order == NULL || refused == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	if (!order_key_read(c, &key))
		return NULL;
	*q = (struct queueing){ .call = c, .n = n, .order = order, .refused = refused };
	q->audit = call_audit(c, "");
	for (size_t i = 0; i < n; i++) {
		refused[i] = NULL;
		order[i] = (struct command_order){
			.request = { .requested_by = c->who,
				     .audit = &q->audit,
				     .key = order_key_of(c, key, i, n > 1),
				     .token = c->token ? c->token : -c->account }
		};
	}
	c->task = q;
	c->then = then;
	return q;
}

struct queueing *call_queueing_new(struct call *c, size_t n)
{
	return queueing_new(c, n, queue_start);
}

void call_queue_command(struct call *c, const struct body *b, gh_slice type)
{
	struct queueing *q = queueing_new(c, 1, queue_start);

	if (q)
		order_read(&(struct reading){ .q = q, .body = b }, type);
}

/* A body that breaks the schema is refused alone. */
static void queue_many(struct call *c)
{
	const struct schema *schema = &request_schemas[REQUEST_CommandRequest].schema;
	struct queueing *q = queueing_new(c, c->body->parts, queue_start);

	if (q == NULL)
		return;
	q->many = true;
	for (size_t i = 0; i < q->n && q->err == GH_OK; i++) {
		struct reading r = { .q = q, .i = i, .body = &c->body->part[i] };
		struct faults faults;

		schema_check(schema, r.body, &faults);
		if (faults.n == 0) {
			order_read(&r, (gh_slice){ 0 });
			continue;
		}
		order_refuse_faults(&r, &faults);
	}
	q->whole = call_param(c, PARAM_whole)->i == 1;
}

void handle_command_create(struct call *c)
{
	if (c->body->kind == BODY_ARRAY)
		queue_many(c);
	else
		call_queue_command(c, c->body, (gh_slice){ 0 });
}

void handle_device_read(struct call *c)
{
	struct queueing *q = queueing_new(c, 1, queue_start);

	if (q == NULL)
		return;
	q->order->request.kind = COMMAND_KIND_LOG;
	q->order->device = order_device(&(struct reading){ .q = q }, call_path(c, PATH_sn));
}

/* The device's stamps are deleted, and a CHECK is queued with it. */
void handle_device_resend(struct call *c)
{
	struct queueing *q = queueing_new(c, 1, resend_start);

	if (q == NULL)
		return;
	q->order->request.kind = COMMAND_KIND_CHECK;
	q->order->device = order_device(&(struct reading){ .q = q }, call_path(c, PATH_sn));
}
