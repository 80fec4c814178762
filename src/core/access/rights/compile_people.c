/* People of a unit, their cards and their rights. */
#include <stdlib.h>

#include "base/number.h"
#include "core/access/rights/compiler.h"

#define MIDNIGHT 1000000
#define DAY_END 235959
#define PIN_DIGITS 9 /* of a controller whose PINs are numbers */
#define PIN_TEXT 24

/* What one level gives a person. */
struct right {
	size_t rule; /* in compiler.rule */
	uint32_t doors;
	struct validity valid;
	bool chosen;
};

/* Rights that one validity on the unit serves. */
struct choice {
	uint32_t doors; /* of the chosen ones; 0: none is */
	struct validity valid;
};

static ghi_civil second_after(ghi_civil t)
{
	return ghi_civil_from_seconds(ghi_civil_to_seconds(t) + 1);
}

/* --- one validity for several rights --- */

/* The latest moment for an open end, so that ends can be compared. */
static ghi_civil end_of(const struct right *r)
{
	return r->valid.to ? r->valid.to : INT64_MAX;
}

static bool right_concerned(const struct right *r, size_t rule, uint32_t doors)
{
	return (rule == SIZE_MAX || r->rule == rule) && (r->doors & doors);
}

/* Of the rights of a rule (SIZE_MAX: of all) to any of these doors: those that hold now, or else those that
 * begin next. They end together, with the first of them; what is right afterwards is another choice. */
static struct choice rights_choose(struct compiler *c, struct right *r, size_t n, size_t rule,
				   uint32_t doors)
{
	struct choice out = { 0 };
	ghi_civil first = INT64_MAX, end = INT64_MAX, last = 0, later = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		r[i].chosen = false;
		if (!right_concerned(&r[i], rule, doors))
			continue;
		ghi_civil from = r[i].valid.from <= c->at ? 0 : r[i].valid.from;

		first = from < first ? from : first;
	}
	for (size_t i = 0; i < n; i++) {
		if (!right_concerned(&r[i], rule, doors))
			continue;
		ghi_civil from = r[i].valid.from <= c->at ? 0 : r[i].valid.from;

		if (from != first) {
			later = from < later ? from : later;
			continue;
		}
		r[i].chosen = true;
		out.valid.from = out.doors && out.valid.from < r[i].valid.from
					 ? out.valid.from
					 : r[i].valid.from;
		out.doors |= r[i].doors & doors;
		end = end_of(&r[i]) < end ? end_of(&r[i]) : end;
		last = end_of(&r[i]) > last ? end_of(&r[i]) : last;
	}
	out.valid.to = end == INT64_MAX ? 0 : end;
	if (later != INT64_MAX)
		compiler_until(c, later);
	if (last > end)
		compiler_until(c, second_after(end));
	return out;
}

/* --- validity in whole days --- */

/* Where the unit has days only, an end within a day is the end of the day before. The end that it was; 0: it stays. */
static ghi_civil validity_end_fit(struct compiler *c, struct validity *v)
{
	ghi_civil was = v->to, day = was - was % MIDNIGHT;

	if (c->facts->packed_validity || was == 0 || was % MIDNIGHT == DAY_END)
		return 0;
	if (day > c->at)
		compiler_until(c, day);
	v->to = ghi_civil_from_seconds(ghi_civil_to_seconds(day) - 1);
	return was;
}

static void validity_end_refuse(struct compiler *c, const struct site_person *p, ghi_civil end)
{
	struct ghi_civil_parts t = ghi_civil_split(end);

	compiler_refuse(
		c, REFUSED_PERSON, p->id,
		"Person %.*s is valid until %02d:%02d of a day; the unit has whole days, and "
		"ends with the day before",
		GH_FMT(p->pin), t.hour, t.minute);
}

/* There, a beginning within a day waits until it has come. false: there is nothing left. */
static bool validity_fit(struct compiler *c, const struct site_person *p, struct validity *v)
{
	if (c->facts->packed_validity)
		return true;
	if (v->from > c->at && v->from % MIDNIGHT) {
		compiler_until(c, v->from);
		return false;
	}
	ghi_civil end = validity_end_fit(c, v);

	if (end)
		validity_end_refuse(c, p, end);
	return v->to == 0 || (v->to >= c->at && v->to >= v->from);
}

/* --- rights of a person --- */

