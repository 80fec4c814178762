#include "panel_world.h"

#include <stdio.h>

uint64_t world_seed;

int64_t world_number(int64_t n)
{
	world_seed = world_seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(world_seed >> 33) % n;
}

const struct site_door world_door[DOORS] = { { { (const uint8_t *)"A", 1 }, 1 },
					     { { (const uint8_t *)"A", 1 }, 2 },
					     { { (const uint8_t *)"A", 1 }, 3 },
					     { { (const uint8_t *)"A", 1 }, 4 } };

/* A day of November 2026 to January 2027. */
int64_t world_day(void)
{
	int64_t days = ghi_civil_to_seconds(20261110000000) / 86400 + world_number(60);

	return ghi_civil_from_seconds(days * 86400) / 1000000;
}

static struct validity any_validity(int64_t seldom)
{
	struct validity v = { 0 };

	if (world_number(seldom) == 0)
		v.from = world_day() * 1000000 + world_number(24) * 10000;
	if (world_number(seldom) == 0)
		v.to = world_day() * 1000000 + world_number(24) * 10000 + 3059;
	return v;
}

static void any_table(struct time_table *t)
{
	char range[16];
	const char *why;

	*t = (struct time_table){ .named = 7 };
	for (int64_t n = world_number(9); n > 0; n--) {
		int64_t from = world_number(24 * 12),
			to = (from + 1 + world_number(60)) % (24 * 12);

		snprintf(range, sizeof(range), "%02d:%02d-%02d:%02d", (int)(from / 12),
			 (int)(from % 12 * 5), (int)(to / 12), (int)(to % 12 * 5));
		(void)!time_table_add(t, (unsigned)world_number(128), gh_slice_of(range), &why);
		(void)!time_holiday_add(t, (enum time_column)(TIME_HOLIDAY1 + world_number(3)),
					gh_slice_of(range), &why);
	}
}

static int64_t any_person(void)
{
	return world_number(PEOPLE) * 3 + 1;
}

static void people_make(struct world *w)
{
	for (int64_t i = 0; i < PEOPLE; i++) {
		snprintf(w->pin[i], sizeof(w->pin[i]), "%d", (int)(i * 7 + 3));
		for (int64_t k = 0; k < 2; k++) {
			snprintf(w->number[i][k], sizeof(w->number[i][k]), "%d",
				 (int)(4000 + i * 2 + k));
			w->card[i][k] = (struct site_card){ gh_slice_of(w->number[i][k]),
							    world_number(4) == 0 };
		}
		w->person[i] = (struct site_person){ .id = i * 3 + 1,
						     .pin = gh_slice_of(w->pin[i]),
						     .card = w->card[i],
						     .cards = (size_t)world_number(3),
						     .group = world_number(4),
						     .valid = any_validity(4),
						     .disabled = world_number(8) == 0 };
	}
}

static void levels_make(struct world *w)
{
	for (int64_t i = 0; i < RULES; i++) {
		w->rule[i].id = i + 2;
		any_table(&w->rule[i].table);
		if (world_number(4) == 0)
			w->rule[i].valid = any_validity(2);
	}
	for (int64_t i = 0; i < HOLIDAYS; i++) {
		int64_t day = 20261112 + i * 4;

		w->holiday[i] = (struct holiday_days){ day, day + world_number(3),
						       world_number(3) + 1, world_number(2) };
	}
	for (int64_t i = 0; i < LEVELS; i++) {
		struct site_level *l = &w->level[i];
		size_t first = (size_t)world_number(DOORS);

		*l = (struct site_level){
			.id = i + 1,
			.rule = world_number(RULES) + 2,
			.valid = any_validity(4),
			.door = world_door + first,
			.doors = (size_t)world_number(DOORS - (int64_t)first) + 1,
			.person = w->member[i],
			.people = (size_t)world_number(PEOPLE + 1)
		};
		for (size_t k = 0; k < l->people; k++)
			w->member[i][k] = any_person();
	}
}

