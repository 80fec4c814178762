#include "model/verify_schedule.h"

#include "model/text_list.h"
#include "model/verify_factors.h"

#define MODES_MOST 32 /* the last number of a mode; 200 is "other" */

static bool mode_known(gh_slice text)
{
	int64_t value;
	enum verify_form form = verify_read(text, &value);

	return form == VERIFY_FACTORS || (form == VERIFY_MODE_NUMBER && value <= MODES_MOST);
}

/* "door=4 user=11" */
static bool modes_read(gh_slice rest, struct verify_span *out)
{
	gh_slice word, name, mode;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, ' ', &word, &rest);
		if (word.n == 0)
			continue;
		if (!gh_slice_cut(word, '=', &name, &mode) || !mode_known(mode))
			return false;
		if (gh_slice_eq(name, GH_LIT("door")) && out->door.n == 0)
			out->door = mode;
		else if (gh_slice_eq(name, GH_LIT("user")) && out->user.n == 0)
			out->user = mode;
		else
			return false;
	}
	return out->door.n || out->user.n;
}

static bool span_meets(const struct verify_table *t, size_t column, const struct verify_span *v)
{
	for (size_t i = 0; i < t->spans[column]; i++)
		if (v->from <= t->span[column][i].to && t->span[column][i].from <= v->to)
			return true;
	return false;
}

/* In the order of the day. */
static void span_put(struct verify_table *t, size_t column, const struct verify_span *v)
{
	size_t at = t->spans[column]++;

	while (at && t->span[column][at - 1].from > v->from) {
		t->span[column][at] = t->span[column][at - 1];
		at--;
	}
	t->span[column][at] = *v;
}

enum gh_err verify_table_add(struct verify_table *t, unsigned columns, gh_slice text,
			     const char **why)
{
	struct time_table one = { 0 };
	struct verify_span v = { 0 };
	gh_slice range, modes;

	text = gh_slice_trim(text);
	*why = "must be a range and what has to be shown in it: 08:00-18:00 door=4, or user=4";
	if (!gh_slice_cut(text, ' ', &range, &modes) || !modes_read(modes, &v))
		return GH_EINVALID;
	if (time_holiday_add(&one, TIME_HOLIDAY1, range, why))
		return GH_EINVALID;
	v.from = one.day[TIME_HOLIDAY1].span[0].from;
	v.to = one.day[TIME_HOLIDAY1].span[0].to;
	for (size_t i = 0; i < TIME_COLUMNS; i++) {
		if (!(columns >> i & 1))
			continue;
		*why = "is the fourth period of a day, and devices have three";
		if (t->spans[i] == VERIFY_SPANS)
			return GH_EINVALID;
		*why = "meets another period of the same day";
		if (span_meets(t, i, &v))
			return GH_EINVALID;
		span_put(t, i, &v);
	}
	return GH_OK;
}

/* Members are the days, what is in their lists the periods. */
static enum gh_err verify_columns_read(gh_slice text, bool holidays, struct verify_table *t)
{
	struct time_table names = { 0 };
	unsigned columns = 0;
	const char *why;
	gh_slice one;
	bool name;

	while (text_list_next(&text, &one, &name)) {
		enum time_column column;
		enum gh_err err;

		if (!name)
			err = verify_table_add(t, columns, one, &why);
		else if (!holidays)
			err = time_days_read(one, &columns, &why);
		else {
			err = time_holiday_name(&names, one, &column, &why);
			columns = err ? 0 : 1u << column;
		}
		if (err)
			return GH_EMALFORMED;
	}
	return GH_OK;
}

enum gh_err verify_table_read(gh_slice week, gh_slice holidays, struct verify_table *t)
{
	*t = (struct verify_table){ 0 };
	if (verify_columns_read(week, false, t))
		return GH_EMALFORMED;
	return verify_columns_read(holidays, true, t);
}

const struct verify_span *verify_span_at(const struct verify_table *t, enum time_column column,
					 int minute)
{
	for (size_t i = 0; i < t->spans[column]; i++)
		if (minute >= t->span[column][i].from && minute <= t->span[column][i].to)
			return &t->span[column][i];
	return NULL;
}