/* A row for each part of the rule. */
static void parts_write(struct compiler *c, const struct site_person *p, size_t rule,
			uint32_t doors, const struct validity *v)
{
	const struct held_rule *r = &c->rule[rule];

	for (size_t part = 0; part < r->parts; part++)
		compiler_right_write(c, p, c->out->slot[r->first + part].slot, doors, v);
}

static uint32_t doors_chosen(const struct right *r, size_t n, size_t rule)
{
	uint32_t doors = 0;

	for (size_t i = 0; i < n; i++)
		if (r[i].chosen && r[i].rule == rule)
			doors |= r[i].doors;
	return doors;
}

/* The rows of rules and doors with one validity for all of them, chosen before. */
static void rights_write(struct compiler *c, const struct site_person *p, const struct right *r,
			 size_t n)
{
	for (size_t rule = 0; rule < c->rules; rule++) {
		uint32_t doors = doors_chosen(r, n, rule);

		if (!c->facts->numbered_doors && doors)
			parts_write(c, p, rule, doors, NULL);
		for (uint32_t bit = 1; c->facts->numbered_doors && bit && bit <= doors;
		     bit <<= 1)
			if (doors & bit)
				parts_write(c, p, rule, bit, NULL);
	}
}

/* With a validity of their own. Rows of the same rule, and of the same door where doors have numbers, may be
 * one to the unit: they share one validity. */
static void rights_write_valid(struct compiler *c, const struct site_person *p, struct right *r,
			       size_t n)
{
	for (size_t rule = 0; rule < c->rules; rule++) {
		if (!c->facts->numbered_doors) {
			struct choice x = rights_choose(c, r, n, rule, UINT32_MAX);

			if (x.doors)
				parts_write(c, p, rule, x.doors, &x.valid);
			continue;
		}
		for (uint32_t bit = 1; bit; bit <<= 1) {
			struct choice x = rights_choose(c, r, n, rule, bit);

			if (x.doors)
				parts_write(c, p, rule, bit, &x.valid);
		}
	}
}

/* What of the person's levels is still to come or holds. A level that ends within a day ends before it where the unit
 * has days only: the others of that day go on. */
static size_t rights_gather(struct compiler *c, const struct site_person *p,
			    const struct membership *m, size_t n, struct right *out)
{
	ghi_civil first = INT64_MAX, end;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct held_level *l = &c->level[m[i].level];
		struct right r = { .rule = l->rule, .doors = l->doors, .valid = l->valid };

		if (i && m[i].level == m[i - 1].level)
			continue;
		if (!c->facts->right_validity)
			r.valid = validity_both(r.valid, p->valid);
		if (validity_empty(&r.valid) || validity_over(&r.valid, c->at))
			continue;
		end = c->facts->right_validity ? 0 : validity_end_fit(c, &r.valid);
		first = end && end < first ? end : first;
		if (!validity_empty(&r.valid) && !validity_over(&r.valid, c->at))
			out[kept++] = r;
	}
	if (first != INT64_MAX)
		validity_end_refuse(c, p, first);
	return kept;
}

static bool pin_fits(struct compiler *c, const struct site_person *p)
{
	size_t most = !c->facts->text_pins && c->facts->controller ? PIN_DIGITS : PIN_TEXT;
	uint64_t n;

	if (p->pin.n <= most && p->pin.n &&
	    (c->facts->text_pins ||
	     (ghi_number_parse(p->pin, UINT64_MAX, &n) != GH_EMALFORMED && p->pin.p[0] != '0')))
		return true;
	compiler_refuse(c, REFUSED_PERSON, p->id,
			c->facts->text_pins
				? "PIN %.*s is longer than %zu characters"
				: "PIN %.*s is no number of up to %zu digits, as the unit "
				  "needs it",
			p->pin.n > 64 ? 64 : (int)p->pin.n, (const char *)p->pin.p, most);
	return false;
}

/* Whether a person is on the unit for something else than a right. */
static bool extra_listed(const struct compiler *c, int64_t id)
{
	size_t low = 0, high = c->extras;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (c->extra[at] < id)
			low = at + 1;
		else
			high = at;
	}
	return low < c->extras && c->extra[low] == id;
}

