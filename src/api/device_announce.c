/* POST /api/devices without an address: a device that will call, known before it does. */
#include "api/device_announce.h"

#include "api/compat/zk_server/fields.h"
#include "api/device_settings.h"
#include "api/device_view.h"
#include "core/audit.h"

/* In the request's arena. */
struct announcement {
	struct call *c;
	struct audit_row audit;
	struct device *d;
	enum gh_err err;
};

static void announcement_reply(void *ctx)
{
	struct announcement *a = ctx;
	struct call *c = a->c;
	struct device_view v;
	struct json j;

	if (a->err == GH_EEXISTS) {
		call_fail_field(c, ERROR_exists, "sn",
				"is that of a device which is known already; it is %s",
				a->d ? device_state_name(device_state(a->d)) : "there");
	} else if (a->err == GH_EINVALID) {
		call_fail_field(c, ERROR_field_invalid, "area",
				"must be the number of an area");
	} else if (a->err) {
		call_fail_err(c, a->err);
	} else {
		LOG(c->server->log, LOG_INFO, "device announced", { "sn", device_sn(a->d) },
		    { "peer", http_peer(c->r) }, { "request", gh_slice_of(c->id) });
		device_view_init(&v, c->server, a->d, call_arena(c));
		j = call_data();
		json_object(&j);
		fields_json_inner(&j, &zk_server_device_fields, &v);
		json_key(&j, "clockShown");
		json_null(&j);
		json_key(&j, "clockMoved");
		json_bool(&j, false);
		json_object_end(&j);
		call_data_end(c, 201, &j);
	}
	device_unref(a->d);
}

/* On the store thread. */
static void announcement_done(void *ctx, struct device *d, enum gh_err err)
{
	struct announcement *a = ctx;

	a->d = d;
	a->err = err;
	http_resume_with(a->c->r, announcement_reply, a);
}

static bool announcement_fields_fit(struct call *c)
{
	static const char *const of_terminals[] = { "readInterval", "live", "clock" };
	const struct body *sn = body_find(c->body, GH_LIT("sn"));

	if (sn == NULL || !device_serial_valid(sn->s)) {
		call_fail_field(c, ERROR_field_invalid, "sn",
				sn ? "must be 1 to 32 letters, digits, '-', '_' or '.'"
				   : "is missing, or \"address\" is: a device is announced by "
				     "its serial number, a terminal added by its address");
		return false;
	}
	for (size_t i = 0; i < sizeof(of_terminals) / sizeof(of_terminals[0]); i++) {
		if (!body_find(c->body, gh_slice_of(of_terminals[i])))
			continue;
		call_fail_field(c, ERROR_field_invalid, of_terminals[i],
				"is for terminals, which have an \"address\"");
		return false;
	}
	return true;
}

void device_announce(struct call *c)
{
	const struct body *state = body_find(c->body, GH_LIT("state"));
	struct device_settings set = { .since = GHI_CIVIL_NONE };
	struct announcement *a;
	struct device *d;

	if (!announcement_fields_fit(c) || !device_settings_read(c, &set))
		return;
	set.change.sn = body_find(c->body, GH_LIT("sn"))->s;
	set.change.state =
		state && gh_slice_eq(state->s, GH_LIT("held")) ? DEVICE_HELD : DEVICE_APPROVED;
	a = ghi_arena_alloc(call_arena(c), sizeof(*a));
	if (a == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	*a = (struct announcement){ .c = c, .audit = call_audit(c, "announce_device") };
	a->audit.subject = audit_subject(call_arena(c), "device", set.change.sn);
	a->audit.after = body_json(c->body, call_arena(c));
	d = devices_find(c->server->devices, set.change.sn);
	if (d) {
		a->d = d;
		a->err = GH_EEXISTS;
		announcement_reply(a);
		return;
	}
	http_defer(c->r);
	enum gh_err err =
		devices_announce(c->server, &set.change, set.tagged ? &set.tags.added : NULL,
				 &a->audit, announcement_done, a);

	if (err == GH_OK)
		return;
	if (err == GH_EINVALID)
		call_fail_field(
			c, ERROR_field_invalid, "zone",
			"must be a time zone that exists: Europe/Istanbul, UTC or +05:30");
	else if (err == GH_EFULL)
		call_fail(c, ERROR_too_many_devices,
			  "There are as many devices as the server allows.");
	else
		call_fail_err(c, err);
	http_resume(c->r);
}
