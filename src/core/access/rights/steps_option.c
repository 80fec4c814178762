/* The commands of a plan that set options. */
#include "base/writer.h"
#include "core/access/rights/steps_private.h"

/* Whether the tables' form depends on it, so that it is set before they are written. */
static bool option_switches_form(gh_slice name)
{
	static const char *const part[] = { "MulCardUserFunOn", "MultiCard" };

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		for (size_t at = 0; at + strlen(part[i]) <= name.n; at++)
			if (gh_slice_starts(gh_slice_from(name, at), gh_slice_of(part[i])))
				return true;
	return false;
}

/* Those of doors come before rights: what limits a door is there before who may pass it; or behind them, where
 * it is limited less. */
static enum option_class option_class_of(gh_slice name)
{
	if (option_switches_form(name))
		return OPTION_OF_FORM;
	return gh_slice_starts(name, GH_LIT("Door")) ? OPTION_OF_DOOR : OPTION_OTHER;
}

/* Whether it is to be sent; *before is what the unit has. */
static bool option_differs(const struct steps_maker *m, const struct unit_option *o,
			   const char *name, gh_slice *before)
{
	bool known = ghi_parameters_get(m->unit->parameters, name, before);

	if (known && !m->wish.resync && gh_slice_eq(*before, o->value))
		return false;
	return known || !o->resting;
}

bool steps_option_before(struct steps_maker *m, const struct unit_option *o, gh_slice *before)
{
	char *name = ghi_arena_text(&m->out->text, o->name);

	m->no_memory = m->no_memory || name == NULL;
	return name && ghi_parameters_get(m->unit->parameters, name, before);
}

bool steps_options_differ(struct steps_maker *m)
{
	bool differ = false;

	for (size_t i = 0; i < m->wanted->options && !m->no_memory; i++) {
		const struct unit_option *o = &m->wanted->option[i];
		char *name = ghi_arena_text(&m->out->text, o->name);
		gh_slice before = { 0 };

		m->no_memory = m->no_memory || name == NULL;
		differ = differ || (name && option_class_of(o->name) == OPTION_OF_DOOR &&
				    option_differs(m, o, name, &before));
	}
	return differ;
}

void steps_options_add(struct steps_maker *m, enum option_class class, bool late)
{
	for (size_t i = 0; i < m->wanted->options && !m->no_memory; i++) {
		const struct unit_option *o = &m->wanted->option[i];
		char *name = ghi_arena_text(&m->out->text, o->name);
		gh_slice value = { 0 };
		size_t room = 16 + o->name.n + o->value.n;

		if (name == NULL || option_class_of(o->name) != class ||
		    !option_differs(m, o, name, &value) ||
		    (class == OPTION_OF_DOOR &&
		     late != setting_loosens(m, o->name, value, o->value)))
			continue;
		uint8_t *text = ghi_arena_alloc(&m->out->text, room);
		struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

		ghi_put(&w, GH_LIT("SET OPTIONS "));
		ghi_put(&w, o->name);
		ghi_put_u8(&w, '=');
		ghi_put(&w, o->value);
		steps_add(m, (struct unit_step){ .verb = STEP_OPTION,
						 .table = UNIT_TABLES,
						 .words = ghi_written(&w),
						 .before = ghi_arena_copy(&m->out->text, value),
						 .rows = 1 });
	}
}
