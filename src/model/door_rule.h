/* Choices of what is decided about doors (door_rule.def). */
#ifndef GH_MODEL_DOOR_RULE_H
#define GH_MODEL_DOOR_RULE_H

#include <stddef.h>

/* After a first person came: the door stands open, or others may pass. */
enum first_card_mode {
#define FIRST_CARD_MODE(NAME, word) FIRST_CARD_##NAME,
#include "model/door_rule.def"
#undef FIRST_CARD_MODE
};

/* Of the two readers of a door: which is refused a second time. */
enum passback_direction {
#define PASSBACK_DIRECTION(NAME, word) PASSBACK_##NAME,
#include "model/door_rule.def"
#undef PASSBACK_DIRECTION
};

/* In the order of the numbers of OutType (Security PUSH 3.1.2, 9.1.1). */
enum linkage_output {
#define LINKAGE_OUTPUT(NAME, word) LINKAGE_##NAME,
#include "model/door_rule.def"
#undef LINKAGE_OUTPUT
};

/* What is governed by a time rule, and how; each in the order of the numbers of OutType, ActionType and InType
 * (Security PUSH 3.1.2, 9.1.1, outrelaysetting and InputIOSetting). */
enum scheduled_output_kind {
#define SCHEDULED_OUTPUT(NAME, word) SCHEDULED_OUTPUT_##NAME,
#include "model/door_rule.def"
#undef SCHEDULED_OUTPUT
};

enum scheduled_action {
#define SCHEDULED_ACTION(NAME, word) SCHEDULED_##NAME,
#include "model/door_rule.def"
#undef SCHEDULED_ACTION
};

enum scheduled_input_kind {
#define SCHEDULED_INPUT(NAME, word) SCHEDULED_INPUT_##NAME,
#include "model/door_rule.def"
#undef SCHEDULED_INPUT
};

/* The word of each; NULL after the last. */
const char *first_card_mode_word(size_t i);
const char *passback_direction_word(size_t i);
const char *linkage_output_word(size_t i);
const char *scheduled_output_word(size_t i);
const char *scheduled_action_word(size_t i);
const char *scheduled_input_word(size_t i);

#endif
