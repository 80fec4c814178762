#include "core/access/rights/compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/compiler.h"

#define DOORS_MAX 32 /* of a mask */

struct unit_facts unit_facts_of(gh_slice sn, gh_slice parameters)
{
	struct ghi_unit u = ghi_unit_of(parameters);

	return (struct unit_facts){
		.sn = sn,
		.doors = u.doors,
		.controller = u.machine_type >= 0 && u.machine_type < 100,
		.packed_validity = u.packed_validity,
		.text_pins = u.text_pins,
		.may_disable = ghi_parameters_number(parameters, "DisableUserFunOn", 0) == 1,
		.long_names = ghi_flags_has(u.functions, 5),
		.several_cards = ghi_flags_has(u.functions, 7),
		.numbered_doors = ghi_flags_has(u.functions, 15),
		.rule_validity = ghi_flags_has(u.functions, 60),
		.right_validity = ghi_flags_has(u.functions, 62),
	};
}

/* --- what is gathered --- */

bool compiler_grow(struct compiler *c, void *p, size_t *room, size_t n, size_t size)
{
	void *old, *more;

	if (n < *room)
		return true;
	memcpy(&old, p, sizeof(old));
	more = realloc(old, (*room ? *room * 2 : 64) * size);
	if (more == NULL) {
		c->no_memory = true;
		return false;
	}
	*room = *room ? *room * 2 : 64;
	memcpy(p, &more, sizeof(more));
	return true;
}

void compiler_row(struct compiler *c, enum unit_table table, const struct ghi_writer *key,
		  const struct ghi_writer *text)
{
	struct unit_rows *u = c->out;

	if (key->err || text->err)
		c->no_memory = true;
	if (!compiler_grow(c, &u->row, &c->row_room, u->rows, sizeof(*u->row)))
		return;
	u->row[u->rows++] =
		(struct needed_row){ table, ghi_arena_copy(&u->text, ghi_written(key)),
				     ghi_arena_copy(&u->text, ghi_written(text)) };
}

void compiler_option(struct compiler *c, const char *name, const char *value)
{
	struct unit_rows *u = c->out;

	if (compiler_grow(c, &u->option, &c->option_room, u->options, sizeof(*u->option)))
		u->option[u->options++] =
			(struct unit_option){ gh_slice_of(name), gh_slice_of(value) };
}

void compiler_refuse(struct compiler *c, enum refusal_of of, int64_t id, const char *text, ...)
{
	struct unit_rows *u = c->out;
	char line[200];
	va_list ap;

	va_start(ap, text);
	vsnprintf(line, sizeof(line), text, ap);
	va_end(ap);
	if (compiler_grow(c, &u->refusal, &c->refusal_room, u->refusals, sizeof(*u->refusal)))
		u->refusal[u->refusals++] =
			(struct unit_refusal){ of, id,
					       ghi_arena_copy(&u->text, gh_slice_of(line)) };
}

void compiler_until(struct compiler *c, ghi_civil t)
{
	if (c->out->good_until == 0 || t < c->out->good_until)
		c->out->good_until = t;
}

/* --- levels and rules --- */

/* The doors of a level on this unit, as a mask; false: it names one that the unit does not have. */
static bool level_doors(struct compiler *c, const struct site_level *l, uint32_t *mask)
{
	int64_t most = c->facts->doors < DOORS_MAX ? c->facts->doors : DOORS_MAX;

	*mask = 0;
	for (size_t i = 0; i < l->doors; i++) {
		if (!gh_slice_eq(l->door[i].sn, c->facts->sn))
			continue;
		if (l->door[i].n < 1 || l->door[i].n > most) {
			compiler_refuse(
				c, REFUSED_LEVEL, l->id,
				"Access level %lld names door %lld, and the unit has %lld",
				(long long)l->id, (long long)l->door[i].n,
				(long long)(most > 0 ? most : 0));
			return false;
		}
		*mask |= UINT32_C(1) << (l->door[i].n - 1);
	}
	return true;
}

static size_t rule_parts(const struct time_table *t)
{
	size_t parts = 1;

	for (size_t i = 0; i < TIME_COLUMNS; i++) {
		size_t n = (t->day[i].n + RULE_PERIODS - 1) / RULE_PERIODS;

		parts = n > parts ? n : parts;
	}
	return parts;
}

static int rule_compare(const void *a, const void *b)
{
	const struct held_rule *x = a, *y = b;

	return (x->rule->id > y->rule->id) - (x->rule->id < y->rule->id);
}

