#include "model/device.h"

static const struct model_field fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct device_row, member), MODEL_##type, flags },
#include "model/device.def"
#undef MODEL_FIELD
};

const struct model_kind device_kind = { "device", "devices", fields, DEVICE_FIELDS,
					sizeof(struct device_row) };

enum device_dialect device_dialect_of(gh_slice device_type)
{
	return gh_slice_ieq(device_type, GH_LIT("acc")) ? DEVICE_ACCESS : DEVICE_ATTENDANCE;
}

const char *device_state_name(enum device_state s)
{
	static const char *const name[DEVICE_STATES] = { "held", "approved", "blocked" };

	return s < DEVICE_STATES ? name[s] : "unknown";
}
