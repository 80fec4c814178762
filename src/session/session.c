/* The steps of every device request: target, device, dialect, admission, key, and the function
 * in the table of the dialect. */
#include "session/session.h"

#include "core/access/subs.h"
#include "core/contacts.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "session/dialect.h"
#include "session/files.h"
#include "session/wake.h"

static bool method_is_known(gh_slice method)
{
	/* Old documents write "Get" (Attendance PUSH 2020-03, 9). */
	return gh_slice_ieq(method, GH_LIT("GET")) || gh_slice_eq(method, GH_LIT("HEAD")) ||
	       gh_slice_eq(method, GH_LIT("POST"));
}

static void session_contact_note(struct exchange *x, enum contact_reason reason,
				 const char *why)
{
	contact_note(x->server, &(struct contact){ .reason = reason,
						   .peer = exchange_peer(x),
						   .target = exchange_shown_target(x),
						   .serial = x->sn,
						   .detail = gh_slice_of(why) });
}

/* A request without a device: it is in no device's trace. */
static void unmatched_refuse(struct exchange *x)
{
	metric_add(&x->server->metrics->unmatched, 1);
	session_contact_note(x, x->verdict.contact, x->verdict.why);
	exchange_refuse(x, x->verdict.status, x->verdict.why);
}

/* --- the checks of a head --- */

static void verdict_set(struct exchange *x, unsigned status, const char *why)
{
	x->verdict.status = status;
	x->verdict.why = why;
}

static void verdict_unmatched(struct exchange *x, unsigned status, enum contact_reason contact,
			      const char *why)
{
	device_unref(x->device);
	x->device = NULL;
	x->verdict.unmatched = true;
	x->verdict.contact = contact;
	verdict_set(x, status, why);
}

/* Without a dialect that serves others, too. */
static void approval_judge(struct exchange *x, enum device_state state)
{
	switch (state) {
	case DEVICE_APPROVED:
		break;
	case DEVICE_BLOCKED:
		x->verdict.held = true;
		verdict_set(x, 403, "device is blocked by the administrator");
		return;
	default:
		x->verdict.held = true;
		/* What it is is not known yet: an access unit goes on without keys after a 404
		 * (Security PUSH 3.1.2, 4.2), and waits for them after anything else. */
		if (x->request == DIALECT_KEY_EXCHANGE &&
		    device_dialect(x->device) == DEVICE_DIALECTS) {
			x->verdict.body = GH_LIT("");
			verdict_set(x, 404,
				    "communication encryption is not offered; use HTTPS");
			return;
		}
		verdict_set(x, 503, "device waits for approval by the administrator");
		return;
	}
}

/* A sub-controller does not call: its serial number alone would bring its commands to another party. */
static void sub_judge(struct exchange *x)
{
	bool registers = x->request == DIALECT_REGISTRATION;

	if (registers)
		x->verdict.body = GH_LIT("406");
	verdict_set(x, registers ? 406 : 403,
		    "device is a sub-controller, which calls through its main controller");
}

static void state_judge_as(struct exchange *x, enum device_state state)
{
	x->verdict.held = x->verdict.key = false;
	x->verdict.body = (gh_slice){ 0 };
	verdict_set(x, 0, NULL);
	if (x->device && device_parent(x->device).n) {
		sub_judge(x);
		return;
	}
	if (x->dialect->judge)
		x->dialect->judge(x, state);
	else
		approval_judge(x, state);
}

static void state_judge(struct exchange *x)
{
	state_judge_as(x, device_state(x->device));
	if (device_deleted(x->device))
		verdict_set(x, 503, "device was deleted, try again");
}

/* Of a device that is known. */
static void device_judge(struct exchange *x)
{
	state_judge(x);
	if (x->verdict.status == 0)
		x->dialect->authorise(x);
}

static void request_judge(struct exchange *x)
{
	if (ghi_target_parse(x->raw_target, &x->target) != GH_OK) {
		verdict_unmatched(x, 400, CONTACT_TARGET_REFUSED,
				  "request target cannot be read");
		return;
	}
	files_target_read(&x->target);

	gh_slice sn = exchange_param(x, "SN");
	bool valid = device_serial_valid(sn);

	/* A clock fetches what PutFile names without its serial number (PUSH SDK 2013, 3.2.4-14). */
	if (sn.n == 0 && files_target_is_path(&x->target) && !x->has_body &&
	    gh_slice_ieq(x->method, GH_LIT("GET"))) {
		x->nameless = true;
		return;
	}

	if (valid)
		x->device = devices_find(x->server->devices, sn);
	dialect_choose(x);
	x->request = (int)x->dialect->classify(x);
	if (x->request == DIALECT_UNKNOWN) {
		verdict_unmatched(x, 404, CONTACT_PATH_UNKNOWN, x->dialect->no_path);
		return;
	}
	if (sn.n == 0) {
		verdict_unmatched(x, 400, CONTACT_SERIAL_MISSING, "SN is missing");
		return;
	}
	if (valid)
		x->sn = sn;
	if (!method_is_known(x->method))
		verdict_unmatched(x, 405, CONTACT_METHOD_REFUSED, "method is not GET or POST");
	else if (!valid)
		verdict_unmatched(x, 400, CONTACT_SERIAL_REFUSED,
				  "SN is not 1 to 32 letters, digits, '-', '_' or '.'");
	else if (x->device)
		device_judge(x);
}

