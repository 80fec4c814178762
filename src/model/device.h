#ifndef GH_MODEL_DEVICE_H
#define GH_MODEL_DEVICE_H

#include "model/field.h"

enum device_state {
	DEVICE_HELD,	 /* seen, not yet let in: it keeps its data and tries again */
	DEVICE_APPROVED, /* everything flows */
	DEVICE_BLOCKED,	 /* turned away by an administrator */
	DEVICE_STATES
};

/* What a device that calls over HTTP talks. */
enum device_dialect { DEVICE_ATTENDANCE, DEVICE_ACCESS, DEVICE_DIALECTS };

/* By the type a device announces at its handshake: "acc" is an access unit, anything else
 * (none, "att") an attendance device (QUIRKS Q21). */
enum device_dialect device_dialect_of(gh_slice device_type);

/* "held", "approved", "blocked" */
const char *device_state_name(enum device_state s);

struct device_row {
	uint64_t present;
	int64_t id; /* the store's number, never reused */
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/device.def"
#undef MODEL_FIELD
};

enum device_field {
#define MODEL_FIELD(member, json, type, flags) DEVICE_##member,
#include "model/device.def"
#undef MODEL_FIELD
	DEVICE_FIELDS
};

extern const struct model_kind device_kind;

#endif
