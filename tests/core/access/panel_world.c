#include "panel_world.h"

#include <stdio.h>

#include "chance.h"

const struct site_door world_door[DOORS] = { { { (const uint8_t *)"A", 1 }, 1 },
					     { { (const uint8_t *)"A", 1 }, 2 },
					     { { (const uint8_t *)"A", 1 }, 3 },
					     { { (const uint8_t *)"A", 1 }, 4 } };

static struct validity any_validity(int64_t seldom)
{
	struct validity v = { 0 };

	if (chance_number(seldom) == 0)
		v.from = chance_day() * 1000000 + chance_number(24) * 10000;
	if (chance_number(seldom) == 0)
		v.to = chance_day() * 1000000 + chance_number(24) * 10000 + 3059;
	return v;
}

static int64_t any_person(void)
{
	return chance_number(PEOPLE) * 3 + 1;
}

static void people_make(struct world *w)
{
	for (int64_t i = 0; i < PEOPLE; i++) {
		snprintf(w->pin[i], sizeof(w->pin[i]), "%d", (int)(i * 7 + 3));
		for (int64_t k = 0; k < 2; k++) {
			snprintf(w->number[i][k], sizeof(w->number[i][k]), "%d",
				 (int)(4000 + i * 2 + k));
			w->card[i][k] =
				(struct site_card){ .number = gh_slice_of(w->number[i][k]),
						    .lost = chance_number(4) == 0 };
		}
		w->person[i] = (struct site_person){ .id = i * 3 + 1,
						     .pin = gh_slice_of(w->pin[i]),
						     .card = w->card[i],
						     .cards = (size_t)chance_number(3),
						     .group = chance_number(4),
						     .valid = any_validity(4),
						     .disabled = chance_number(8) == 0 };
	}
}

static void levels_make(struct world *w)
{
	for (int64_t i = 0; i < RULES; i++) {
		w->rule[i].id = i + 2;
		chance_table(&w->rule[i].table, 9, 60);
		if (chance_number(4) == 0)
			w->rule[i].valid = any_validity(2);
	}
	for (int64_t i = 0; i < HOLIDAYS; i++) {
		int64_t day = 20261112 + i * 4;

		w->holiday[i] = (struct holiday_days){ day, day + chance_number(3),
						       chance_number(3) + 1, chance_number(2) };
	}
	for (int64_t i = 0; i < LEVELS; i++) {
		struct site_level *l = &w->level[i];
		size_t first = (size_t)chance_number(DOORS);

		*l = (struct site_level){
			.id = i + 1,
			.rule = chance_number(RULES) + 2,
			.valid = any_validity(4),
			.door = world_door + first,
			.doors = (size_t)chance_number(DOORS - (int64_t)first) + 1,
			.person = w->member[i],
			.people = (size_t)chance_number(PEOPLE + 1)
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
		if (chance_number(3) == 0)
			d->number[DOOR_SET_usable_rule] = chance_number(RULES) + 2;
		if (chance_number(4) == 0)
			d->number[DOOR_SET_normal_open_rule] = chance_number(RULES) + 2;
		if (chance_number(4) == 0)
			d->number[DOOR_SET_disabled] = chance_number(2);
		d->number[DOOR_SET_drive_seconds] = chance_number(254) + 1;
	}
}

static void objects_make(struct world *w)
{
	for (int64_t i = 0; i < OBJECTS; i++) {
		size_t from = (size_t)chance_number(3),
		       n = (size_t)chance_number(3 - (int64_t)from) + 1;

		for (int k = 0; k < 4; k++)
			w->some[k][i][0] = any_person(), w->some[k][i][1] = any_person();
		w->first[i] = (struct site_first_card){
			.id = i + 1,
			.door = world_door[chance_number(DOORS)],
			.rule = chance_number(RULES) + 2,
			.mode = (enum first_card_mode)chance_number(2),
			.person = w->some[0][i],
			.people = 2
		};
		w->multi[i] =
			(struct site_multi_card){ .id = i + 1,
						  .door = world_door[chance_number(DOORS)],
						  .group = { chance_number(3) + 1, 2 },
						  .groups = 2,
						  .seconds = chance_number(20) };
		w->passback[i] = (struct site_passback){
			.id = i + 1,
			.door = world_door + from,
			.doors = n,
			.direction = (enum passback_direction)chance_number(4),
			.seconds = chance_number(2) * 60
		};
		if (chance_number(2)) {
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
					       .event = chance_number(2) ? 220 : 27,
					       .place = chance_number(3),
					       .output = (enum linkage_output)chance_number(3),
					       .number = chance_number(5) + 1,
					       .seconds = chance_number(256) };
		w->output[i] = (struct site_output){
			.id = i + 1,
			.sn = GH_LIT("A"),
			.output = (enum scheduled_output_kind)chance_number(2),
			.n = chance_number(DOORS) + 1,
			.rule = chance_number(RULES) + 2,
			.action = (enum scheduled_action)chance_number(3)
		};
		w->input[i] = (struct site_input){
			.id = i + 1,
			.sn = GH_LIT("A"),
			.input = (enum scheduled_input_kind)chance_number(2),
			.n = chance_number(DOORS) + 1,
			.rule = chance_number(RULES) + 2
		};
		w->verify[i] = (struct site_verify){ .id = i + 1,
						     .door = world_door + from,
						     .doors = n,
						     .person = w->some[1][i],
						     .people = (size_t)chance_number(3) };
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
