#include "api/command_reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/call.h"
#include "api/command_ability.h"
#include "api/command_body.h"
#include "api/command_standing.h"
#include "core/command_audit.h"
#include "model/command_subject.h"
#include "model/command_takeover.h"
#include "wire/attendance/command.h"

void order_refuse(struct reading *r, enum error_code code, const char *field, const char *text,
		  ...)
{
	struct refusal *refusal = ghi_arena_alloc(call_arena(r->q->call), sizeof(*refusal));
	char message[FAULT_MESSAGE];
	va_list ap;

	if (refusal == NULL) {
		r->q->err = GH_ENOMEM;
		return;
	}
	va_start(ap, text);
	vsnprintf(message, sizeof(message), text, ap);
	va_end(ap);
	*refusal = (struct refusal){ .code = code, .faults = { .n = 1 } };
	fault_set(&refusal->faults.row[0], gh_slice_of(field), "%s", message);
	r->q->refused[r->i] = refusal;
}

/* What the body names: the arguments may not have been read yet. */
static gh_slice order_subject(const struct reading *r)
{
	const struct body *sn = body_find(r->body, GH_LIT("deviceSerial")),
			  *door = body_find(r->body, GH_LIT("door"));
	const struct command_order *o = &r->q->order[r->i];
	struct command c = { .kind = o->request.kind,
			     .arguments = o->request.arguments,
			     .serial = sn && sn->kind == BODY_TEXT ? sn->s : (gh_slice){ 0 } };
	struct arena *a = call_arena(r->q->call);

	if (o->device)
		c.serial = device_sn(o->device);
	if (door && door->kind == BODY_INT && o->request.arguments.n == 0)
		return audit_subject_door(a, c.serial, door->i);
	return command_audit_subject(a, &c);
}

void order_refuse_scope(struct reading *r, enum token_scope scope, const char *field,
			const char *why)
{
	struct refusal *refusal;

	order_refuse(r, ERROR_scope_too_small, "scope", "must have \"%s\"",
		     token_scope_word(scope));
	refusal = r->q->refused[r->i];
	if (refusal == NULL)
		return;
	refusal->scope = scope;
	refusal->subject = order_subject(r);
	if (field == NULL)
		return;
	fault_set(&refusal->faults.row[1], gh_slice_of(field), "%s", why);
	refusal->faults.n = 2;
}

void order_refuse_faults(struct reading *r, const struct faults *faults)
{
	struct refusal *refusal = ghi_arena_alloc(call_arena(r->q->call), sizeof(*refusal));

	if (refusal == NULL) {
		r->q->err = GH_ENOMEM;
		return;
	}
	*refusal = (struct refusal){ .code = ERROR_field_invalid, .faults = *faults };
	r->q->refused[r->i] = refusal;
}

void order_refuse_err(struct reading *r, enum gh_err err)
{
	struct command_request *request = &r->q->order[r->i].request;
	gh_slice type = command_kind_type(request->kind);

	if (err == GH_ETOOBIG)
		order_refuse(r, ERROR_command_too_big, "",
			     "The command is too long for a device");
	else if (err == GH_EINVALID)
		order_refuse(r, ERROR_field_invalid, "ttl",
			     "must be from 1 to %ld for \"%.*s\": it may not act later",
			     (long)command_kind_row(request->kind)->most_s, GH_FMT(type));
	else if (err == GH_EDENIED && request->key.n)
		order_refuse(r, ERROR_key_taken, "",
			     "Another order was given with this Idempotency-Key within 24 "
			     "hours");
	else if (err == GH_EEXISTS && command_opens_door(request->kind))
		order_refuse(r, ERROR_door_order_waits, "",
			     "An order to open this door waits already, with other arguments");
	else
		order_refuse(r, error_code_of(err), "", "%s",
			     err == GH_ENOTFOUND ? "The device was deleted meanwhile"
						 : gh_strerror(err));
}

struct device *order_device(struct reading *r, gh_slice sn)
{
	struct call *c = r->q->call;
	struct device *d = call_device_find(c, sn);

	sn.n = sn.n > 40 ? 40 : sn.n;
	if (d == NULL) {
		order_refuse(r, ERROR_device_unknown,
			     call_path(c, PATH_sn).n ? "sn" : "deviceSerial",
			     "must be the serial number of a known device; there is no "
			     "\"%.*s\"",
			     GH_FMT(sn));
	} else if (device_state(d) == DEVICE_BLOCKED) {
		order_refuse(r, ERROR_device_blocked, "",
			     "Device \"%.*s\" is blocked and will fetch no commands",
			     GH_FMT(sn));
		device_unref(d);
		d = NULL;
	}
	return d;
}

