#include "session/dialect.h"

#include "session/access/access.h"
#include "session/attendance/attendance.h"

static const struct dialect *const dialects[DEVICE_DIALECTS] = {
	[DEVICE_ATTENDANCE] = &attendance_dialect,
	[DEVICE_ACCESS] = &access_dialect,
};

const struct dialect *dialect_choose(struct exchange *x)
{
	bool handshake = x->target.endpoint == GHI_ENDPOINT_CDATA && !x->has_body &&
			 exchange_has_param(x, "options");

	if (handshake)
		return dialects[device_dialect_of(exchange_param(x, "DeviceType"))];
	return dialects[x->device ? device_dialect(x->device) : DEVICE_ATTENDANCE];
}

const struct dialect_table *dialect_table_find(const struct dialect *d, gh_slice name)
{
	for (size_t i = 0; i < d->table_count; i++)
		if (gh_slice_ieq(name, gh_slice_of(d->tables[i].name)))
			return &d->tables[i];
	return NULL;
}
