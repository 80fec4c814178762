#include "model/person_state.h"

static const char *const words[PERSON_STATES] = {
#define PERSON_STATE(NAME, word) [PERSON_STATE_##NAME] = word,
#include "model/person_state.def"
};

static const enum person_state of_command[COMMAND_STATES] = {
#define PERSON_STATE_OF_COMMAND(NAME, state) [COMMAND_##state] = PERSON_STATE_##NAME,
#include "model/person_state.def"
};

const char *person_state_word(size_t i)
{
	return i < PERSON_STATES ? words[i] : NULL;
}

enum person_state person_state_of(enum command_state state)
{
	return state < COMMAND_STATES ? of_command[state] : PERSON_STATE_FAILED;
}

const char *person_remedy(int64_t return_code)
{
	static const struct {
		int64_t code;
		const char *text;
	} remedies[] = {
#define RETURN_REMEDY(code, text) { code, text },
#include "model/return_remedy.def"
	};

	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].code == return_code)
			return remedies[i].text;
	return NULL;
}