/* Of a token that may act on some doors alone: what is about no single one of them is refused, too. */
static void order_check_doors(struct reading *r)
{
	const struct command_order *o = &r->q->order[r->i];
	const struct command_kind_row *row = command_kind_row(o->request.kind);
	const struct body *sn = body_find(r->body, GH_LIT("deviceSerial")),
			  *named = body_find(r->body, GH_LIT("door"));
	gh_slice serial = o->device ? device_sn(o->device)
			  : sn	    ? sn->s
				    : call_path(r->q->call, PATH_sn);
	int64_t door = named ? named->i : 1;
	bool one = gh_slice_eq(gh_slice_of(row->subject), GH_LIT("door"));

	if (r->q->call->doors.n == 0)
		return;
	if (command_argument_number(o->request.arguments, ARGUMENT_door, &door))
		one = door > 0;
	else if (o->request.kind == COMMAND_KIND_CANCEL_ALARM)
		one = named != NULL;
	if (!one || !token_doors_have(r->q->call->doors, serial, door))
		order_refuse_scope(r, row->scope, "door",
				   "must be one of the doors of the token");
}

/* Attendance devices have one door. A path that names another one is refused; a body was always taken, and is
 * about that door, also where the token has a list of doors. */
void order_one_door(struct reading *r)
{
	struct command_request *request = &r->q->order[r->i].request;
	uint8_t text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	int64_t door;
	gh_slice seconds;

	if (!command_opens_door(request->kind) ||
	    !command_argument_number(request->arguments, ARGUMENT_door, &door) || door == 1)
		return;
	if (call_path(r->q->call, PATH_n).n || call_path(r->q->call, PATH_door).n) {
		order_refuse(r, ERROR_unit_lacks, "door",
			     "is %lld, and attendance devices and terminals have one door",
			     (long long)door);
		return;
	}
	command_argument_put(&w, "door", GH_LIT("1"));
	if (command_argument(request->arguments, ARGUMENT_seconds, &seconds))
		command_argument_put(&w, "seconds", seconds);
	order_arguments(r, &w);
	order_check_doors(r);
}

/* Where a command that takes a device over has what makes it so. */
static const char *order_takeover_field(const struct reading *r)
{
	enum command_kind kind = r->q->order[r->i].request.kind;

	if (body_find(r->body, GH_LIT("command")))
		return "command";
	return kind == COMMAND_KIND_UPDATE_PERSON ? "person.privilege" : "name";
}

/* By its kind, and by its arguments once they are read. */
void order_check_scope(struct reading *r)
{
	const struct command_request *request = &r->q->order[r->i].request;
	enum token_scope scope = command_scope(request->kind, request->arguments);

	if (token_scopes_hold(r->q->call->scopes, scope)) {
		order_check_doors(r);
		return;
	}
	if (scope == command_kind_row(request->kind)->scope)
		order_refuse_scope(r, scope, NULL, NULL);
	else if (request->kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO ||
		 request->kind == COMMAND_KIND_UPDATE_PHOTO)
		order_refuse_scope(r, scope,
				   body_find(r->body, GH_LIT("command")) ? "command" : "url",
				   "lets the device fetch from elsewhere; the name of a "
				   "published file does not need that scope");
	else
		order_refuse_scope(
			r, scope, order_takeover_field(r),
			"takes the device over: it leads it to another server or "
			"network, sets a secret of it, decides about doors, or makes an "
			"administrator");
}

/* What was read into w is the order's arguments. */
void order_arguments(struct reading *r, const struct ghi_writer *w)
{
	gh_slice arguments = ghi_arena_copy(call_arena(r->q->call), ghi_written(w));

	if (arguments.n != w->n)
		r->q->err = GH_ENOMEM;
	r->q->order[r->i].request.arguments = arguments;
}

bool order_fields_check(struct reading *r)
{
	for (size_t i = 0; i < r->body->parts; i++) {
		char name[FAULT_FIELD];
		gh_slice n = r->body->part[i].name;

		if (query_takes("deviceSerial command raw unchecked ttl reason", n))
			continue;
		snprintf(name, sizeof(name), "%.*s",
			 n.n < sizeof(name) ? (int)n.n : (int)sizeof(name) - 1,
			 (const char *)n.p);
		order_refuse(r, ERROR_field_invalid, name, "does not go with \"command\"");
		return false;
	}
	return true;
}

static bool words_line_check(struct reading *r, gh_slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\n' && text.p[i] != '\r' && text.p[i] != 0)
			continue;
		order_refuse(r, ERROR_command_malformed, "command",
			     "has a line break at byte %zu; a command is one line, and a "
			     "second line would be a second command",
			     i);
		return false;
	}
	return true;
}

