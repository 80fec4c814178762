#include "core/access/unit_holds.h"

#include "base/number.h"
#include "core/access/unit_card.h"
#include "model/validity.h"
#include "wire/access/pack.h"
#include "wire/access/row.h"

#define RIGHTS_MOST 256 /* rows of userauthorize of one user that are looked at */
#define CARDS_MOST 16	/* rows with one card; more are the card of no person */

struct unit_held {
	const struct unit_wish *wish;
	struct unit_holding *out;
	gh_slice pin;
	size_t cards;	       /* rows with the card */
	bool refused;	       /* the card is lost, or another user's */
	bool user;	       /* held, not disabled, and valid */
	bool any_right, right; /* rows of rights at all; one of theirs that names the door */
};

static bool number_is(const struct ghi_row *r, const char *key, uint64_t *v)
{
	gh_slice text;

	return ghi_row_get(r, key, &text) &&
	       ghi_number_parse(gh_slice_trim(text), UINT32_MAX, v) == GH_OK;
}

/* 0: not limited; below 0: it cannot be read. */
static ghi_civil validity_end(const struct ghi_row *r, const char *key, bool packed,
			      bool is_end)
{
	gh_slice text;
	ghi_civil t = 0;

	if (!ghi_row_get(r, key, &text) || gh_slice_trim(text).n == 0)
		return 0;
	if (ghi_validity_read(gh_slice_trim(text), packed, is_end, &t))
		return -1;
	return t == GHI_CIVIL_NONE ? 0 : t;
}

static bool user_see(void *ctx, const struct unit_row *row)
{
	struct unit_held *h = ctx;
	struct ghi_row r = ghi_row_of(row->row, (gh_slice){ 0 });
	bool packed = h->wish->packed_validity;
	ghi_civil from = validity_end(&r, "StartTime", packed, false),
		  to = validity_end(&r, "EndTime", packed, true);
	uint64_t disabled = 0;

	(void)number_is(&r, "Disable", &disabled);
	h->user = !disabled && from >= 0 && to >= 0 && (from == 0 || h->wish->at >= from) &&
		  (to == 0 || h->wish->at <= to);
	return false;
}

/* Keys of the rows of one user stand side by side. */
static bool right_see(void *ctx, const struct unit_row *row)
{
	struct unit_held *h = ctx;
	struct ghi_row r = ghi_row_of(row->row, (gh_slice){ 0 });
	gh_slice pin = h->pin;
	uint64_t doors = 0, door = (uint64_t)h->wish->door;

	if (!gh_slice_starts(row->key, pin) || row->key.n == pin.n || row->key.p[pin.n] != '\t')
		return gh_slice_starts(row->key, pin);
	if (number_is(&r, "AuthorizeDoorId", &doors))
		h->right |= h->wish->single_doors ? doors == door
						  : door <= 32 && (doors >> (door - 1) & 1);
	return !h->right;
}

static bool any_right_see(void *ctx, const struct unit_row *row)
{
	struct unit_held *h = ctx;

	(void)row;
	h->any_right = true;
	return false;
}

static bool holder_see(void *ctx, const struct unit_row *row)
{
	struct unit_held *h = ctx;
	gh_slice pin = unit_row_pin(row);

	if (unit_row_card(row->table, row->row, h->wish->cards_turned) != h->wish->card)
		return true;
	h->cards++;
	if (h->pin.n == 0 && pin.n && pin.n <= sizeof(h->out->pin)) {
		memcpy(h->out->pin, pin.p, pin.n);
		h->pin = (gh_slice){ h->out->pin, pin.n };
	}
	h->refused = h->refused || unit_row_card_lost(row) || !gh_slice_eq(pin, h->pin) ||
		     h->cards == CARDS_MOST;
	return !h->refused;
}

void unit_wish_read(struct unit_wish *w, const struct device *d, const struct ghi_unit *u)
{
	w->cards_turned = device_cards_turned(d);
	w->packed_validity = u->packed_validity;
	w->single_doors = ghi_unit_numbers_doors(u);
}

enum gh_err unit_holds(const struct store_ops *ops, struct store_reader *reader,
		       const struct unit_wish *w, struct unit_holding *out)
{
	struct unit_held h = { .wish = w, .out = out, .pin = w->pin };
	enum gh_err err = GH_OK;

	*out = (struct unit_holding){ 0 };
	if (w->card > 0)
		err = ops->unit_rows_of_card(reader, w->device, (gh_slice){ 0 }, w->card,
					     CARDS_MOST, holder_see, &h);
	if (err == GH_OK && h.pin.n && !h.refused)
		err = ops->unit_row_get(reader, w->device, (gh_slice){ 0 }, GH_LIT("user"),
					h.pin, user_see, &h);
	if (err == GH_OK && h.user)
		err = ops->unit_rows_read(reader, w->device, (gh_slice){ 0 },
					  GH_LIT("userauthorize"), h.pin, RIGHTS_MOST,
					  right_see, &h);
	/* Rights are never uploaded: of a unit that was sent none, none are known. */
	if (err == GH_OK && h.user && !h.right)
		err = ops->unit_rows_read(reader, w->device, (gh_slice){ 0 },
					  GH_LIT("userauthorize"), (gh_slice){ 0 }, 1,
					  any_right_see, &h);
	if (err == GH_ENOTFOUND)
		err = GH_OK;
	out->holds = err == GH_OK && h.user && (h.right || !h.any_right);
	out->pin_n = w->pin.n ? 0 : h.pin.n;
	return err;
}
