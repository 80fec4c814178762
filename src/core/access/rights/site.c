#include "core/access/rights/site.h"

#include <stdlib.h>

#include "base/number.h"
#include "model/entity.h"

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

/* --- namespaces --- */

int site_unit_order(const void *a, const void *b)
{
	const struct site_unit *x = a, *y = b;
	size_t n = x->sn.n < y->sn.n ? x->sn.n : y->sn.n;
	int by = n ? memcmp(x->sn.p, y->sn.p, n) : 0;

	return by ? by : (x->sn.n > y->sn.n) - (x->sn.n < y->sn.n);
}

gh_slice site_namespace(const struct site *s, gh_slice sn)
{
	const struct site_unit key = { .sn = sn }, *u;

	u = s->units ? bsearch(&key, s->unit, s->units, sizeof(key), site_unit_order) : NULL;
	return u ? u->namespace : NAMESPACE_DEFAULT;
}

bool site_person_is_of(const struct site_person *p, gh_slice namespace)
{
	return gh_slice_eq(p->namespace.n ? p->namespace : NAMESPACE_DEFAULT, namespace);
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

bool site_door_same(const struct site_door *a, const struct site_door *b)
{
	return a->n == b->n && gh_slice_eq(a->sn, b->sn);
}

static bool door_listed(const struct site_door *list, size_t n, const struct site_door *door)
{
	for (size_t i = 0; i < n; i++)
		if (site_door_same(&list[i], door))
			return true;
	return false;
}

static bool person_listed(const int64_t *list, size_t n, int64_t person)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == person)
			return true;
	return false;
}

bool site_level_has_door(const struct site_level *l, const struct site_door *door)
{
	return door_listed(l->door, l->doors, door);
}

bool site_level_has_person(const struct site_level *l, int64_t person)
{
	return person_listed(l->person, l->people, person);
}

