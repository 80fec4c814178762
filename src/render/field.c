#include "render/field.h"

#include "base/csv.h"
#include "base/json.h"

struct value field_word_value(const struct field *f, int64_t n)
{
	for (size_t i = 0; f->word(i); i++)
		if (i == (uint64_t)n)
			return value_text(gh_slice_of(f->word(i)));
	return f->nullable ? value_null() : value_text(GH_LIT("unknown"));
}

/* Null by the rule for members, the word of a number, or the number as its kind. */
static struct value field_number(const struct field *f, int64_t n)
{
	if (f->kind == VALUE_FLAGS)
		return (struct value){ .kind = VALUE_FLAGS, .i = n, .word = f->word };
	if (f->word)
		return field_word_value(f, n);
	if (f->nullable && f->kind == VALUE_UTC_MS && n <= 0)
		return value_null();
	if (f->nullable && n == INT64_MIN)
		return value_null();
	return value_of(f->kind, n);
}

static const void *field_member(const struct field *f, const void *row)
{
	return (const uint8_t *)row + f->offset;
}

struct value field_read_i64(const struct field *f, const void *row)
{
	int64_t n;

	memcpy(&n, field_member(f, row), sizeof(n));
	return field_number(f, n);
}

struct value field_read_i32(const struct field *f, const void *row)
{
	int32_t n;

	memcpy(&n, field_member(f, row), sizeof(n));
	return field_number(f, n);
}

struct value field_read_u32(const struct field *f, const void *row)
{
	uint32_t n;

	memcpy(&n, field_member(f, row), sizeof(n));
	return field_number(f, n);
}

struct value field_read_bool(const struct field *f, const void *row)
{
	return value_of(f->kind, *(const bool *)field_member(f, row));
}

struct value field_read_slice(const struct field *f, const void *row)
{
	gh_slice s;

	memcpy(&s, field_member(f, row), sizeof(s));
	if (f->nullable && s.n == 0)
		return value_null();
	return (struct value){ .kind = f->kind, .s = s };
}

struct value field_value(const struct field *f, const void *row)
{
	return f->hidden ? value_null() : f->get(f, row);
}

const struct field *fields_next(const struct fields *f, size_t *at)
{
	size_t before = f->first ? f->first->n : 0;

	while (*at < before + f->n) {
		size_t i = (*at)++;
		const struct field *one =
			i < before ? &f->first->field[i] : &f->field[i - before];

		if (!one->hidden)
			return one;
	}
	return NULL;
}

const struct field *fields_find(const struct fields *f, gh_slice name)
{
	const struct field *one;
	size_t at = 0;

	while ((one = fields_next(f, &at)))
		if (gh_slice_eq(name, gh_slice_of(one->name)))
			return one;
	return NULL;
}

void fields_json_inner(struct json *j, const struct fields *f, const void *row)
{
	const struct field *one;
	size_t at = 0;

	while ((one = fields_next(f, &at))) {
		struct value v = field_value(one, row);

		gh_slice key = gh_slice_of(one->key);

		buffer_add(&j->text, gh_slice_from(key, !j->comma));
		j->comma = false;
		value_json(j, &v);
	}
}

void fields_json(struct json *j, const struct fields *f, const void *row)
{
	json_object(j);
	fields_json_inner(j, f, row);
	json_object_end(j);
}

void fields_ndjson(struct json *to, const struct fields *f, const void *row)
{
	json_begin(to);
	fields_json(to, f, row);
	buffer_add(&to->text, GH_LIT("\n"));
}

void fields_csv_head(struct csv *to, const struct fields *f)
{
	const struct field *one;
	size_t at = 0;

	while ((one = fields_next(f, &at))) {
		csv_next(to);
		csv_text(to, gh_slice_of(one->name), CSV_NO_FORMULA);
	}
	csv_row_end(to, GH_LIT("\r\n"));
}

void fields_csv(struct csv *to, const struct fields *f, const void *row)
{
	const struct field *one;
	size_t at = 0;

	while ((one = fields_next(f, &at))) {
		struct value v = field_value(one, row);

		csv_next(to);
		value_csv(to, &v);
	}
	csv_row_end(to, GH_LIT("\r\n"));
}
