#include "render/command.h"

#include "model/person_state.h"

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

static struct value command_verified_seq(const struct field *f, const void *row)
{
	int64_t seq = command_of(row)->verified_seq;

	return seq ? value_of(f->kind, seq) : value_null();
}

static struct value command_elapsed(const struct field *f, const void *row)
{
	const struct command *c = command_of(row);

	/* The clock may have been set back in between. */
	if (c->done_ms == 0 || c->done_ms < c->created_ms)
		return value_null();
	return value_of(f->kind, c->done_ms - c->created_ms);
}

static struct value command_title_value(const struct field *f, const void *row)
{
	const struct command_view *v = row;

	(void)f;
	return value_text((gh_slice){ (const uint8_t *)v->title_room, v->title_n });
}

static struct value command_content_bytes(const struct field *f, const void *row)
{
	const struct command_view *v = row;

	return v->has_content ? value_of(f->kind, v->content_bytes) : value_null();
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

static struct value person_order_pin(const struct field *f, const void *row)
{
	gh_slice arguments = command_of(row)->arguments, name, value = { 0 };

	(void)f;
	while (command_argument_next(&arguments, &name, &value))
		if (gh_slice_eq(name, GH_LIT("pin")))
			return value_text(value);
	return value_text((gh_slice){ 0 });
}

static struct value person_order_state(const struct field *f, const void *row)
{
	enum person_state state = person_state_of(command_of(row)->state);

	(void)f;
	return value_text(gh_slice_of(person_state_word(state)));
}

#define ROW struct command_view
static const struct field person_order_field[] = {
#include "render/person_order.def"
};
#undef ROW

const struct fields person_order_fields = { "PersonOrder", person_order_field,
					    sizeof(person_order_field) /
						    sizeof(person_order_field[0]),
					    NULL };

#define ROW struct command_event
static const struct field command_event_field[] = {
#include "render/command_event.def"
};
#undef ROW

const struct fields command_event_fields = { "CommandEvent", command_event_field,
					     sizeof(command_event_field) /
						     sizeof(command_event_field[0]),
					     NULL };
