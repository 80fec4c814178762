#include "render/punch.h"

#include "base/number.h"
#include "model/attendance_status.h"

static const char *punch_flag_word(size_t i)
{
	static const char *const word[] = { "impossible_date", "dst_gap",      "dst_overlap",
					    "ahead",	       "epoch",	       "ancient",
					    "shifted",	       "id_card_check" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static const char *punch_source_word(size_t i)
{
	static const char *const word[] = { "pushed", "live", "read", "access", "imported" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static struct value punch_number(int32_t n)
{
	return n == PUNCH_ABSENT ? value_null() : value_of(VALUE_INT, n);
}

static struct value punch_status(const struct field *f, const void *row)
{
	const struct punch_view *v = row;

	(void)f;
	return punch_number(v->p.status);
}

static struct value punch_verify(const struct field *f, const void *row)
{
	const struct punch_view *v = row;

	(void)f;
	return punch_number(v->p.verify);
}

static struct value punch_status_name(const struct field *f, const void *row)
{
	const struct punch_view *v = row;

	(void)f;
	return value_text_if(gh_slice_of(attendance_status_name(
		v->p.status, punch_is_check(&v->p) ? STATUS_ID_CARD : STATUS_PUNCH)));
}

static struct value punch_verify_name(const struct field *f, const void *row)
{
	const struct punch_view *v = row;

	(void)f;
	return value_text_if(gh_slice_of(verify_mode_name(
		v->p.verify, punch_is_check(&v->p) ? VERIFY_ID_CARD : v->generation)));
}

static struct value punch_status_shown(const struct field *f, const void *row)
{
	struct value words = punch_status_name(f, row);

	return words.kind == VALUE_NULL ? punch_status(f, row) : words;
}

static struct value punch_verify_shown(const struct field *f, const void *row)
{
	struct value words = punch_verify_name(f, row);

	return words.kind == VALUE_NULL ? punch_verify(f, row) : words;
}

#define ROW struct punch_view
static const struct field punch_field[] = {
#include "render/punch.def"
};
static const struct field punch_sheet_field[] = {
#include "render/punch_sheet.def"
};
#undef ROW

/* NOLINTNEXTLINE(misc-redundant-expression): equal is what is asserted */
_Static_assert(PUNCH_NO_UTC == INT64_MIN, "a nullable number of INT64_MIN is shown as null");

const struct fields punch_fields = { "Punch", punch_field,
				     sizeof(punch_field) / sizeof(punch_field[0]), NULL };
const struct fields punch_sheet_fields = { "PunchSheet", punch_sheet_field,
					   sizeof(punch_sheet_field) /
						   sizeof(punch_sheet_field[0]),
					   NULL };

enum verify_generation punch_generation(gh_slice push_version)
{
	static const uint64_t newer[] = { 2, 2, 14 };

	for (size_t i = 0; i < 3; i++) {
		gh_slice part;
		uint64_t n;

		gh_slice_cut(push_version, '.', &part, &push_version);
		if (ghi_number_parse(part, UINT32_MAX, &n) || n < newer[i])
			return VERIFY_OLD;
		if (n > newer[i])
			return VERIFY_NEW;
	}
	return VERIFY_NEW;
}
