/* What is compiled makes a simulated unit decide as the site does. The simulator's decisions were written from
 * the document, without the compiler (sim/access/decision.h). */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "compiled.h"
#include "panel_world.h"
#include "sim/access/door.h"
#include "sim/access/group.h"
#include "sim/access/panel.h"
#include "sim/access/passback.h"
#include "sim/access/rights.h"

/* --- a unit --- */

struct unit {
	char functions[71], parameters[256];
	struct acc_persona persona;
	struct panel panel;
};

static void unit_make(struct unit *u)
{
	uint8_t doors = (uint8_t)(chance_number(3) + 2);

	for (size_t i = 0; i < 70; i++)
		u->functions[i] = chance_number(2) ? '1' : '0';
	u->functions[70] = 0;
	u->persona = *acc_persona_named(GH_LIT("spec"));
	u->persona.functions = u->functions;
	u->persona.doors = doors;
	u->persona.date_seconds = true;
	snprintf(u->parameters, sizeof(u->parameters),
		 "MachineType=9,LockCount=%d,ReaderCount=%d,AuxInCount=4,AuxOutCount=4,"
		 "DateFmtFunOn=1,DisableUserFunOn=1,OutRelaySetFunOn=%d,AccSupportFunList=%s",
		 doors, doors * 2, (int)chance_number(2), u->functions);
}

static void unit_fill(struct unit *u, const struct unit_rows *rows, ghi_civil at)
{
	panel_open(&u->panel, &u->persona, ghi_civil_to_seconds(at), 1);
	for (size_t i = 0; i < rows->options; i++)
		assert_int_equal(panel_option_set(&u->panel, rows->option[i].name,
						  rows->option[i].value),
				 GH_OK);
	for (size_t i = 0; i < rows->rows; i++)
		assert_int_equal(panel_row_put(&u->panel.tables,
					       panel_table_named(gh_slice_of(
						       unit_table_name(rows->row[i].table))),
					       rows->row[i].text),
				 GH_OK);
}

/* --- what was refused counts as not there, and what limits a door closes it --- */

static void door_close(struct world *w, const struct site_door *door)
{
	w->door[door->n - 1].number[DOOR_SET_disabled] = 1;
}

static void refused_drop(struct world *w, const struct unit_rows *u, size_t *refused)
{
	for (size_t i = 0; i < u->refusals; i++) {
		int64_t id = u->refusal[i].id;

		refused[u->refusal[i].of]++;
		switch (u->refusal[i].of) {
		case REFUSED_LEVEL:
			w->level[id - 1].people = 0;
			break;
		case REFUSED_RULE:
			for (size_t k = 0; k < LEVELS; k++)
				if (w->level[k].rule == id)
					w->level[k].people = 0;
			break;
		case REFUSED_DOOR:
			/* Its rule of use, or when it stands open, which is no right. */
			if (id <= DOORS && w->door[id - 1].number[DOOR_SET_usable_rule] > 0 &&
			    !compiled_value_of_door(u, id, "DoorValidTZ").n)
				door_close(w, &world_door[id - 1]);
			if (id <= DOORS &&
			    gh_slice_eq(compiled_value_of_door(u, id, "DoorKeepOpenTimeZone"),
					GH_LIT("0")))
				w->door[id - 1].number[DOOR_SET_normal_open_rule] = 0;
			break;
		case REFUSED_FIRST_CARD:
			if (w->first[id - 1].mode == FIRST_CARD_ACTIVATES)
				door_close(w, &w->first[id - 1].door);
			w->first[id - 1].people = 0;
			break;
		case REFUSED_MULTI_CARD:
			door_close(w, &w->multi[id - 1].door);
			break;
		case REFUSED_OUTPUT:
			if (w->output[id - 1].action == SCHEDULED_CLOSED &&
			    w->output[id - 1].output == SCHEDULED_OUTPUT_LOCK)
				door_close(w, &world_door[w->output[id - 1].n - 1]);
			w->output[id - 1].action = SCHEDULED_NONE;
			break;
		case REFUSED_SUPER:
			w->super[id - 1].doors = 0;
			break;
		case REFUSED_PASSBACK:
			w->passback[id - 1].doors = w->passback[id - 1].againsts = 0;
			break;
		case REFUSED_INTERLOCK:
			w->interlock[id - 1].doors = 0;
			break;
		default:
			break;
		}
	}
}

