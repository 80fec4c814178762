/* Whether the values of a row are what its table takes. */
#include "base/base64.h"
#include "base/hex.h"
#include "base/number.h"
#include "model/access_words.h"
#include "model/verify_factors.h"
#include "wire/access/pack.h"
#include "wire/access/table.h"
#include "wire/push/card.h"

/* The only text of a number: no sign, no leading zero. */
static bool value_number(gh_slice s, uint64_t max, uint64_t *v)
{
	return ghi_number_parse(s, max, v) == GH_OK && (s.n == 1 || s.p[0] != '0');
}

/* Whether v is in "0,1,2@65". */
static bool value_is_choice(const char *choices, uint64_t v, const struct ghi_table_unit *u)
{
	gh_slice rest = gh_slice_of(choices), part, number, gate;
	bool more = true;

	while (more) {
		char text[16];
		uint64_t choice;
		bool gated;

		more = gh_slice_cut(rest, ',', &part, &rest);
		gated = gh_slice_cut(part, '@', &number, &gate);
		if (ghi_number_parse(number, INT64_MAX, &choice) || choice != v)
			continue;
		if (!gated || gate.n >= sizeof(text))
			return !gated;
		memcpy(text, gate.p, gate.n);
		text[gate.n] = '\0';
		return ghi_table_gate_open(text, u);
	}
	return false;
}

/* The longest text of a field: its own, or "64@5". */
static int64_t value_text_max(const struct ghi_table_field *f, const struct ghi_table_unit *u)
{
	gh_slice number, gate;
	uint64_t more, position;

	if (!gh_slice_cut(gh_slice_of(f->choices), '@', &number, &gate) ||
	    ghi_number_parse(number, INT32_MAX, &more) ||
	    ghi_number_parse(gate, INT32_MAX, &position) ||
	    !ghi_flags_has(u->unit.functions, (size_t)position))
		return f->max;
	return (int64_t)more;
}

static bool value_is_hex(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ghi_hex_value(s.p[i]) < 0)
			return false;
	return true;
}

