/* Devices that are called: adding them by address; one that will call is announced
 * (device_announce.h). */
#include "core/terminals.h"

#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "api/device_announce.h"
#include "api/device_view.h"

const struct terminals *call_terminals(struct call *c)
{
	const struct terminals *t = c->server->terminals;

	if (t == NULL)
		call_fail(c, ERROR_no_terminals, "This server calls no terminals.");
	return t;
}

static gh_slice body_text(const struct body *b, const char *name)
{
	const struct body *m = body_find(b, gh_slice_of(name));

	return m ? m->s : (gh_slice){ 0 };
}

/* What a terminal, or the way to it, had against it; `why` is a sentence. */
static void terminal_fail(struct call *c, enum gh_err err, const char *why)
{
	static const struct {
		enum gh_err err;
		enum error_code code;
	} row[] = {
		{ GH_EUNREACHABLE, ERROR_terminal_unreachable },
		{ GH_ETIMEOUT, ERROR_terminal_silent },
		{ GH_EAUTH, ERROR_comm_key_wrong },
		{ GH_EMALFORMED, ERROR_not_a_terminal },
		{ GH_ECHECKSUM, ERROR_not_a_terminal },
		{ GH_EUNSUPPORTED, ERROR_terminal_unsupported },
		{ GH_ECLOSED, ERROR_terminal_lost },
		{ GH_EEXISTS, ERROR_exists },
		{ GH_EINVALID, ERROR_field_invalid },
		{ GH_EDENIED, ERROR_denied },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (row[i].err != err)
			continue;
		call_fail(c, row[i].code, "%s", why);
		return;
	}
	if (err == GH_ECANCELLED)
		call_fail_err(c, GH_ECLOSED);
	else if (err == GH_EBUSY || err == GH_ENOMEM || err == GH_EFULL)
		call_fail_err(c, err);
	else
		call_fail(c, ERROR_terminal_failed, "%s", why);
}

/* What its clock showed, and whether it is set. */
static void clock_write(struct json *j, const struct terminal_clock *clock)
{
	struct value offset =
		clock->known ? value_of(VALUE_INT, clock->offset_s) : value_null();

	json_key(j, "clockShown");
	value_json(j, &offset);
	json_key(j, "clockMoved");
	json_bool(j, clock->moved);
}

static void terminal_add_done(void *ctx, enum gh_err err, struct device *d,
			      const struct terminal_clock *clock, const char *why)
{
	struct call *c = ctx;
	struct http_request *r = c->r;

	if (err) {
		terminal_fail(c, err, why);
	} else {
		struct device_view v;
		struct json j = call_data();

		LOG(c->server->log, LOG_INFO, "terminal added", { "sn", device_sn(d) },
		    { "peer", http_peer(r) }, { "request", gh_slice_of(c->id) });
		device_view_init(&v, c->server, d, call_arena(c));
		json_object(&j);
		fields_json_inner(&j, &zk_server_device_fields, &v);
		clock_write(&j, clock);
		json_object_end(&j);
		call_data_end(c, 201, &j);
	}
	device_unref(d);
	http_resume(r);
}

/* Of those fields that a terminal has when it is there. */
static bool terminal_fields_fit(struct call *c)
{
	static const char *const of_announced[] = { "state", "area", "tags" };

	for (size_t i = 0; i < sizeof(of_announced) / sizeof(of_announced[0]); i++) {
		if (!body_find(c->body, gh_slice_of(of_announced[i])))
			continue;
		call_fail_field(c, ERROR_field_invalid, of_announced[i],
				"is for devices without \"address\"; change it when the "
				"terminal is added");
		return false;
	}
	return true;
}

void handle_device_add(struct call *c)
{
	const struct body *b = c->body;
	const struct terminals *t;
	const struct body *interval, *live;

	if (!body_find(b, GH_LIT("address"))) {
		device_announce(c);
		return;
	}
	t = terminal_fields_fit(c) ? call_terminals(c) : NULL;
	if (t == NULL)
		return;
	interval = body_find(b, GH_LIT("readInterval"));
	live = body_find(b, GH_LIT("live"));
	struct terminal_request request = {
		.address = body_text(b, "address"),
		.comm_key = body_text(b, "commKey"),
		.name = body_text(b, "name"),
		.serial = body_text(b, "sn"),
		.zone = body_text(b, "zone"),
		.read_interval_s = interval ? interval->i : 600,
		.live = live == NULL || live->i,
		.clock = body_text(b, "clock"),
	};

	if (gh_slice_eq(request.clock, GH_LIT("default")))
		request.clock = (gh_slice){ 0 };

	if (request.serial.n && !device_serial_valid(request.serial)) {
		call_fail_field(c, ERROR_field_invalid, "sn",
				"must be 1 to 32 letters, digits, '-', '_' or '.'");
		return;
	}
	http_defer(c->r);
	enum gh_err err = t->ops->add(t->self, &request, terminal_add_done, c);
	if (err == GH_EINVALID) {
		call_fail_field(c, ERROR_field_invalid, "address",
				"must be tcp://HOST[:PORT], udp://HOST[:PORT] or HOST[:PORT], "
				"and \"commKey\" a number");
		http_resume(c->r);
	} else if (err) {
		terminal_add_done(c, err == GH_ECLOSED ? GH_ECANCELLED : err, NULL, NULL,
				  "The terminal could not be added.");
	}
}
