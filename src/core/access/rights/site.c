#include "core/access/rights/site.h"

#include "base/number.h"

#define MIDNIGHT 1000000

static const char *const verdict_word[] = {
#define SITE_VERDICT(NAME, word, text) word,
#include "core/access/rights/verdict.def"
#undef SITE_VERDICT
	NULL
};

static const char *const verdict_text[] = {
#define SITE_VERDICT(NAME, word, text) text,
#include "core/access/rights/verdict.def"
#undef SITE_VERDICT
};

const char *site_verdict_word(size_t i)
{
	return i < SITE_VERDICTS ? verdict_word[i] : NULL;
}

const char *site_verdict_text(enum site_verdict v)
{
	return verdict_text[v];
}

/* --- finding --- */

const struct site_person *site_person_find(const struct site *s, int64_t id)
{
	for (size_t i = 0; i < s->people; i++)
		if (s->person[i].id == id)
			return &s->person[i];
	return NULL;
}

const struct site_rule *site_rule_find(const struct site *s, int64_t id)
{
	for (size_t i = 0; id && i < s->rules; i++)
		if (s->rule[i].id == id)
			return &s->rule[i];
	return NULL;
}

bool site_level_has_door(const struct site_level *l, const struct site_door *door)
{
	for (size_t i = 0; i < l->doors; i++)
		if (l->door[i].n == door->n && gh_slice_eq(l->door[i].sn, door->sn))
			return true;
	return false;
}

bool site_level_has_person(const struct site_level *l, int64_t person)
{
	for (size_t i = 0; i < l->people; i++)
		if (l->person[i] == person)
			return true;
	return false;
}

enum gh_err site_door_read(gh_slice text, struct site_door *out)
{
	struct site_door door;
	gh_slice number;
	uint64_t n;

	if (!gh_slice_cut(text, ':', &door.sn, &number) || door.sn.n == 0 ||
	    ghi_number_parse(number, 255, &n) || n == 0 || number.p[0] == '0')
		return GH_EMALFORMED;
	door.n = (int64_t)n;
	*out = door;
	return GH_OK;
}

/* --- deciding --- */

enum time_column site_column(const struct site *s, int64_t day)
{
	int64_t type = 0;

	for (size_t i = 0; i < s->holidays; i++)
		if (holiday_on(&s->holiday[i], day) && (type == 0 || s->holiday[i].type < type))
			type = s->holiday[i].type;
	return type ? (enum time_column)(TIME_HOLIDAY1 + type - 1)
		    : time_weekday(day * MIDNIGHT);
}

static enum site_verdict person_verdict(const struct site_person *p, ghi_civil at)
{
	if (p == NULL)
		return SITE_NO_PERSON;
	if (p->disabled)
		return SITE_DISABLED;
	if (!validity_begun(&p->valid, at))
		return SITE_PERSON_EARLY;
	return validity_over(&p->valid, at) ? SITE_PERSON_LATE : SITE_GRANTED;
}

static const struct time_span *span_at(const struct time_day *d, int minute)
{
	for (size_t i = 0; i < d->n; i++)
		if (minute >= d->span[i].from && minute <= d->span[i].to)
			return &d->span[i];
	return NULL;
}

static struct site_step level_step(const struct site *s, const struct site_level *l,
				   ghi_civil at)
{
	struct ghi_civil_parts p = ghi_civil_split(at);
	struct site_step step = { .level = l, .verdict = SITE_NO_RULE };
	const struct site_rule *r = site_rule_find(s, l->rule);

	if (r == NULL)
		return step;
	step.verdict = SITE_LEVEL_EARLY;
	if (!validity_begun(&l->valid, at))
		return step;
	step.verdict = SITE_LEVEL_LATE;
	if (validity_over(&l->valid, at))
		return step;
	step.rule = r;
	step.verdict = SITE_RULE_EARLY;
	if (!validity_begun(&r->valid, at))
		return step;
	step.verdict = SITE_RULE_LATE;
	if (validity_over(&r->valid, at))
		return step;
	step.column = site_column(s, at / MIDNIGHT);
	step.span = span_at(&r->table.day[step.column], p.hour * 60 + p.minute);
	step.verdict = step.span ? SITE_GRANTED : SITE_CLOSED;
	return step;
}

struct site_answer site_decide(const struct site *s, const struct site_person *person,
			       const struct site_door *door, ghi_civil at, site_step_fn *fn,
			       void *ctx)
{
	struct site_answer answer = { .why = person_verdict(person, at) };
	bool found = false, valid = answer.why == SITE_GRANTED;

	if (!valid && fn)
		fn(ctx, &(struct site_step){ .verdict = answer.why });
	for (size_t i = 0; person && i < s->levels; i++) {
		const struct site_level *l = &s->level[i];

		if (!site_level_has_person(l, person->id) || !site_level_has_door(l, door))
			continue;
		struct site_step step = level_step(s, l, at);

		if (fn)
			fn(ctx, &step);
		/* The first that grants it is named, else the first. */
		if (valid && (!found || (!answer.granted && step.verdict == SITE_GRANTED))) {
			answer.why = step.verdict;
			answer.level = l;
			answer.granted = step.verdict == SITE_GRANTED;
		}
		found = true;
	}
	if (valid && !found) {
		answer.why = SITE_NO_LEVEL;
		if (fn)
			fn(ctx, &(struct site_step){ .verdict = SITE_NO_LEVEL });
	}
	return answer;
}
