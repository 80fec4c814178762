#include "core/access/unit_card.h"

#include "wire/access/row.h"
#include "wire/push/card.h"

int64_t unit_row_card(gh_slice table, gh_slice row)
{
	struct ghi_row r = ghi_row_of(row, (gh_slice){ 0 });
	bool several = gh_slice_eq(table, GH_LIT("mulcarduser"));
	uint64_t number = 0;
	gh_slice text;

	if (!several && !gh_slice_eq(table, GH_LIT("user")))
		return 0;
	if (!ghi_row_get(&r, "CardNo", &text))
		return 0;
	text = gh_slice_trim(text);
	if (text.n == 0 ||
	    (several ? ghi_card_hex(text, false, &number) : ghi_card_number(text, &number)))
		return 0;
	return number <= INT64_MAX ? (int64_t)number : 0;
}

gh_slice unit_row_pin(const struct unit_row *row)
{
	gh_slice pin, rest;

	gh_slice_cut(row->key, '\t', &pin, &rest);
	return pin;
}

bool unit_row_card_lost(const struct unit_row *row)
{
	struct ghi_row r = ghi_row_of(row->row, (gh_slice){ 0 });
	gh_slice lost;

	return ghi_row_get(&r, "LossCardFlag", &lost) &&
	       !gh_slice_eq(gh_slice_trim(lost), GH_LIT("0"));
}
