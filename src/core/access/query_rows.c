#include "core/access/query_rows.h"

#include <stdlib.h>

#include "base/base64.h"
#include "core/packed.h"
#include "wire/access/querydata.h"
#include "wire/push/lines.h"

struct rows_reading {
	const struct budget_share *share;
	query_row_fn *fn;
	void *ctx;
	int64_t packet, after; /* of the packet: lines up to that were read before */
	bool any, more;
	enum gh_err err;
};

/* The lines of a packet, or of a window of it behind `before` lines. */
static void rows_of_text(struct rows_reading *g, gh_slice text, int64_t *before)
{
	struct ghi_lines l = ghi_lines_of(text);
	gh_slice line;
	int64_t number = *before;

	while (g->more && ghi_lines_next(&l, &line)) {
		struct query_row row = { g->packet, *before + l.number, line };

		number = row.line;
		if (row.line > g->after && gh_slice_trim(line).n)
			g->more = g->fn(g->ctx, &row);
	}
	*before = number;
}

static void rows_of_package(struct rows_reading *g, gh_slice file)
{
	struct packed *p = packed_open(file, g->share);
	gh_slice window;
	int64_t before = 0;
	enum gh_err err = p ? GH_OK : GH_ENOMEM;

	while (err == GH_OK && g->more && !packed_ended(p)) {
		err = packed_next(p, 0, &window);
		if (err == GH_OK)
			rows_of_text(g, window, &before);
	}
	packed_close(p);
	if (err == GH_ENOMEM)
		g->err = err;
}

static void rows_of_base64(struct rows_reading *g, gh_slice text)
{
	uint8_t *bytes;
	gh_slice file;

	if (!ghi_budget_charge(g->share, text.n + 1)) {
		g->err = GH_ENOMEM;
		return;
	}
	bytes = malloc(text.n + 1);
	if (bytes == NULL)
		g->err = GH_ENOMEM;
	else if (base64_decode(text, bytes, &file) == GH_OK)
		rows_of_package(g, file);
	free(bytes);
	ghi_budget_release(g->share, text.n + 1);
}

static bool rows_of_packet(void *ctx, const struct query_packet *p)
{
	struct rows_reading *g = ctx;
	int64_t before = 0;

	g->any = true;
	if (p->number != g->packet)
		g->after = 0;
	g->packet = p->number;
	if (p->packed)
		rows_of_base64(g, ghi_querydata_body_of(p->body, true).content);
	else
		rows_of_text(g, p->body, &before);
	return false;
}

enum gh_err query_rows_read(const struct store_ops *ops, struct store_reader *r,
			    int64_t command, int64_t after, const struct budget_share *share,
			    query_row_fn *fn, void *ctx)
{
	struct rows_reading g = { .share = share,
				  .fn = fn,
				  .ctx = ctx,
				  .packet = after >> 32,
				  .after = after & UINT32_MAX,
				  .any = true,
				  .more = true };
	int64_t from = g.packet ? g.packet - 1 : 0;

	while (g.err == GH_OK && g.any && g.more) {
		g.any = false;
		enum gh_err err =
			ops->query_packets_read(r, command, from, 1, rows_of_packet, &g);

		if (err)
			g.err = err;
		from = g.packet;
	}
	return g.err;
}
