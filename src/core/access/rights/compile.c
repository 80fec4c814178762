#include "core/access/rights/compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/compiler.h"
#include "model/entity.h"

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

void compiler_setting_row(struct compiler *c, enum unit_table table, bool resting,
			  const struct ghi_writer *key, const struct ghi_writer *text)
{
	struct unit_rows *u = c->out;

	if (key->err || text->err)
		c->no_memory = true;
	if (!compiler_grow(c, &u->row, &c->row_room, u->rows, sizeof(*u->row)))
		return;
	u->row[u->rows++] =
		(struct needed_row){ table, ghi_arena_copy(&u->text, ghi_written(key)),
				     ghi_arena_copy(&u->text, ghi_written(text)), resting };
}

void compiler_row(struct compiler *c, enum unit_table table, const struct ghi_writer *key,
		  const struct ghi_writer *text)
{
	compiler_setting_row(c, table, false, key, text);
}

void compiler_option(struct compiler *c, bool resting, const char *name, gh_slice value)
{
	struct unit_rows *u = c->out;

	if (compiler_grow(c, &u->option, &c->option_room, u->options, sizeof(*u->option)))
		u->option[u->options++] =
			(struct unit_option){ ghi_arena_copy(&u->text, gh_slice_of(name)),
					      ghi_arena_copy(&u->text, value), resting };
}

void compiler_refuse(struct compiler *c, enum refusal_of of, int64_t id, const char *text, ...)
{
	struct unit_rows *u = c->out;
	char line[320];
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

static int number_order(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, *(const void *const *)a, sizeof(x));
	memcpy(&y, *(const void *const *)b, sizeof(y));
	return (x > y) - (x < y);
}

