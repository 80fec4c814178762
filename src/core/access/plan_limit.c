#include "core/access/plan_limit.h"

#include <stdio.h>

#include "base/number.h"
#include "base/writer.h"
#include "wire/access/parameters.h"

#define OPTION_HEAD "SET OPTIONS "
#define NOTE_ROOM 256

/* --- settings --- */

static uint32_t door_bit(gh_slice number)
{
	uint64_t door;

	return ghi_number_parse(number, GHI_DOORS_MAX, &door) == GH_OK && door
		       ? UINT32_C(1) << (door - 1)
		       : 0;
}

/* "Door2ValidTZ" */
static bool setting_of_name(gh_slice name, gh_slice value, struct plan_setting *out)
{
	size_t digits = 0;

	if (!gh_slice_starts(name, GH_LIT("Door")))
		return false;
	name = gh_slice_from(name, 4);
	while (digits < name.n && name.p[digits] >= '0' && name.p[digits] <= '9')
		digits++;
	*out = (struct plan_setting){ .door = door_bit((gh_slice){ name.p, digits }),
				      .name = gh_slice_from(name, digits),
				      .value = value };
	return out->door != 0;
}

bool plan_setting_of_option(gh_slice words, struct plan_setting *out)
{
	gh_slice name, value;

	if (!gh_slice_starts(words, GH_LIT(OPTION_HEAD)))
		return false;
	gh_slice_cut(gh_slice_from(words, sizeof(OPTION_HEAD) - 1), '=', &name, &value);
	return setting_of_name(name, value, out);
}

/* "ID=2	Name=DoorValidTZ	Value=3" */
bool plan_setting_of_row(gh_slice line, struct plan_setting *out)
{
	gh_slice id, name, value;

	if (!unit_row_value(line, GH_LIT("ID"), &id) ||
	    !unit_row_value(line, GH_LIT("Name"), &name) ||
	    !unit_row_value(line, GH_LIT("Value"), &value) ||
	    !gh_slice_starts(name, GH_LIT("Door")))
		return false;
	*out = (struct plan_setting){ door_bit(id), gh_slice_from(name, 4), value };
	return out->door != 0;
}

bool plan_setting_limits(const struct plan_setting *p)
{
	static const struct {
		const char *name, *value;
		bool limits; /* that value does; otherwise all others do */
	} limit[] = { { "ValidTZ", "1", false },
		      { "Disable", "1", false }, /* 1 is enabled */
		      { "MaskFlag", "0", false },
		      { "FirstCardOpenDoor", "2", true }, /* 1 only opens it */
		      { "MultiCardOpenDoor", "0", false } };

	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++)
		if (gh_slice_eq(p->name, gh_slice_of(limit[i].name)))
			return gh_slice_eq(p->value, gh_slice_of(limit[i].value)) ==
			       limit[i].limits;
	return false;
}

bool plan_setting_rule(const struct plan_setting *p, gh_slice *rule)
{
	*rule = p->value;
	return gh_slice_eq(p->name, GH_LIT("ValidTZ")) ||
	       gh_slice_eq(p->name, GH_LIT("KeepOpenTimeZone"));
}

/* --- rows and steps --- */

uint32_t plan_row_opening(enum unit_table t, gh_slice line)
{
	const char *field = t == UNIT_FIRST_CARD   ? "DoorID"
			    : t == UNIT_MULTI_CARD ? "DoorId"
						   : NULL;
	gh_slice door;

	return field && unit_row_value(line, gh_slice_of(field), &door) ? door_bit(door) : 0;
}

bool plan_step_limits(const struct plan_step *p)
{
	enum unit_table t = unit_table_of(p->table);

	return p->verb == STEP_OPTION || t == UNIT_DOOR_SETTINGS || t == UNIT_FIRST_CARD ||
	       t == UNIT_MULTI_CARD;
}

/* --- what the unit has --- */

struct limits_reading {
	struct plan_limits *out;
	struct arena *a;
};

static void limit_note(struct limits_reading *r, const struct plan_setting *p)
{
	struct plan_limits *out = r->out;

	if (gh_slice_eq(p->name, GH_LIT("FirstCardOpenDoor"))) {
		out->activated &= ~p->door;
		out->activated |= gh_slice_eq(p->value, GH_LIT("2")) ? p->door : 0;
	}
	for (size_t i = 0; i < GHI_DOORS_MAX && gh_slice_eq(p->name, GH_LIT("ValidTZ")); i++)
		if (p->door >> i & 1)
			out->usable[i] = ghi_arena_copy(r->a, p->value);
}

static bool limit_option_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct plan_setting p;

	(void)device;
	if (setting_of_name(key, value, &p))
		limit_note(ctx, &p);
	return true;
}

static bool setting_row_see(void *ctx, const struct unit_row *row)
{
	struct plan_setting p;

	if (plan_setting_of_row(row->row, &p))
		limit_note(ctx, &p);
	return true;
}

static void registered_see(struct limits_reading *r, gh_slice registered)
{
	static const char *const name[] = { "ValidTZ", "FirstCardOpenDoor" };

	for (unsigned door = 1; door <= GHI_DOORS_MAX; door++)
		for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
			char key[40];
			gh_slice value;

			snprintf(key, sizeof(key), "Door%u%s", door, name[i]);
			if (ghi_parameters_get(registered, key, &value))
				limit_option_see(r, 0, gh_slice_of(key), value);
		}
}

enum gh_err plan_limits_read(const struct store_ops *ops, struct store *s, int64_t device,
			     gh_slice registered, struct arena *a, struct plan_limits *out)
{
	struct limits_reading r = { .out = out, .a = a };
	enum gh_err err;

	*out = (struct plan_limits){ 0 };
	registered_see(&r, registered);
	err = ops->options_scan(s, device, limit_option_see, &r);
	if (err == GH_OK)
		err = ops->unit_rows_scan(s, device, (gh_slice){ 0 },
					  gh_slice_of(unit_table_name(UNIT_DOOR_SETTINGS)),
					  (gh_slice){ 0 }, INT64_MAX, setting_row_see, &r);
	return err ? err : a->failed ? GH_ENOMEM : GH_OK;
}

gh_slice plan_limits_note(uint32_t doors, struct arena *a)
{
	uint8_t *text = ghi_arena_alloc(a, NOTE_ROOM);
	struct ghi_writer w = ghi_writer_on(text, text ? NOTE_ROOM : 0);
	const char *before = (doors & (doors - 1)) ? "doors " : "door ";

	for (unsigned door = 1; door <= GHI_DOORS_MAX; door++) {
		if (!(doors >> (door - 1) & 1))
			continue;
		ghi_put(&w, gh_slice_of(before));
		ghi_put_decimal(&w, door);
		before = ", ";
	}
	ghi_put(&w, GH_LIT(": the unit did not take all that limits it, so no person got a new "
			   "right there"));
	return ghi_written(&w);
}
