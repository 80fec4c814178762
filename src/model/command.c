#include "model/command.h"

static const struct {
	const char *name;
	bool open;
} state[COMMAND_STATES] = {
#define COMMAND_STATE(NAME, json, is_open) [COMMAND_##NAME] = { json, is_open },
#include "model/command_state.def"
#undef COMMAND_STATE
};

const char *command_state_name(enum command_state s)
{
	return s < COMMAND_STATES ? state[s].name : "unknown";
}

bool command_is_open(enum command_state s)
{
	return s < COMMAND_STATES && state[s].open;
}

enum command_state command_state_of(gh_slice name)
{
	enum command_state s = 0;

	while (s < COMMAND_STATES && !gh_slice_eq(name, gh_slice_of(state[s].name)))
		s++;
	return s;
}
