/* What may be done to a device: approve, block, change, delete. */
#include <stdio.h>

#include "api/audit_before.h"
#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "api/device_settings.h"
#include "api/device_view.h"
#include "core/access/subs.h"
#include "core/audit.h"
#include "core/comparisons.h"
#include "core/device_options.h"
#include "core/problems.h"
#include "core/retext.h"
#include "core/rezone.h"
#include "core/trace.h"

/* A change under way; in the request's arena. done() on the store thread records the result,
 * the reply is made on the thread that owns the request. */
struct changing {
	struct call *c;
	enum gh_err err;
	struct device *d;
	struct device_settings set;
	struct audit_row audit;
	bool refused;  /* before the store was called */
	int64_t check; /* number of the CHECK that was queued for it; 0: none */
	bool compare;  /* its log is to be compared */
	bool rezoned;  /* `rezone` has the result */
	struct rezone_result rezone;
	enum gh_err text_err; /* why names were not derived again */
};

static void change_fail(const struct changing *g)
{
	struct call *c = g->c;
	enum gh_err err = g->err;
	if (err == GH_EINVALID && !g->refused)
		call_fail_field(c, ERROR_field_invalid, "area",
				"must be the number of an area");
	else if (err == GH_ETOOBIG && g->set.tags.added.n)
		call_fail_field(c, ERROR_field_invalid, "addTags",
				"leaves the device more than %d tags; remove some of those "
				"it has, by \"removeTags\"",
				DEVICE_TAGS);
	else if (err == GH_EINVALID)
		call_fail_field(
			c, ERROR_field_invalid, "zone",
			"must be a time zone that exists: Europe/Istanbul, UTC or +05:30");
	else
		call_fail_err(c, err);
}

/* What the change set in motion. */
static void change_effects_write(struct json *j, const struct changing *g)
{
	struct value id = value_of(VALUE_ID, g->check);

	if (g->rezoned) {
		json_key(j, "kept");
		json_int(j, g->rezone.kept);
	}
	if (g->rezoned && g->set.since != GHI_CIVIL_NONE) {
		struct value first = value_of(VALUE_INT, g->rezone.first_seq);

		if (g->rezone.first_seq == 0)
			first = value_null();
		json_key(j, "rederived");
		json_int(j, g->rezone.rederived);
		json_key(j, "unchanged");
		json_int(j, g->rezone.unchanged);
		json_key(j, "firstSeq");
		value_json(j, &first);
		first = g->rezone.events_first_seq
				? value_of(VALUE_INT, g->rezone.events_first_seq)
				: value_null();
		json_key(j, "eventsRederived");
		json_int(j, g->rezone.events_rederived);
		json_key(j, "eventsUnchanged");
		json_int(j, g->rezone.events_unchanged);
		json_key(j, "eventsFirstSeq");
		value_json(j, &first);
	}
	if (g->check == 0)
		return;
	json_key(j, "commandId");
	value_json(j, &id);
}

static void device_answer(struct changing *g)
{
	struct call *c = g->c;
	struct device_view v;
	struct json j = call_data();

	device_view_init(&v, c->server, g->d, call_arena(c));
	json_object(&j);
	fields_json_inner(&j, &zk_server_device_fields, &v);
	change_effects_write(&j, g);
	json_object_end(&j);
	call_data_end(c, 200, &j);
	device_unref(g->d);
}

static void change_answer(void *ctx)
{
	device_answer(ctx);
}

/* On the store thread. */
static void change_report(void *ctx, enum gh_err err, const struct command *check)
{
	struct changing *g = ctx;

	if (err == GH_OK)
		g->check = check->id;
	http_resume_with(g->c->r, change_answer, g);
}

/* What it read at its handshake, and reads again after a CHECK. */
static bool change_is_reported(const struct device_row *change)
{
	static const enum device_field reported[] = { DEVICE_zone,
						      DEVICE_delay_s,
						      DEVICE_error_delay_s,
						      DEVICE_trans_times,
						      DEVICE_trans_interval_min,
						      DEVICE_realtime };

	for (size_t i = 0; i < sizeof(reported) / sizeof(reported[0]); i++)
		if (model_has(change, reported[i]))
			return true;
	return false;
}

/* The last step: notify the device. */
static void change_notify(void *ctx)
{
	struct changing *g = ctx;

	if (g->err) {
		change_fail(g);
		device_unref(g->d);
		return;
	}
	if (!change_is_reported(&g->set.change)) {
		device_answer(g);
		return;
	}
	/* The peer has closed: the next tick of the server notifies the device. */
	if (!http_defer(g->c->r)) {
		device_unref(g->d);
		return;
	}
	enum gh_err err =
		device_options_send(g->c->server, g->d, true, g->c->who, change_report, g);

	if (err == GH_OK)
		return;
	device_answer(g);
	http_resume(g->c->r);
}

