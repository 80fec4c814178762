/* Stored bytes of a unit's upload, or of one of its rows, through the readers of uploads again. There is no
 * request: what the readers need of one is made of what was stored. */
#include "core/retry.h"

#include "session/access/access.h"
#include "session/access/upload.h"

struct retry_reader {
	struct exchange x;
	struct access_upload u;
	size_t before; /* records of the ingest that are of earlier sources */
};

/* A row has the name of its table alone, and no two tables have one name. */
static const struct access_table *access_row_table(gh_slice name)
{
	const struct access_table *t = access_table_find(name, true);

	return t ? t : access_table_find(name, false);
}

/* What came as an answer to a query was read as the table it names; packages are not unpacked again. */
static const struct access_table *access_retry_table(struct exchange *x,
						     const struct retry_source *source)
{
	const struct access_table *t =
		source->of == RETRY_QUARANTINE
			? access_row_table(source->table)
			: access_table_find(source->table,
					    exchange_param(x, "tablename").n > 0);

	if (source->of == RETRY_UPLOADS && x->target.endpoint != GHI_ENDPOINT_CDATA)
		return NULL;
	return t && t->again ? t : NULL;
}

static enum gh_err access_retry_open(struct server *server, struct device *d, struct ingest *in,
				     const struct retry_source *source, struct arena *arena,
				     struct arena *piece, struct retry_reader **out)
{
	struct retry_reader *r = ghi_arena_alloc(arena, sizeof(*r));

	if (r == NULL)
		return GH_ENOMEM;
	struct exchange *x = &r->x;
	struct access_upload *u = &r->u;

	*x = (struct exchange){ .server = server,
				.arena = arena,
				.body = source->bytes,
				.sn = device_sn(d),
				.device = d,
				.dialect = &access_dialect };
	/* A row has no target. */
	if (source->target.n == 0 || ghi_target_parse(source->target, &x->target))
		x->target = (struct ghi_target){ 0 };
	r->before = ingest_accepted(in);
	access_upload_set(u, x, piece, &(struct access_upload_form){ .table = source->table });
	u->in = in;
	u->again = true;
	u->reader = access_retry_table(x, source);
	*out = r;
	return GH_OK;
}

static enum gh_err access_retry_next(struct retry_reader *r, enum retry_step *step)
{
	struct access_upload *u = &r->u;
	enum gh_err err = GH_OK;

	*step = RETRY_ENDED;
	if (u->reader == NULL)
		return GH_OK;
	u->turn = 0;
	err = u->reader->read(u);
	if (!u->ended)
		*step = RETRY_MORE;
	return err;
}

static struct retry_read access_retry_close(struct retry_reader *r)
{
	struct access_upload *u = &r->u;
	struct retry_read read = {
		.understood = ingest_accepted(u->in) - r->before,
		.not_understood = u->quarantined,
		.reason = gh_slice_of(u->reason ? u->reason : "no records were found in it"),
	};

	if (u->reader == NULL)
		read.reason = GH_LIT("no records are known for this table");
	return read;
}

const struct retry_reader_ops access_retry = { access_retry_open, access_retry_next,
					       access_retry_close };
