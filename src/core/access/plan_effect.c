#include "core/access/plan_effect.h"

#include "base/number.h"
#include "core/access/rights/steps.h"
#include "wire/access/data_command.h"

#define SLOTS_MOST 256 /* of a kind on one unit */

struct slots_seen {
	struct device_slot slot[SLOTS_MOST];
	size_t n;
	int64_t freed;
};

static bool slot_keep(void *ctx, const struct device_slot *slot)
{
	struct slots_seen *seen = ctx;

	if (slot->freed > seen->freed)
		seen->freed = slot->freed;
	if (seen->n < SLOTS_MOST)
		seen->slot[seen->n++] = *slot;
	return true;
}

static bool slot_named(gh_slice line, gh_slice key, int64_t slot)
{
	gh_slice value;
	uint64_t n;

	return unit_row_value(line, key, &value) &&
	       ghi_number_parse(value, INT64_MAX, &n) == GH_OK && (int64_t)n == slot;
}

static bool slot_in_lines(gh_slice lines, gh_slice key, int64_t slot)
{
	gh_slice line;
	bool more = lines.n != 0;

	while (more) {
		more = gh_slice_cut(lines, '\n', &line, &lines);
		if (slot_named(line, key, slot))
			return true;
	}
	return false;
}

static enum gh_err slots_effect(const struct store_ops *ops, struct store *s,
				const struct plan_step *p)
{
	const struct ghi_access_table *t = ghi_access_table_find(p->table, NULL);
	struct slots_seen seen = { 0 };
	struct ghi_data_command c;
	gh_slice key = { 0 };
	enum gh_err err;

	for (size_t i = 0; t && i < t->fields && key.n == 0; i++)
		if (t->field[i].flags & GHI_FIELD_KEY)
			key = gh_slice_of(t->field[i].name);
	if (ghi_data_command_parse(p->words, &c))
		return GH_OK;
	err = ops->slots_scan(s, p->device, p->table, slot_keep, &seen);
	for (size_t i = 0; i < seen.n && err == GH_OK; i++) {
		struct device_slot *slot = &seen.slot[i];
		bool named = slot_in_lines(c.records, key, slot->slot) ||
			     (p->verb == STEP_DELETE && c.records.n == 0);

		slot->kind = p->table;
		if (!named)
			continue;
		if (p->verb == STEP_UPDATE && slot->state == DEVICE_SLOT_GIVEN) {
			slot->state = DEVICE_SLOT_HELD;
		} else if (p->verb == STEP_DELETE && slot->state == DEVICE_SLOT_LEAVING) {
			slot->state = DEVICE_SLOT_FREE;
			slot->freed = ++seen.freed;
		} else {
			continue;
		}
		err = ops->slot_put(s, p->device, slot);
	}
	return err;
}

enum gh_err plan_effect(const struct store_ops *ops, struct store *s, const struct plan_step *p)
{
	if (p->verb == STEP_OPTION)
		return GH_OK; /* with the answer: unit_answer.h */
	for (size_t kind = 0; kind < UNIT_SLOT_KINDS; kind++)
		if (gh_slice_eq(p->table, gh_slice_of(unit_slot_kind_name(kind))))
			return slots_effect(ops, s, p);
	return GH_OK;
}
