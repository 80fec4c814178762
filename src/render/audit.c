#include "render/audit.h"

static struct value audit_actor_value(const struct field *f, const void *row)
{
	return field_word_value(f, (int64_t)((const struct audit_row *)row)->actor);
}

static struct value audit_actor_id(const struct field *f, const void *row)
{
	int64_t id = ((const struct audit_row *)row)->actor_id;

	return id ? value_of(f->kind, id) : value_null();
}

static struct value audit_command_id(const struct field *f, const void *row)
{
	int64_t id = ((const struct audit_row *)row)->command;

	return id ? value_of(f->kind, id) : value_null();
}

#define ROW struct audit_row
static const struct field audit_field[] = {
#include "render/audit.def"
};
#undef ROW

const struct fields audit_fields = { "AuditRow", audit_field,
				     sizeof(audit_field) / sizeof(audit_field[0]), NULL };
