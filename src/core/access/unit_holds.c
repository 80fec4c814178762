#include "core/access/unit_holds.h"

#include "base/number.h"
#include "model/validity.h"
#include "wire/access/pack.h"
#include "wire/access/row.h"

#define RIGHTS_MOST 256 /* rows of userauthorize of one user that are looked at */

struct unit_held {
	const struct unit_wish *wish;
	bool user;	       /* held, not disabled, and valid */
	bool any_right, right; /* rows of rights; one that names the door */
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
	gh_slice pin = h->wish->pin;
	uint64_t doors = 0, door = (uint64_t)h->wish->door;

	if (!gh_slice_starts(row->key, pin) || row->key.n == pin.n || row->key.p[pin.n] != '\t')
		return gh_slice_starts(row->key, pin);
	h->any_right = true;
	if (number_is(&r, "AuthorizeDoorId", &doors))
		h->right |= h->wish->single_doors ? doors == door
						  : door <= 32 && (doors >> (door - 1) & 1);
	return !h->right;
}

enum gh_err unit_holds(const struct store_ops *ops, struct store_reader *reader,
		       const struct unit_wish *w, bool *holds)
{
	struct unit_held h = { .wish = w };
	enum gh_err err = GH_ENOTFOUND;

	if (w->pin.n)
		err = ops->unit_row_get(reader, w->device, (gh_slice){ 0 }, GH_LIT("user"),
					w->pin, user_see, &h);
	if (err == GH_OK && h.user)
		err = ops->unit_rows_read(reader, w->device, (gh_slice){ 0 },
					  GH_LIT("userauthorize"), w->pin, RIGHTS_MOST,
					  right_see, &h);
	if (err == GH_ENOTFOUND)
		err = GH_OK;
	*holds = err == GH_OK && h.user && (h.right || !h.any_right);
	return err;
}