/* --- comparing --- */

static int64_t rights_compare(struct world *w, struct unit *unit, const struct unit_facts *f,
			      const struct unit_rows *u, ghi_civil at)
{
	int64_t start = ghi_civil_to_seconds(at), span = 14 * 86400, passed = 0;

	if (u->good_until && ghi_civil_to_seconds(u->good_until) - start < span)
		span = ghi_civil_to_seconds(u->good_until) - start;
	for (int n = 0; n < 100 && span > 0; n++) {
		int64_t t = start + (n == 0 ? 0 : n == 1 ? span - 1 : chance_number(span));
		ghi_civil moment = ghi_civil_from_seconds(t);
		const struct site_person *p = &w->person[chance_number(PEOPLE)];
		struct site_door door = world_door[chance_number(f->doors)];
		bool site = site_decide(&w->site, p, &door, moment, NULL, NULL).granted;
		bool panel = panel_permits(&unit->panel, p->pin, (unsigned)door.n, t);
		bool reader = compiled_grants(u, f, p->pin, door.n, moment);

		if (site != panel || site != reader)
			fail_msg("seed %llu: at %lld, person %d, door %d: site %d, simulator "
				 "%d, "
				 "reader of the document %d",
				 (unsigned long long)chance_seed, (long long)moment, (int)p->id,
				 (int)door.n, site, panel, reader);
		passed += site;
	}
	return passed;
}

/* Whether a scheduled output holds a lock: what the simulator makes of it. */
static bool output_holds(const struct world *w, int64_t door, ghi_civil at)
{
	struct ghi_civil_parts p = ghi_civil_split(at);

	for (size_t i = 0; i < OBJECTS; i++) {
		const struct site_output *o = &w->output[i];
		const struct site_rule *r = site_rule_find(&w->site, o->rule);

		if (o->output == SCHEDULED_OUTPUT_LOCK && o->n == door &&
		    o->action == SCHEDULED_CLOSED && validity_at(&r->valid, at) &&
		    time_open(&r->table, site_column(&w->site, at / 1000000),
			      p.hour * 60 + p.minute))
			return true;
	}
	return false;
}

/* When doors stand open, by their own rules and by scheduled outputs. */
static int64_t openings_compare(struct world *w, struct unit *unit, const struct unit_facts *f,
				const struct unit_rows *u, ghi_civil at)
{
	int64_t start = ghi_civil_to_seconds(at), span = 14 * 86400, open = 0;

	if (u->good_until && ghi_civil_to_seconds(u->good_until) - start < span)
		span = ghi_civil_to_seconds(u->good_until) - start;
	/* Where a first card has to come before, its rule alone opens nothing. */
	for (int64_t n = 1; n <= f->doors; n++)
		if (gh_slice_eq(compiled_value_of_door(u, n, "DoorFirstCardOpenDoor"),
				GH_LIT("1")))
			w->door[n - 1].number[DOOR_SET_normal_open_rule] = 0;
	for (int n = 0; n < 30 && span > 1; n++) {
		int64_t t = start + 1 + chance_number(span - 1);

		unit->panel.now_s = t - 1;
		panel_advance(&unit->panel, t);
		for (int64_t i = 1; i <= f->doors; i++) {
			ghi_civil moment = ghi_civil_from_seconds(t);
			bool site =
				site_door_stands_open(&w->site, &world_door[i - 1], moment) &&
				!output_holds(w, i, moment);

			if (site != unit->panel.door[i - 1].normal_open)
				fail_msg("seed %llu: at %lld, door %d: stands open by the site "
					 "%d",
					 (unsigned long long)chance_seed, (long long)moment,
					 (int)i, site);
			open += site;
		}
	}
	return open;
}

