/* What is compiled makes a simulated unit decide as the site does. The simulator's decisions were written from
 * the document, without the compiler (sim/access/decision.h). */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiled.h"
#include "sim/access/door.h"
#include "sim/access/group.h"
#include "sim/access/panel.h"
#include "sim/access/passback.h"
#include "sim/access/rights.h"

#define PEOPLE 8
#define RULES 6
#define LEVELS 6
#define HOLIDAYS 4
#define DOORS 4
#define OBJECTS 3 /* of each kind */

static uint64_t seed;

static int64_t any_number(int64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(seed >> 33) % n;
}

static const struct site_door all_doors[] = { { { (const uint8_t *)"A", 1 }, 1 },
					      { { (const uint8_t *)"A", 1 }, 2 },
					      { { (const uint8_t *)"A", 1 }, 3 },
					      { { (const uint8_t *)"A", 1 }, 4 } };

struct world {
	struct site site;
	struct site_person person[PEOPLE];
	struct site_card card[PEOPLE][2];
	char pin[PEOPLE][8], number[PEOPLE][2][12];
	struct site_rule rule[RULES];
	struct site_level level[LEVELS];
	struct holiday_days holiday[HOLIDAYS];
	int64_t member[LEVELS][PEOPLE];
	struct site_door_setting door[DOORS];
	struct site_first_card first[OBJECTS];
	struct site_multi_card multi[OBJECTS];
	struct site_passback passback[OBJECTS];
	struct site_interlock interlock[OBJECTS];
	struct site_linkage linkage[OBJECTS];
	struct site_verify verify[OBJECTS];
	struct site_super super[OBJECTS];
	int64_t some[4][OBJECTS][2];
};

/* A day of November 2026 to January 2027. */
static int64_t any_day(void)
{
	int64_t days = ghi_civil_to_seconds(20261110000000) / 86400 + any_number(60);

	return ghi_civil_from_seconds(days * 86400) / 1000000;
}

static struct validity any_validity(int64_t seldom)
{
	struct validity v = { 0 };

	if (any_number(seldom) == 0)
		v.from = any_day() * 1000000 + any_number(24) * 10000;
	if (any_number(seldom) == 0)
		v.to = any_day() * 1000000 + any_number(24) * 10000 + 3059;
	return v;
}

static void any_table(struct time_table *t)
{
	char range[16];
	const char *why;

	*t = (struct time_table){ .named = 7 };
	for (int64_t n = any_number(9); n > 0; n--) {
		int64_t from = any_number(24 * 12),
			to = (from + 1 + any_number(60)) % (24 * 12);

		snprintf(range, sizeof(range), "%02d:%02d-%02d:%02d", (int)(from / 12),
			 (int)(from % 12 * 5), (int)(to / 12), (int)(to % 12 * 5));
		(void)!time_table_add(t, (unsigned)any_number(128), gh_slice_of(range), &why);
		(void)!time_holiday_add(t, (enum time_column)(TIME_HOLIDAY1 + any_number(3)),
					gh_slice_of(range), &why);
	}
}

static int64_t any_person(void)
{
	return any_number(PEOPLE) * 3 + 1;
}

static void people_make(struct world *w)
{
	for (int64_t i = 0; i < PEOPLE; i++) {
		snprintf(w->pin[i], sizeof(w->pin[i]), "%d", (int)(i * 7 + 3));
		for (int64_t k = 0; k < 2; k++) {
			snprintf(w->number[i][k], sizeof(w->number[i][k]), "%d",
				 (int)(4000 + i * 2 + k));
			w->card[i][k] = (struct site_card){ gh_slice_of(w->number[i][k]),
							    any_number(4) == 0 };
		}
		w->person[i] = (struct site_person){ .id = i * 3 + 1,
						     .pin = gh_slice_of(w->pin[i]),
						     .card = w->card[i],
						     .cards = (size_t)any_number(3),
						     .group = any_number(4),
						     .valid = any_validity(4),
						     .disabled = any_number(8) == 0 };
	}
}

static void levels_make(struct world *w)
{
	for (int64_t i = 0; i < RULES; i++) {
		w->rule[i].id = i + 2;
		any_table(&w->rule[i].table);
		if (any_number(4) == 0)
			w->rule[i].valid = any_validity(2);
	}
	for (int64_t i = 0; i < HOLIDAYS; i++) {
		int64_t day = 20261112 + i * 4;

		w->holiday[i] = (struct holiday_days){ day, day + any_number(3),
						       any_number(3) + 1, any_number(2) };
	}
	for (int64_t i = 0; i < LEVELS; i++) {
		struct site_level *l = &w->level[i];
		size_t first = (size_t)any_number(DOORS);

		*l = (struct site_level){ .id = i + 1,
					  .rule = any_number(RULES) + 2,
					  .valid = any_validity(4),
					  .door = all_doors + first,
					  .doors = (size_t)any_number(DOORS - (int64_t)first) +
						   1,
					  .person = w->member[i],
					  .people = (size_t)any_number(PEOPLE + 1) };
		for (size_t k = 0; k < l->people; k++)
			w->member[i][k] = any_person();
	}
}

