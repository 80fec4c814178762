#include "render/punch_day.h"

static struct value moment_if(ghi_civil time)
{
	return time == GHI_CIVIL_NONE ? value_null() : value_of(VALUE_CIVIL, time);
}

static struct value punch_day_first_in(const struct field *f, const void *row)
{
	(void)f;
	return moment_if(((const struct punch_day_view *)row)->sum.first_in);
}

static struct value punch_day_last_out(const struct field *f, const void *row)
{
	(void)f;
	return moment_if(((const struct punch_day_view *)row)->sum.last_out);
}

static const char *punch_day_missing_word(size_t i)
{
	static const char *const word[] = { "in", "out", "either", "both" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static struct value punch_day_missing(const struct field *f, const void *row)
{
	enum punch_missing missing = ((const struct punch_day_view *)row)->sum.missing;

	(void)f;
	if (missing == MISSING_NONE)
		return value_null();
	return value_text(gh_slice_of(punch_day_missing_word(missing - MISSING_IN)));
}

#define ROW struct punch_day_view
static const struct field punch_day_field[] = {
#include "render/punch_day.def"
};
#undef ROW

const struct fields punch_day_fields = { "PunchDay", punch_day_field,
					 sizeof(punch_day_field) / sizeof(punch_day_field[0]),
					 NULL };