/* c->rules when it is not there. */
static size_t rule_place(const struct compiler *c, int64_t id)
{
	size_t i = 0;

	while (i < c->rules && c->rule[i].rule->id != id)
		i++;
	return i;
}

/* The levels that name doors of this unit, and their rules in the order of their numbers. */
static void levels_gather(struct compiler *c)
{
	const struct site *s = c->site;

	c->level = calloc(s->levels + 1, sizeof(*c->level));
	c->rule = calloc(s->rules + 1, sizeof(*c->rule));
	c->no_memory = c->level == NULL || c->rule == NULL;
	for (size_t i = 0; i < s->levels && !c->no_memory; i++) {
		const struct site_rule *r = site_rule_find(s, s->level[i].rule);
		struct held_level l = { .level = &s->level[i], .valid = s->level[i].valid };

		if (r == NULL || !level_doors(c, l.level, &l.doors) || l.doors == 0)
			continue;
		if (!c->facts->rule_validity)
			l.valid = validity_both(l.valid, r->valid);
		if (validity_empty(&l.valid) || validity_over(&l.valid, c->at))
			continue;
		if (rule_place(c, r->id) == c->rules)
			c->rule[c->rules++] =
				(struct held_rule){ .rule = r, .parts = rule_parts(&r->table) };
		c->level[c->levels++] = l;
	}
	if (!c->no_memory)
		qsort(c->rule, c->rules, sizeof(*c->rule), rule_compare);
}

/* Rules that get no slots take their levels along. */
static void rules_place(struct compiler *c)
{
	size_t kept = 0, held = 0;

	for (size_t i = 0; i < c->rules; i++) {
		struct held_rule r = c->rule[i];

		if (compiler_slots(c, &r))
			c->rule[kept++] = r;
		else
			compiler_refuse(
				c, REFUSED_RULE, r.rule->id,
				"Time rule %lld needs %zu of the unit's numbers of time "
				"rules, and there are too few",
				(long long)r.rule->id, r.parts);
	}
	c->rules = kept;
	for (size_t i = 0; i < c->levels; i++) {
		struct held_level l = c->level[i];

		l.rule = rule_place(c, l.level->rule);
		if (l.rule < c->rules)
			c->level[held++] = l;
	}
	c->levels = held;
}

static int member_compare(const void *a, const void *b)
{
	const struct membership *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return (x->level > y->level) - (x->level < y->level);
}

static void members_gather(struct compiler *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->levels; i++)
		n += c->level[i].level->people;
	c->member = malloc((n + 1) * sizeof(*c->member));
	if (c->member == NULL) {
		c->no_memory = true;
		return;
	}
	for (size_t i = 0; i < c->levels; i++)
		for (size_t k = 0; k < c->level[i].level->people; k++)
			c->member[c->members++] =
				(struct membership){ c->level[i].level->person[k],
						     (uint32_t)i };
	qsort(c->member, c->members, sizeof(*c->member), member_compare);
}

/* --- all of it --- */

static int refusal_compare(const void *a, const void *b)
{
	const struct unit_refusal *x = a, *y = b;

	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
	int order = n ? memcmp(x->text.p, y->text.p, n) : 0;

	return order ? order : (x->text.n > y->text.n) - (x->text.n < y->text.n);
}

enum gh_err site_compile(const struct site *s, const struct unit_facts *facts,
			 const struct rule_slot *slot, size_t slots, ghi_civil at,
			 struct unit_rows *out)
{
	struct compiler c = {
		.site = s, .facts = facts, .given = slot, .givens = slots, .at = at, .out = out
	};

	*out = (struct unit_rows){ 0 };
	if (facts->several_cards)
		compiler_option(&c, "MulCardUserFunOn", "1");
	levels_gather(&c);
	if (!c.no_memory)
		rules_place(&c);
	if (!c.no_memory)
		members_gather(&c);
	if (!c.no_memory) {
		compiler_rules_write(&c);
		compiler_holidays_write(&c);
		compiler_people_write(&c);
	}
	if (out->refusals)
		qsort(out->refusal, out->refusals, sizeof(*out->refusal), refusal_compare);
	free(c.level);
	free(c.rule);
	free(c.member);
	return c.no_memory || out->text.failed ? GH_ENOMEM : GH_OK;
}

void unit_rows_clear(struct unit_rows *u)
{
	free(u->row);
	free(u->option);
	free(u->refusal);
	free(u->slot);
	ghi_arena_clear(&u->text);
	*u = (struct unit_rows){ 0 };
}