bool session_judge(struct exchange *x)
{
	x->judged = true;
	request_judge(x);
	if (x->verdict.status || x->keep || x->nameless)
		return false;
	/* The first request of an unknown one is served where it is approved at once. */
	return x->device || x->server->settings->new_devices == NEW_DEVICES_APPROVE;
}

static void request_refuse(struct exchange *x)
{
	struct metrics *m = x->server->metrics;

	if (x->verdict.held)
		metric_add(&m->held_requests, 1);
	if (x->verdict.key)
		metric_add(&m->key_refusals, 1);
	if (x->verdict.status == 429)
		x->transport->add_header(x->link, "Retry-After", "60");
	exchange_refuse_with(x, x->verdict.status,
			     x->verdict.body.p ? x->verdict.body : gh_slice_of(x->verdict.why),
			     x->verdict.why);
}

static void request_serve(struct exchange *x)
{
	if (x->verdict.status)
		request_refuse(x);
	else if (x->discarded && x->keep == 0 && x->has_body)
		exchange_refuse(x, 503, "not read, send it again");
	else
		x->dialect->serve[x->request](x);
}

/* --- first contact --- */

static void admission_continue(struct exchange *x)
{
	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	device_log_new(x->server, x->device);
	device_judge(x);
	request_serve(x);
}

/* On the store thread. */
static void session_admission_done(void *ctx, struct device *d, enum gh_err err)
{
	struct exchange *x = ctx;

	x->device = d;
	x->err = err;
	exchange_resume_with(x, admission_continue);
}

static void admission_begin(struct exchange *x)
{
	struct device_row first = {
		.present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_address, DEVICE_device_type),
		.sn = x->sn,
		.address = exchange_peer(x),
		.device_type = exchange_param(x, "DeviceType"),
	};

	x->dialect->describe(x, &first);
	dialect_note(x, &first);
	if (x->arena->failed) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	switch (devices_admit(x->server, &first, session_admission_done, x)) {
	case GH_OK:
		break;
	case GH_EDENIED:
		state_judge_as(x, DEVICE_BLOCKED);
		x->verdict.why = "unknown devices are not admitted";
		x->verdict.held = false;
		session_contact_note(x, CONTACT_NOT_ADMITTED, x->verdict.why);
		request_refuse(x);
		break;
	case GH_EFULL:
		session_contact_note(x, CONTACT_REGISTER_FULL,
				     "the register of devices is full");
		exchange_refuse(x, 503, "the register of devices is full");
		break;
	default:
		exchange_store_failed(x, GH_EBUSY);
		break;
	}
}

/* A serial number proves nothing; that two parties use it is to be seen. */
static void session_peer_note(struct exchange *x)
{
	enum key_proof proof = x->server->settings->key_proof;
	gh_slice peer = exchange_peer(x), other;
	char before[IP_ADDRESS_TEXT];

	if (!device_peer_changed(x->device, peer, x->now_ms, before))
		return;
	other = gh_slice_of(before);
	/* From where it may come is no surprise. */
	if (device_has_key(x->device) && proof != KEY_PROOF_ADDRESS &&
	    device_proven(x->device, peer, proof) && device_proven(x->device, other, proof))
		return;
	bool first = strncmp((const char *)peer.p, before, peer.n) < 0;

	problem_raise(x->server, PROBLEM_SERIAL_TWICE, x->sn, "%.*s and %.*s",
		      GH_FMT(first ? peer : other), GH_FMT(first ? other : peer));
}

/* It may be a device of its own whose serial number a main controller lists: it is to be seen why it is not served. */
static void session_sub_note(struct exchange *x)
{
	if (device_state(x->device) != DEVICE_BLOCKED)
		problem_raise(x->server, PROBLEM_SUB_CALLS, x->sn, "listed by %.*s",
			      GH_FMT(device_parent(x->device)));
}

static void session_device_seen(struct exchange *x)
{
	bool first = device_seen_ms(x->device) == 0;

	device_seen(x->device, x->now_ms);
	device_subs_seen(x->server, x->device, x->now_ms);
	if (first)
		LOG(x->server->log, LOG_INFO, "announced device calls for the first time",
		    { "sn", x->sn }, { "address", exchange_peer(x) },
		    { "state", gh_slice_of(device_state_name(device_state(x->device))) });
}

void session_serve(struct exchange *x)
{
	if (!x->judged)
		x->discarded = !session_judge(x);
	if (x->verdict.unmatched) {
		if (x->verdict.status == 405)
			x->transport->add_header(x->link, "Allow", "GET, POST");
		unmatched_refuse(x);
		return;
	}
	if (x->nameless) {
		files_serve(x);
		return;
	}
	if (x->device == NULL) {
		admission_begin(x);
		return;
	}
	/* That it was in contact is not to be seen by what may have come from elsewhere; a sub-controller is
	 * in contact through its main controller alone. */
	if (device_parent(x->device).n) {
		session_sub_note(x);
	} else {
		session_peer_note(x);
		if (!x->verdict.unproven)
			session_device_seen(x);
	}
	/* It may have been blocked while its body came. */
	if (x->has_body && x->verdict.status == 0)
		state_judge(x);
	if (x->verdict.status == 0 && !x->verdict.unproven)
		wake_request_seen(x);
	x->quiet = x->verdict.status == 0 && x->dialect->heartbeat(x);
	/* The body of a registration may show another one. */
	if (x->verdict.status == 0 && !x->verdict.unproven &&
	    x->request != DIALECT_REGISTRATION)
		dialect_store(x);
	request_serve(x);
}
