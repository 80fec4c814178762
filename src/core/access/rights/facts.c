/* What decides how a unit is written to, from what it registered and reported; and the words of its tables. */
#include "core/access/rights/compile.h"

struct unit_facts unit_facts_of(gh_slice sn, gh_slice parameters)
{
	struct ghi_unit u = ghi_unit_of(parameters);

	return (struct unit_facts){
		.sn = sn,
		.doors = u.doors,
		.readers = u.readers,
		.aux_inputs = u.aux_inputs,
		.aux_outputs = u.aux_outputs,
		.people = ghi_parameters_number(parameters, "MaxUserCount", 0),
		.verify_modes = u.verify_modes,
		.controller = u.machine_type >= 0 &&
			      u.machine_type<100, .packed_validity = u.packed_validity,
					     .text_pins = u.text_pins,
					     .may_disable = ghi_parameters_number(
								    parameters,
								    "DisableUserFunOn", 0) == 1,
					     .verify_words = u.verify_factors.n> 0,
		.wiegand_2 = u.wiegand_2,
		.long_names = ghi_flags_has(u.functions, 5),
		.several_cards = ghi_flags_has(u.functions, 7) || u.several_cards,
		.verify_table = ghi_flags_has(u.functions, 12),
		.numbered_doors = ghi_unit_numbers_doors(&u),
		.super_table = ghi_flags_has(u.functions, 16),
		.door_table = ghi_flags_has(u.functions, 21),
		.unit_table = ghi_flags_has(u.functions, 27),
		.rule_validity = ghi_flags_has(u.functions, 60),
		.right_validity = ghi_flags_has(u.functions, 62),
		.input_rules = ghi_flags_has(u.functions, 8),
		.output_rules = ghi_parameters_number(parameters, "OutRelaySetFunOn", 0) == 1,
		.cameras = ghi_flags_has(u.functions, 65),
		.trigger_lists = ghi_flags_has(u.functions, 66),
	};
}

const char *unit_slot_kind_name(size_t kind)
{
	static const char *const name[UNIT_SLOT_KINDS] = {
#define UNIT_SLOT(NAME, table, first) [SLOT_##NAME] = table,
#include "core/access/rights/slot_kind.def"
#undef UNIT_SLOT
	};

	return kind < UNIT_SLOT_KINDS ? name[kind] : NULL;
}

const char *refusal_word(enum refusal_of of)
{
	static const char *const word[REFUSALS] = {
#define UNIT_REFUSAL(NAME, word) [REFUSED_##NAME] = word,
#include "core/access/rights/refusal.def"
#undef UNIT_REFUSAL
	};

	return word[of];
}
