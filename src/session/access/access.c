#include "session/access/access.h"

static enum dialect_request access_classify(struct exchange *x)
{
	if (x->target.endpoint == GHI_ENDPOINT_CDATA && exchange_has_param(x, "options"))
		return DIALECT_HANDSHAKE;
	return x->target.endpoint == GHI_ENDPOINT_NONE ? DIALECT_UNKNOWN : DIALECT_POLL;
}

static bool access_heartbeat(const struct exchange *x)
{
	(void)x;
	return false;
}

static void access_refuse(struct exchange *x)
{
	exchange_refuse(x, 406, "access control devices are not served yet");
}

const struct dialect access_dialect = {
	.name = "access",
	.no_path = "no such path for access devices",
	.classify = access_classify,
	.heartbeat = access_heartbeat,
	.authorise = comm_key_authorise,
	.serve = { [DIALECT_HANDSHAKE] = access_refuse, [DIALECT_POLL] = access_refuse },
};