/* When a person passed each door last, by its entry and its exit. */
static int64_t passed_s[DOORS][2];

static int64_t last_of(const struct site_door *door, size_t n, int direction)
{
	int64_t last = -1;

	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < 2; d++)
			if ((direction < 0 || direction == d) && door[i].n <= DOORS &&
			    passed_s[door[i].n - 1][d] > last)
				last = passed_s[door[i].n - 1][d];
	return last;
}

static bool door_among(const struct site_door *door, size_t n, int64_t one)
{
	for (size_t i = 0; i < n; i++)
		if (door[i].n == one)
			return true;
	return false;
}

/* Whether one anti-passback refuses a passage: the side was passed after the other was. */
static bool passback_refuses(const struct site_passback *p, int64_t door, int direction)
{
	const struct site_door *one = &world_door[door - 1];

	if (p->againsts) {
		int64_t a = last_of(p->door, p->doors, -1),
			b = last_of(p->against, p->againsts, -1);

		return (door_among(p->door, p->doors, door) && a >= 0 && a >= b) ||
		       (door_among(p->against, p->againsts, door) && b > a);
	}
	if (!door_among(p->door, p->doors, door) || p->direction == PASSBACK_NONE ||
	    (p->direction == PASSBACK_IN && direction) ||
	    (p->direction == PASSBACK_OUT && !direction))
		return false;
	int64_t same = last_of(one, 1, direction), other = last_of(one, 1, !direction);

	return same >= 0 && same >= other;
}

static int64_t passages_compare(struct world *w, struct unit *unit, const struct unit_facts *f)
{
	int64_t refused = 0;

	for (size_t i = 0; i < DOORS; i++)
		passed_s[i][0] = passed_s[i][1] = -1;
	for (int n = 0; n < 60; n++) {
		int64_t door = chance_number(f->doors) + 1;
		int direction = (int)chance_number(2);
		bool again = false;
		enum panel_passback got;

		unit->panel.now_s += 100; /* beyond any time of timed anti-passback */
		for (size_t i = 0; i < OBJECTS; i++)
			again = again || passback_refuses(&w->passback[i], door, direction);
		got = panel_passback_check(&unit->panel, GH_LIT("3"), (unsigned)door,
					   direction);
		if (again != (got == PANEL_PASSBACK_AGAIN))
			fail_msg("seed %llu: passage %d of door %d, reader %d: site %d, "
				 "simulator %d",
				 (unsigned long long)chance_seed, n, (int)door, direction,
				 again, got);
		refused += again;
		if (again)
			continue;
		panel_passback_record(&unit->panel, GH_LIT("3"), (unsigned)door, direction);
		passed_s[door - 1][direction] = unit->panel.now_s;
	}
	return refused;
}

static int64_t interlocks_compare(struct world *w, struct unit *unit,
				  const struct unit_facts *f)
{
	int64_t locked = 0;

	for (int64_t open = 1; open <= f->doors; open++)
		for (int64_t door = 1; door <= f->doors; door++) {
			bool site = false;

			for (int64_t d = 1; d <= f->doors; d++)
				unit->panel.door[d - 1].open = d == open;
			for (size_t i = 0; i < OBJECTS && door != open; i++)
				site = site || (door_among(w->interlock[i].door,
							   w->interlock[i].doors, door) &&
						door_among(w->interlock[i].door,
							   w->interlock[i].doors, open));
			assert_int_equal(panel_interlocked(&unit->panel, (unsigned)door), site);
			locked += site;
		}
	return locked;
}

