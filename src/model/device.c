#include "model/device.h"

static const struct model_field fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct device_row, member), MODEL_##type, flags },
#include "model/device.def"
#undef MODEL_FIELD
};

const struct model_kind device_kind = { "device", "devices", fields, DEVICE_FIELDS,
					sizeof(struct device_row) };

const char *device_state_name(enum device_state s)
{
	static const char *const name[DEVICE_STATES] = { "held", "approved", "blocked" };

	return s < DEVICE_STATES ? name[s] : "unknown";
}