/* The words are read once, here: from now on the command is what they mean. */
static void order_read_words(struct reading *r, gh_slice text)
{
	struct command_request *request = &r->q->order[r->i].request;
	size_t room = GHI_COMMAND_READ_ROOM(text.n) + text.n;
	const struct body *raw = body_find(r->body, GH_LIT("raw"));
	uint8_t *read;
	struct ghi_writer w;
	gh_slice fault;

	if (order_is_access(r)) {
		order_read_access(r, text);
		return;
	}
	if (!order_fields_check(r) || !words_line_check(r, text))
		return;
	read = malloc(room);
	if (read == NULL) {
		r->q->err = GH_ENOMEM;
		return;
	}
	text = ghi_command_words_tidy(text, read);
	w = ghi_writer_on(read + text.n, room - text.n);
	if (ghi_command_words_read(text, &request->kind, &w))
		order_refuse(r, ERROR_command_malformed, "command", "has no words");
	else if (request->kind == COMMAND_KIND_RAW && raw && !raw->i)
		order_refuse(r, ERROR_command_malformed, "command",
			     "begins with the words of no known command; with \"raw\" (--raw) "
			     "it is sent as it is");
	else if (command_argument(ghi_written(&w), ARGUMENT_fault, &fault))
		order_refuse(r, ERROR_command_malformed, "command", "is no \"%s\": %.*s",
			     command_kind_row(request->kind)->name,
			     fault.n > 150 ? 150 : (int)fault.n, (const char *)fault.p);
	else
		order_arguments(r, &w);
	free(read);
	if (r->q->refused[r->i] == NULL)
		order_check_scope(r);
}

static void order_read_type(struct reading *r, gh_slice name)
{
	struct command_request *request = &r->q->order[r->i].request;
	struct fault fault;

	request->kind = command_kind_of_type(name);
	name.n = name.n > 40 ? 40 : name.n;
	fault_set(&fault, (gh_slice){ 0 }, "The command is too long");
	if (request->kind == COMMAND_KINDS) {
		struct suggestion near = suggestion_for(name);

		for (enum command_kind k = 0; k < COMMAND_KINDS; k++)
			suggestion_offer_words(&near, command_kind_row(k)->types);
		order_refuse(r, ERROR_type_unknown, "type",
			     "must be a type of command; there is no \"%.*s\"%s%.*s%s",
			     GH_FMT(name), near.best.n ? "; did you mean \"" : "",
			     GH_FMT(near.best), near.best.n ? "\"?" : "");
		return;
	}
	order_check_scope(r);
	if (r->q->refused[r->i])
		return;
	size_t room = command_body_room(r->body);
	uint8_t *text = malloc(room);
	struct ghi_writer w = ghi_writer_on(text, room);

	if (text == NULL)
		r->q->err = GH_ENOMEM;
	else if (command_body_read(&w, request->kind, r->body, &fault))
		order_refuse(r, ERROR_field_invalid, fault.field, "%s", fault.message);
	else
		order_arguments(r, &w);
	free(text);
	if (r->q->err)
		return;
	if (r->q->refused[r->i] == NULL &&
	    request->kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO)
		order_name_photo(r);
	if (r->q->refused[r->i] == NULL && request->kind == COMMAND_KIND_HOLD_DOOR_OPEN)
		order_prepare_hold(r);
	if (r->q->refused[r->i] == NULL && (request->kind == COMMAND_KIND_OPEN_FLOORS ||
					    request->kind == COMMAND_KIND_HOLD_FLOORS_OPEN))
		order_prepare_floors(r);
	if (r->q->refused[r->i] == NULL)
		order_check_scope(r);
}

/* Each of several has its own. */
static void order_reason_read(struct reading *r)
{
	const struct body *reason = body_find(r->body, GH_LIT("reason"));
	struct audit_row *row =
		reason ? ghi_arena_alloc(call_arena(r->q->call), sizeof(*row)) : NULL;

	if (reason == NULL)
		return;
	if (row == NULL) {
		r->q->err = GH_ENOMEM;
		return;
	}
	*row = r->q->audit;
	row->reason = reason->s;
	r->q->order[r->i].request.audit = row;
}

void order_read(struct reading *r, gh_slice type)
{
	const struct body *words = body_find(r->body, GH_LIT("command")),
			  *named = body_find(r->body, GH_LIT("type")),
			  *ttl = body_find(r->body, GH_LIT("ttl"));
	struct command_order *o = &r->q->order[r->i];

	o->request.ttl_s = ttl ? ttl->i : 0;
	order_reason_read(r);
	if (type.n)
		order_read_type(r, type);
	else if (words)
		order_read_words(r, words->s);
	else if (named)
		order_read_type(r, named->s);
	else
		order_refuse(
			r, ERROR_field_invalid, "command",
			"is missing, and so is \"type\"; one of them must name the command");
	if (r->q->refused[r->i] == NULL && r->q->err == GH_OK)
		o->device = order_device(r, body_find(r->body, GH_LIT("deviceSerial"))->s);
	if (o->device)
		order_check_need(r);
	if (o->device && r->q->refused[r->i] == NULL)
		order_check_standing(r, words ? words->s : (gh_slice){ 0 });
	if (o->device && r->q->refused[r->i] == NULL && r->q->err == GH_OK)
		order_check_stored(r);
}

void order_check(struct reading *r)
{
	order_check_scope(r);
	if (r->q->refused[r->i] == NULL)
		order_check_need(r);
	if (r->q->refused[r->i] == NULL && r->q->err == GH_OK)
		order_check_standing(r, (gh_slice){ 0 });
}
