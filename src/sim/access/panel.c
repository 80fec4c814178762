#include "sim/access/panel.h"
#include "sim/access/floors.h"

#include "base/civil_time.h"
#include "base/number.h"
#include "sim/access/rights.h"

#include <stdio.h>

#define PANEL_OPTIONS_MAX 400
#define PANEL_VALUE_MAX 4096
#define DAY_S 86400

static void panel_option_clear(void *at)
{
	struct panel_option *o = at;

	g_free(o->name);
	g_free(o->value);
}

void panel_open(struct panel *p, const struct acc_persona *persona, int64_t now_s,
		uint32_t seed)
{
	static const char always[] =
		"TimezoneId=1\tSunTime1=2359\tMonTime1=2359\tTueTime1=2359\tWedTime1=2359\t"
		"ThuTime1=2359\tFriTime1=2359\tSatTime1=2359\tHol1Time1=2359\tHol2Time1=2359\t"
		"Hol3Time1=2359";

	*p = (struct panel){
		.persona = persona,
		.options = g_array_new(FALSE, TRUE, sizeof(struct panel_option)),
		.option_places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.cards = panel_cards_open(),
		.passages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.now_s = now_s,
		.seed = seed
	};
	g_array_set_clear_func(p->options, panel_option_clear);
	panel_tables_open(&p->tables);
	panel_ring_open(&p->ring, persona->ring);
	for (int i = 0; i < PANEL_DOORS; i++)
		p->door[i] = (struct panel_door){ .relay_until_s = PANEL_NEVER,
						  .normal_off_day = PANEL_NEVER,
						  .first_until_s = PANEL_NEVER,
						  .first_day = PANEL_NEVER,
						  .attempt_s = PANEL_NEVER };
	for (int i = 0; i < PANEL_AUX; i++)
		p->aux_until_s[i] = PANEL_NEVER;
	if (panel_row_put(&p->tables, PANEL_TIMEZONE, gh_slice_of(always)))
		return;
}

void panel_close(struct panel *p)
{
	panel_tables_close(&p->tables);
	panel_ring_close(&p->ring);
	g_array_free(p->options, TRUE);
	g_hash_table_destroy(p->option_places);
	panel_cards_close(p->cards);
	panel_floors_close(p);
	g_hash_table_destroy(p->passages);
	*p = (struct panel){ 0 };
}

/* --- settings --- */

#define OPTION_NAME_MAX 64

/* The name by which an option is found: without a leading ~, in small letters. */
static const char *option_name_plain(gh_slice name, char to[OPTION_NAME_MAX + 1])
{
	size_t n = 0;

	name = gh_slice_trim(name);
	while (name.n && (name.p[0] == '~' || name.p[0] == ' '))
		name = gh_slice_from(name, 1);
	for (; n < name.n && n < OPTION_NAME_MAX; n++)
		to[n] = (char)gh_ascii_lower(name.p[n]);
	to[n] = 0;
	return to;
}

static struct panel_option *panel_option_find(const struct panel *p, gh_slice name)
{
	char plain[OPTION_NAME_MAX + 1];
	guint place = GPOINTER_TO_UINT(
		g_hash_table_lookup(p->option_places, option_name_plain(name, plain)));

	return place ? &g_array_index(p->options, struct panel_option, place - 1) : NULL;
}

const char *panel_option(const struct panel *p, gh_slice name)
{
	const struct panel_option *o = panel_option_find(p, name);

	return o ? o->value : NULL;
}

static uint64_t setting_number(gh_slice text, uint64_t otherwise)
{
	uint64_t n;

	return ghi_number_parse(gh_slice_trim(text), UINT32_MAX, &n) ? otherwise : n;
}

uint64_t panel_option_number(const struct panel *p, const char *name, uint64_t otherwise)
{
	return setting_number(gh_slice_of(panel_option(p, gh_slice_of(name))), otherwise);
}

