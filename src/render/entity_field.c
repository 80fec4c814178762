#include "render/entity_field.h"

#include "model/kind.h"
#include "render/record.h"

static const void *entity_member(const struct field *f, const void *row)
{
	const struct record_view *v = row;

	return model_has(v->record, f->bit) ? (const uint8_t *)v->record + f->offset : NULL;
}

struct value entity_read_BOOL(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return value_of(VALUE_BOOL, at && *at);
}

/* A day, YYYYMMDD. */
struct value entity_read_DAY(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return at ? value_of(VALUE_DAY, *at) : value_null();
}

struct value entity_read_CIVIL(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return at && *at > 0 ? value_of(VALUE_CIVIL, *at) : value_null();
}

/* A reference; 0 is none. */
struct value entity_read_REFERENCE(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return at && *at ? value_of(VALUE_INT, *at) : value_null();
}

/* What is stored as JSON; nothing is an empty list or object. */
static struct value json_of(const struct field *f, const void *row, gh_slice empty)
{
	const gh_slice *at = entity_member(f, row);

	return (struct value){ .kind = f->kind, .s = at && at->n ? *at : empty };
}

struct value entity_read_LISTED(const struct field *f, const void *row)
{
	return json_of(f, row, GH_LIT("[]"));
}

struct value entity_read_JOINED(const struct field *f, const void *row)
{
	struct value v = entity_read_LISTED(f, row);

	v.joined = v.kind == VALUE_TEXTS || v.s.n > 2;
	return v;
}

struct value entity_read_OBJECT(const struct field *f, const void *row)
{
	return json_of(f, row, GH_LIT("{}"));
}

struct value entity_read_TEXT(const struct field *f, const void *row)
{
	const gh_slice *at = entity_member(f, row);

	return at ? value_text(*at) : value_null();
}

struct value entity_read_GIVEN(const struct field *f, const void *row)
{
	const gh_slice *at = entity_member(f, row);

	return at ? value_text_if(*at) : value_null();
}

struct value entity_read_WORD(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return at ? field_word_value(f, *at) : value_null();
}

struct value entity_read_NUMBER(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return at && *at >= 0 ? value_of(VALUE_INT, *at) : value_null();
}

struct value entity_read_SWITCH(const struct field *f, const void *row)
{
	const int64_t *at = entity_member(f, row);

	return at && *at >= 0 ? value_of(VALUE_BOOL, *at) : value_null();
}

struct value entity_read_SET(const struct field *f, const void *row)
{
	const gh_slice *at = entity_member(f, row);

	return value_of(VALUE_BOOL, at && at->n > 0);
}