static void change_log(const struct changing *g)
{
	static const char *const event[DEVICE_STATES] = { "device held", "device approved",
							  "device blocked" };
	bool state = model_has(&g->set.change, DEVICE_state);

	LOG(g->c->server->log, LOG_INFO, state ? event[g->set.change.state] : "device changed",
	    { "sn", device_sn(g->d) }, { "peer", http_peer(g->c->r) },
	    { "request", gh_slice_of(g->c->id) });
}

/* On a reader thread or the store thread. */
static void change_rezoned(void *ctx, enum gh_err err, const struct rezone_result *result)
{
	struct changing *g = ctx;

	g->err = err;
	g->rezone = *result;
	g->rezoned = true;
	http_resume_with(g->c->r, change_notify, g);
}

/* What was stored before, in the new zone on request. */
static void change_rezone(struct changing *g)
{
	if (!http_defer(g->c->r)) {
		device_unref(g->d);
		return;
	}
	enum gh_err err = device_rezone(g->c->server, g->d, g->set.since, change_rezoned, g);

	if (err == GH_OK)
		return;
	g->err = err;
	http_resume_with(g->c->r, change_notify, g);
}

/* What follows from the change for what is stored, and for the device. */
static void change_follow(struct changing *g)
{
	if (model_has(&g->set.change, DEVICE_zone) || g->set.since != GHI_CIVIL_NONE)
		change_rezone(g);
	else
		change_notify(g);
}

static void change_retexted_follow(void *ctx)
{
	struct changing *g = ctx;

	if (g->text_err)
		LOG(g->c->server->log, LOG_WARNING,
		    "names not derived again, set charset again", { "sn", device_sn(g->d) },
		    { "why", gh_slice_of(gh_strerror(g->text_err)) });
	change_follow(g);
}

/* On a reader thread or the store thread. */
static void change_retexted(void *ctx, enum gh_err err)
{
	struct changing *g = ctx;

	g->text_err = err;
	http_resume_with(g->c->r, change_retexted_follow, g);
}

/* The names of its people, in the new character set. */
static void change_retext(struct changing *g)
{
	if (!http_defer(g->c->r)) {
		device_unref(g->d);
		return;
	}
	enum gh_err err = device_retext(g->c->server, g->d, change_retexted, g);

	if (err)
		change_retexted(g, err);
}

static void change_reply(void *ctx)
{
	struct changing *g = ctx;

	if (g->err) {
		change_fail(g);
		device_unref(g->d);
		return;
	}
	change_log(g);
	if (g->compare)
		comparison_order(g->c->server, g->d);
	if (model_has(&g->set.change, DEVICE_comm_key)) {
		problem_clear(g->c->server, PROBLEM_COMM_KEY_WRONG, device_sn(g->d));
		problem_clear(g->c->server, PROBLEM_COMM_KEY_NOT_SHOWN, device_sn(g->d));
	}
	if (model_has(&g->set.change, DEVICE_charset)) {
		problem_clear(g->c->server, PROBLEM_NAMES_UNREADABLE, device_sn(g->d));
		change_retext(g);
	} else {
		change_follow(g);
	}
}

static void call_change_done(void *ctx, enum gh_err err)
{
	struct changing *g = ctx;

	g->err = err;
	http_resume_with(g->c->r, change_reply, g);
}

static struct changing *change_begin(struct call *c)
{
	struct changing *g = ghi_arena_alloc(call_arena(c), sizeof(*g));