static bool value_is_digits(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool value_is_date(gh_slice s)
{
	uint64_t v;

	return s.n == 8 && ghi_number_parse(s, 99991231, &v) == GH_OK &&
	       ghi_civil_valid((ghi_civil)v * 1000000);
}

static bool value_is_int(const struct ghi_table_field *f, gh_slice s,
			 const struct ghi_table_unit *u)
{
	uint64_t v;

	if (!value_number(s, INT64_MAX, &v))
		return false;
	if (f->choices[0])
		return value_is_choice(f->choices, v, u);
	return (int64_t)v >= f->min && (int64_t)v <= f->max;
}

static bool value_is_door(gh_slice s, const struct ghi_table_unit *u)
{
	uint64_t v;
	int64_t doors = u->unit.doors > 0 ? u->unit.doors : GHI_DOORS_MAX;

	return value_number(s, (uint64_t)doors, &v) && v != 0;
}

static bool value_is_doors(gh_slice s, const struct ghi_table_unit *u)
{
	int64_t doors = u->unit.doors;
	uint32_t mask;
	uint64_t v;

	if (!value_number(s, UINT32_MAX, &v) ||
	    ghi_doors_read(s, ghi_unit_numbers_doors(&u->unit), &mask))
		return false;
	return doors <= 0 || doors >= GHI_DOORS_MAX || mask >> doors == 0;
}

static bool value_is_mode(gh_slice s, const struct ghi_table_unit *u)
{
	int64_t value;
	enum verify_form form = verify_read(s, &value);

	if (form == VERIFY_MODE_NUMBER)
		return true;
	return s.n == VERIFY_WORD_DIGITS && u->unit.verify_factors.n &&
	       (form == VERIFY_FACTORS || form == VERIFY_ABSENT);
}

static bool value_is_period(gh_slice s)
{
	struct ghi_period p;
	uint64_t v;

	return value_number(s, UINT32_MAX, &v) && ghi_period_unpack((uint32_t)v, &p) == GH_OK;
}

static bool value_is_wiegand(gh_slice s)
{
	struct ghi_wiegand f;

	return ghi_wiegand_read(s, 0, &f) == GH_OK;
}

static bool value_fits(const struct ghi_table_field *f, gh_slice s,
		       const struct ghi_table_unit *u)
{
	ghi_civil t;
	uint64_t v;

	switch (f->type) {
	case GHI_FIELD_TEXT:
		return true;
	case GHI_FIELD_DIGITS:
		return value_is_digits(s);
	case GHI_FIELD_INT:
	case GHI_FIELD_SLOT:
		return value_is_int(f, s, u);
	case GHI_FIELD_DOOR:
		return value_is_door(s, u);
	case GHI_FIELD_DOORS:
		return value_is_doors(s, u);
	case GHI_FIELD_PERIOD:
		return value_is_period(s);
	case GHI_FIELD_SECOND:
		return value_number(s, UINT32_MAX, &v);
	case GHI_FIELD_VALIDITY:
		return value_number(s, UINT32_MAX, &v) &&
		       ghi_validity_read(s, u->unit.packed_validity, false, &t) == GH_OK;
	case GHI_FIELD_MODE:
		return value_is_mode(s, u);
	case GHI_FIELD_BASE64:
		return ghi_base64_is_padded_text(s) && ghi_base64_count(s) == s.n;
	case GHI_FIELD_HEX:
		return value_is_hex(s);
	case GHI_FIELD_CARD:
		return s.n == 0 ||
		       (gh_slice_trim(s).n == s.n && ghi_card_number(s, &v) == GH_OK);
	case GHI_FIELD_DATE:
		return value_is_date(s);
	case GHI_FIELD_DATES:
		return s.n == 16 && value_is_date((gh_slice){ s.p, 8 }) &&
		       value_is_date((gh_slice){ s.p + 8, 8 });
	case GHI_FIELD_WIEGAND:
		return value_is_wiegand(s);
	case GHI_FIELD_PARAMETER:
		return access_parameter_find((enum access_parameter_kind)f->min, s) != NULL;
	}
	return false;
}

static bool field_has_length(const struct ghi_table_field *f)
{
	return f->type == GHI_FIELD_TEXT || f->type == GHI_FIELD_DIGITS ||
	       f->type == GHI_FIELD_BASE64 || f->type == GHI_FIELD_HEX;
}

static enum ghi_table_rule value_rule(const struct ghi_table_field *f, gh_slice s,
				      const struct ghi_table_unit *u)
{
	if (!ghi_row_value_fits(s))
		return GHI_RULE_CONTROL;
	if (field_has_length(f) &&
	    ((int64_t)s.n < f->min || (int64_t)s.n > value_text_max(f, u)))
		return GHI_RULE_LENGTH;
	return value_fits(f, s, u) ? GHI_RULE_KEPT : GHI_RULE_VALUE;
}

static bool table_fail(struct ghi_table_fault *fault, const struct ghi_table_row *r,
		       const struct ghi_table_unit *u, enum ghi_table_rule rule,
		       const struct ghi_table_field *f)
{
	*fault = (struct ghi_table_fault){
		.rule = rule,
		.table = r->table,
		.field = f,
		.doors = u ? u->unit.doors : -1,
		.longer = u && f && f->choices[0] && value_text_max(f, u) != f->max,
	};
	return false;
}

bool ghi_table_values_check(const struct ghi_table_row *r, const struct ghi_table_unit *u,
			    struct ghi_table_fault *fault)
{
	for (size_t i = 0; i < r->table->fields; i++) {
		const struct ghi_table_field *f = &r->table->field[i];
		enum ghi_table_rule rule;

		if (!r->has[i] || (f->flags & GHI_FIELD_EMPTY && r->value[i].n == 0))
			continue;
		rule = f->flags & GHI_FIELD_UPLOAD ? GHI_RULE_READ_ONLY
						   : value_rule(f, r->value[i], u);
		if (rule != GHI_RULE_KEPT)
			return table_fail(fault, r, u, rule, f);
	}
	return true;
}

/* Whether the unit takes templates or photos of the row's biometric type; it does where it registered no
 * list of types. */
static bool row_bio_type_fits(const struct ghi_table_row *r, const struct ghi_table_unit *u)
{
	bool templates = gh_slice_eq(gh_slice_of(r->table->name), GH_LIT("biodata"));
	gh_slice list = templates ? u->unit.template_types : u->unit.photo_types;
	uint64_t type;

	if (!templates && !gh_slice_eq(gh_slice_of(r->table->name), GH_LIT("biophoto")))
		return true;
	int i = ghi_table_field_find(r->table, GH_LIT("Type"));

	return i < 0 || !r->has[i] || list.n == 0 ||
	       ghi_number_parse(r->value[i], 64, &type) != GH_OK ||
	       gh_slice_eq(ghi_list_part(list, (size_t)type), GH_LIT("1"));
}

bool ghi_table_row_check(const struct ghi_table_row *r, const struct ghi_table_unit *u,
			 struct ghi_table_fault *fault)
{
	const struct ghi_access_table *t = r->table;

	if (!ghi_table_gate_open(t->gate, u))
		return table_fail(fault, r, u, GHI_RULE_GATE, NULL);
	if (ghi_table_refused(t, NULL, u))
		return table_fail(fault, r, u, GHI_RULE_REFUSED, NULL);
	if (!ghi_table_values_check(r, u, fault))
		return false;
	for (size_t i = 0; i < t->fields; i++)
		if ((t->field[i].flags & GHI_FIELD_KEY) && !r->has[i] && !t->field[i].otherwise)
			return table_fail(fault, r, u, GHI_RULE_KEY_MISSING, &t->field[i]);
	if (!row_bio_type_fits(r, u))
		return table_fail(fault, r, u, GHI_RULE_BIO_TYPE,
				  &t->field[ghi_table_field_find(t, GH_LIT("Type"))]);
	return true;
}

static size_t row_given(const struct ghi_table_row *r)
{
	size_t given = 0;

	for (size_t i = 0; i < r->table->fields; i++)
		given += r->has[i];
	return given;
}

/* Whether the row has exactly the fields of one set. */
static bool row_has_set(const struct ghi_table_row *r, gh_slice set)
{
	size_t wanted = 0;
	gh_slice name;
	bool more = set.n != 0;

	while (more) {
		more = gh_slice_cut(set, ',', &name, &set);
		int i = ghi_table_field_find(r->table, name);

		if (i < 0 || !r->has[i])
			return false;
		wanted++;
	}
	return wanted == row_given(r) && wanted != 0;
}

bool ghi_table_conditions_check(const struct ghi_table_row *r, bool all, bool *unverified,
				struct ghi_table_fault *fault)
{
	gh_slice rest = gh_slice_of(r->table->deletes), set;
	bool more = rest.n != 0;

	while (more) {
		more = gh_slice_cut(rest, ';', &set, &rest);
		*unverified = gh_slice_starts(set, GH_LIT("v"));
		if (*unverified)
			set = gh_slice_from(set, 1);
		if (gh_slice_eq(set, GH_LIT("*")) ? all && row_given(r) == 0
						  : !all && row_has_set(r, set))
			return true;
	}
	return table_fail(fault, r, NULL, GHI_RULE_CONDITIONS, NULL);
}

int ghi_table_rule_return(enum ghi_table_rule rule)
{
	switch (rule) {
	case GHI_RULE_KEPT:
		return 0;
	case GHI_RULE_GATE:
	case GHI_RULE_REFUSED:
	case GHI_RULE_VERB:
		return -708;
	case GHI_RULE_FIELD:
	case GHI_RULE_READ_ONLY:
		return -621;
	case GHI_RULE_KEY_MISSING:
		return -11;
	case GHI_RULE_CONDITIONS:
		return -101;
	default:
		return -620;
	}
}
