/* POST registry: a unit describes itself and gets its code (Security PUSH 3.1.2, 4.4). What one that
 * waits for approval describes is kept, for those who decide, and refused. */
#include <stdio.h>
#include <string.h>

#include "core/access/unit_counts.h"
#include "core/commands.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/server_clock.h"
#include "session/access/access.h"
#include "session/access/code.h"
#include "wire/access/handshake.h"
#include "wire/access/parameters.h"
#include "wire/push/secret_option.h"

gh_slice access_parameter(gh_slice parameters, const char *name)
{
	gh_slice value;

	return ghi_parameters_get(parameters, name, &value) ? value : (gh_slice){ 0 };
}

gh_slice access_parameters_cut(gh_slice body)
{
	body = gh_slice_trim(body);
	if (body.n <= ACCESS_PARAMETERS)
		return body;
	body.n = ACCESS_PARAMETERS;
	while (body.n && body.p[body.n - 1] != ',')
		body.n--;
	return body;
}

static void registration_refuse(struct exchange *x, const char *why)
{
	exchange_refuse_with(x, 406, GH_LIT("406"), why);
}

static void registration_kept(struct exchange *x)
{
	if (x->err)
		exchange_store_failed(x, x->err);
	else
		registration_refuse(x, "device waits for approval by the administrator");
}

#define FUNCTION_SEVERAL_CARDS 7

static void cards_queued(void *ctx, enum gh_err err, const struct command *c)
{
	(void)ctx;
	(void)err;
	(void)c;
}

/* A unit that can have several cards of a person gets that switched on (4.4); on a full queue, at its next
 * registration. */
static void cards_switch(struct exchange *x, gh_slice parameters)
{
	struct command_request set = { .kind = COMMAND_KIND_SET_OPTION,
				       .arguments = GH_LIT("name=MulCardUserFunOn\nvalue=1\n"),
				       .requested_by = COMMAND_BY_SERVER };

	if (!ghi_flags_has(access_parameter(parameters, "AccSupportFunList"),
			   FUNCTION_SEVERAL_CARDS) ||
	    !gh_slice_eq(access_parameter(parameters, "MulCardUserFunOn"), GH_LIT("0")))
		return;
	if (command_queue(x->server, x->device, &set, cards_queued, NULL))
		LOG(x->server->log, LOG_WARNING, "several cards are not switched on yet",
		    { "sn", x->sn });
}

static void registration_reply(struct exchange *x)
{
	uint8_t text[64];
	char cookie[96];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct device_row row;

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	device_row(x->device, x->arena, &row);
	cards_switch(x, row.access.parameters);
	ghi_registry_code_write(&w, row.access.registry_code);
	snprintf(cookie, sizeof(cookie), "JSESSIONID=%.*s; Path=/; HttpOnly",
		 GH_FMT(row.access.session_id));
	x->transport->add_header(x->link, "Set-Cookie", cookie);
	x->shown_reply = GH_LIT("RegistryCode=***");
	exchange_text(x, ghi_written(&w));
}

static void registration_store(struct exchange *x, const struct device_row *change,
			       void (*next)(struct exchange *x))
{
	if (x->arena->failed) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	x->next = next;
	enum gh_err err = device_change(x->server, x->device, change, exchange_done, x);
	if (err)
		exchange_store_failed(x, err);
}

/* Of one that waits: nothing is written where nothing changed, and no more than a number of them. */
static void registration_keep(struct exchange *x, const struct device_row *row,
			      struct device_row *change)
{
	if (change->access.parameters.n == 0 ||
	    gh_slice_eq(row->access.parameters, change->access.parameters) ||
	    (row->access.parameters.n == 0 &&
	     devices_held_registering(x->server->devices) >= ACCESS_HELD_MAX))
		registration_refuse(x, "device waits for approval by the administrator");
	else
		registration_store(x, change, registration_kept);
}

/* What a unit holds may be another after its firmware changed: it is counted. A unit that counts for the first
 * time does so a day later. */
static void registration_counts(struct exchange *x, const struct device_row *row,
				struct device_row *change)
{
	bool changed = row->access.parameters.n &&
		       !gh_slice_eq(access_parameter(row->access.parameters, "FirmVer"),
				    access_parameter(change->access.parameters, "FirmVer"));

	if (!changed && row->access.counts_ms)
		return;
	change->access.counts_ms = changed && row->access.counts_ms
					   ? UNIT_COUNTS_NOW
					   : server_steady_ms(x->server);
	model_mark(change, DEVICE_counts_ms);
}