/* Cards, super users and first cards of those who are sent. */
static int64_t people_compare(struct world *w, struct unit *unit, const struct unit_facts *f)
{
	int64_t found = 0;

	for (size_t i = 0; i < PEOPLE; i++) {
		const struct site_person *p = &w->person[i];
		const struct panel_row *user = panel_user(&unit->panel, p->pin);

		for (size_t k = 0; user && k < p->cards && f->several_cards; k++) {
			bool lost;

			assert_ptr_equal(panel_user_of_card(&unit->panel,
							    strtoull(w->number[i][k], NULL, 10),
							    &lost),
					 user);
			assert_int_equal(lost, p->card[k].lost);
			found += lost;
		}
		for (int64_t door = 1; user && door <= f->doors; door++) {
			bool is_super = false, first = false;

			for (size_t k = 0; k < OBJECTS; k++) {
				const struct site_super *of = &w->super[k];
				const struct site_first_card *c = &w->first[k];
				struct site_rule *r = &w->rule[c->rule - 2];
				ghi_civil now = ghi_civil_from_seconds(unit->panel.now_s);
				struct ghi_civil_parts m = ghi_civil_split(now);

				is_super = is_super ||
					   (door_among(of->door, of->doors, door) &&
					    (of->person[0] == p->id || of->person[1] == p->id));
				first = first ||
					(c->people && c->door.n == door &&
					 (c->person[0] == p->id || c->person[1] == p->id) &&
					 validity_at(&r->valid, now) &&
					 time_open(&r->table,
						   site_column(&w->site, now / 1000000),
						   m.hour * 60 + m.minute));
			}
			if (f->super_table)
				assert_int_equal(
					panel_user_is_super(&unit->panel, user, (unsigned)door),
					is_super);
			assert_int_equal(panel_first_card_until_s(&unit->panel, p->pin,
								  (unsigned)door) !=
						 PANEL_NEVER,
					 first);
			found += first + is_super;
		}
	}
	return found;
}

static void a_simulated_unit_decides_as_the_site_does(void **state)
{
	static struct world w;
	static struct unit unit;
	size_t refused[REFUSALS] = { 0 }, tables[UNIT_TABLES] = { 0 };
	int64_t passed = 0, again = 0, locked = 0, found = 0, open = 0;
	(void)state;

	for (uint64_t n = 1; n <= 300; n++) {
		struct unit_facts f;
		struct unit_rows u, other;

		chance_seed = n * 101;
		world_make(&w);
		unit_make(&unit);
		f = unit_facts_of(GH_LIT("A"), gh_slice_of(unit.parameters));
		ghi_civil at = chance_day() * 1000000 + chance_number(24) * 10000;

		assert_int_equal(site_compile(&w.site, &f, NULL, 0, at, &u), GH_OK);
		compiled_check(&u, gh_slice_of(unit.parameters));
		for (size_t i = 0; i < u.rows; i++)
			tables[u.row[i].table]++;
		world_turn(&w);
		assert_int_equal(site_compile(&w.site, &f, u.slot, u.slots, at, &other), GH_OK);
		assert_true(compiled_equal(&u, &other));
		unit_rows_clear(&other);
		world_turn(&w);
		refused_drop(&w, &u, refused);
		unit_fill(&unit, &u, at);
		found += people_compare(&w, &unit, &f);
		passed += rights_compare(&w, &unit, &f, &u, at);
		again += passages_compare(&w, &unit, &f);
		locked += interlocks_compare(&w, &unit, &f);
		open += openings_compare(&w, &unit, &f, &u, at);
		panel_close(&unit.panel);
		unit_rows_clear(&u);
	}
	assert_true(passed > 300);
	assert_true(open > 100);
	assert_true(found > 300);
	assert_true(again > 300);
	assert_true(locked > 100);
	for (size_t i = 0; i < UNIT_TABLES; i++)
		if (tables[i] == 0)
			fail_msg("no row of %s was compiled",
				 unit_table_name((enum unit_table)i));
	assert_true(refused[REFUSED_FIRST_CARD] && refused[REFUSED_DOOR] &&
		    refused[REFUSED_PASSBACK] && refused[REFUSED_INTERLOCK] &&
		    refused[REFUSED_LINKAGE] && refused[REFUSED_OUTPUT] &&
		    refused[REFUSED_INPUT] && refused[REFUSED_SUPER] &&
		    refused[REFUSED_VERIFY]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_simulated_unit_decides_as_the_site_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
