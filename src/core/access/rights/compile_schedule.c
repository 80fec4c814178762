/* Outputs and inputs by time rule (Security PUSH 3.1.2, 9.1.1, outrelaysetting and InputIOSetting). */
#include <stdlib.h>

#include "core/access/rights/compiler.h"
#include "model/entity.h"

#define ROW_TEXT 160
#define KEY_TEXT 48

/* Number, tab, type: the key of either table. */
static void schedule_key_write(struct ghi_writer *k, int64_t n, unsigned type)
{
	ghi_put_signed(k, n);
	ghi_put(k, GH_LIT("\t"));
	ghi_put_decimal(k, type);
}

/* Whether the unit has number n of `most`, or it is not known how many it has. */
static bool schedule_has(struct compiler *c, enum refusal_of of, int64_t id, int64_t n,
			 int64_t most, const char *what)
{
	if (n >= 1 && (most < 0 || n <= most))
		return true;
	compiler_refuse(c, of, id, "It names %s %lld, and the unit has %lld", what,
			(long long)n, (long long)(most > 0 ? most : 0));
	return false;
}

/* --- outputs --- */

static bool output_is_lock(const struct site_output *o)
{
	return o->output == SCHEDULED_OUTPUT_LOCK;
}

static bool output_fits(struct compiler *c, const struct site_output *o)
{
	bool lock = output_is_lock(o);

	if (!c->facts->output_rules) {
		compiler_refuse(c, REFUSED_OUTPUT, o->id,
				"The unit has no outputs by time rule");
		return false;
	}
	if (!schedule_has(c, REFUSED_OUTPUT, o->id, o->n,
			  lock ? compiler_doors_most(c) : c->facts->aux_outputs,
			  lock ? "door" : "auxiliary output"))
		return false;
	for (size_t i = 0; i < c->outputs; i++) {
		const struct site_output *other = c->output[i].of;

		if (other->output != o->output || other->n != o->n)
			continue;
		compiler_refuse(c, REFUSED_OUTPUT, o->id,
				"Scheduled output %lld is of the same output already",
				(long long)other->id);
		return false;
	}
	return true;
}

/* Where a lock was to be held closed and the unit cannot do so, no person may pass. */
void compiler_outputs_settle(struct compiler *c)
{
	size_t n = c->site->outputs;
	const void **at = compiler_ordered(c, c->site->output, n, sizeof(*c->site->output));

	c->output = at ? calloc(n, sizeof(*c->output)) : NULL;
	c->no_memory = c->no_memory || (at && c->output == NULL);
	for (size_t i = 0; i < n && !c->no_memory; i++) {
		const struct site_output *o = at[i];
		int64_t slot = 0;

		if (!gh_slice_eq(o->sn, c->facts->sn))
			continue;
		if (output_fits(c, o))
			slot = compiler_rule_one(c, o->rule, REFUSED_OUTPUT, o->id);
		if (slot)
			c->output[c->outputs++] = (struct held_output){ o, slot };
		else if (output_is_lock(o) && o->action == SCHEDULED_CLOSED)
			compiler_door_close(c, o->n);
	}
	free(at);
}

void compiler_outputs_write(struct compiler *c)
{
	for (size_t i = 0; i < c->outputs; i++) {
		const struct site_output *o = c->output[i].of;
		char text[ROW_TEXT], key[KEY_TEXT];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
				  k = ghi_writer_on(key, sizeof(key));

		schedule_key_write(&k, o->n, o->output);
		ghi_put(&w, GH_LIT("Num="));
		ghi_put_signed(&w, o->n);
		ghi_put(&w, GH_LIT("\tOutType="));
		ghi_put_decimal(&w, o->output);
		ghi_put(&w, GH_LIT("\tActionType="));
		ghi_put_decimal(&w, o->action);
		ghi_put(&w, GH_LIT("\tTimezoneId="));
		ghi_put_signed(&w, c->output[i].slot);
		compiler_row(c, UNIT_OUTPUTS, &k, &w);
	}
}

/* --- inputs --- */

static void input_write(struct compiler *c, enum scheduled_input_kind input, int64_t n,
			int64_t slot)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	schedule_key_write(&k, n, input);
	ghi_put(&w, GH_LIT("Number="));
	ghi_put_signed(&w, n);
	ghi_put(&w, GH_LIT("\tInType="));
	ghi_put_decimal(&w, input);
	ghi_put(&w, GH_LIT("\tTimeZoneId="));
	ghi_put_signed(&w, slot);
	compiler_row(c, UNIT_INPUTS, &k, &w);
}

static const struct site_input *input_before(const void **at, size_t n,
					     const struct site_input *in)
{
	for (size_t i = 0; i < n; i++) {
		const struct site_input *other = at[i];

		if (other->input == in->input && other->n == in->n &&
		    gh_slice_eq(other->sn, in->sn))
			return other;
	}
	return NULL;
}

static bool input_fits(struct compiler *c, const struct site_input *in,
		       const struct site_input *before)
{
	bool button = in->input == SCHEDULED_INPUT_EXIT_BUTTON;

	if (!c->facts->input_rules) {
		compiler_refuse(c, REFUSED_INPUT, in->id,
				"The unit has no inputs by time rule; it counts always");
		return false;
	}
	if (before) {
		compiler_refuse(c, REFUSED_INPUT, in->id,
				"Scheduled input %lld is of the same input already",
				(long long)before->id);
		return false;
	}
	return schedule_has(c, REFUSED_INPUT, in->id, in->n,
			    button ? compiler_doors_most(c) : c->facts->aux_inputs,
			    button ? "door" : "auxiliary input");
}

void compiler_inputs_write(struct compiler *c)
{
	size_t n = c->site->inputs;
	const void **at = compiler_ordered(c, c->site->input, n, sizeof(*c->site->input));

	for (size_t i = 0; at && i < n && !c->no_memory; i++) {
		const struct site_input *in = at[i];
		int64_t slot = 0;

		if (!gh_slice_eq(in->sn, c->facts->sn))
			continue;
		if (input_fits(c, in, input_before(at, i, in)))
			slot = compiler_rule_one(c, in->rule, REFUSED_INPUT, in->id);
		if (slot)
			input_write(c, in->input, in->n, slot);
	}
	free(at);
}
