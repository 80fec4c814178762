#include "tests.h"

#include "compiled.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/access/table.h"

gh_slice compiled_value(gh_slice text, const char *name)
{
	gh_slice rest = text, pair, key, value;

	while (rest.n) {
		gh_slice_cut(rest, '\t', &pair, &rest);
		if (gh_slice_cut(pair, '=', &key, &value) &&
		    gh_slice_eq(key, gh_slice_of(name)))
			return value;
	}
	return (gh_slice){ 0 };
}

static int64_t number_of(gh_slice text, const char *name)
{
	gh_slice v = compiled_value(text, name);
	int64_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n = n * 10 + v.p[i] - '0';
	return n;
}

/* Digits of a packed second, by the formula of 11.5. */
static ghi_civil second_unpacked(int64_t n)
{
	int64_t s = n % 60, mi = n / 60 % 60, h = n / 3600 % 24, d = n / 86400 % 31,
		mo = n / 86400 / 31 % 12, y = n / 86400 / 31 / 12;

	return ((((2000 + y) * 100 + mo + 1) * 100 + d + 1) * 100 + h) * 10000 + mi * 100 + s;
}

/* 0 is no limit. */
static bool validity_within(gh_slice text, bool packed, ghi_civil at)
{
	int64_t from = number_of(text, "StartTime"), to = number_of(text, "EndTime");

	if (packed)
		return (from == 0 || at >= second_unpacked(from)) &&
		       (to == 0 || at <= second_unpacked(to));
	return (from == 0 || at >= from * 1000000) && (to == 0 || at <= to * 1000000 + 235959);
}

static const struct needed_row *row_find(const struct unit_rows *u, enum unit_table t,
					 const char *field, gh_slice value)
{
	for (size_t i = 0; i < u->rows; i++)
		if (u->row[i].table == t &&
		    gh_slice_eq(compiled_value(u->row[i].text, field), value))
			return &u->row[i];
	return NULL;
}

static const char *column_of(const struct unit_rows *u, ghi_civil at)
{
	static const char *const weekday[] = {
		"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"
	};
	static const char *const holiday[] = { "", "Hol1", "Hol2", "Hol3" };
	int64_t day = at / 1000000;

	for (size_t i = 0; i < u->rows; i++) {
		gh_slice text = u->row[i].text;
		int64_t date = number_of(text, "Holiday");

		if (u->row[i].table != UNIT_HOLIDAY)
			continue;
		if (number_of(text, "Loop") == 1 ? date % 10000 == day % 10000 : date == day)
			return holiday[number_of(text, "HolidayType")];
	}
	return weekday[ghi_civil_to_seconds(day * 1000000) / 86400 % 7];
}

static bool slot_open(const struct unit_rows *u, const struct unit_facts *f, gh_slice slot,
		      ghi_civil at)
{
	const struct needed_row *r = row_find(u, UNIT_TIMEZONE, "TimezoneId", slot);
	int64_t clock = at / 100 % 10000;
	char name[16];

	if (r == NULL || (f->rule_validity && !validity_within(r->text, true, at)))
		return false;
	for (int i = 1; i <= 3; i++) {
		snprintf(name, sizeof(name), "%sTime%d", column_of(u, at), i);
		int64_t period = number_of(r->text, name);

		if (period && clock >= period >> 16 && clock <= (period & 0xffff))
			return true;
	}
	return false;
}

/* A setting of a door: a row of DoorParameters, or an option. Empty: the unit was not given it. */
gh_slice compiled_value_of_door(const struct unit_rows *u, int64_t door, const char *name)
{
	char option[64];

	for (size_t i = 0; i < u->rows; i++)
		if (u->row[i].table == UNIT_DOOR_SETTINGS &&
		    number_of(u->row[i].text, "ID") == door &&
		    gh_slice_eq(compiled_value(u->row[i].text, "Name"), gh_slice_of(name)))
			return compiled_value(u->row[i].text, "Value");
	snprintf(option, sizeof(option), "Door%d%s", (int)door, name + 4);
	for (size_t i = 0; i < u->options; i++)
		if (gh_slice_eq(u->option[i].name, gh_slice_of(option)))
			return u->option[i].value;
	return (gh_slice){ 0 };
}