const void **compiler_ordered(struct compiler *c, const void *array, size_t n, size_t size)
{
	const void **at = n ? malloc(n * sizeof(*at)) : NULL;

	c->no_memory = c->no_memory || (n && at == NULL);
	if (at == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		at[i] = (const uint8_t *)array + i * size;
	qsort(at, n, sizeof(*at), number_order);
	return at;
}

/* --- levels and rules --- */

bool compiler_doors(struct compiler *c, enum refusal_of of, int64_t id,
		    const struct site_door *door, size_t n, uint32_t *mask)
{
	int64_t most = compiler_doors_most(c);

	*mask = 0;
	for (size_t i = 0; i < n; i++) {
		if (!gh_slice_eq(door[i].sn, c->facts->sn))
			continue;
		if (door[i].n < 1 || door[i].n > most) {
			compiler_refuse(c, of, id, "It names door %lld, and the unit has %lld",
					(long long)door[i].n, (long long)(most > 0 ? most : 0));
			return false;
		}
		*mask |= UINT32_C(1) << (door[i].n - 1);
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

void compiler_rule_add(struct compiler *c, const struct site_rule *r)
{
	if (r && rule_place(c, r->id) == c->rules)
		c->rule[c->rules++] =
			(struct held_rule){ .rule = r, .parts = rule_parts(&r->table) };
}

/* Why a rule cannot be named where one number has room; NULL: it can. */
static const char *rule_unfit(const struct compiler *c, const struct site_rule *r)
{
	if (r == NULL)
		return "is not there";
	if (rule_parts(&r->table) > 1)
		return "needs 3 ranges a day or fewer for it";
	if (!c->facts->rule_validity && (r->valid.from || r->valid.to))
		return "holds for a time, which the unit cannot have for it";
	return NULL;
}

void compiler_rule_add_one(struct compiler *c, int64_t rule)
{
	const struct site_rule *r = site_rule_find(c->site, rule);

	if (rule_unfit(c, r) == NULL)
		compiler_rule_add(c, r);
}

int64_t compiler_rule_one(struct compiler *c, int64_t rule, enum refusal_of of, int64_t id)
{
	const char *why = rule_unfit(c, site_rule_find(c->site, rule));
	size_t place = rule_place(c, rule);

	if (why == NULL && place < c->rules)
		return c->out->slot[c->rule[place].first].slot;
	compiler_refuse(c, of, id, "Time rule %lld %s", (long long)rule,
			why ? why : "has no number on the unit");
	return 0;
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

		if (r == NULL ||
		    !compiler_doors(c, REFUSED_LEVEL, s->level[i].id, s->level[i].door,
				    s->level[i].doors, &l.doors) ||
		    l.doors == 0)
			continue;
		if (!c->facts->rule_validity)
			l.valid = validity_both(l.valid, r->valid);
		if (validity_empty(&l.valid) || validity_over(&l.valid, c->at))
			continue;
		compiler_rule_add(c, r);
		c->level[c->levels++] = l;
	}
	if (!c->no_memory)
		compiler_doors_need(c);
	if (!c->no_memory)
		qsort(c->rule, c->rules, sizeof(*c->rule), rule_compare);
}

/* Rules that get no slots take their levels along. */
static void rules_place(struct compiler *c)
{
	size_t kept = 0, held = 0, wanted = 1;

	/* Number 1 is `always`. */
	for (size_t i = 0; i < c->rules; i++)
		wanted += c->rule[i].rule->id == TIME_RULE_ALWAYS ? 0 : c->rule[i].parts;
	for (size_t i = 0; i < c->rules; i++) {
		struct held_rule r = c->rule[i];

		if (compiler_slots(c, &r))
			c->rule[kept++] = r;
		else
			compiler_refuse(c, REFUSED_RULE, r.rule->id,
					"It needs %zu of the unit's numbers of time rules, "
					"which has %lld, and %zu are needed",
					r.parts, (long long)compiler_rule_slots(c), wanted);
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

/* Doors that no person may pass are no longer part of a level. */
static void levels_close(struct compiler *c)
{
	size_t held = 0;

	for (size_t i = 0; i < c->levels; i++) {
		struct held_level l = c->level[i];

		l.doors &= ~c->closed;
		if (l.doors)
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

/* Rows of each table together; within one they stay in their order. */
static void rows_by_table(struct compiler *c)
{
	struct unit_rows *u = c->out;
	struct needed_row *to = malloc((u->rows + 1) * sizeof(*to));
	size_t n = 0;

	if (to == NULL) {
		c->no_memory = true;
		return;
	}
	for (int table = 0; table < UNIT_TABLES; table++)
		for (size_t i = 0; i < u->rows; i++)
			if ((int)u->row[i].table == table)
				to[n++] = u->row[i];
	free(u->row);
	u->row = to;
}

/* Each step after those that it builds on. */
static void (*const compile_steps[])(struct compiler *c) = {
	levels_gather,
	rules_place,
	compiler_rules_write,
	compiler_holidays_write,
	compiler_doors_settle,
	levels_close,
	members_gather,
	compiler_people_write,
	compiler_first_cards_write,
	compiler_multi_cards_write,
	compiler_linkages_write,
	compiler_outputs_write,
	compiler_inputs_write,
	compiler_verifies_write,
	compiler_supers_write,
	compiler_passbacks_write,
	compiler_interlocks_write,
	compiler_door_settings_write,
	rows_by_table,
};

enum gh_err site_compile(const struct site *s, const struct unit_facts *facts,
			 const struct unit_slot *slot, size_t slots, ghi_civil at,
			 struct unit_rows *out)
{
	struct compiler c = {
		.site = s, .facts = facts, .given = slot, .givens = slots, .at = at, .out = out
	};

	*out = (struct unit_rows){ .at = at };
	if (facts->several_cards)
		compiler_option(&c, false, "MulCardUserFunOn", GH_LIT("1"));
	for (size_t i = 0; i < sizeof(compile_steps) / sizeof(compile_steps[0]) && !c.no_memory;
	     i++)
		compile_steps[i](&c);
	if (out->refusals)
		qsort(out->refusal, out->refusals, sizeof(*out->refusal), refusal_compare);
	free(c.level);
	free(c.rule);
	free(c.member);
	free(c.first);
	free(c.multi);
	free(c.output);
	free(c.extra);
	free(c.sent);
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