static void doors_make(struct world *w)
{
	for (size_t i = 0; i < DOORS; i++) {
		struct site_door_setting *d = &w->door[i];

		d->door = all_doors[i];
		for (size_t k = 0; k < DOOR_SETTINGS; k++)
			d->number[k] = door_settings[k].kind == DOOR_SETTING_RULE
					       ? 0
					       : DOOR_SETTING_ABSENT;
		if (any_number(3) == 0)
			d->number[DOOR_SET_usable_rule] = any_number(RULES) + 2;
		if (any_number(4) == 0)
			d->number[DOOR_SET_normal_open_rule] = any_number(RULES) + 2;
		if (any_number(4) == 0)
			d->number[DOOR_SET_disabled] = any_number(2);
		d->number[DOOR_SET_drive_seconds] = any_number(254) + 1;
	}
}

static void objects_make(struct world *w)
{
	for (int64_t i = 0; i < OBJECTS; i++) {
		size_t from = (size_t)any_number(3),
		       n = (size_t)any_number(3 - (int64_t)from) + 1;

		for (int k = 0; k < 4; k++)
			w->some[k][i][0] = any_person(), w->some[k][i][1] = any_person();
		w->first[i] =
			(struct site_first_card){ .id = i + 1,
						  .door = all_doors[any_number(DOORS)],
						  .rule = any_number(RULES) + 2,
						  .mode = (enum first_card_mode)any_number(2),
						  .person = w->some[0][i],
						  .people = 2 };
		w->multi[i] = (struct site_multi_card){ .id = i + 1,
							.door = all_doors[any_number(DOORS)],
							.group = { any_number(3) + 1, 2 },
							.groups = 2,
							.seconds = any_number(20) };
		w->passback[i] =
			(struct site_passback){ .id = i + 1,
						.door = all_doors + from,
						.doors = n,
						.direction =
							(enum passback_direction)any_number(4),
						.seconds = any_number(2) * 60 };
		if (any_number(2)) {
			w->passback[i].doors = 1;
			w->passback[i].direction = PASSBACK_BOTH;
			w->passback[i].against = all_doors + from + 1;
			w->passback[i].againsts = n;
		}
		w->interlock[i] = (struct site_interlock){ .id = i + 1,
							   .door = all_doors + from,
							   .doors = n + 1 };
		w->linkage[i] =
			(struct site_linkage){ .id = i + 1,
					       .sn = GH_LIT("A"),
					       .event = any_number(2) ? 220 : 27,
					       .place = any_number(3),
					       .output = (enum linkage_output)any_number(3),
					       .number = any_number(5) + 1,
					       .seconds = any_number(256) };
		w->verify[i] = (struct site_verify){ .id = i + 1,
						     .door = all_doors + from,
						     .doors = n,
						     .person = w->some[1][i],
						     .people = (size_t)any_number(3) };
		w->verify[i].table.span[TIME_MON][0] =
			(struct verify_span){ 480, 1080, .door = GH_LIT("4") };
		w->verify[i].table.spans[TIME_MON] = 1;
		w->super[i] = (struct site_super){ .id = i + 1,
						   .door = all_doors + from,
						   .doors = n,
						   .person = w->some[2][i],
						   .people = 2 };
	}
}

static void world_make(struct world *w)
{
	*w = (struct world){ 0 };
	people_make(w);
	levels_make(w);
	doors_make(w);
	objects_make(w);
	w->site = (struct site){ .person = w->person,
				 .people = PEOPLE,
				 .rule = w->rule,
				 .rules = RULES,
				 .holiday = w->holiday,
				 .holidays = HOLIDAYS,
				 .level = w->level,
				 .levels = LEVELS,
				 .door = w->door,
				 .doors = DOORS,
				 .first_card = w->first,
				 .first_cards = OBJECTS,
				 .multi_card = w->multi,
				 .multi_cards = OBJECTS,
				 .passback = w->passback,
				 .passbacks = OBJECTS,
				 .interlock = w->interlock,
				 .interlocks = OBJECTS,
				 .linkage = w->linkage,
				 .linkages = OBJECTS,
				 .verify = w->verify,
				 .verifies = OBJECTS,
				 .super = w->super,
				 .supers = OBJECTS };
}

/* --- a unit --- */

struct unit {
	char functions[71], parameters[256];
	struct acc_persona persona;
	struct panel panel;
};

