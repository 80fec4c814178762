/* How far a person is on a device: what became of the latest command about them. */
#ifndef GH_MODEL_PERSON_STATE_H
#define GH_MODEL_PERSON_STATE_H

#include <stddef.h>

#include "model/command.h"

enum person_state {
#define PERSON_STATE(NAME, word) PERSON_STATE_##NAME,
#include "model/person_state.def"
	PERSON_STATES
};

/* "waiting"; NULL beyond the last. */
const char *person_state_word(size_t i);
enum person_state person_state_of(enum command_state state);
/* What can be done about a return code by which a device refuses it; NULL: nothing that is known. */
const char *person_remedy(int64_t return_code);

#endif