/* DoorDisable 0 is disabled; DoorValidTZ is the rule in which it can be used (11.10). */
static bool door_usable(const struct unit_rows *u, const struct unit_facts *f, int64_t door,
			ghi_civil at)
{
	gh_slice rule = compiled_value_of_door(u, door, "DoorValidTZ");

	return !gh_slice_eq(compiled_value_of_door(u, door, "DoorDisable"), GH_LIT("0")) &&
	       (rule.n == 0 || slot_open(u, f, rule, at));
}

bool compiled_grants(const struct unit_rows *u, const struct unit_facts *f, gh_slice pin,
		     int64_t door, ghi_civil at)
{
	const struct needed_row *user = row_find(u, UNIT_USER, "Pin", pin);

	if (user == NULL || !validity_within(user->text, f->packed_validity, at) ||
	    !door_usable(u, f, door, at))
		return false;
	for (size_t i = 0; i < u->rows; i++) {
		gh_slice text = u->row[i].text;
		int64_t doors = number_of(text, "AuthorizeDoorId");

		if (u->row[i].table != UNIT_RIGHTS ||
		    !gh_slice_eq(compiled_value(text, "Pin"), pin))
			continue;
		if (f->numbered_doors ? doors != door : !(doors >> (door - 1) & 1))
			continue;
		if (f->right_validity && !validity_within(text, true, at))
			continue;
		if (slot_open(u, f, compiled_value(text, "AuthorizeTimezoneId"), at))
			return true;
	}
	return false;
}

bool compiled_stands_open(const struct unit_rows *u, const struct unit_facts *f, int64_t door,
			  ghi_civil at)
{
	gh_slice rule = compiled_value_of_door(u, door, "DoorKeepOpenTimeZone");

	if (rule.n && slot_open(u, f, rule, at))
		return true;
	for (size_t i = 0; i < u->rows; i++) {
		gh_slice text = u->row[i].text;

		if (u->row[i].table == UNIT_OUTPUTS && number_of(text, "OutType") == 0 &&
		    number_of(text, "Num") == door && number_of(text, "ActionType") == 1 &&
		    slot_open(u, f, compiled_value(text, "TimezoneId"), at))
			return true;
	}
	return false;
}

void compiled_check(const struct unit_rows *u, gh_slice parameters)
{
	struct ghi_table_unit unit = ghi_table_unit_of(parameters);
	char text[8192];

	for (size_t i = 0; i < u->rows; i++) {
		struct ghi_table_row r = ghi_table_row_of(ghi_access_table_find(
			gh_slice_of(unit_table_name(u->row[i].table)), &unit));
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_table_fault fault;

		assert_int_equal(ghi_table_row_read(&r, u->row[i].text, false), 0);
		if (!ghi_table_row_check(&r, &unit, &fault)) {
			ghi_table_fault_write(&w, &fault);
			fail_msg("%.*s: %s %.*s", GH_FMT(u->row[i].text),
				 fault.field ? fault.field->name : "", (int)w.n, text);
		}
		ghi_table_row_write(&w, &r, &unit);
		assert_true(gh_slice_eq(ghi_written(&w), u->row[i].text));
		w = ghi_writer_on(text, sizeof(text));
		ghi_table_key_write(&w, &r);
		assert_true(gh_slice_eq(ghi_written(&w), u->row[i].key));
		for (size_t k = 0; k < i; k++)
			assert_false(u->row[k].table == u->row[i].table &&
				     gh_slice_eq(u->row[k].key, u->row[i].key));
	}
}

bool compiled_equal(const struct unit_rows *a, const struct unit_rows *b)
{
	if (a->rows != b->rows || a->refusals != b->refusals || a->slots != b->slots ||
	    a->good_until != b->good_until)
		return false;
	for (size_t i = 0; i < a->rows; i++)
		if (a->row[i].table != b->row[i].table ||
		    !gh_slice_eq(a->row[i].text, b->row[i].text))
			return false;
	for (size_t i = 0; i < a->refusals; i++)
		if (!gh_slice_eq(a->refusal[i].text, b->refusal[i].text))
			return false;
	return a->slots == 0 || memcmp(a->slot, b->slot, a->slots * sizeof(*a->slot)) == 0;
}
