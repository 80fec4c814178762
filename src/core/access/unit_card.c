#include "core/access/unit_card.h"

#include "wire/access/event.h"
#include "wire/access/row.h"
#include "wire/push/card.h"

static bool table_has_hexadecimal_cards(gh_slice table)
{
	return gh_slice_eq(table, GH_LIT("mulcarduser"));
}

int64_t unit_row_card(gh_slice table, gh_slice row, bool turned)
{
	struct ghi_row r = ghi_row_of(row, (gh_slice){ 0 });
	bool several = table_has_hexadecimal_cards(table);
	uint64_t number = 0;
	gh_slice text;

	if (!several && !gh_slice_eq(table, GH_LIT("user")))
		return 0;
	if (!ghi_row_get(&r, "CardNo", &text))
		return 0;
	text = gh_slice_trim(text);
	if (text.n == 0 ||
	    (several ? ghi_card_hex(text, turned, &number) : ghi_card_number(text, &number)))
		return 0;
	return number <= INT64_MAX ? (int64_t)number : 0;
}

enum gh_err unit_row_card_read(const struct store_ops *ops, struct store *s, int64_t device,
			       gh_slice table, gh_slice row, int64_t *card)
{
	bool turned = false;
	enum gh_err err = GH_OK;

	if (table_has_hexadecimal_cards(table))
		err = ops->unit_cards_turned(s, device, &turned);
	*card = unit_row_card(table, row, turned);
	return err;
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

void unit_event_card_read(const struct device *unit, struct access_event *e)
{
	if (e->card.n)
		e->card_number = ghi_event_card_number(e->card, device_cards_turned(unit));
}
