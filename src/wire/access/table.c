#include "wire/access/table.h"

#include "base/number.h"
#include "model/access_words.h"
#include "wire/access/pack.h"
#include "wire/push/secret_option.h"

/* Braces that are closed in another macro. */
/* clang-format off */
#define GHI_FIELDS(id) static const struct ghi_table_field fields_of_##id[] = {
#define GHI_FIELD(name, type, min, max, choices, otherwise, flags, gate) \
	{ name, GHI_FIELD_##type, min, max, choices, otherwise, flags, gate },
#define GHI_FIELDS_END };
#include "wire/access/access_field.def"
/* clang-format on */

#define GHI_TABLE(id, name, verbs, deletes, gate, words)                                       \
	_Static_assert(sizeof(fields_of_##id) / sizeof(fields_of_##id[0]) <= GHI_TABLE_FIELDS, \
		       "a row has room for every field");
#include "wire/access/access_table.def"

static const struct ghi_access_table table[] = {
#define GHI_TABLE(id, name, verbs, deletes, gate, words) \
	{ name,                                          \
	  verbs,                                         \
	  deletes,                                       \
	  gate,                                          \
	  words,                                         \
	  fields_of_##id,                                \
	  sizeof(fields_of_##id) / sizeof(fields_of_##id[0]) },
#include "wire/access/access_table.def"
};

enum { TABLES = sizeof(table) / sizeof(table[0]) };

struct ghi_table_unit ghi_table_unit_of(gh_slice parameters)
{
	return (struct ghi_table_unit){ .parameters = parameters,
					.unit = ghi_unit_of(parameters) };
}

/* 1, or a list by biometric type with a 1 in it. */
static bool gate_parameter_is_on(gh_slice value)
{
	gh_slice part;
	bool more = value.n != 0;

	while (more) {
		more = gh_slice_cut(value, ':', &part, &value);
		if (gh_slice_eq(gh_slice_trim(part), GH_LIT("1")))
			return true;
	}
	return false;
}

static bool gate_alternative_open(gh_slice name, const struct ghi_table_unit *u)
{
	char text[64];
	gh_slice value;
	uint64_t position;

	if (ghi_number_parse(name, SIZE_MAX, &position) == GH_OK)
		return ghi_flags_has(u->unit.functions, (size_t)position);
	if (gh_slice_eq(name, GH_LIT("WGRuleVer")))
		return u->unit.wiegand_2;
	if (name.n >= sizeof(text))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return ghi_parameters_get(u->parameters, text, &value) && gate_parameter_is_on(value);
}

bool ghi_table_gate_open(const char *gate, const struct ghi_table_unit *u)
{
	gh_slice rest = gh_slice_of(gate), name;
	bool more = rest.n != 0;

	if (!more)
		return true;
	while (more) {
		more = gh_slice_cut(rest, '|', &name, &rest);
		if (gate_alternative_open(name, u))
			return true;
	}
	return false;
}

#define REFUSED_NAME 128

bool ghi_table_refused(const struct ghi_access_table *t, const struct ghi_table_field *f,
		       const struct ghi_table_unit *u)
{
	uint8_t text[REFUSED_NAME];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (u->refused.n == 0)
		return false;
	ghi_put_u8(&w, ',');
	ghi_put(&w, gh_slice_of(t->name));
	if (f) {
		ghi_put_u8(&w, '.');
		ghi_put(&w, gh_slice_of(f->name));
	}
	ghi_put_u8(&w, ',');
	return w.err == GH_OK && memmem(u->refused.p, u->refused.n, text, w.n);
}

bool ghi_table_open(const struct ghi_access_table *t, const struct ghi_table_unit *u)
{
	return ghi_table_gate_open(t->gate, u) && !ghi_table_refused(t, NULL, u);
}

const struct ghi_access_table *ghi_access_table_at(size_t i)
{
	return i < TABLES ? &table[i] : NULL;
}

const struct ghi_access_table *ghi_access_table_find(gh_slice name,
						     const struct ghi_table_unit *u)
{
	const struct ghi_access_table *first = NULL;

	if (name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
		name = (gh_slice){ name.p + 1, name.n - 2 };
	for (size_t i = 0; i < TABLES && name.n; i++) {
		if (!gh_slice_ieq(name, gh_slice_of(table[i].name)))
			continue;
		if (u == NULL || ghi_table_gate_open(table[i].gate, u))
			return &table[i];
		if (first == NULL)
			first = &table[i];
	}
	return first;
}

bool ghi_table_has_verb(const struct ghi_access_table *t, char verb)
{
	return memchr(t->verbs, verb, strlen(t->verbs)) != NULL;
}

/* The next character of a name that counts; false: none is left. */
static bool field_character(gh_slice *s, uint8_t *c)
{
	while (s->n) {
		*c = gh_ascii_lower(s->p[0]);
		*s = gh_slice_from(*s, 1);
		if (*c != '_')
			return true;
	}
	return false;
}

static bool field_name_same(gh_slice a, gh_slice b)
{
	uint8_t x = 0, y = 0;

	for (;;) {
		bool more = field_character(&a, &x);

		if (more != field_character(&b, &y) || (more && x != y))
			return false;
		if (!more)
			return true;
	}
}

int ghi_table_field_find(const struct ghi_access_table *t, gh_slice name)
{
	for (size_t i = 0; i < t->fields; i++)
		if (field_name_same(name, gh_slice_of(t->field[i].name)))
			return (int)i;
	return -1;
}

int ghi_table_parameter_field(const struct ghi_access_table *t)
{
	for (size_t i = 0; i < t->fields; i++)
		if (t->field[i].type == GHI_FIELD_PARAMETER)
			return (int)i;
	return -1;
}

bool ghi_table_value_is_secret(const struct ghi_access_table *t, size_t i, gh_slice parameter)
{
	return t->field[i].flags & GHI_FIELD_SECRET ||
	       (ghi_table_parameter_field(t) >= 0 &&
		field_name_same(GH_LIT("Value"), gh_slice_of(t->field[i].name)) &&
		ghi_option_is_secret(parameter));
}

bool ghi_table_row_set(struct ghi_table_row *r, gh_slice name, gh_slice value,
		       struct ghi_table_fault *fault)
{
	int i = ghi_table_field_find(r->table, name);

	if (i < 0) {
		*fault = (struct ghi_table_fault){
			.rule = GHI_RULE_FIELD, .table = r->table, .name = name, .doors = -1
		};
		return false;
	}
	if (!r->has[i]) {
		r->has[i] = true;
		r->value[i] = value;
	}
	return true;
}

/* Where in a value a blank parts it from a known "name=". */
static size_t row_blank_find(const struct ghi_access_table *t, gh_slice value)
{
	gh_slice name, rest;

	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == ' ' &&
		    gh_slice_cut(gh_slice_from(value, i + 1), '=', &name, &rest) &&
		    ghi_table_field_find(t, gh_slice_trim(name)) >= 0)
			return i;
	return value.n;
}

size_t ghi_table_row_read(struct ghi_table_row *r, gh_slice line, bool blanks)
{
	/* One table's name was seen without the blank behind it (5). */
	bool glued = gh_slice_eq(gh_slice_of(r->table->name), GH_LIT("DeviceAuthorize"));
	struct ghi_row pairs =
		ghi_row_of(line, glued ? gh_slice_of(r->table->name) : (gh_slice){ 0 });
	struct ghi_table_fault fault;
	gh_slice name, value, rest;
	size_t unknown = 0;

	while (ghi_row_next(&pairs, &name, &value)) {
		while (blanks) {
			size_t at = row_blank_find(r->table, value);

			if (at == value.n)
				break;
			rest = gh_slice_from(value, at + 1);
			unknown +=
				!ghi_table_row_set(r, name, (gh_slice){ value.p, at }, &fault);
			gh_slice_cut(rest, '=', &name, &value);
			name = gh_slice_trim(name);
		}
		unknown += !ghi_table_row_set(r, name, value, &fault);
	}
	return unknown;
}

void ghi_table_row_normalise(struct ghi_table_row *r)
{
	static const char *const digit[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
	struct ghi_finger finger;
	uint64_t id, valid = 1;
	int64_t id_sent, valid_sent;

	if (!gh_slice_eq(gh_slice_of(r->table->name), GH_LIT("templatev10")))
		return;
	int i = ghi_table_field_find(r->table, GH_LIT("FingerID")),
	    k = ghi_table_field_find(r->table, GH_LIT("Valid"));

	if (i < 0 || k < 0 || !r->has[i] || ghi_number_parse(r->value[i], 31, &id) ||
	    (r->has[k] && ghi_number_parse(r->value[k], 9, &valid)) ||
	    ghi_finger_read((int64_t)id, (int64_t)valid, &finger))
		return;
	ghi_finger_in_command(finger, &id_sent, &valid_sent);
	r->value[i] = gh_slice_of(digit[id_sent]);
	r->value[k] = gh_slice_of(digit[valid_sent]);
	r->has[k] = true;
}

void ghi_table_row_fill(struct ghi_table_row *r, const struct ghi_table_row *from)
{
	for (size_t i = 0; i < r->table->fields; i++) {
		if (r->has[i])
			continue;
		if (from && from->has[i] && !(r->table->field[i].flags & GHI_FIELD_UPLOAD)) {
			r->value[i] = from->value[i];
			r->has[i] = true;
		} else if (r->table->field[i].otherwise) {
			r->value[i] = gh_slice_of(r->table->field[i].otherwise);
			r->has[i] = true;
		}
	}
}

static bool row_writes(const struct ghi_table_row *r, size_t i, const struct ghi_table_unit *u)
{
	const struct ghi_table_field *f = &r->table->field[i];

	return r->has[i] && (u == NULL || (!(f->flags & GHI_FIELD_UPLOAD) &&
					   ghi_table_gate_open(f->gate, u) &&
					   !ghi_table_refused(r->table, f, u)));
}

void ghi_table_row_write(struct ghi_writer *w, const struct ghi_table_row *r,
			 const struct ghi_table_unit *u)
{
	bool first = true;

	for (size_t i = 0; i < r->table->fields; i++)
		if (row_writes(r, i, u))
			ghi_row_put(w, &first, gh_slice_of(r->table->field[i].name),
				    r->value[i]);
}

size_t ghi_table_row_length(const struct ghi_table_row *r, const struct ghi_table_unit *u)
{
	size_t n = 0;

	for (size_t i = 0; i < r->table->fields; i++)
		if (row_writes(r, i, u))
			n += (n != 0) + strlen(r->table->field[i].name) + 1 + r->value[i].n;
	return n;
}

void ghi_table_key_write(struct ghi_writer *w, const struct ghi_table_row *r)
{
	bool first = true;

	for (size_t i = 0; i < r->table->fields; i++) {
		const struct ghi_table_field *f = &r->table->field[i];

		if (!(f->flags & GHI_FIELD_KEY))
			continue;
		if (!first)
			ghi_put_u8(w, '\t');
		first = false;
		for (size_t k = 0; r->has[i] && k < r->value[i].n; k++) {
			uint8_t c = r->value[i].p[k];

			if (f->type == GHI_FIELD_HEX && c >= 'a' && c <= 'f')
				c = (uint8_t)(c - 'a' + 'A');
			ghi_put_u8(w, c);
		}
	}
}
