#include "sim/terminal/persona.h"

static const struct term_persona personas[] = {
#define TERM_PERSONA(name, model, platform, firmware, user, layout, punch, event, counters, \
		     sessions, packet, quirks, help)                                        \
	{ name,	    help,     model,  platform, firmware, user, event, { layout, punch },   \
	  counters, sessions, packet, quirks },
#include "sim/terminal/persona.def"
#undef TERM_PERSONA
};

#define PERSONAS (sizeof(personas) / sizeof(personas[0]))

const struct term_persona *term_persona_at(size_t i)
{
	return i < PERSONAS ? &personas[i] : NULL;
}

const struct term_persona *term_persona_of(gh_slice name)
{
	for (size_t i = 0; i < PERSONAS; i++)
		if (gh_slice_eq(name, gh_slice_of(personas[i].name)))
			return &personas[i];
	return NULL;
}
