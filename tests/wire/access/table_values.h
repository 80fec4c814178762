/* Values that fields of a unit's tables take, for tests that go through all tables. */
#ifndef GH_TESTS_WIRE_ACCESS_TABLE_VALUES_H
#define GH_TESTS_WIRE_ACCESS_TABLE_VALUES_H

#include "wire/access/table.h"

/* `other`: one that differs from the first. */
static inline gh_slice table_value_of_type(enum ghi_field_type type, bool other)
{
	static const char *const by_type[][2] = {
		[GHI_FIELD_TEXT] = { "a b=c", "d e=f" },
		[GHI_FIELD_DIGITS] = { "03020517", "11010200" },
		[GHI_FIELD_SLOT] = { "2", "3" },
		[GHI_FIELD_DOOR] = { "4", "2" },
		[GHI_FIELD_DOORS] = { "3", "4" },
		[GHI_FIELD_PERIOD] = { "54396080", "2359" },
		[GHI_FIELD_SECOND] = { "857088000", "867801599" },
		[GHI_FIELD_VALIDITY] = { "857088000", "867801599" },
		[GHI_FIELD_MODE] = { "0000101000000001", "0000101000000011" },
		[GHI_FIELD_BASE64] = { "Si9TUzIxAAA=", "Si9TUzIyAAA=" },
		[GHI_FIELD_HEX] = { "75BCD15", "A1B2C3" },
		[GHI_FIELD_CARD] = { "[15CD5B07]", "4711" },
		[GHI_FIELD_DATE] = { "20261225", "20260101" },
		[GHI_FIELD_DATES] = { "2013091220230912", "2014091220240912" },
		[GHI_FIELD_WIEGAND] = { "pcp:eoo", "pcc:eeo" },
	};

	return gh_slice_of(by_type[type][other]);
}

static inline gh_slice table_value_of(const struct ghi_table_field *f, bool other)
{
	static const char *const parameters[][2] = {
		[0] = { "AntiPassback", "InterLock" },
		[1] = { "DoorDrivertime", "DoorDetectortime" },
		[2] = { "IdentityCardVerifyMode", "readerChannelSecureType" },
	};
	gh_slice head, rest;

	switch (f->type) {
	case GHI_FIELD_PARAMETER:
		return gh_slice_of(parameters[f->min == 1 || f->min == 2 ? f->min : 0][other]);
	case GHI_FIELD_INT:
		if (f->choices[0]) {
			gh_slice_cut(gh_slice_of(f->choices), ',', &head, &rest);
			if (other)
				gh_slice_cut(rest, ',', &head, &rest);
			return head;
		}
		if (f->min <= 1)
			return !other ? GH_LIT("1") : f->max < 9 ? GH_LIT("2") : GH_LIT("9");
		return other ? GH_LIT("2001") : GH_LIT("2000");
	default:
		return table_value_of_type(f->type, other);
	}
}

/* Give every field that a server writes a value. */
static inline void table_row_fill_all(struct ghi_table_row *r, bool other)
{
	for (size_t i = 0; i < r->table->fields; i++) {
		if (r->table->field[i].flags & GHI_FIELD_UPLOAD)
			continue;
		r->has[i] = true;
		r->value[i] = table_value_of(&r->table->field[i], other);
	}
}

#endif
