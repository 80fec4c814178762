/* POST querydata: packets that answer queries, counts and options (Security PUSH 3.1.2, 9.1.3, 9.1.4, 9.5.2).
 * The rows of a packet are taken as an upload of their table; where the packet answers a query of late, it is
 * kept with it, in the same transaction, and acknowledged after the commit. */
#include "wire/access/querydata.h"

#include "core/access/query_collect.h"
#include "core/access/subs.h"
#include "core/live.h"
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
			.events = live_seq(x->server->live, STREAM_ACCESS),
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
	access_upload_begin(x, &(struct access_upload_form){
				       .table = q->table,
				       .counted = true,
				       .file = b.packed ? b.content : (gh_slice){ 0 },
				       .base64 = b.packed,
				       .answer = true,
				       .query = q->numbered && q->command ? a : NULL });
}

static void querydata_take(struct exchange *x)
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

/* --- of a main controller: rows of a sub-controller are that one's --- */

struct rows_owner {
	struct device *sub; /* referenced; NULL: they are the device's own */
};

static void rows_owner_take(struct exchange *x)
{
	struct rows_owner *o = x->state;

	if (x->err) {
		device_unref(o->sub);
		exchange_store_failed(x, x->err);
		return;
	}
	if (o->sub) {
		device_unref(x->device);
		x->device = o->sub;
	}
	querydata_take(x);
}

/* On the store thread. */
static void rows_owner_found(void *ctx, enum gh_err err, struct device *sub)
{
	struct exchange *x = ctx;
	struct rows_owner *o = x->state;

	o->sub = sub;
	x->err = err;
	exchange_resume_with(x, rows_owner_take);
}

static void rows_owner_find(struct exchange *x, int64_t command)
{
	struct rows_owner *o = ghi_arena_alloc(x->arena, sizeof(*o));
	enum gh_err err;

	if (o == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	x->state = o;
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	err = device_sub_of_command(x->server, x->device, command, rows_owner_found, x);
	if (err)
		exchange_store_failed(x, err);
}

void access_rows(struct exchange *x)
{
	struct ghi_querydata q;

	ghi_querydata_read(querydata_param, x, &q);
	if (q.command && device_has_subs(x->device))
		rows_owner_find(x, q.command);
	else
		querydata_take(x);
}
