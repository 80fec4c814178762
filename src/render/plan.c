#include "render/plan.h"

#include "model/plan.h"
#include "model/record.h"
#include "render/record.h"

const char *plan_state_word(size_t i)
{
	return i < PLAN_STATES ? plan_state_name((enum plan_state)i) : NULL;
}

static const struct device_plan *plan_of(const void *row)
{
	return ((const struct record_view *)row)->record;
}

static struct value plan_number(const struct field *f, const void *row)
{
	int64_t n;

	memcpy(&n, (const uint8_t *)plan_of(row) + f->offset, sizeof(n));
	return value_of(VALUE_INT, n);
}

static struct value plan_time(const struct field *f, const void *row)
{
	int64_t ms;

	memcpy(&ms, (const uint8_t *)plan_of(row) + f->offset, sizeof(ms));
	return ms > 0 ? value_of(VALUE_UTC_MS, ms) : value_null();
}

static struct value plan_kind(const struct field *f, const void *row)
{
	(void)f;
	return value_text(plan_of(row)->kind);
}

static struct value plan_by(const struct field *f, const void *row)
{
	(void)f;
	return value_text(plan_of(row)->requested_by);
}

static struct value plan_note(const struct field *f, const void *row)
{
	(void)f;
	return value_text_if(plan_of(row)->note);
}

static struct value plan_state_value(const struct field *f, const void *row)
{
	(void)f;
	return value_text_if(gh_slice_of(plan_state_word((size_t)plan_of(row)->state)));
}

static struct value plan_automatic(const struct field *f, const void *row)
{
	(void)f;
	return value_of(VALUE_BOOL, (plan_of(row)->flags & PLAN_AUTO) != 0);
}

#define ROW struct record_view
#define PLAN_NUMBER(member, text) PLAN_COUNT(#member, member, text)
#define PLAN_COUNT(json, member, text)                    \
	{ .name = json,                                   \
	  .key = FIELD_KEY(json),                         \
	  .kind = VALUE_INT,                              \
	  .about = text,                                  \
	  .offset = offsetof(struct device_plan, member), \
	  .get = plan_number },
#define PLAN_TIME(json, null, member, text)               \
	{ .name = json,                                   \
	  .key = FIELD_KEY(json),                         \
	  .kind = VALUE_UTC_MS,                           \
	  .nullable = null,                               \
	  .about = text,                                  \
	  .offset = offsetof(struct device_plan, member), \
	  .get = plan_time },

/* clang-format off */
static const struct field device_plan_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	FIELD_BY(kind, TEXT, always, "What it is about: access", plan_kind)
	FIELD_BY_WORD(state, always, "How far it is", plan_state_value, plan_state_word)
	FIELD_BY(automatic, BOOL, always, "Made by the server itself", plan_automatic)
	FIELD_BY(by, TEXT, always, "Who made it: the name of a token, or server", plan_by)
	PLAN_NUMBER(items, "Devices")
	PLAN_NUMBER(commands, "Commands in all")
	PLAN_COUNT("rows", row_count, "Rows to be written and removed, in all")
	PLAN_NUMBER(acknowledged, "Of them, those that devices acknowledged")
	PLAN_NUMBER(failed, "Of them, those that devices refused")
	PLAN_NUMBER(refusals, "What devices cannot hold as it is decided")
	FIELD_BY(note, TEXT, nullable, "Why it ended", plan_note)
	PLAN_TIME("createdAt", always, created_ms, "When it was made")
	PLAN_TIME("endedAt", nullable, ended_ms, "When it ended")
};
/* clang-format on */
#undef ROW

const struct fields device_plan_fields = { "Plan", device_plan_field,
					   sizeof(device_plan_field) /
						   sizeof(device_plan_field[0]),
					   NULL };
