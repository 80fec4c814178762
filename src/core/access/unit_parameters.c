#include "core/access/unit_parameters.h"

#include "wire/access/parameters.h"

#define OPTIONS_MOST 65536 /* bytes of reported options that decide about tables */

static bool option_join(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct ghi_writer *w = ctx, before = *w;
	bool first = w->n == 0;

	(void)device;
	ghi_parameters_put(w, &first, key, value);
	/* What would not read back, or does not fit, decides nothing. */
	if (w->err)
		*w = before;
	return true;
}

enum gh_err unit_parameters_read(const struct store_ops *ops, struct store_reader *r,
				 int64_t device, gh_slice registered, struct arena *a,
				 gh_slice *out)
{
	size_t room = registered.n + OPTIONS_MOST;
	uint8_t *text = ghi_arena_alloc(a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	enum gh_err err;

	if (text == NULL)
		return GH_ENOMEM;
	ghi_put(&w, registered);
	err = ops->options_read(r, device, option_join, &w);
	*out = ghi_written(&w);
	return err;
}

#define REFUSED_MOST 8192 /* bytes of names that a unit does not know */

static void refused_put(struct ghi_writer *w, gh_slice table, gh_slice field)
{
	struct ghi_writer before = *w;

	if (w->n == 0)
		ghi_put_u8(w, ',');
	ghi_put(w, table);
	if (field.n)
		ghi_put_u8(w, '.');
	ghi_put(w, field);
	ghi_put_u8(w, ',');
	if (w->err)
		*w = before;
}

static bool refused_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct ghi_writer *w = ctx;
	gh_slice rest = state->fields, field;
	bool more = rest.n != 0;

	(void)device;
	if (state->refused)
		refused_put(w, state->table, (gh_slice){ 0 });
	while (more) {
		more = gh_slice_cut(rest, ',', &field, &rest);
		if (field.n)
			refused_put(w, state->table, field);
	}
	return true;
}

enum gh_err unit_tables_of(const struct store_ops *ops, struct store_reader *r, int64_t device,
			   gh_slice registered, struct arena *a, struct ghi_table_unit *out)
{
	gh_slice parameters = { 0 };
	enum gh_err err = unit_parameters_read(ops, r, device, registered, a, &parameters);
	uint8_t *text = ghi_arena_alloc(a, REFUSED_MOST);
	struct ghi_writer w = ghi_writer_on(text, text ? REFUSED_MOST : 0);

	if (err == GH_OK && text == NULL)
		err = GH_ENOMEM;
	if (err)
		return err;
	err = ops->unit_states_read(r, device, refused_note, &w);
	*out = ghi_table_unit_of(parameters);
	out->refused = ghi_written(&w);
	return err;
}
