/* It may close early; it never leaves open late. One site becomes another, and the unit is looked at after each
 * command of the plan, for it may be away from then on: no person may pass whom neither site lets pass at that
 * minute, and no door stands open that neither lets stand open. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "compiled.h"
#include "panel_world.h"
#include "pretended.h"

#define SAMPLES 120

/* What of a site changes; all of it: any. */
enum part {
	PART_RULES = 1 << 0,
	PART_HOLIDAYS = 1 << 1,
	PART_LEVELS = 1 << 2,
	PART_PEOPLE = 1 << 3,
	PART_OPENINGS = 1 << 4, /* when doors stand open */
	PART_LIMITS = 1 << 5,	/* when doors can be used, and whether */
	PART_ALL = (1 << 6) - 1,
};

/* The parts of another site into one. */
static void world_edit(struct world *to, const struct world *from, unsigned parts)
{
	for (size_t i = 0; parts & PART_RULES && i < RULES; i++) {
		if (chance_number(2))
			continue;
		to->rule[i].table = from->rule[i].table;
		to->rule[i].valid = from->rule[i].valid;
	}
	for (size_t i = 0; parts & PART_HOLIDAYS && i < HOLIDAYS; i++)
		if (chance_number(2))
			to->holiday[i] = from->holiday[i];
	for (size_t i = 0; parts & PART_LEVELS && i < LEVELS; i++) {
		to->level[i] = from->level[i];
		memcpy(to->member[i], from->member[i], sizeof(to->member[i]));
		to->level[i].person = to->member[i];
	}
	for (size_t i = 0; parts & PART_PEOPLE && i < PEOPLE; i++) {
		to->person[i].valid = from->person[i].valid;
		to->person[i].disabled = from->person[i].disabled;
	}
	for (size_t i = 0; i < DOORS; i++) {
		int64_t *number = to->door[i].number;
		const int64_t *other = from->door[i].number;

		if (parts & PART_OPENINGS)
			number[DOOR_SET_normal_open_rule] = other[DOOR_SET_normal_open_rule];
		if (parts & PART_LIMITS)
			number[DOOR_SET_usable_rule] = other[DOOR_SET_usable_rule];
		if (parts & PART_LIMITS)
			number[DOOR_SET_disabled] = other[DOOR_SET_disabled];
	}
	for (size_t i = 0; parts & PART_OPENINGS && i < OBJECTS; i++)
		to->output[i] = from->output[i];
}

static void parameters_make(char *text, size_t room, struct unit_facts *f)
{
	char functions[71];

	for (size_t i = 0; i < 70; i++)
		functions[i] = chance_number(2) ? '1' : '0';
	functions[70] = 0;
	snprintf(text, room,
		 "MachineType=9,LockCount=4,ReaderCount=8,AuxInCount=4,AuxOutCount=4,"
		 "DateFmtFunOn=%d,DisableUserFunOn=1,OutRelaySetFunOn=1,AccSupportFunList=%s",
		 (int)chance_number(2), functions);
	*f = unit_facts_of(GH_LIT("A"), gh_slice_of(text));
}

struct safety {
	const struct pretended *unit;
	const struct unit_facts *facts;
	struct world *before, *after; /* NULL: nothing was there before */
	uint64_t seed;
	size_t step;
	const struct unit_step *of;
	size_t passed;
};

static void unit_judge(struct safety *s, ghi_civil at)
{
	int64_t start = ghi_civil_to_seconds(at);
	uint64_t kept = chance_seed;
	const struct unit_rows *u = pretended_rows(s->unit);

	for (int n = 0; n < SAMPLES; n++) {
		ghi_civil t = ghi_civil_from_seconds(start + chance_number(14 * 86400));
		int64_t who = chance_number(PEOPLE);
		struct site_door door = world_door[chance_number(DOORS)];
		const struct site_person *p = &s->after->person[who];
		bool old = s->before && site_decide(&s->before->site, &s->before->person[who],
						    &door, t, NULL, NULL)
						.granted,
		     new = site_decide(&s->after->site, p, &door, t, NULL, NULL).granted;

		if (compiled_grants(u, s->facts, p->pin, door.n, t)) {
			s->passed++;
			if (!old && !new)
				fail_msg("seed %llu, step %zu (%.*s): at %lld person %.*s may "
					 "pass door %d",
					 (unsigned long long)s->seed, s->step,
					 s->of->words.n > 200 ? 200 : (int)s->of->words.n,
					 (const char *)s->of->words.p, (long long)t,
					 GH_FMT(p->pin), (int)door.n);
		}
		if (compiled_stands_open(u, s->facts, door.n, t)) {
			s->passed++;
			if (!(s->before && site_door_stands_open(&s->before->site, &door, t)) &&
			    !site_door_stands_open(&s->after->site, &door, t))
				fail_msg("seed %llu, step %zu (%.*s): at %lld door %d stands "
					 "open",
					 (unsigned long long)s->seed, s->step,
					 s->of->words.n > 200 ? 200 : (int)s->of->words.n,
					 (const char *)s->of->words.p, (long long)t,
					 (int)door.n);
		}
	}
	/* What is looked at decides nothing about what comes. */
	chance_seed = kept + 1;
}