const struct site_door_setting *site_door_find(const struct site *s,
					       const struct site_door *door)
{
	for (size_t i = 0; i < s->doors; i++)
		if (site_door_same(&s->door[i].door, door))
			return &s->door[i];
	return NULL;
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

static enum site_verdict person_verdict(const struct site *s, const struct site_person *p,
					const struct site_door *door, ghi_civil at)
{
	if (p == NULL)
		return SITE_NO_PERSON;
	if (!site_person_is_of(p, site_namespace(s, door->sn)))
		return SITE_OTHER_NAMESPACE;
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

/* Whether a rule is open, and in which of its columns. */
static struct site_step rule_step(const struct site *s, const struct site_rule *r, ghi_civil at)
{
	struct ghi_civil_parts p = ghi_civil_split(at);
	struct site_step step = { .rule = r, .verdict = SITE_RULE_EARLY };

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

static struct site_step level_step(const struct site *s, const struct site_level *l,
				   ghi_civil at)
{
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
	step = rule_step(s, r, at);
	step.level = l;
	return step;
}

static bool person_is_super(const struct site *s, int64_t person, const struct site_door *door)
{
	for (size_t i = 0; i < s->supers; i++)
		if (door_listed(s->super[i].door, s->super[i].doors, door) &&
		    person_listed(s->super[i].person, s->super[i].people, person))
			return true;
	return false;
}

/* What the door itself is refused for; SITE_GRANTED: nothing. SITE_SUPER_USER: it is locked, and they pass: units look
 * at nothing else then (events 208 and 63 of Security PUSH 3.1.2, 11.19; the order is not in the document). */
static struct site_step door_step(const struct site *s, const struct site_person *p,
				  const struct site_door *door, ghi_civil at)
{
	const struct site_door_setting *d = site_door_find(s, door);
	struct site_step step = { .verdict = SITE_GRANTED };
	int64_t rule = d ? d->number[DOOR_SET_usable_rule] : 0;

	if (d == NULL)
		return step;
	step.name = d->name;
	if (d->number[DOOR_SET_disabled] == 1) {
		step.verdict = SITE_DOOR_DISABLED;
		return step;
	}
	if (d->number[DOOR_SET_masked] == 1) {
		step.verdict =
			person_is_super(s, p->id, door) ? SITE_SUPER_USER : SITE_DOOR_LOCKED;
		return step;
	}
	if (rule > 0) {
		const struct site_rule *r = site_rule_find(s, rule);

		if (r)
			step = rule_step(s, r, at);
		step.name = d->name;
		if (r == NULL || step.verdict != SITE_GRANTED)
			step.verdict = SITE_DOOR_CLOSED;
	}
	return step;
}

/* --- what is needed besides a right --- */

static void condition_note(site_step_fn *fn, void *ctx, enum site_verdict verdict,
			   gh_slice name)
{
	fn(ctx, &(struct site_step){ .verdict = verdict, .name = name });
}

static void first_cards_note(const struct site *s, const struct site_person *p,
			     const struct site_door *door, site_step_fn *fn, void *ctx)
{
	for (size_t i = 0; i < s->first_cards; i++) {
		const struct site_first_card *f = &s->first_card[i];
		bool theirs = person_listed(f->person, f->people, p->id);

		if (!site_door_same(&f->door, door))
			continue;
		if (f->mode == FIRST_CARD_ACTIVATES && !theirs)
			condition_note(fn, ctx, SITE_NEEDS_FIRST_CARD, f->name);
		else if (theirs)
			condition_note(fn, ctx, SITE_IS_FIRST_CARD, f->name);
	}
}

static void groups_note(const struct site *s, const struct site_person *p,
			const struct site_door *door, site_step_fn *fn, void *ctx)
{
	int64_t group = p->group ? p->group : 1;

	for (size_t i = 0; i < s->multi_cards; i++) {
		const struct site_multi_card *m = &s->multi_card[i];

		if (site_door_same(&m->door, door) && person_listed(m->group, m->groups, group))
			condition_note(fn, ctx, SITE_NEEDS_OTHERS, m->name);
	}
}

static void verifies_note(const struct site *s, const struct site_person *p,
			  const struct site_door *door, ghi_civil at, site_step_fn *fn,
			  void *ctx)
{
	struct ghi_civil_parts parts = ghi_civil_split(at);

	for (size_t i = 0; i < s->verifies; i++) {
		const struct site_verify *v = &s->verify[i];

		if (door_listed(v->door, v->doors, door) &&
		    (v->people == 0 || person_listed(v->person, v->people, p->id)) &&
		    verify_span_at(&v->table, site_column(s, at / MIDNIGHT),
				   parts.hour * 60 + parts.minute))
			condition_note(fn, ctx, SITE_NEEDS_MODE, v->name);
	}
}

static void doors_note(const struct site *s, const struct site_door *door, site_step_fn *fn,
		       void *ctx)
{
	for (size_t i = 0; i < s->passbacks; i++) {
		const struct site_passback *b = &s->passback[i];

		if (door_listed(b->door, b->doors, door) ||
		    door_listed(b->against, b->againsts, door))
			condition_note(fn, ctx, SITE_PASSBACK, b->name);
	}
	for (size_t i = 0; i < s->interlocks; i++)
		if (door_listed(s->interlock[i].door, s->interlock[i].doors, door))
			condition_note(fn, ctx, SITE_INTERLOCK, s->interlock[i].name);
}

/* Whether a rule is open; one that is not there never is. */
static bool rule_is_open(const struct site *s, int64_t rule, ghi_civil at)
{
	const struct site_rule *r = site_rule_find(s, rule);

	return r && rule_step(s, r, at).verdict == SITE_GRANTED;
}

/* That everyone may pass, with a right or without; or that the lock is held. */
static bool door_standing_note(const struct site *s, const struct site_door *door, ghi_civil at,
			       site_step_fn *fn, void *ctx)
{
	const struct site_door_setting *d = site_door_find(s, door);
	bool open = d && rule_is_open(s, d->number[DOOR_SET_normal_open_rule], at);

	if (open && fn)
		condition_note(fn, ctx, SITE_STANDS_OPEN, d->name);
	for (size_t i = 0; i < s->outputs; i++) {
		const struct site_output *o = &s->output[i];

		if (o->output != SCHEDULED_OUTPUT_LOCK || o->n != door->n ||
		    o->action == SCHEDULED_NONE || !gh_slice_eq(o->sn, door->sn) ||
		    !rule_is_open(s, o->rule, at))
			continue;
		open = open || o->action == SCHEDULED_OPEN;
		if (fn)
			condition_note(fn, ctx,
				       o->action == SCHEDULED_OPEN ? SITE_STANDS_OPEN
								   : SITE_HELD_CLOSED,
				       o->name);
	}
	return open;
}

bool site_door_stands_open(const struct site *s, const struct site_door *door, ghi_civil at)
{
	return door_standing_note(s, door, at, NULL, NULL);
}

/* What depends on others, or on what happened before. */
static void conditions_note(const struct site *s, const struct site_person *p,
			    const struct site_door *door, ghi_civil at, site_step_fn *fn,
			    void *ctx)
{
	first_cards_note(s, p, door, fn, ctx);
	groups_note(s, p, door, fn, ctx);
	verifies_note(s, p, door, at, fn, ctx);
	doors_note(s, door, fn, ctx);
}

struct site_answer site_decide(const struct site *s, const struct site_person *person,
			       const struct site_door *door, ghi_civil at, site_step_fn *fn,
			       void *ctx)
{
	struct site_answer answer = { .why = person_verdict(s, person, door, at) };
	bool found = false, valid = answer.why == SITE_GRANTED;

	if (!valid && fn)
		fn(ctx, &(struct site_step){ .verdict = answer.why });
	if (valid) {
		struct site_step step = door_step(s, person, door, at);

		if (step.verdict != SITE_GRANTED) {
			answer.why = step.verdict;
			answer.granted = step.verdict == SITE_SUPER_USER;
			valid = false;
			if (fn)
				fn(ctx, &step);
		}
	}
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
	if (fn)
		door_standing_note(s, door, at, fn, ctx);
	if (answer.granted && answer.why != SITE_SUPER_USER && fn)
		conditions_note(s, person, door, at, fn, ctx);
	return answer;
}
