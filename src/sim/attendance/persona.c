#include "sim/attendance/persona.h"

static const struct persona personas[] = {
#define PERSONA(word, text, ...) { .name = word, .help = text, __VA_ARGS__ },
#include "sim/attendance/persona.def"
#undef PERSONA
};

#define PERSONAS (sizeof(personas) / sizeof(personas[0]))
_Static_assert(PERSONAS <= PERSONA_LIMIT, "a mix holds one of each");

const struct persona *persona_at(size_t i)
{
	return i < PERSONAS ? &personas[i] : NULL;
}

const struct persona *persona_named(gh_slice name)
{
	for (size_t i = 0; i < PERSONAS; i++)
		if (gh_slice_eq(name, gh_slice_of(personas[i].name)))
			return &personas[i];
	return NULL;
}

static enum gh_err persona_mix_add(struct persona_mix *mix, const struct persona *p)
{
	if (p == NULL)
		return GH_EINVALID;
	if (mix->n == PERSONA_LIMIT)
		return GH_ETOOBIG;
	mix->persona[mix->n++] = p;
	return GH_OK;
}

enum gh_err persona_mix_parse(gh_slice list, struct persona_mix *out, gh_slice *bad)
{
	struct persona_mix mix = { 0 };
	enum gh_err err = GH_OK;

	do {
		gh_slice_cut(list, ',', bad, &list);
		if (gh_slice_eq(*bad, GH_LIT("mixed")))
			for (size_t i = 0; i < PERSONAS && err == GH_OK; i++)
				err = persona_mix_add(&mix, &personas[i]);
		else
			err = persona_mix_add(&mix, persona_named(*bad));
	} while (list.n && err == GH_OK);
	if (err == GH_OK)
		*out = mix;
	return err;
}