/* The numbers that were given stay with their owners. */
struct given {
	struct unit_slot slot[128];
	size_t n;
};

static void slots_keep(struct given *g, const struct unit_rows *u)
{
	for (size_t i = 0; i < u->slots; i++) {
		size_t at = 0;

		while (at < g->n && (g->slot[at].kind != u->slot[i].kind ||
				     g->slot[at].slot != u->slot[i].slot))
			at++;
		assert_true(at < 128);
		g->slot[at] = u->slot[i];
		g->n += at == g->n;
	}
}

/* The options that the unit has by now are what it reports. */
static struct ghi_table_unit unit_of(const struct pretended *p, const char *registered,
				     char *text, size_t room)
{
	size_t n = (size_t)snprintf(text, room, "%s", registered);

	for (size_t i = 0; i < p->options; i++)
		n += (size_t)snprintf(text + n, room - n, ",%.*s=%.*s",
				      GH_FMT(p->option[i].name), GH_FMT(p->option[i].value));
	assert_true(n < room);
	return ghi_table_unit_of(gh_slice_of(text));
}

/* From `before` to `after`. A command whose answer was lost is given again. */
static size_t plan_run(struct pretended *p, struct given *g, const struct unit_facts *f,
		       const char *registered, struct world *before, struct world *after,
		       ghi_civil at, uint64_t seed)
{
	static char reported[8192];
	struct safety s = {
		.unit = p, .facts = f, .before = before, .after = after, .seed = seed
	};
	struct unit_rows u;
	struct unit_steps steps;

	p->unit = unit_of(p, registered, reported, sizeof(reported));
	assert_int_equal(site_compile(&after->site, f, g->slot, g->n, at, &u), GH_OK);
	slots_keep(g, &u);
	assert_int_equal(unit_steps_make(&u, p->row, p->n, &p->unit,
					 (struct steps_wish){ .resync = false }, &steps),
			 GH_OK);
	for (size_t i = 0; i < steps.steps; i++) {
		s.step = i;
		s.of = &steps.step[i];
		for (int64_t times = chance_number(3) == 0 ? 2 : 1; times > 0; times--)
			pretended_do(p, &steps.step[i]);
		unit_judge(&s, at);
	}
	unit_steps_clear(&steps);
	p->unit = unit_of(p, registered, reported, sizeof(reported));
	assert_int_equal(unit_steps_make(&u, p->row, p->n, &p->unit,
					 (struct steps_wish){ .resync = false }, &steps),
			 GH_OK);
	assert_int_equal(steps.steps, 0);
	unit_steps_clear(&steps);
	unit_rows_clear(&u);
	return s.passed;
}

static size_t sites_run(unsigned parts, uint64_t seeds, uint64_t first)
{
	static struct world world[2], other;
	static struct pretended p;
	size_t passed = 0;

	for (uint64_t n = 0; n < seeds; n++) {
		char registered[256];
		struct unit_facts f;
		struct given g = { .n = 0 };
		uint64_t seed = (first + n) * 977;
		ghi_civil at = 20261110080000;

		p = (struct pretended){ .n = 0 };
		chance_seed = seed;
		parameters_make(registered, sizeof(registered), &f);
		world_make(&world[0]);
		passed += plan_run(&p, &g, &f, registered, NULL, &world[0], at, seed);
		for (int round = 0; round < 3; round++) {
			struct world *from = &world[round % 2], *to = &world[(round + 1) % 2];
			unsigned some = parts & (unsigned)(chance_number(PART_ALL + 1));

			/* A copy, with what it points to. */
			world_make(to);
			world_edit(to, from, ~0u);
			memcpy(to->rule, from->rule, sizeof(to->rule));
			memcpy(to->holiday, from->holiday, sizeof(to->holiday));
			memcpy(to->door, from->door, sizeof(to->door));
			for (size_t i = 0; i < OBJECTS; i++) {
				to->first[i].door = from->first[i].door;
				to->first[i].rule = from->first[i].rule;
				to->first[i].mode = from->first[i].mode;
				to->multi[i] = from->multi[i];
			}
			world_make(&other);
			world_edit(to, &other, some ? some : parts);
			/* The clock of the unit goes on, or is set back. */
			at = ghi_civil_from_seconds(ghi_civil_to_seconds(at) +
						    (chance_number(6) - 1) * 43200);
			passed += plan_run(&p, &g, &f, registered, from, to, at, seed);
		}
		ghi_arena_clear(&p.arena);
	}
	return passed;
}

static void rules_holidays_levels_and_openings_in_any_mixture(void **state)
{
	(void)state;
	assert_true(sites_run(PART_RULES | PART_HOLIDAYS | PART_LEVELS | PART_OPENINGS, 12, 1) >
		    1000);
}

static void limits_of_doors_with_levels(void **state)
{
	(void)state;
	assert_true(sites_run(PART_LEVELS | PART_LIMITS | PART_OPENINGS, 8, 200) > 500);
}

static void everything_at_once(void **state)
{
	(void)state;
	assert_true(sites_run(PART_ALL, 20, 1000) > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_holidays_levels_and_openings_in_any_mixture),
		cmocka_unit_test(limits_of_doors_with_levels),
		cmocka_unit_test(everything_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
