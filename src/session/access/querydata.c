/* POST querydata: packets that answer queries, counts and options (Security PUSH 3.1.2, 9.1.3, 9.1.4, 9.5.2).
 * The rows of a packet are taken as an upload of their table; where the packet answers a query of late, it is
 * kept with it, in the same transaction, and acknowledged after the commit. */
#include "wire/access/querydata.h"

#include <stdio.h>

#include "core/access/query_collect.h"
#include "core/access/subs.h"
#include "core/server_clock.h"
#include "session/access/upload.h"
#include "store/queue.h"

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
	access_upload_begin(x, &(struct access_upload_form){
				       .table = q->table,
				       .counted = true,
				       .file = b.packed ? b.content : (gh_slice){ 0 },
				       .base64 = b.packed,
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

#define SERIAL_ROOM 33

struct rows_owner {
	struct store_job job;
	struct exchange *x;
	int64_t command;
	char serial
		[SERIAL_ROOM]; /* of the device that the command is of; empty: there is none */
};

static bool rows_owner_note(void *ctx, const struct command *c)
{
	struct rows_owner *o = ctx;

	snprintf(o->serial, sizeof(o->serial), "%.*s", GH_FMT(c->serial));
	return true;
}

static enum gh_err rows_owner_run(struct store_job *job, const struct store_ops *ops,
				  struct store *s)
{
	struct rows_owner *o = (struct rows_owner *)job;
	enum gh_err err = ops->command_find(s, o->command, rows_owner_note, o);

	return err == GH_ENOTFOUND ? GH_OK : err;
}

static void rows_owner_take(struct exchange *x)
{
	struct rows_owner *o = x->state;
	struct device *sub;

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	sub = device_sub_find(x->server->devices, x->device, gh_slice_of(o->serial));
	if (sub && device_state(sub) == DEVICE_APPROVED) {
		device_unref(x->device);
		x->device = sub;
	} else {
		device_unref(sub);
	}
	querydata_take(x);
}

/* On the store thread. */
static void rows_owner_done(struct store_job *job, enum gh_err err)
{
	struct rows_owner *o = (struct rows_owner *)job;

	o->x->err = err;
	exchange_resume_with(o->x, rows_owner_take);
}

static void rows_owner_find(struct exchange *x, int64_t command)
{
	struct rows_owner *o = ghi_arena_alloc(x->arena, sizeof(*o));
	enum gh_err err;

	if (o == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	*o = (struct rows_owner){ .job = { .run = rows_owner_run, .done = rows_owner_done },
				  .x = x,
				  .command = command };
	x->state = o;
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	err = store_put(x->server->queue, &o->job);
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
