#include "model/door_rule.h"

#define WORD(list, i) ((i) < sizeof(list) / sizeof((list)[0]) ? (list)[i] : NULL)

const char *first_card_mode_word(size_t i)
{
	static const char *const word[] = {
#define FIRST_CARD_MODE(NAME, word) word,
#include "model/door_rule.def"
#undef FIRST_CARD_MODE
	};

	return WORD(word, i);
}

const char *passback_direction_word(size_t i)
{
	static const char *const word[] = {
#define PASSBACK_DIRECTION(NAME, word) word,
#include "model/door_rule.def"
#undef PASSBACK_DIRECTION
	};

	return WORD(word, i);
}

const char *linkage_output_word(size_t i)
{
	static const char *const word[] = {
#define LINKAGE_OUTPUT(NAME, word) word,
#include "model/door_rule.def"
#undef LINKAGE_OUTPUT
	};

	return WORD(word, i);
}

const char *scheduled_output_word(size_t i)
{
	static const char *const word[] = {
#define SCHEDULED_OUTPUT(NAME, word) word,
#include "model/door_rule.def"
#undef SCHEDULED_OUTPUT
	};

	return WORD(word, i);
}

const char *scheduled_action_word(size_t i)
{
	static const char *const word[] = {
#define SCHEDULED_ACTION(NAME, word) word,
#include "model/door_rule.def"
#undef SCHEDULED_ACTION
	};

	return WORD(word, i);
}

const char *scheduled_input_word(size_t i)
{
	static const char *const word[] = {
#define SCHEDULED_INPUT(NAME, word) word,
#include "model/door_rule.def"
#undef SCHEDULED_INPUT
	};

	return WORD(word, i);
}
