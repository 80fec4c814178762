#include "session/dialect.h"

bool comm_key_authorise(struct exchange *x)
{
	struct device_row row;
	bool handshake =
		x->target.endpoint == GHI_ENDPOINT_CDATA && exchange_has_param(x, "options");

	if (!device_has_key(x->device))
		return !x->server->settings->comm_key_required;
	/* Only the handshake carries it. */
	if (!handshake && !exchange_has_param(x, "pushcommkey"))
		return !device_key_failed(x->device);
	device_row(x->device, x->arena, &row);
	bool fits = gh_slice_eq(exchange_param(x, "pushcommkey"), row.comm_key);
	device_key_result(x->device, fits);
	return fits;
}