static void unit_make(struct unit *u)
{
	uint8_t doors = (uint8_t)(any_number(3) + 2);

	for (size_t i = 0; i < 70; i++)
		u->functions[i] = any_number(2) ? '1' : '0';
	u->functions[70] = 0;
	u->persona = *acc_persona_named(GH_LIT("spec"));
	u->persona.functions = u->functions;
	u->persona.doors = doors;
	u->persona.date_seconds = true;
	snprintf(u->parameters, sizeof(u->parameters),
		 "MachineType=9,LockCount=%d,ReaderCount=%d,AuxInCount=4,AuxOutCount=4,"
		 "DateFmtFunOn=1,DisableUserFunOn=1,AccSupportFunList=%s",
		 doors, doors * 2, u->functions);
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
				door_close(w, &all_doors[id - 1]);
			break;
		case REFUSED_FIRST_CARD:
			if (w->first[id - 1].mode == FIRST_CARD_ACTIVATES)
				door_close(w, &w->first[id - 1].door);
			w->first[id - 1].people = 0;
			break;
		case REFUSED_MULTI_CARD:
			door_close(w, &w->multi[id - 1].door);
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
		int64_t t = start + (n == 0 ? 0 : n == 1 ? span - 1 : any_number(span));
		ghi_civil moment = ghi_civil_from_seconds(t);
		const struct site_person *p = &w->person[any_number(PEOPLE)];
		struct site_door door = all_doors[any_number(f->doors)];
		bool site = site_decide(&w->site, p, &door, moment, NULL, NULL).granted;
		bool panel = panel_permits(&unit->panel, p->pin, (unsigned)door.n, t);
		bool reader = compiled_grants(u, f, p->pin, door.n, moment);

		if (site != panel || site != reader)
			fail_msg("seed %llu: at %lld, person %d, door %d: site %d, simulator "
				 "%d, "
				 "reader of the document %d",
				 (unsigned long long)seed, (long long)moment, (int)p->id,
				 (int)door.n, site, panel, reader);
		passed += site;
	}
	return passed;
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
	const struct site_door *one = &all_doors[door - 1];

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
		int64_t door = any_number(f->doors) + 1;
		int direction = (int)any_number(2);
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
				 (unsigned long long)seed, n, (int)door, direction, again, got);
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

#define TURN(array, n)                                     \
	for (size_t i_ = 0; i_ < (n) / 2; i_++) {          \
		__typeof__((array)[0]) one_ = (array)[i_]; \
		(array)[i_] = (array)[(n)-1 - i_];         \
		(array)[(n)-1 - i_] = one_;                \
	}

static void everything_turn(struct world *w)
{
	TURN(w->person, PEOPLE)
	TURN(w->rule, RULES)
	TURN(w->level, LEVELS)
	TURN(w->holiday, HOLIDAYS)
	TURN(w->door, DOORS)
	TURN(w->first, OBJECTS)
	TURN(w->multi, OBJECTS)
	TURN(w->passback, OBJECTS)
	TURN(w->interlock, OBJECTS)
	TURN(w->linkage, OBJECTS)
	TURN(w->verify, OBJECTS)
	TURN(w->super, OBJECTS)
}

static void a_simulated_unit_decides_as_the_site_does(void **state)
{
	static struct world w;
	static struct unit unit;
	size_t refused[REFUSALS] = { 0 }, tables[UNIT_TABLES] = { 0 };
	int64_t passed = 0, again = 0, locked = 0, found = 0;
	(void)state;

	for (uint64_t n = 1; n <= 300; n++) {
		struct unit_facts f;
		struct unit_rows u, other;

		seed = n * 101;
		world_make(&w);
		unit_make(&unit);
		f = unit_facts_of(GH_LIT("A"), gh_slice_of(unit.parameters));
		ghi_civil at = any_day() * 1000000 + any_number(24) * 10000;

		assert_int_equal(site_compile(&w.site, &f, NULL, 0, at, &u), GH_OK);
		compiled_check(&u, gh_slice_of(unit.parameters));
		for (size_t i = 0; i < u.rows; i++)
			tables[u.row[i].table]++;
		everything_turn(&w);
		assert_int_equal(site_compile(&w.site, &f, u.slot, u.slots, at, &other), GH_OK);
		assert_true(compiled_equal(&u, &other));
		unit_rows_clear(&other);
		everything_turn(&w);
		refused_drop(&w, &u, refused);
		unit_fill(&unit, &u, at);
		found += people_compare(&w, &unit, &f);
		passed += rights_compare(&w, &unit, &f, &u, at);
		again += passages_compare(&w, &unit, &f);
		locked += interlocks_compare(&w, &unit, &f);
		panel_close(&unit.panel);
		unit_rows_clear(&u);
	}
	assert_true(passed > 300);
	assert_true(found > 300);
	assert_true(again > 300);
	assert_true(locked > 100);
	for (size_t i = 0; i < UNIT_TABLES; i++)
		if (tables[i] == 0)
			fail_msg("no row of %s was compiled",
				 unit_table_name((enum unit_table)i));
	assert_true(refused[REFUSED_FIRST_CARD] && refused[REFUSED_DOOR] &&
		    refused[REFUSED_PASSBACK] && refused[REFUSED_INTERLOCK] &&
		    refused[REFUSED_LINKAGE] && refused[REFUSED_SUPER] &&
		    refused[REFUSED_VERIFY]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_simulated_unit_decides_as_the_site_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
