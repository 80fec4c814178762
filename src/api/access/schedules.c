/* /api/scheduled-outputs and /api/scheduled-inputs: what a time rule turns, and what counts in one alone. */
#include "api/access/resource.h"
#include "core/access/rights/site_doors.h"
#include "model/door_rule.h"
#include "render/door_rules.h"

/* --- outputs --- */

static void scheduled_output_read(struct resource_call *g, const struct body *b)
{
	struct scheduled_output *o = (struct scheduled_output *)&g->record;
	gh_slice unit = { 0 };

	resource_text(g, b, "name", SCHEDULED_OUTPUT_name, &o->name);
	resource_door(g, b, "at", SCHEDULED_OUTPUT_place, &unit, &o->place);
	resource_word(g, b, "output", SCHEDULED_OUTPUT_output, scheduled_output_word,
		      &o->output);
	resource_int(g, b, "rule", SCHEDULED_OUTPUT_rule, 0, &o->rule);
	resource_word(g, b, "action", SCHEDULED_OUTPUT_action, scheduled_action_word,
		      &o->action);
}

static const struct resource scheduled_output_resource = {
	.kind = ENTITY_SCHEDULED_OUTPUT,
	.fields = &scheduled_output_fields,
	.one = "scheduled output",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_scheduled_output_unknown,
	.in_use = ERROR_wrong_state,
	.read = scheduled_output_read,
};

RESOURCE_HANDLERS(scheduled_output)

/* --- inputs --- */

static void scheduled_input_read(struct resource_call *g, const struct body *b)
{
	struct scheduled_input *i = (struct scheduled_input *)&g->record;
	gh_slice unit = { 0 };

	resource_text(g, b, "name", SCHEDULED_INPUT_name, &i->name);
	resource_door(g, b, "at", SCHEDULED_INPUT_place, &unit, &i->place);
	resource_word(g, b, "input", SCHEDULED_INPUT_input, scheduled_input_word, &i->input);
	resource_int(g, b, "rule", SCHEDULED_INPUT_rule, 0, &i->rule);
}

static const struct resource scheduled_input_resource = {
	.kind = ENTITY_SCHEDULED_INPUT,
	.fields = &scheduled_input_fields,
	.one = "scheduled input",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_scheduled_input_unknown,
	.in_use = ERROR_wrong_state,
	.read = scheduled_input_read,
};

RESOURCE_HANDLERS(scheduled_input)
