#ifndef GH_MODEL_DEVICE_H
#define GH_MODEL_DEVICE_H

#include "model/field.h"

enum device_state {
	DEVICE_HELD,	 /* seen, not yet approved: it keeps its data and tries again */
	DEVICE_APPROVED, /* its data is accepted */
	DEVICE_BLOCKED,	 /* refused by an administrator */
	DEVICE_STATES
};

/* How a device keeps in touch, by its own rhythm (core/devices.h). */
enum device_contact {
	DEVICE_ONLINE,
	DEVICE_LATE,
	DEVICE_SILENT,
	DEVICE_NEVER,
	DEVICE_CONTACTS
};

/* The dialect of a device that calls over HTTP. */
enum device_dialect { DEVICE_ATTENDANCE, DEVICE_ACCESS, DEVICE_DIALECTS };

/* How far a unit of the access dialect came (Security PUSH 3.1.2, 4.4, 4.5). */
enum device_registration {
	DEVICE_UNREGISTERED, /* it has no code */
	DEVICE_REGISTERED,
	DEVICE_CONFIGURED, /* and it read its configuration */
	DEVICE_REGISTRATIONS
};

/* How far a sub-controller is, as its main controller reports it (Security PUSH 3.1.2, 5: IsAuthorize). */
enum device_sub_step {
	DEVICE_SUB_WAITS,     /* it announces itself */
	DEVICE_SUB_REGISTERS, /* it may describe itself */
	DEVICE_SUB_AUTHORISED,
	DEVICE_SUB_STEPS
};

/* What follows where the token of a registered unit does not fit: nothing, it is counted, or the request is
 * refused. */
enum access_token_policy {
	ACCESS_TOKEN_OFF,
	ACCESS_TOKEN_LOG,
	ACCESS_TOKEN_STRICT,
	ACCESS_TOKEN_POLICIES
};

/* Whether plans that the server makes for an access unit by itself run at once, or wait for a person. The first of
 * a unit always waits. */
enum sync_policy {
	SYNC_AUTO,
	SYNC_PLAN,
	SYNC_CONFLICT, /* set by the server where PINs of the device are other people in the roster: nothing is sent */
	SYNC_POLICIES
};

/* "auto", "plan", "conflict"; SYNC_POLICIES: none of them. */
enum sync_policy sync_policy_of(gh_slice word);
const char *sync_policy_name(enum sync_policy p);

/* "off", "log", "strict"; ACCESS_TOKEN_POLICIES: none of them. */
enum access_token_policy access_token_policy_of(gh_slice word);

/* "attendance", "access"; the first of a name that is none of them is DEVICE_DIALECTS. */
const char *device_dialect_name(enum device_dialect d);
enum device_dialect device_dialect_of(gh_slice name);
/* "none", "registered", "configured" */
const char *device_registration_name(enum device_registration r);

/* "waits", "registers", "authorised" */
const char *device_sub_step_name(enum device_sub_step s);

/* "held", "approved", "blocked" */
const char *device_state_name(enum device_state s);
/* "online", "late", "silent", "never" */
const char *device_contact_name(enum device_contact c);

enum device_part {
#define DEVICE_PART(PART, table) DEVICE_##PART##_PART,
#include "model/device.def"
#undef DEVICE_PART
	DEVICE_PARTS
};

enum device_field {
#define DEVICE_FIELD(PART, member, json, type, flags) DEVICE_##member,
#include "model/device.def"
#undef DEVICE_FIELD
	DEVICE_FIELDS
};

#define DEVICE_WORDS 2

/* Which fields a row has: the words that a record begins with (field.h). */
struct device_fields {
	uint64_t word[DEVICE_WORDS];
};

_Static_assert(DEVICE_FIELDS <= DEVICE_WORDS * MODEL_WORD, "one presence bit per field");

static inline struct device_fields device_fields_of(const enum device_field *field, size_t n)
{
	struct device_fields f = { { 0 } };

	for (size_t i = 0; i < n; i++)
		f.word[field[i] / MODEL_WORD] |= UINT64_C(1) << field[i] % MODEL_WORD;
	return f;
}

/* The fields that are named: DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_name). */
#define DEVICE_FIELDS_OF(...)                                                 \
	device_fields_of((const enum device_field[]){ __VA_ARGS__ },          \
			 sizeof((const enum device_field[]){ __VA_ARGS__ }) / \
				 sizeof(enum device_field))

static inline void device_fields_add(struct device_fields *to, struct device_fields more)
{
	for (size_t i = 0; i < DEVICE_WORDS; i++)
		to->word[i] |= more.word[i];
}

static inline void device_fields_remove(struct device_fields *from, struct device_fields which)
{
	for (size_t i = 0; i < DEVICE_WORDS; i++)
		from->word[i] &= ~which.word[i];
}

static inline bool device_fields_empty(struct device_fields f)
{
	uint64_t any = 0;

	for (size_t i = 0; i < DEVICE_WORDS; i++)
		any |= f.word[i];
	return any == 0;
}

/* What the attendance dialect needs of a device. */
struct device_attendance {
#define DEVICE_MEMBER_IDENTITY(type, member)
#define DEVICE_MEMBER_ATTENDANCE(type, member) model_##type member;
#define DEVICE_MEMBER_TERMINAL(type, member)
#define DEVICE_MEMBER_ACCESS(type, member)
#define DEVICE_FIELD(PART, member, json, type, flags) DEVICE_MEMBER_##PART(type, member)
#include "model/device.def"
#undef DEVICE_MEMBER_ATTENDANCE
#undef DEVICE_MEMBER_TERMINAL
};

/* What a terminal needs: the server calls it. */
struct device_terminal {
#define DEVICE_MEMBER_ATTENDANCE(type, member)
#define DEVICE_MEMBER_TERMINAL(type, member) model_##type member;
#include "model/device.def"
#undef DEVICE_MEMBER_TERMINAL
#undef DEVICE_MEMBER_ACCESS
};

#define DEVICE_CARDS_MIXED 2 /* cardsDerived: some as one setting had it, some as another */

/* What the access dialect needs of a device. */
struct device_access {
#define DEVICE_MEMBER_TERMINAL(type, member)
#define DEVICE_MEMBER_ACCESS(type, member) model_##type member;
#include "model/device.def"
#undef DEVICE_MEMBER_IDENTITY
#undef DEVICE_MEMBER_ACCESS
};

/* The identity, and what single dialects need beside it. */
struct device_row {
	struct device_fields present;
	int64_t id; /* the store's number, never reused */
#define DEVICE_MEMBER_IDENTITY(type, member) model_##type member;
#define DEVICE_MEMBER_ACCESS(type, member)
#include "model/device.def"
#undef DEVICE_FIELD
#undef DEVICE_MEMBER_IDENTITY
#undef DEVICE_MEMBER_ATTENDANCE
#undef DEVICE_MEMBER_TERMINAL
#undef DEVICE_MEMBER_ACCESS
	struct device_attendance attendance;
	struct device_terminal terminal;
	struct device_access access;
};

/* All fields, those of a part together. Its name is the table of the identity. */
extern const struct model_kind device_kind;
/* The part that a field is of, and the table of a part. */
enum device_part device_part_of(size_t field);
const char *device_part_table(enum device_part part);

#endif