static void registration_take(struct exchange *x, const struct device_row *row,
			      struct device_row *change)
{
	if (model_has(change, DEVICE_parameters))
		registration_counts(x, row, change);
	if (row->access.registration == DEVICE_UNREGISTERED) {
		change->access.registration = DEVICE_REGISTERED;
		model_mark(change, DEVICE_registration);
	}
	if (row->access.registry_code.n == 0) {
		change->access.registry_code = access_code_make(x->arena);
		model_mark(change, DEVICE_registry_code);
	}
	if (row->access.session_id.n == 0) {
		change->access.session_id = access_session_make(x->arena);
		model_mark(change, DEVICE_session_id);
	}
	if (device_has_key(x->device)) {
		change->proven_address = exchange_peer(x);
		model_mark(change, DEVICE_proven_address);
	}
	registration_store(x, change, registration_reply);
}

/* Its parameters with the values of keys and passwords hidden; as long as they are. */
static gh_slice parameters_shown(struct arena *a, gh_slice parameters)
{
	struct ghi_parameters p = ghi_parameters_of(parameters);
	uint8_t *shown = ghi_arena_alloc(a, parameters.n + 1);
	gh_slice name, value;

	if (shown == NULL)
		return GH_LIT("***");
	if (parameters.n)
		memcpy(shown, parameters.p, parameters.n);
	while (ghi_parameters_next(&p, &name, &value))
		if (value.n &&
		    (ghi_option_is_secret(name) || gh_slice_ieq(name, GH_LIT("authKey"))))
			memset(shown + (value.p - parameters.p), '*', value.n);
	return (gh_slice){ shown, parameters.n };
}

/* Whether what others decide by is another than before; with a line of the log for each. */
static bool registration_differs(struct exchange *x, gh_slice before, gh_slice now)
{
	static const char *const watched[] = { "DeviceName",	    "FirmVer",
					       "MachineType",	    "LockCount",
					       "AccSupportFunList", "DateFmtFunOn",
					       "NewVFStyles" };
	bool differs = false;

	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]) && before.n; i++) {
		gh_slice was = access_parameter(before, watched[i]),
			 is = access_parameter(now, watched[i]);

		if (gh_slice_eq(was, is))
			continue;
		differs = true;
		LOG(x->server->log, LOG_INFO, "unit registers something else", { "sn", x->sn },
		    { "parameter", gh_slice_of(watched[i]) }, { "before", was }, { "now", is });
	}
	return differs;
}

/* It gets the code of the unit, but makes no other unit of it: what is known of its tables would go with another
 * model. */
static void registration_distrust(struct exchange *x, struct device_row *change)
{
	problem_raise(x->server, PROBLEM_REGISTRATION_ELSEWHERE, x->sn, "from %.*s",
		      GH_FMT(exchange_peer(x)));
	device_fields_remove(
		&change->present,
		DEVICE_FIELDS_OF(DEVICE_parameters, DEVICE_device_type, DEVICE_firmware));
}

void access_registration(struct exchange *x)
{
	gh_slice parameters = access_parameters_cut(x->body), firmware;
	struct device_row row, change = {
		.present = DEVICE_FIELDS_OF(DEVICE_parameters, DEVICE_registered_ms,
					    DEVICE_device_type, DEVICE_address),
		.access = { .parameters = parameters, .registered_ms = x->now_ms },
		.device_type = access_parameter(parameters, "DeviceType"),
		.address = exchange_peer(x),
	};
	bool elsewhere;

	x->shown_body = parameters_shown(x->arena, parameters);
	device_row(x->device, x->arena, &row);
	elsewhere = x->verdict.elsewhere && row.access.registration != DEVICE_UNREGISTERED;
	if (elsewhere)
		device_fields_remove(&change.present, DEVICE_FIELDS_OF(DEVICE_address));
	firmware = access_parameter(parameters, "FirmVer");
	if (firmware.n) {
		change.firmware = firmware;
		model_mark(&change, DEVICE_firmware);
	}
	if (gh_slice_ieq(change.device_type, GH_LIT("att"))) {
		exchange_refuse(x, 404, "no such path for attendance devices");
		return;
	}
	if (access_answer_of(x) == ACCESS_ANSWER_NOT_YET) {
		if (!x->verdict.unproven)
			dialect_store(x);
		registration_keep(x, &row, &change);
		return;
	}
	if (!access_begins_at_home(x)) {
		problem_raise(x->server, PROBLEM_REGISTRATION_ELSEWHERE, x->sn, "from %.*s",
			      GH_FMT(exchange_peer(x)));
		metric_add(&x->server->metrics->key_refusals, 1);
		registration_refuse(x,
				    "its tokens are strict, and it registered from elsewhere");
		return;
	}
	comm_key_show(x, access_parameter(parameters, "authKey"));
	if (x->verdict.status) {
		if (x->verdict.key)
			metric_add(&x->server->metrics->key_refusals, 1);
		registration_refuse(x, x->verdict.why);
		return;
	}
	dialect_store(x);
	if (!elsewhere)
		problem_clear(x->server, PROBLEM_REGISTRATION_ELSEWHERE, x->sn);
	if (registration_differs(x, row.access.parameters, parameters) && elsewhere)
		registration_distrust(x, &change);
	registration_take(x, &row, &change);
}
