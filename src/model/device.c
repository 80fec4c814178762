#include "model/device.h"

static const struct model_field fields[] = {
#define DEVICE_OFFSET_IDENTITY(member) offsetof(struct device_row, member)
#define DEVICE_OFFSET_ATTENDANCE(member) offsetof(struct device_row, attendance.member)
#define DEVICE_OFFSET_TERMINAL(member) offsetof(struct device_row, terminal.member)
#define DEVICE_OFFSET_ACCESS(member) offsetof(struct device_row, access.member)
#define DEVICE_FIELD(PART, member, json, type, flags) \
	{ #member, json, DEVICE_OFFSET_##PART(member), MODEL_##type, flags },
#include "model/device.def"
#undef DEVICE_FIELD
};

const struct model_kind device_kind = { "device", "devices", fields, DEVICE_FIELDS,
					sizeof(struct device_row) };

enum device_part device_part_of(size_t field)
{
	static const uint8_t part[DEVICE_FIELDS] = {
#define DEVICE_FIELD(PART, member, json, type, flags) DEVICE_##PART##_PART,
#include "model/device.def"
#undef DEVICE_FIELD
	};

	return (enum device_part)part[field];
}

const char *device_part_table(enum device_part part)
{
	static const char *const table[DEVICE_PARTS] = {
#define DEVICE_PART(PART, table) table,
#include "model/device.def"
#undef DEVICE_PART
	};

	return table[part];
}

const char *device_dialect_name(enum device_dialect d)
{
	static const char *const name[DEVICE_DIALECTS] = {
		[DEVICE_ATTENDANCE] = "attendance", [DEVICE_ACCESS] = "access"
	};

	return d < DEVICE_DIALECTS ? name[d] : "";
}

enum device_dialect device_dialect_of(gh_slice name)
{
	enum device_dialect d = DEVICE_ATTENDANCE;

	while (d < DEVICE_DIALECTS && !gh_slice_eq(name, gh_slice_of(device_dialect_name(d))))
		d++;
	return d;
}

const char *device_sub_step_name(enum device_sub_step s)
{
	static const char *const name[DEVICE_SUB_STEPS] = { "waits", "registers",
							    "authorised" };

	return name[s];
}

enum access_token_policy access_token_policy_of(gh_slice word)
{
	static const char *const name[ACCESS_TOKEN_POLICIES] = { "off", "log", "strict" };
	enum access_token_policy p = ACCESS_TOKEN_OFF;

	while (p < ACCESS_TOKEN_POLICIES && !gh_slice_eq(word, gh_slice_of(name[p])))
		p++;
	return p;
}

const char *sync_policy_name(enum sync_policy p)
{
	static const char *const name[SYNC_POLICIES] = { "auto", "plan", "conflict" };

	return p < SYNC_POLICIES ? name[p] : NULL;
}

enum sync_policy sync_policy_of(gh_slice word)
{
	enum sync_policy p = SYNC_AUTO;

	while (p < SYNC_POLICIES && !gh_slice_eq(word, gh_slice_of(sync_policy_name(p))))
		p++;
	return p;
}

const char *device_registration_name(enum device_registration r)
{
	static const char *const name[DEVICE_REGISTRATIONS] = { "none", "registered",
								"configured" };

	return r < DEVICE_REGISTRATIONS ? name[r] : "none";
}

const char *device_contact_name(enum device_contact c)
{
	static const char *const name[DEVICE_CONTACTS] = { [DEVICE_ONLINE] = "online",
							   [DEVICE_LATE] = "late",
							   [DEVICE_SILENT] = "silent",
							   [DEVICE_NEVER] = "never" };

	return c < DEVICE_CONTACTS ? name[c] : "";
}

const char *device_state_name(enum device_state s)
{
	static const char *const name[DEVICE_STATES] = { "held", "approved", "blocked" };

	return s < DEVICE_STATES ? name[s] : "unknown";
}
