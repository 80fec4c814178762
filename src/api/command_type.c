#include "api/command_type.h"

#include <stdio.h>

#include "model/command_field.h"

static const struct command_kind_row *type_row(const char *type)
{
	return command_kind_row(command_kind_of_type(gh_slice_of(type)));
}

const char *command_type_about(const char *type)
{
	return type_row(type)->about;
}

bool command_type_reports(const char *type)
{
	return command_kind_of_type(gh_slice_of(type)) == COMMAND_KIND_SHELL ||
	       type_row(type)->nature == COMMAND_NATURE_QUESTION;
}

bool command_type_erases(const char *type)
{
	return type_row(type)->nature == COMMAND_NATURE_DESTRUCTIVE;
}

static void range_write(const struct command_rule *rule, char to[64])
{
	switch (rule->type) {
	case ARGUMENT_INT:
		if (rule->most < INT32_MAX)
			snprintf(to, 64, "%d to %d", rule->least, rule->most);
		else
			snprintf(to, 64, "a whole number from %d", rule->least);
		break;
	case ARGUMENT_BOOL:
		snprintf(to, 64, "yes or no");
		break;
	case ARGUMENT_START:
	case ARGUMENT_END:
	case ARGUMENT_DAY:
		snprintf(to, 64, "YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
		break;
	default:
		to[0] = '\0';
		if (rule->most < INT32_MAX && rule->most > rule->least)
			snprintf(to, 64, "%d to %d bytes", rule->least, rule->most);
	}
}

/* *i counts down where it is none of the record's. */
static bool record_field_at(enum command_kind kind, size_t *i, struct command_type_field *out)
{
	const struct command_kind_row *row = command_kind_row(kind);
	size_t n = 0;
	const struct command_field *f =
		row->record < KIND_COUNT ? command_fields_of(kind, &n) : NULL;

	for (size_t k = 0; k < n; k++) {
		if (f[k].computed || (*i)--)
			continue;
		out->name = model_kinds[row->record].field[f[k].field].json;
		out->about = "";
		out->required = f[k].required;
		range_write(&f[k].rule, out->range);
		return true;
	}
	return false;
}

bool command_type_field(const char *type, size_t i, struct command_type_field *out)
{
	enum command_kind kind = command_kind_of_type(gh_slice_of(type));
	const char *at = command_kind_row(kind)->arguments;
	struct command_parameter p;

	if (record_field_at(kind, &i, out))
		return true;
	while (command_parameter_next(&at, &p)) {
		if (i--)
			continue;
		out->name = command_arguments[p.id].name;
		out->about = command_arguments[p.id].about;
		out->required = p.required;
		range_write(&command_arguments[p.id].rule, out->range);
		return true;
	}
	return false;
}
