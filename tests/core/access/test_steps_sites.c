/* Plans of random sites, one after the other: a unit that carries one out needs no more, and in between no person
 * may pass who may neither before nor after it. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "compiled.h"
#include "pretended.h"

#define MASKS                                       \
	"MachineType=9,LockCount=4,DateFmtFunOn=1," \
	"MulCardUserFunOn=1,AccSupportFunList=00000001"
#define NUMBERS                                     \
	"MachineType=9,LockCount=4,DateFmtFunOn=1," \
	"AccSupportFunList=0000000000000001"

static const struct steps_wish usual;

#define PEOPLE 6
#define RULES 4
#define LEVELS 4

struct world {
	struct site site;
	struct site_person person[PEOPLE];
	struct site_rule rule[RULES];
	struct site_level level[LEVELS];
	struct site_door door[LEVELS][4];
	int64_t member[LEVELS][PEOPLE];
	char pin[PEOPLE][8], range[RULES][16];
	struct site_card card[PEOPLE][2];
};

static void world_make(struct world *w)
{
	const char *why;

	*w = (struct world){ 0 };
	for (int64_t i = 0; i < PEOPLE; i++) {
		snprintf(w->pin[i], sizeof(w->pin[i]), "%d", (int)(i + 8));
		w->card[i][0].number = GH_LIT("4711");
		w->card[i][1].number = chance_number(2) ? GH_LIT("4712") : GH_LIT("4713");
		w->person[i] = (struct site_person){ .id = i + 1,
						     .pin = gh_slice_of(w->pin[i]),
						     .card = w->card[i],
						     .cards = (size_t)chance_number(3),
						     .disabled = chance_number(6) == 0 };
	}
	for (int64_t i = 0; i < RULES; i++) {
		int64_t from = chance_number(12), n = chance_number(5);

		w->rule[i] = (struct site_rule){ .id = i + 2 + chance_number(2) * 10 };
		for (int64_t k = 0; k < n; k++) {
			snprintf(w->range[i], sizeof(w->range[i]), "%02d:00-%02d:30",
				 (int)(from + 2 * k), (int)(from + 2 * k));
			(void)!time_table_add(&w->rule[i].table, 127, gh_slice_of(w->range[i]),
					      &why);
		}
		w->rule[i].table.named = 7;
	}
	for (int64_t i = 0; i < LEVELS; i++) {
		struct site_level *l = &w->level[i];

		*l = (struct site_level){ .id = i + 1,
					  .rule = w->rule[chance_number(RULES)].id,
					  .door = w->door[i],
					  .doors = (size_t)chance_number(5),
					  .person = w->member[i] };
		for (size_t k = 0; k < l->doors; k++)
			w->door[i][k] = (struct site_door){ GH_LIT("A"), chance_number(4) + 1 };
		for (int64_t p = 0; p < PEOPLE; p++)
			if (chance_number(2))
				w->member[i][l->people++] = p + 1;
	}
	w->site = (struct site){ .person = w->person,
				 .people = PEOPLE,
				 .rule = w->rule,
				 .rules = RULES,
				 .level = w->level,
				 .levels = LEVELS };
}

/* Who may pass where, at half past of each hour. */
struct grants {
	bool may[PEOPLE][4][24];
};

static void grants_see(const struct pretended *p, const struct unit_facts *f, struct grants *g)
{
	char pin[8];

	for (int i = 0; i < PEOPLE; i++)
		for (int d = 0; d < 4; d++)
			for (int h = 0; h < 24; h++) {
				snprintf(pin, sizeof(pin), "%d", i + 8);
				g->may[i][d][h] =
					pretended_grants(p, f, gh_slice_of(pin), d + 1,
							 INT64_C(20261130001500) + h * 10000);
			}
}

/* In the middle of a plan no person may pass who may neither before nor after it. */
static void grants_check(const struct grants *now, const struct grants *before,
			 const struct grants *after)
{
	const bool *n = &now->may[0][0][0], *b = &before->may[0][0][0],
		   *a = &after->may[0][0][0];

	for (size_t i = 0; i < sizeof(struct grants) / sizeof(bool); i++)
		assert_false(n[i] && !b[i] && !a[i]);
}

static void plans_run(const char *parameters, int rounds)
{
	struct pretended p = { .unit = ghi_table_unit_of(gh_slice_of(parameters)) };
	struct unit_facts f = unit_facts_of(GH_LIT("A"), gh_slice_of(parameters));
	struct unit_slot slot[64];
	size_t slots = 0;

	for (int round = 0; round < rounds; round++) {
		struct grants before, now, after;
		struct pretended then = { .unit = p.unit };
		struct world w;
		struct unit_rows u;
		struct unit_steps s;

		world_make(&w);
		assert_int_equal(site_compile(&w.site, &f, slot, slots, 20261130000000, &u),
				 GH_OK);
		for (size_t i = 0; i < u.slots; i++) {
			size_t at = 0;

			while (at < slots && slot[at].slot != u.slot[i].slot)
				at++;
			slot[at] = u.slot[i];
			slots += at == slots;
		}
		assert_int_equal(unit_steps_make(&u, p.row, p.n, &p.unit, usual, &s), GH_OK);
		grants_see(&p, &f, &before);
		for (size_t i = 0; i < u.rows; i++)
			then.row[then.n++].row = u.row[i];
		grants_see(&then, &f, &after);
		for (size_t i = 0; i < s.steps; i++) {
			pretended_do(&p, &s.step[i]);
			/* Between a deletion and what is written again behind it, too. */
			pretended_check(&p);
			grants_see(&p, &f, &now);
			grants_check(&now, &before, &after);
		}
		assert_memory_equal(&now, s.steps ? &after : &now, sizeof(now));
		unit_steps_clear(&s);
		/* The second plan is empty. */
		assert_int_equal(unit_steps_make(&u, p.row, p.n, &p.unit, usual, &s), GH_OK);
		assert_int_equal(s.steps, 0);
		unit_steps_clear(&s);
		unit_rows_clear(&u);
	}
	ghi_arena_clear(&p.arena);
}

static void a_second_plan_is_empty_and_none_passes_in_between(void **state)
{
	(void)state;
	chance_seed = 7;
	plans_run(MASKS, 20);
	plans_run(NUMBERS, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_plan_is_empty_and_none_passes_in_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