static void unit_person_write(struct compiler *c, const struct site_person *p,
			      const struct membership *m, size_t n, struct right *right)
{
	struct validity v = p->valid;

	if (p->disabled || validity_over(&p->valid, c->at) || validity_empty(&p->valid) ||
	    !pin_fits(c, p))
		return;
	n = rights_gather(c, p, m, n, right);
	if (n == 0 && !extra_listed(c, p->id))
		return;
	if (n && !c->facts->right_validity)
		v = rights_choose(c, right, n, SIZE_MAX, UINT32_MAX).valid;
	if (!validity_fit(c, p, &v))
		return;
	if (!compiler_grow(c, &c->sent, &c->sent_room, c->sents, sizeof(*c->sent)))
		return;
	c->sent[c->sents++] = (struct held_person){ p->id, p };
	compiler_user_write(c, p, &v);
	compiler_cards_write(c, p);
	if (c->facts->right_validity)
		rights_write_valid(c, p, right, n);
	else
		rights_write(c, p, right, n);
}

/* Where another person may have the PIN, this one is not written; a right they would have there is refused. */
static bool namespace_fits(struct compiler *c, const struct site_person *p)
{
	gh_slice of = site_namespace(c->site, c->facts->sn);

	if (site_person_is_of(p, of))
		return true;
	compiler_refuse(c, REFUSED_PERSON, p->id,
			"PIN %.*s is of another namespace than the unit, whose area has "
			"the namespace %.*s",
			GH_FMT(p->pin), of.n > 64 ? 64 : (int)of.n, (const char *)of.p);
	return false;
}

/* --- all of them --- */

static int pin_order(const void *a, const void *b)
{
	const struct site_person *x = *(const struct site_person *const *)a,
				 *y = *(const struct site_person *const *)b;
	size_t n = x->pin.n < y->pin.n ? x->pin.n : y->pin.n;
	int order = n ? memcmp(x->pin.p, y->pin.p, n) : 0;

	if (order)
		return order;
	if (x->pin.n != y->pin.n)
		return x->pin.n < y->pin.n ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Where the memberships of a person begin; *n of them. */
static const struct membership *memberships_of(const struct compiler *c, int64_t person,
					       size_t *n)
{
	size_t low = 0, high = c->members;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (c->member[at].person < person)
			low = at + 1;
		else
			high = at;
	}
	for (*n = 0; low + *n < c->members && c->member[low + *n].person == person;)
		++*n;
	return &c->member[low];
}

static int sent_order(const void *a, const void *b)
{
	const struct held_person *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

const struct site_person *compiler_sent(const struct compiler *c, int64_t id)
{
	struct held_person key = { .id = id };
	const struct held_person *found =
		c->sents ? bsearch(&key, c->sent, c->sents, sizeof(key), sent_order) : NULL;

	return found ? found->person : NULL;
}

const struct site_person **compiler_people_sent(struct compiler *c, const int64_t *id, size_t n,
						size_t *found)
{
	const struct site_person **p = n ? malloc(n * sizeof(*p)) : NULL;
	size_t kept = 0;

	*found = 0;
	c->no_memory = c->no_memory || (n && p == NULL);
	if (p == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		p[kept] = compiler_sent(c, id[i]);
		kept += p[kept] != NULL;
	}
	qsort(p, kept, sizeof(*p), pin_order);
	for (size_t i = 0; i < kept; i++)
		if (i == 0 || p[i] != p[i - 1])
			p[(*found)++] = p[i];
	return p;
}

void compiler_people_write(struct compiler *c)
{
	size_t n = c->site->people;
	const struct site_person **person = malloc((n + 1) * sizeof(*person));
	struct right *right = malloc((c->levels + 1) * sizeof(*right));

	c->no_memory = c->no_memory || person == NULL || right == NULL;
	for (size_t i = 0; i < n && !c->no_memory; i++)
		person[i] = &c->site->person[i];
	if (!c->no_memory)
		qsort(person, n, sizeof(*person), pin_order);
	for (size_t i = 0; i < n && !c->no_memory; i++) {
		size_t of;
		const struct membership *m = memberships_of(c, person[i]->id, &of);

		if ((of || extra_listed(c, person[i]->id)) && namespace_fits(c, person[i]))
			unit_person_write(c, person[i], m, of, right);
	}
	free(person);
	free(right);
	if (c->sents)
		qsort(c->sent, c->sents, sizeof(*c->sent), sent_order);
	compiler_room_check(c);
}
