#include "render/command.h"

static const struct command *command_of(const void *row)
{
	return &((const struct command_view *)row)->command;
}

static const char *command_state_word(size_t i)
{
	return i < COMMAND_STATES ? command_state_name((enum command_state)i) : NULL;
}

static const char *command_nature_word(size_t i)
{
	return i < COMMAND_NATURES ? command_nature_name((enum command_nature)i) : NULL;
}

static struct value command_return(const struct field *f, const void *row)
{
	const struct command *c = command_of(row);

	return c->has_return ? value_of(f->kind, c->return_code) : value_null();
}

static struct value command_type(const struct field *f, const void *row)
{
	(void)f;
	return value_text(command_kind_type(command_of(row)->kind));
}

static struct value command_nature_value(const struct field *f, const void *row)
{
	enum command_nature nature = command_kind_row(command_of(row)->kind)->nature;

	(void)f;
	return value_text(gh_slice_of(command_nature_name(nature)));
}

#define ROW struct command_view
static const struct field command_field[] = {
#include "render/command.def"
};
#undef ROW

const struct fields command_fields = { "Command", command_field,
				       sizeof(command_field) / sizeof(command_field[0]), NULL };

#define ROW struct command_event
static const struct field command_event_field[] = {
#include "render/command_event.def"
};
#undef ROW

const struct fields command_event_fields = { "CommandEvent", command_event_field,
					     sizeof(command_event_field) /
						     sizeof(command_event_field[0]),
					     NULL };
