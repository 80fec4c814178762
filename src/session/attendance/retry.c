/* Stored bytes of an upload, or of one of its lines, through the readers of uploads again. There is
 * no request: what the readers need of one is made of what was stored. */
#include "core/retry.h"

#include "core/packed.h"
#include "session/attendance/upload.h"

struct retry_reader {
	struct exchange x;
	struct upload u;
	size_t before; /* records of the ingest that are of earlier sources */
};

static enum gh_err retry_read_open(struct server *server, struct device *d, struct ingest *in,
				   const struct retry_source *source, struct arena *arena,
				   struct arena *piece, struct retry_reader **out)
{
	struct retry_reader *r = ghi_arena_alloc(arena, sizeof(*r));

	if (r == NULL)
		return GH_ENOMEM;
	struct exchange *x = &r->x;
	struct upload *u = &r->u;

	*x = (struct exchange){ .server = server,
				.arena = arena,
				.body = source->bytes,
				.sn = device_sn(d),
				.device = d,
				.dialect = &attendance_dialect };
	/* A line has no target, and is of no packed upload. */
	if (source->target.n == 0 || ghi_target_parse(source->target, &x->target))
		x->target = (struct ghi_target){ 0 };
	r->before = ingest_accepted(in);
	*u = (struct upload){ .x = x,
			      .in = in,
			      .again = true,
			      .table = source->table,
			      .named = source->of == RETRY_QUARANTINE
					       ? source->table.n > 0
					       : exchange_param(x, "table").n > 0,
			      .reader = dialect_table_find(x->dialect, source->table),
			      .line = ghi_arena_alloc(arena, sizeof(*u->line)),
			      .piece = piece };
	device_row(d, arena, &u->row);
	upload_body_set(u, x->body);
	enum gh_err err = u->line ? upload_table_find(u) : GH_ENOMEM;

	if (err == GH_OK)
		err = upload_unpack(u);
	if (err == GH_OK)
		*out = r;
	return err;
}

static enum gh_err retry_window_read(struct upload *u)
{
	upload_window_make(u);
	return upload_window_take(u);
}

static enum gh_err retry_read_next(struct retry_reader *r, enum retry_step *step)
{
	struct upload *u = &r->u;
	enum gh_err err = GH_OK;

	*step = RETRY_ENDED;
	if (u->reader == NULL)
		return GH_OK;
	if (u->window_read)
		err = retry_window_read(u);
	if (err == GH_OK && !u->ended)
		err = upload_read(u);
	/* The records of a package lie in its window, which goes with the next one or with its end. */
	if (u->packed && ingest_pending(u->in))
		*step = RETRY_STORE;
	else if (!u->ended)
		*step = RETRY_MORE;
	return err;
}

static struct retry_read retry_read_close(struct retry_reader *r)
{
	struct upload *u = &r->u;
	struct retry_read read = {
		.understood = ingest_accepted(u->in) - r->before,
		.not_understood = u->quarantined,
		.reason = gh_slice_of(u->reason ? u->reason : "no records were found in it"),
	};

	if (u->reader == NULL)
		read.reason = GH_LIT("no records are known for this table");
	packed_close(u->packed);
	return read;
}

const struct retry_reader_ops attendance_retry = { retry_read_open, retry_read_next,
						   retry_read_close };
