/* How doors are set, and which of what is decided about them a unit can hold. */
#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/compiler.h"
#include "model/entity.h"
#include "model/verify_factors.h"

#define VALUE_TEXT 64
#define UNIT_ID 1 /* of a unit itself in its table DevParameters [I] */
#define VERIFY_MODES 256

/* --- a setting, as a row or as an option --- */

/* "Door2Drivertime" of DoorDrivertime. false: no option of that name is known. */
static bool door_option_name(const struct compiler *c, int64_t door, const char *wire,
			     char room[64])
{
	if (strncmp(wire, "Door", 4) == 0) {
		snprintf(room, 64, "Door%lld%s", (long long)door, wire + 4);
		return true;
	}
	/* Those of the Wiegand lines have no number: they are of a unit with one door. */
	snprintf(room, 64, "%s", wire);
	return strncmp(wire, "Wiegand", 7) == 0 && c->facts->doors == 1;
}

bool compiler_setting(struct compiler *c, int64_t door, const char *wire, gh_slice value,
		      bool resting)
{
	char name[64], text[192], key[80];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	if (!c->facts->door_table) {
		if (!door_option_name(c, door, wire, name))
			return false;
		compiler_option(c, resting, name, value);
		return true;
	}
	ghi_put_signed(&k, door);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put(&k, gh_slice_of(wire));
	ghi_put(&w, GH_LIT("ID="));
	ghi_put_signed(&w, door);
	ghi_put(&w, GH_LIT("\tName="));
	ghi_put(&w, gh_slice_of(wire));
	ghi_put(&w, GH_LIT("\tValue="));
	unit_text_write(&w, value);
	compiler_setting_row(c, UNIT_DOOR_SETTINGS, resting, &k, &w);
	return true;
}

void compiler_setting_number(struct compiler *c, int64_t door, const char *wire, int64_t value,
			     bool resting)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)value);

	/* The names are those that begin with "Door", which have both forms. */
	(void)compiler_setting(c, door, wire, (gh_slice){ (const uint8_t *)text, (size_t)n },
			       resting);
}

void compiler_unit_setting(struct compiler *c, const char *wire, int64_t value)
{
	char number[24], text[96], key[64];
	struct ghi_writer v = ghi_writer_on(number, sizeof(number)),
			  w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&v, value);
	if (!c->facts->unit_table) {
		compiler_option(c, value == 0, wire, ghi_written(&v));
		return;
	}
	ghi_put_decimal(&k, UNIT_ID);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put(&k, gh_slice_of(wire));
	ghi_put(&w, GH_LIT("ID="));
	ghi_put_decimal(&w, UNIT_ID);
	ghi_put(&w, GH_LIT("\tName="));
	ghi_put(&w, gh_slice_of(wire));
	ghi_put(&w, GH_LIT("\tValue="));
	ghi_put(&w, ghi_written(&v));
	compiler_setting_row(c, UNIT_UNIT_SETTINGS, value == 0, &k, &w);
}

/* --- verify modes --- */

/* The mode that stands for a word of factors; -1: there is none. */
static int64_t mode_of_word(int64_t word)
{
	uint16_t one;

	for (int64_t mode = 0; mode < VERIFY_MODES; mode++)
		if (verify_word_of_mode(mode, &one) && one == word)
			return mode;
	return -1;
}

bool compiler_mode_write(const struct compiler *c, gh_slice mode, struct ghi_writer *w)
{
	int64_t value;
	uint16_t word;
	enum verify_form form = verify_read(mode, &value);

	if (form != VERIFY_MODE_NUMBER && form != VERIFY_FACTORS)
		return false;
	if (c->facts->verify_words) {
		word = (uint16_t)value;
		if (form == VERIFY_MODE_NUMBER && !verify_word_of_mode(value, &word))
			return false;
		verify_word_put(w, word);
		return true;
	}
	if (form == VERIFY_FACTORS)
		value = mode_of_word(value);
	if (value < 0 || (c->facts->verify_modes.n &&
			  !ghi_bitmap_has(c->facts->verify_modes, (size_t)value)))
		return false;
	ghi_put_signed(w, value);
	return true;
}

/* --- one door --- */

static bool setting_given(const struct site_door_setting *d, size_t i)
{
	enum door_setting_kind kind = door_settings[i].kind;

	if (door_settings[i].wire[0] == '\0')
		return false;
	if (kind == DOOR_SETTING_RULE)
		return true;
	/* A password that was removed opens the door until the unit has an empty one. */
	if (kind == DOOR_SETTING_SECRET)
		return d->text[i].n > 0 || d->erased >> i & 1;
	return kind == DOOR_SETTING_MODE ? d->text[i].n > 0
					 : d->number[i] != DOOR_SETTING_ABSENT;
}

/* Rule 1 is the one in which it can always be used; 0 the one in which it never stands open. */
static int64_t rule_setting_slot(struct compiler *c, const struct site_door_setting *d,
				 size_t i)
{
	if (d->number[i] > 0)
		return compiler_rule_one(c, d->number[i], REFUSED_DOOR, d->door.n);
	return i == DOOR_SET_usable_rule ? TIME_RULE_ALWAYS : 0;
}

static bool setting_value_write(struct compiler *c, const struct site_door_setting *d, size_t i,
				struct ghi_writer *w)
{
	switch (door_settings[i].kind) {
	case DOOR_SETTING_SECRET:
		unit_text_write(w, d->text[i]);
		return true;
	case DOOR_SETTING_MODE:
		return compiler_mode_write(c, d->text[i], w);
	case DOOR_SETTING_RULE:
		ghi_put_signed(w, rule_setting_slot(c, d, i));
		return true;
	case DOOR_SETTING_TURNED:
		ghi_put_signed(w, !d->number[i]);
		return true;
	default:
		ghi_put_signed(w, d->number[i]);
		return true;
	}
}

