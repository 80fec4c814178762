#include "core/access/plan_part.h"

#include "base/writer.h"
#include "wire/access/pack.h"

#define UPDATE_HEAD "DATA UPDATE "

/* --- how many --- */

static bool most_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	(void)device;
	*(int64_t *)ctx = state->rows_most;
	return false;
}

enum gh_err plan_rows_most(const struct store_ops *ops, struct store *s, int64_t device,
			   gh_slice table, int64_t *rows)
{
	enum gh_err err;

	*rows = 0;
	err = ops->unit_state_find(s, device, table, most_note, rows);
	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* --- parts --- */

/* The first n lines, and *rest without them. */
static gh_slice lines_cut(gh_slice *rest, int64_t n)
{
	gh_slice all = *rest, line;

	while (n-- && rest->p)
		gh_slice_cut(*rest, '\n', &line, rest);
	if (rest->p == NULL)
		return all;
	return (gh_slice){ all.p, (size_t)(rest->p - all.p) - 1 };
}

/* Parts have the odd multiples of this behind the number of their step, so that each has as much room for parts of
 * its own, and no other stands there. 0: there is no room. */
static int64_t part_distance(const struct plan_step *p, int64_t parts)
{
	int64_t room = p->step & -p->step, places = 1;

	room = room > PLAN_STEP_ROOM ? PLAN_STEP_ROOM : room;
	while (places < 2 * parts)
		places *= 2;
	return room / places;
}

enum gh_err plan_step_part(const struct store_ops *ops, struct store *s,
			   const struct plan_step *p, int64_t rows, struct arena *a,
			   int64_t *parts)
{
	size_t head = sizeof(UPDATE_HEAD) - 1 + p->table.n + 1;
	int64_t n = rows > 0 ? (p->rows + rows - 1) / rows : 0, apart = part_distance(p, n);
	gh_slice records, before = p->before;
	enum gh_err err = GH_OK;

	*parts = 0;
	if (p->verb != STEP_UPDATE || n < 2 || apart == 0 || p->words.n < head)
		return GH_OK;
	records = gh_slice_from(p->words, head);
	for (int64_t i = 0; i < n && err == GH_OK; i++) {
		bool last = i + 1 == n;
		gh_slice text = last ? records : lines_cut(&records, rows);
		uint8_t *words = ghi_arena_alloc(a, head + text.n);
		struct ghi_writer w = ghi_writer_on(words, words ? head + text.n : 0);
		struct plan_step part = {
			.plan = p->plan,
			.device = p->device,
			.step = p->step + (2 * i + 1) * apart,
			.verb = p->verb,
			.table = p->table,
			.state = PLAN_STEP_WAITING,
			.takes = p->takes,
			.rows = last ? p->rows - i * rows : rows,
			.before = last ? before : lines_cut(&before, rows),
		};

		ghi_put(&w, (gh_slice){ p->words.p, head });
		ghi_put(&w, text);
		part.words = ghi_written(&w);
		err = words ? ops->plan_steps_add(s, &part, 1) : GH_ENOMEM;
	}
	*parts = n;
	return err;
}