static void doors_make(struct world *w)
{
	for (size_t i = 0; i < DOORS; i++) {
		struct site_door_setting *d = &w->door[i];

		d->door = world_door[i];
		for (size_t k = 0; k < DOOR_SETTINGS; k++)
			d->number[k] = door_settings[k].kind == DOOR_SETTING_RULE
					       ? 0
					       : DOOR_SETTING_ABSENT;
		if (world_number(3) == 0)
			d->number[DOOR_SET_usable_rule] = world_number(RULES) + 2;
		if (world_number(4) == 0)
			d->number[DOOR_SET_normal_open_rule] = world_number(RULES) + 2;
		if (world_number(4) == 0)
			d->number[DOOR_SET_disabled] = world_number(2);
		d->number[DOOR_SET_drive_seconds] = world_number(254) + 1;
	}
}

static void objects_make(struct world *w)
{
	for (int64_t i = 0; i < OBJECTS; i++) {
		size_t from = (size_t)world_number(3),
		       n = (size_t)world_number(3 - (int64_t)from) + 1;

		for (int k = 0; k < 4; k++)
			w->some[k][i][0] = any_person(), w->some[k][i][1] = any_person();
		w->first[i] =
			(struct site_first_card){ .id = i + 1,
						  .door = world_door[world_number(DOORS)],
						  .rule = world_number(RULES) + 2,
						  .mode = (enum first_card_mode)world_number(2),
						  .person = w->some[0][i],
						  .people = 2 };
		w->multi[i] = (struct site_multi_card){ .id = i + 1,
							.door = world_door[world_number(DOORS)],
							.group = { world_number(3) + 1, 2 },
							.groups = 2,
							.seconds = world_number(20) };
		w->passback[i] = (struct site_passback){
			.id = i + 1,
			.door = world_door + from,
			.doors = n,
			.direction = (enum passback_direction)world_number(4),
			.seconds = world_number(2) * 60
		};
		if (world_number(2)) {
			w->passback[i].doors = 1;
			w->passback[i].direction = PASSBACK_BOTH;
			w->passback[i].against = world_door + from + 1;
			w->passback[i].againsts = n;
		}
		w->interlock[i] = (struct site_interlock){ .id = i + 1,
							   .door = world_door + from,
							   .doors = n + 1 };
		w->linkage[i] =
			(struct site_linkage){ .id = i + 1,
					       .sn = GH_LIT("A"),
					       .event = world_number(2) ? 220 : 27,
					       .place = world_number(3),
					       .output = (enum linkage_output)world_number(3),
					       .number = world_number(5) + 1,
					       .seconds = world_number(256) };
		w->output[i] = (struct site_output){
			.id = i + 1,
			.sn = GH_LIT("A"),
			.output = (enum scheduled_output_kind)world_number(2),
			.n = world_number(DOORS) + 1,
			.rule = world_number(RULES) + 2,
			.action = (enum scheduled_action)world_number(3)
		};
		w->input[i] =
			(struct site_input){ .id = i + 1,
					     .sn = GH_LIT("A"),
					     .input =
						     (enum scheduled_input_kind)world_number(2),
					     .n = world_number(DOORS) + 1,
					     .rule = world_number(RULES) + 2 };
		w->verify[i] = (struct site_verify){ .id = i + 1,
						     .door = world_door + from,
						     .doors = n,
						     .person = w->some[1][i],
						     .people = (size_t)world_number(3) };
		w->verify[i].table.span[TIME_MON][0] =
			(struct verify_span){ 480, 1080, .door = GH_LIT("4") };
		w->verify[i].table.spans[TIME_MON] = 1;
		w->super[i] = (struct site_super){ .id = i + 1,
						   .door = world_door + from,
						   .doors = n,
						   .person = w->some[2][i],
						   .people = 2 };
	}
}

void world_make(struct world *w)
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
				 .output = w->output,
				 .outputs = OBJECTS,
				 .input = w->input,
				 .inputs = OBJECTS,
				 .verify = w->verify,
				 .verifies = OBJECTS,
				 .super = w->super,
				 .supers = OBJECTS };
}

#define TURN(array, n)                                     \
	for (size_t i_ = 0; i_ < (n) / 2; i_++) {          \
		__typeof__((array)[0]) one_ = (array)[i_]; \
		(array)[i_] = (array)[(n)-1 - i_];         \
		(array)[(n)-1 - i_] = one_;                \
	}

void world_turn(struct world *w)
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
	TURN(w->output, OBJECTS)
	TURN(w->input, OBJECTS)
	TURN(w->verify, OBJECTS)
	TURN(w->super, OBJECTS)
}
