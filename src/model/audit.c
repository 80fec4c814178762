#include "model/audit.h"

const char *audit_actor_word(size_t actor)
{
	static const char *const word[] = {
#define AUDIT_ACTOR(NAME, word) word,
#include "model/audit_actor.def"
#undef AUDIT_ACTOR
	};

	return actor < AUDIT_ACTORS ? word[actor] : NULL;
}
