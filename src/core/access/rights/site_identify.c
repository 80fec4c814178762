#include "core/access/rights/site.h"

static bool door_is_named(const struct site *s, const struct site_door *door)
{
	for (size_t i = 0; i < s->levels; i++)
		if (site_level_has_door(&s->level[i], door))
			return true;
	return false;
}

/* A right that more is needed for than one person and one moment is none here. */
static void needs_note(void *ctx, const struct site_step *step)
{
	enum site_verdict *need = ctx;

	if (step->verdict == SITE_NEEDS_FIRST_CARD || step->verdict == SITE_NEEDS_OTHERS)
		*need = step->verdict;
}

/* What a door is refused for to all people. */
static enum site_verdict door_refuses(const struct site *s, const struct site_door *door)
{
	const struct site_door_setting *d = site_door_find(s, door);

	if (d && d->number[DOOR_SET_disabled] == 1)
		return SITE_DOOR_DISABLED;
	return d && d->number[DOOR_SET_masked] == 1 ? SITE_DOOR_LOCKED : SITE_GRANTED;
}

struct site_identified site_identify(const struct site *s, const struct site_person *person,
				     const struct site_door *door, ghi_civil at)
{
	enum site_verdict need = SITE_GRANTED, refused;
	struct site_answer a = site_decide(s, person, door, at, needs_note, &need);
	struct site_identified i = { .granted = a.granted, .why = a.why };

	if (a.granted && need != SITE_GRANTED)
		i = (struct site_identified){ .why = need };
	if (a.granted || door_is_named(s, door) ||
	    (a.why != SITE_NO_LEVEL && a.why != SITE_NO_PERSON))
		return i;
	/* Of a person who is known it was looked at above. */
	refused = person ? SITE_GRANTED : door_refuses(s, door);
	if (refused == SITE_GRANTED)
		i.elsewhere = true;
	else
		i.why = refused;
	return i;
}
