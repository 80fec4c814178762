/* The table of functions of the dialect, the classification of requests, and what each is answered. */
#include "session/access/access.h"
#include "core/access/subs.h"

#include "session/answers.h"

static const uint8_t answer_by[DIALECT_REQUESTS][ACCESS_STATES] = {
#define ACCESS_REPLY(request, held, approved, registered, configured, blocked)          \
	[DIALECT_##request] = { ACCESS_ANSWER_##held, ACCESS_ANSWER_##approved,         \
				ACCESS_ANSWER_##registered, ACCESS_ANSWER_##configured, \
				ACCESS_ANSWER_##blocked },
#include "session/access/reply.def"
#undef ACCESS_REPLY
};

static const struct {
	unsigned status;
	const char *why;
} answer_row[ACCESS_ANSWERS] = {
#define ACCESS_ANSWER(name, status, why) { status, why },
#include "session/access/reply.def"
#undef ACCESS_ANSWER
};

static enum access_state access_state_of(const struct device *d, enum device_state state)
{
	switch (state) {
	case DEVICE_APPROVED:
		break;
	case DEVICE_BLOCKED:
		return ACCESS_BLOCKED;
	default:
		return ACCESS_HELD;
	}
	switch (device_registration(d)) {
	case DEVICE_REGISTERED:
		return ACCESS_REGISTERED;
	case DEVICE_CONFIGURED:
		return ACCESS_CONFIGURED;
	default:
		return ACCESS_APPROVED;
	}
}

enum access_answer access_answer_of(const struct exchange *x)
{
	enum access_state state = access_state_of(x->device, device_state(x->device));

	return (enum access_answer)answer_by[x->request][state];
}

static enum dialect_request access_data_classify(struct exchange *x)
{
	if (gh_slice_ieq(exchange_param(x, "AuthType"), GH_LIT("device")))
		return DIALECT_IDENTIFY;
	if (!x->has_body && exchange_has_param(x, "options"))
		return DIALECT_HANDSHAKE;
	return DIALECT_UPLOAD;
}

/* The method decides nothing: a unit may GET its configuration, and POST a ping (4.5, 6). */
static enum dialect_request access_classify(struct exchange *x)
{
	switch (x->target.endpoint) {
	case GHI_ENDPOINT_CDATA:
		return access_data_classify(x);
	case GHI_ENDPOINT_EXCHANGE:
		x->keep = 1;
		return DIALECT_KEY_EXCHANGE;
	case GHI_ENDPOINT_REGISTRY:
		x->keep = ACCESS_PARAMETERS;
		return DIALECT_REGISTRATION;
	case GHI_ENDPOINT_PUSH:
		return DIALECT_CONFIGURATION;
	case GHI_ENDPOINT_GETREQUEST:
		return DIALECT_POLL;
	case GHI_ENDPOINT_DEVICECMD:
	case GHI_ENDPOINT_DEVICEMD:
		return DIALECT_ANSWERS;
	case GHI_ENDPOINT_PING:
		return DIALECT_PING;
	case GHI_ENDPOINT_QUERYDATA:
		return DIALECT_ROWS;
	case GHI_ENDPOINT_FILE:
		return DIALECT_FILE;
	case GHI_ENDPOINT_RTDATA:
		return DIALECT_TIME;
	default:
		return DIALECT_UNKNOWN;
	}
}

static void access_describe(struct exchange *x, struct device_row *first)
{
	first->access.protocol = exchange_param(x, "pushver");
	model_mark(first, DEVICE_protocol);
}

static void access_judge(struct exchange *x, enum device_state state)
{
	enum access_answer a =
		(enum access_answer)answer_by[x->request][access_state_of(x->device, state)];

	x->verdict.held = state != DEVICE_APPROVED;
	x->verdict.status = answer_row[a].status;
	x->verdict.why = answer_row[a].why;
	if (a == ACCESS_ANSWER_REFUSED)
		x->verdict.body = GH_LIT("406");
}

/* What begins a conversation shows no key (registration.c looks at that of a registration); a clock that
 * has one begins with it. */
static void access_authorise(struct exchange *x)
{
	bool begins = x->request == DIALECT_HANDSHAKE &&
		      device_dialect(x->device) != DEVICE_ATTENDANCE;

	if (begins || x->request == DIALECT_REGISTRATION || x->request == DIALECT_KEY_EXCHANGE)
		x->verdict.unproven = !comm_key_proven(x) || !access_begins_at_home(x);
	else
		comm_key_authorise(x);
	if (!begins && x->request != DIALECT_KEY_EXCHANGE) {
		device_exchange_end(x->device);
		if (x->verdict.status == 0 && x->request != DIALECT_REGISTRATION)
			access_token_judge(x);
	}
	access_home_judge(x);
}

static bool access_heartbeat(const struct exchange *x)
{
	return x->request == DIALECT_POLL && x->target.params == 1 &&
	       !device_offers_due(x->server, x->device, x->now_ms);
}

static void access_ping(struct exchange *x)
{
	exchange_ok(x);
}

/* After a 200 it would wait for keys. */
static void access_key_exchange(struct exchange *x)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_plain_only),
				     .access.plain_only = 1 };

	if (device_state(x->device) == DEVICE_APPROVED && !x->verdict.unproven &&
	    device_exchange_note(x->device, x->now_ms) &&
	    device_change(x->server, x->device, &change, NULL, NULL) == GH_OK)
		LOG(x->server->log, LOG_WARNING,
		    "device insists on encryption; plain protocol 3.0.1 offered",
		    { "sn", x->sn });
	exchange_refuse_with(x, 404, GH_LIT(""),
			     "communication encryption is not offered; use HTTPS");
}

const struct dialect access_dialect = {
	.name = "access",
	.names_units = true,
	.holds_polls = true,
	.no_path = "no such path for access devices",
	.classify = access_classify,
	.describe = access_describe,
	.judge = access_judge,
	.heartbeat = access_heartbeat,
	.authorise = access_authorise,
	.serve = {
		[DIALECT_HANDSHAKE] = access_handshake,
		[DIALECT_KEY_EXCHANGE] = access_key_exchange,
		[DIALECT_REGISTRATION] = access_registration,
		[DIALECT_CONFIGURATION] = access_configuration,
		[DIALECT_UPLOAD] = access_upload,
		[DIALECT_ROWS] = access_rows,
		[DIALECT_FILE] = access_file,
		[DIALECT_POLL] = access_poll,
		[DIALECT_ANSWERS] = answers_serve,
		[DIALECT_PING] = access_ping,
		[DIALECT_IDENTIFY] = access_identify,
		[DIALECT_TIME] = access_time,
	},
	.write_commands = access_commands_write,
};
