/* POST querydata: packets that answer queries, counts and options (Security PUSH 3.1.2, 9.1.3, 9.1.4, 9.5.2).
 * The rows of a packet are taken as an upload of their table; where the packet answers a query of late, it is
 * kept with it, in the same transaction, and acknowledged after the commit. */
#include "wire/access/querydata.h"
#include "core/access/query_collect.h"
#include "core/server_clock.h"
#include "session/access/upload.h"

static gh_slice querydata_param(void *ctx, const char *name)
{
	return exchange_param(ctx, name);
}

/* NULL: no memory. */
static struct query_arrival *query_arrival_of(struct exchange *x, const struct ghi_querydata *q)
{
	struct query_arrival *a = ghi_arena_alloc(x->arena, sizeof(*a));

	if (a)
		*a = (struct query_arrival){
			.packet = { .command = q->command,
				    .number = (int64_t)q->number,
				    .packed = q->packed,
				    .body = x->body },
			.table = q->table,
			.packets = (int64_t)q->packets,
			.counted = -1,
			.now_ms = server_steady_ms(x->server),
		};
	return a;
}

/* What the unit counted; of a count that cannot be read nothing is kept. */
static void querydata_count(struct exchange *x, const struct ghi_querydata *q,
			    struct query_arrival *a)
{
	uint64_t n;

	if (ghi_querydata_count(x->body, &n) || q->command == 0) {
		exchange_ok(x);
		return;
	}
	a->counted = (int64_t)n;
	access_upload_begin(x, &(struct access_upload_form){
				       .table = q->table, .nothing = true, .query = a });
}

static void querydata_rows(struct exchange *x, const struct ghi_querydata *q,
			   struct query_arrival *a)
{
	struct ghi_querydata_body b = ghi_querydata_body_of(x->body, q->packed);

	a->packet.packed = b.packed;
	access_upload_begin(
		x, &(struct access_upload_form){ .table = q->table,
						 .counted = true,
						 .file = b.packed ? b.content : (gh_slice){ 0 },
						 .base64 = b.packed,
						 .query = q->numbered ? a : NULL });
}

void access_rows(struct exchange *x)
{
	struct ghi_querydata q;
	struct query_arrival *a;

	ghi_querydata_read(querydata_param, x, &q);
	a = query_arrival_of(x, &q);
	if (a == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	switch (q.type) {
	case GHI_QUERYDATA_COUNT:
		querydata_count(x, &q, a);
		break;
	case GHI_QUERYDATA_OPTIONS:
		access_upload_begin(
			x, &(struct access_upload_form){ .table = GH_LIT("options"),
							 .query = q.numbered ? a : NULL });
		break;
	default:
		querydata_rows(x, &q, a);
	}
}
