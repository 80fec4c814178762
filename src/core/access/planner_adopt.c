/* Rows of a unit that become ours. */
#include "core/access/planner_private.h"
#include "core/access/unit_card.h"

/* A row that was read as it is to be. */
struct adoption {
	const struct held_row *held;
	int64_t as_of_ms;
	bool same; /* it is still that one */
};

static bool adoption_see(void *ctx, const struct unit_row *now)
{
	struct adoption *a = ctx;

	a->same = now->as_of_ms == a->as_of_ms && gh_slice_eq(now->row, a->held->row.text);
	return false;
}

enum gh_err planner_adopt(struct planner *p, const struct store_ops *ops, struct store *s)
{
	const struct unit_steps *of = &p->made.steps;
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < of->adopts && i < PLAN_ADOPTS && err == GH_OK; i++) {
		const struct held_row *h = of->adopted[i];
		struct adoption a = { h, p->made.held_as_of[h - p->made.held], false };
		struct unit_row row = {
			.table = gh_slice_of(unit_table_name(h->row.table)),
			.key = h->row.key,
			.row = h->row.text,
			.origin = h->uploaded ? UNIT_ROW_OURS_UPLOADED : UNIT_ROW_OURS_READ,
			.as_of_ms = a.as_of_ms,
		};

		err = ops->unit_row_find(s, device_id(p->device), (gh_slice){ 0 }, row.table,
					 row.key, adoption_see, &a);
		if (err == GH_OK && a.same)
			err = unit_row_card_read(ops, s, device_id(p->device), row.table,
						 row.row, &row.card);
		if (err == GH_OK && a.same)
			err = ops->unit_row_put(s, device_id(p->device), &row);
		err = err == GH_ENOTFOUND ? GH_OK : err;
	}
	return err;
}