static void door_write(struct compiler *c, const struct site_door_setting *d)
{
	for (size_t i = 0; i < DOOR_SETTINGS; i++) {
		char value[VALUE_TEXT];
		struct ghi_writer w = ghi_writer_on(value, sizeof(value));

		if (!setting_given(d, i))
			continue;
		/* A door that is closed for its rule has been refused already. */
		if (i == DOOR_SET_usable_rule && c->closed >> (d->door.n - 1) & 1)
			continue;
		if (!setting_value_write(c, d, i, &w))
			compiler_refuse(c, REFUSED_DOOR, d->door.n,
					"The unit has no verify mode %.*s", GH_FMT(d->text[i]));
		else if (!compiler_setting(c, d->door.n, door_settings[i].wire, ghi_written(&w),
					   false))
			compiler_refuse(c, REFUSED_DOOR, d->door.n,
					"The unit has no setting of doors for %s",
					door_settings[i].name);
	}
}

static int door_order(const void *a, const void *b)
{
	const struct site_door_setting *x = *(const struct site_door_setting *const *)a,
				       *y = *(const struct site_door_setting *const *)b;

	return (x->door.n > y->door.n) - (x->door.n < y->door.n);
}

/* The settings of this unit's doors, by their numbers; free() it. */
static const struct site_door_setting **doors_of_unit(struct compiler *c, size_t *n)
{
	const struct site *s = c->site;
	const struct site_door_setting **d = s->doors ? malloc(s->doors * sizeof(*d)) : NULL;

	*n = 0;
	c->no_memory = c->no_memory || (s->doors && d == NULL);
	for (size_t i = 0; d && i < s->doors; i++)
		if (gh_slice_eq(s->door[i].door.sn, c->facts->sn))
			d[(*n)++] = &s->door[i];
	if (*n)
		qsort(d, *n, sizeof(*d), door_order);
	return d;
}

/* Off wherever nothing is decided, so that it goes off where something was. */
static void door_modes_write(struct compiler *c, int64_t door)
{
	int64_t first = 0, several = 0, seconds = 0;

	for (size_t i = 0; i < c->firsts; i++)
		if (c->first[i].of->door.n == door)
			first = c->first[i].of->mode + 1; /* 0 is off */
	for (size_t i = 0; i < c->multis; i++) {
		const struct site_multi_card *m = c->multi[i].of;

		if (m->door.n != door)
			continue;
		several = 1;
		/* The door has one time: the shortest of all. */
		if (m->seconds && (seconds == 0 || m->seconds < seconds))
			seconds = m->seconds;
	}
	compiler_setting_number(c, door, "DoorFirstCardOpenDoor", first, first == 0);
	compiler_setting_number(c, door, "DoorMultiCardOpenDoor", several, several == 0);
	if (seconds)
		compiler_setting_number(c, door, "DoorMultiCardInterTime", seconds, false);
}

void compiler_door_settings_write(struct compiler *c)
{
	size_t n;
	const struct site_door_setting **d = doors_of_unit(c, &n);

	for (int64_t door = 1; door <= compiler_doors_most(c); door++)
		door_modes_write(c, door);
	for (size_t i = 0; i < n; i++)
		if (d[i]->door.n > compiler_doors_most(c))
			compiler_refuse(c, REFUSED_DOOR, d[i]->door.n,
					"The unit has %lld doors",
					(long long)compiler_doors_most(c));
		else
			door_write(c, d[i]);
	free(d);
}

/* --- before rights are given --- */

void compiler_doors_need(struct compiler *c)
{
	const struct site *s = c->site;

	for (size_t i = 0; i < s->doors; i++)
		for (size_t k = 0; k < DOOR_SETTINGS; k++)
			if (door_settings[k].kind == DOOR_SETTING_RULE &&
			    gh_slice_eq(s->door[i].door.sn, c->facts->sn) &&
			    s->door[i].number[k] > 0)
				compiler_rule_add_one(c, s->door[i].number[k]);
	for (size_t i = 0; i < s->first_cards; i++)
		if (gh_slice_eq(s->first_card[i].door.sn, c->facts->sn))
			compiler_rule_add_one(c, s->first_card[i].rule);
	for (size_t i = 0; i < s->outputs && c->facts->output_rules; i++)
		if (gh_slice_eq(s->output[i].sn, c->facts->sn))
			compiler_rule_add_one(c, s->output[i].rule);
	for (size_t i = 0; i < s->inputs && c->facts->input_rules; i++)
		if (gh_slice_eq(s->input[i].sn, c->facts->sn))
			compiler_rule_add_one(c, s->input[i].rule);
}

/* The rule in which a door can be used: where it cannot be held, no person may pass. */
static void usable_settle(struct compiler *c)
{
	size_t n;
	const struct site_door_setting **d = doors_of_unit(c, &n);

	for (size_t i = 0; i < n; i++) {
		int64_t rule = d[i]->number[DOOR_SET_usable_rule];

		if (d[i]->door.n <= compiler_doors_most(c) && rule > 0 &&
		    (compiler_table_refused(c, UNIT_TIMEZONE, REFUSED_DOOR, d[i]->door.n) ||
		     compiler_rule_one(c, rule, REFUSED_DOOR, d[i]->door.n) == 0))
			c->closed |= UINT32_C(1) << (d[i]->door.n - 1);
	}
	free(d);
}

void compiler_doors_settle(struct compiler *c)
{
	usable_settle(c);
	compiler_first_cards_settle(c);
	compiler_multi_cards_settle(c);
	compiler_outputs_settle(c);
	compiler_extras_gather(c);
}