enum gh_err panel_option_set(struct panel *p, gh_slice name, gh_slice value)
{
	struct panel_option *o = panel_option_find(p, name), fresh;

	char plain[OPTION_NAME_MAX + 1];

	if (value.n > PANEL_VALUE_MAX || name.n > OPTION_NAME_MAX || name.n == 0)
		return GH_ETOOBIG;
	if (o) {
		g_free(o->value);
		o->value = g_strndup((const char *)value.p, value.n);
		return GH_OK;
	}
	if (p->options->len >= PANEL_OPTIONS_MAX)
		return GH_ETOOBIG;
	fresh = (struct panel_option){ g_strndup((const char *)name.p, name.n),
				       g_strndup((const char *)value.p, value.n) };
	g_array_append_val(p->options, fresh);
	g_hash_table_insert(p->option_places, g_strdup(option_name_plain(name, plain)),
			    GUINT_TO_POINTER(p->options->len));
	return GH_OK;
}

/* A row whose Name is `name`, with or without "Door" before it. */
static bool parameter_is(const struct panel_row *row, const char *name)
{
	gh_slice given = panel_field(row, "Name");

	if (gh_slice_istarts(given, GH_LIT("Door")) && !gh_slice_ieq(given, gh_slice_of(name)))
		given = gh_slice_from(given, 4);
	return gh_slice_ieq(given, gh_slice_of(name));
}

gh_slice panel_door_text(const struct panel *p, unsigned door, const char *name)
{
	const GPtrArray *rows;
	const char *value;
	char text[64];

	snprintf(text, sizeof(text), "%u", door);
	rows = panel_rows_of(&p->tables, PANEL_DOORPARAMETERS, gh_slice_of(text));
	for (guint i = 0; rows && i < rows->len; i++) {
		const struct panel_row *row = g_ptr_array_index(rows, i);

		if (parameter_is(row, name))
			return panel_field(row, "Value");
	}
	snprintf(text, sizeof(text), "Door%u%s", door, name);
	value = panel_option(p, gh_slice_of(text));
	if (value == NULL) { /* for all doors */
		snprintf(text, sizeof(text), "Door%s", name);
		value = panel_option(p, gh_slice_of(text));
	}
	return gh_slice_of(value);
}

uint64_t panel_door_number(const struct panel *p, unsigned door, const char *name,
			   uint64_t otherwise)
{
	return setting_number(panel_door_text(p, door, name), otherwise);
}

uint64_t panel_device_number(const struct panel *p, const char *name, uint64_t otherwise)
{
	for (size_t i = 0;; i++) {
		const struct panel_row *row = panel_row_at(&p->tables, PANEL_DEVPARAMETERS, i);

		if (row == NULL)
			return panel_option_number(p, name, otherwise);
		if (gh_slice_ieq(panel_field(row, "Name"), gh_slice_of(name)))
			return setting_number(panel_field(row, "Value"), otherwise);
	}
}

bool panel_door_enabled(const struct panel *p, unsigned door)
{
	if (door == 0 || door > p->persona->doors)
		return false;
	for (size_t i = 0;; i++) {
		const struct panel_row *row = panel_row_at(&p->tables, PANEL_DOORPROPERTY, i);

		if (row == NULL)
			break;
		if (panel_number(row, "ID", 0) == door && panel_number(row, "Disable", 0) == 1)
			return false;
	}
	return panel_door_number(p, door, "Disable", 1) == 1;
}

struct panel_moment panel_moment_of(int64_t at_s)
{
	struct ghi_civil_parts c = ghi_civil_split(ghi_civil_from_seconds(at_s));
	int64_t days = at_s / DAY_S - (at_s % DAY_S < 0);

	/* 1 January 1970 was a Thursday. */
	return (struct panel_moment){ .year = c.year,
				      .month = c.month,
				      .day = c.day,
				      .weekday = (int)(((days + 4) % 7 + 7) % 7),
				      .hhmm = c.hour * 100 + c.minute,
				      .days = days };
}
