/* What rows as text have, need, and have in common. */
#include "core/access/rights/steps.h"

#include "base/number.h"

static const struct {
	const char *name, *needs, *rests;
	bool grants;
} order[UNIT_TABLES] = {
#define UNIT_TABLE(NAME, name, grants, needs, rests) { name, needs, rests, grants },
#include "core/access/rights/order.def"
#undef UNIT_TABLE
};

const char *unit_table_name(enum unit_table t)
{
	return order[t].name;
}

bool unit_table_grants(enum unit_table t)
{
	return order[t].grants;
}

bool unit_table_rests(enum unit_table t)
{
	return order[t].rests[0] != '\0';
}

void unit_row_rest(enum unit_table t, gh_slice text, struct ghi_writer *w)
{
	gh_slice rest = gh_slice_of(order[t].rests), field, value, pair, name, has;
	bool more = text.n != 0;

	gh_slice_cut(rest, '=', &field, &value);
	while (more) {
		more = gh_slice_cut(text, '\t', &pair, &text);
		if (w->n)
			ghi_put_u8(w, '\t');
		if (gh_slice_cut(pair, '=', &name, &has) && gh_slice_eq(name, field))
			ghi_put(w, rest);
		else
			ghi_put(w, pair);
	}
}

bool unit_table_is_settings(enum unit_table t)
{
	return t == UNIT_DOOR_SETTINGS || t == UNIT_UNIT_SETTINGS;
}

enum unit_table unit_table_of(gh_slice name)
{
	enum unit_table t = 0;

	while (t < UNIT_TABLES && !gh_slice_eq(name, gh_slice_of(order[t].name)))
		t++;
	return t;
}

bool unit_row_period(gh_slice text, enum time_column column, unsigned n,
		     struct ghi_period *period)
{
	char name[16];
	struct ghi_writer w = ghi_writer_on(name, sizeof(name));
	gh_slice value;
	uint64_t packed;

	ghi_put(&w, gh_slice_of(time_column_name(column)));
	ghi_put(&w, GH_LIT("Time"));
	ghi_put_decimal(&w, n);
	return unit_row_value(text, ghi_written(&w), &value) &&
	       ghi_number_parse(value, UINT32_MAX, &packed) == GH_OK && packed != 0 &&
	       ghi_period_unpack((uint32_t)packed, period) == GH_OK;
}

bool unit_row_value(gh_slice text, gh_slice name, gh_slice *value)
{
	gh_slice pair, key, found;
	bool more = text.n != 0;

	while (more) {
		more = gh_slice_cut(text, '\t', &pair, &text);
		if (!gh_slice_cut(pair, '=', &key, &found) || !gh_slice_eq(key, name))
			continue;
		*value = found;
		return true;
	}
	return false;
}

bool unit_table_need(enum unit_table t, size_t i, gh_slice *field, enum unit_table *needed)
{
	gh_slice rest = gh_slice_of(order[t].needs), need, table;
	bool more = rest.n != 0;

	while (more) {
		more = gh_slice_cut(rest, ' ', &need, &rest);
		if (i--)
			continue;
		gh_slice_cut(need, '>', field, &table);
		*needed = unit_table_of(table);
		return *needed < UNIT_TABLES;
	}
	return false;
}

bool unit_row_needs(enum unit_table t, gh_slice text, size_t i, enum unit_table *needed,
		    gh_slice *key)
{
	gh_slice field;

	return unit_table_need(t, i, &field, needed) && unit_row_value(text, field, key);
}

bool unit_table_needs(enum unit_table t, enum unit_table other)
{
	gh_slice rest = gh_slice_of(order[t].needs), need, field, table;
	bool more = rest.n != 0;

	while (more) {
		more = gh_slice_cut(rest, ' ', &need, &rest);
		gh_slice_cut(need, '>', &field, &table);
		if (unit_table_of(table) == other)
			return true;
	}
	return false;
}

/* Absent is not empty, and units upload rows without names, and 0 for no card. */
static bool value_serves(gh_slice held, gh_slice needed, bool uploaded)
{
	if (gh_slice_eq(held, needed))
		return true;
	return uploaded && (held.n == 0 || (needed.n == 0 && gh_slice_eq(held, GH_LIT("0"))));
}

bool unit_row_serves(const struct needed_row *held, const struct needed_row *needed,
		     bool uploaded)
{
	gh_slice rest = needed->text, pair, name, value, has;
	bool more = rest.n != 0;

	if (gh_slice_eq(held->text, needed->text))
		return true;
	while (more) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		if (!gh_slice_cut(pair, '=', &name, &value))
			continue;
		if (!unit_row_value(held->text, name, &has))
			return false;
		if (!value_serves(has, value, uploaded))
			return false;
	}
	return true;
}
