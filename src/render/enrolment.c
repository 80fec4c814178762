#include "render/enrolment.h"

#define BROUGHT GH_LIT("brought ")

static enum enrolment_state state_of_view(const struct enrolment_view *v)
{
	return enrolment_state_of(v->order.command.state);
}

static struct value enrolment_person_value(const struct field *f, const void *row)
{
	const struct enrolment_view *v = row;

	(void)f;
	return v->person ? value_of(VALUE_INT, v->person) : value_null();
}

static struct value enrolment_type_value(const struct field *f, const void *row)
{
	return field_word_value(f,
				(int64_t)((const struct enrolment_view *)row)->enrolment.type);
}

static struct value enrolment_state_value(const struct field *f, const void *row)
{
	return field_word_value(f, (int64_t)state_of_view(row));
}

static struct value enrolment_reason_value(const struct field *f, const void *row)
{
	const struct enrolment_view *v = row;

	(void)f;
	if (state_of_view(v) != ENROLMENT_FAILED)
		return value_null();
	if (v->order.meaning.n)
		return value_text(v->order.meaning);
	if (v->order.command.result.n)
		return value_text(v->order.command.result);
	return value_text(gh_slice_of(command_state_name(v->order.command.state)));
}

/* "brought 2 templates; …" of core/command_enrolled.h, without what the device answered besides. */
static struct value enrolment_brought_value(const struct field *f, const void *row)
{
	const struct enrolment_view *v = row;
	gh_slice what, rest;

	(void)f;
	if (!gh_slice_starts(v->order.command.result, BROUGHT))
		return value_null();
	gh_slice_cut(gh_slice_from(v->order.command.result, BROUGHT.n), ';', &what, &rest);
	return value_text(what);
}

#define ROW struct enrolment_view
static const struct field enrolment_field[] = {
#include "render/enrolment.def"
};
#undef ROW

const struct fields enrolment_fields = { "Enrolment", enrolment_field,
					 sizeof(enrolment_field) / sizeof(enrolment_field[0]),
					 NULL };