	if (g == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	g->c = c;
	g->set.since = GHI_CIVIL_NONE;
	g->d = call_device(c);
	return g->d ? g : NULL;
}

/* Who does what to the device. False: no memory; answered. */
static bool change_audit(struct changing *g, const char *action)
{
	struct call *c = g->c;
	struct arena *a = call_arena(c);

	g->audit = call_audit(c, action);
	g->audit.subject = audit_subject(a, "device", device_sn(g->d));
	g->audit.after = body_json(c->body, a);
	g->audit.before = device_before(g->d, c->server, c->body, a);
	if (!a->failed)
		return true;
	call_fail_err(c, GH_ENOMEM);
	device_unref(g->d);
	return false;
}

static void change_put(struct changing *g, const char *action)
{
	enum gh_err err;

	if (!change_audit(g, action))
		return;
	http_defer(g->c->r);
	err = device_change_tagged(g->c->server, g->d, &g->set.change,
				   g->set.tagged ? &g->set.tags : NULL, &g->audit,
				   call_change_done, g);
	if (err) {
		g->refused = true;
		call_change_done(g, err);
	}
}

static void change_state(struct changing *g, enum device_state state)
{
	model_mark(&g->set.change, DEVICE_state);
	g->set.change.state = state;
}

void handle_device_block(struct call *c)
{
	struct changing *g = change_begin(c);

	if (g == NULL)
		return;
	change_state(g, DEVICE_BLOCKED);
	change_put(g, "block_device");
}

/* All that an access unit registered: at its next start it is unknown, and registers. */
void handle_device_reset_registration(struct call *c)
{
	static const enum device_field reset[] = {
		DEVICE_registration, DEVICE_registry_code,  DEVICE_session_id,
		DEVICE_parameters,   DEVICE_registered_ms,  DEVICE_configured_ms,
		DEVICE_plain_only,   DEVICE_command_format,
	};
	struct changing *g = change_begin(c);

	if (g == NULL)
		return;
	for (size_t i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
		model_mark(&g->set.change, reset[i]);
	change_put(g, "reset_registration");
}

/* Of a device that calls; a terminal's log is read, an access unit has events. */
void handle_device_compare(struct call *c)
{
	struct changing *g = change_begin(c);

	if (g == NULL)
		return;
	if (device_is_terminal(g->d) || device_dialect(g->d) == DEVICE_ACCESS) {
		call_fail(c, ERROR_not_compared, "This device has no log that is compared.");
		device_unref(g->d);
		return;
	}
	if (device_state(g->d) == DEVICE_BLOCKED || device_state(g->d) == DEVICE_HELD) {
		bool held = device_state(g->d) == DEVICE_HELD;

		call_fail(c, held ? ERROR_device_held : ERROR_device_blocked, "%s",
			  held ? "This device waits for approval: its punches stay on it."
			       : "This device is blocked: nothing is taken from it.");
		device_unref(g->d);
		return;
	}
	g->compare = true;
	change_put(g, "compare_device");
}

/* The settings in the body and the tags, and the store's part. */
static void change_settings(struct changing *g, const char *action)
{
	if (device_settings_read(g->c, &g->set)) {
		change_put(g, action);
		return;
	}
	device_unref(g->d);
}

void handle_device_patch(struct call *c)
{
	struct changing *g = change_begin(c);

	if (g == NULL)
		return;
	if (!device_settings_check(c, g->d, &g->set)) {
		device_unref(g->d);
		return;
	}
	change_settings(g, "change_device");
}

/* Its zone and name at once, so that nothing is read in the wrong zone in between. */
void handle_device_approve(struct call *c)
{
	struct changing *g = change_begin(c);

	if (g == NULL)
		return;
	change_state(g, DEVICE_APPROVED);
	change_settings(g, "approve_device");
}

/* Its main controller is to remove it, too. */
static void sub_remove(struct changing *g)
{
	struct server *server = g->c->server;
	struct device *parent = devices_find(server->devices, device_parent(g->d));

	if (parent && sub_order(server, parent, device_sn(g->d), DEVICE_SUB_WAITS))
		LOG(server->log, LOG_WARNING, "a sub-controller stays with its main controller",
		    { "sn", device_sn(g->d) }, { "parent", device_sn(parent) });
	device_unref(parent);
}

static void delete_reply(void *ctx)
{
	struct changing *g = ctx;
	struct call *c = g->c;

	if (g->err) {
		call_fail_err(c, g->err);
	} else {
		sub_remove(g);
		trace_drop(c->server->trace, device_sn(g->d));
		LOG(c->server->log, LOG_INFO, "device deleted", { "sn", device_sn(g->d) },
		    { "peer", http_peer(c->r) }, { "request", gh_slice_of(c->id) });
		problem_clear_subject(c->server, device_sn(g->d));
		call_done(c, "Device deleted; its punches stay");
	}
	device_unref(g->d);
}

static void call_delete_done(void *ctx, enum gh_err err)
{
	struct changing *g = ctx;

	g->err = err;
	http_resume_with(g->c->r, delete_reply, g);
}

void handle_device_delete(struct call *c)
{
	struct changing *g = change_begin(c);
	enum gh_err err;

	if (g == NULL || !change_audit(g, "delete_device"))
		return;
	http_defer(c->r);
	err = device_delete(c->server, g->d, &g->audit, call_delete_done, g);
	if (err)
		call_delete_done(g, err);
}
