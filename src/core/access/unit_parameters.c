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
