#include "sim/access/persona.h"

static const struct acc_persona personas[] = {
#define ACC_PERSONA(word, text, ...) { .name = word, .help = text, __VA_ARGS__ },
#include "sim/access/persona.def"
#undef ACC_PERSONA
};

#define ACC_PERSONAS (sizeof(personas) / sizeof(personas[0]))
_Static_assert(ACC_PERSONAS <= ACC_PERSONA_LIMIT, "a mix holds one of each");

const struct acc_persona *acc_persona_at(size_t i)
{
	return i < ACC_PERSONAS ? &personas[i] : NULL;
}

const struct acc_persona *acc_persona_named(gh_slice name)
{
	for (size_t i = 0; i < ACC_PERSONAS; i++)
		if (gh_slice_eq(name, gh_slice_of(personas[i].name)))
			return &personas[i];
	return NULL;
}

bool acc_persona_can(const struct acc_persona *p, unsigned n)
{
	return n < strlen(p->functions) && p->functions[n] == '1';
}

static enum gh_err acc_persona_mix_add(struct acc_persona_mix *mix, const struct acc_persona *p)
{
	if (p == NULL)
		return GH_EINVALID;
	if (mix->n == ACC_PERSONA_LIMIT)
		return GH_ETOOBIG;
	mix->persona[mix->n++] = p;
	return GH_OK;
}

enum gh_err acc_persona_mix_parse(gh_slice list, struct acc_persona_mix *out, gh_slice *bad)
{
	struct acc_persona_mix mix = { 0 };
	enum gh_err err = GH_OK;

	do {
		gh_slice_cut(list, ',', bad, &list);
		if (gh_slice_eq(*bad, GH_LIT("mixed")))
			for (size_t i = 0; i < ACC_PERSONAS && err == GH_OK; i++)
				err = acc_persona_mix_add(&mix, &personas[i]);
		else
			err = acc_persona_mix_add(&mix, acc_persona_named(*bad));
	} while (list.n && err == GH_OK);
	if (err == GH_OK)
		*out = mix;
	return err;
}
