/* Putting commands into devices' queues. */
#include <stdlib.h>

#include "core/command_audit.h"
#include "core/command_guard.h"
#include "core/command_queue_job.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "core/syncs.h"
#include "model/command_subject.h"
#include "wire/access/words.h"

/* The limit of one job, so that punches do not wait for a long list. */
#define QUEUE_AT_ONCE 500
#define QUEUE_BYTES_AT_ONCE (1u << 20)
#define END_HOLD_LIFE_MS INT64_C(3600000)

/* --- a job of the store --- */

static bool queue_part_has(const struct queue_job *j, size_t n, const struct command *c)
{
	for (size_t i = 0; i < n; i++)
		if (j->about[i].device == c->device && c->subject.n &&
		    gh_slice_eq(j->about[i].subject, c->subject))
			return true;
	return false;
}

/* How many orders from j->part on may be looked at together: no two of them are about the same,
 * or the later one would not find the earlier. */
static size_t queue_part(struct queue_job *j)
{
	size_t n = 0;

	for (; j->part + n < j->to && n < QUEUE_AT_ONCE; n++) {
		struct command_order *o = &j->orders[j->part + n];

		o->replaced = 0;
		o->joined = false;
		if (o->err == GH_OK && device_deleted(o->device))
			o->err = GH_ENOTFOUND;
		j->about[n] = (struct command_about){ 0 };
		if (o->err || o->repeated)
			continue;
		if (queue_part_has(j, n, &o->stored))
			break;
		j->about[n] = (struct command_about){ o->stored.device, o->stored.subject };
	}
	return n;
}

/* Also of one that was refused here, and of one that is another's. */
static enum gh_err queue_audit(struct command_order *o, const struct store_ops *ops,
			       struct store *s)
{
	struct audit_row row = o->audit;

	if (row.action.n == 0 || o->repeated || (o->err && o->err != GH_EEXISTS))
		return GH_OK;
	if (o->err) {
		row.outcome = AUDIT_REFUSED;
		row.command_at = NULL;
		row.reason = GH_LIT("an order for another time waits");
	} else if (o->joined) {
		row.reason = GH_LIT("the same order waits already");
	}
	return ops->audit_put(s, &row);
}

static enum gh_err queue_add(struct queue_job *j, const struct store_ops *ops, struct store *s,
			     size_t n)
{
	size_t fresh = 0;

	for (size_t i = 0; i < n; i++) {
		struct command_order *o = &j->orders[j->part + i];

		if (o->err || o->joined || o->repeated)
			continue;
		if (o->query_first)
			j->added[fresh++] = &o->query;
		j->added[fresh++] = &o->stored;
		if (o->request.hold_until_ms)
			j->added[fresh++] = &o->end;
	}
	enum gh_err err = ops->commands_add(s, j->added, fresh, j->base.now_ms);

	for (size_t i = 0; i < n && err == GH_OK; i++)
		err = queue_audit(&j->orders[j->part + i], ops, s);
	return err;
}

/* Of a list that is queued whole: why one of the part is refused, and so all. */
static enum gh_err queue_part_refused(const struct queue_job *j, size_t n)
{
	for (size_t i = 0; i < n && j->whole; i++)
		if (j->orders[j->part + i].err)
			return j->orders[j->part + i].err;
	return GH_OK;
}

static enum gh_err queue_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct queue_job *j = (struct queue_job *)job;
	enum gh_err err = GH_OK;

	command_job_begin(&j->base);
	if (j->before)
		err = j->before(j->before_ctx, ops, s);
	if (err == GH_OK)
		err = command_queue_repeats_find(j, ops, s);
	for (j->part = j->from; j->part < j->to && err == GH_OK;) {
		size_t n = queue_part(j);

		err = command_queue_replace(j, ops, s, n);
		if (err == GH_OK)
			err = queue_part_refused(j, n);
		if (err == GH_OK)
			err = queue_add(j, ops, s, n);
		if (err == GH_OK)
			err = command_queue_keys_put(j, ops, s, n);
		j->part += n;
	}
	if (err == GH_OK && j->after)
		err = j->after(j->before_ctx, ops, s);
	return err;
}

static bool order_erases_log(const struct command_order *o)
{
	return command_guard_of(o->request.kind, o->request.arguments) == GUARD_PUNCHES &&
	       !device_is_terminal(o->device);
}

static void queue_publish(struct queue_job *j, struct command_order *o)
{
	uint32_t n = o->joined || o->repeated ? 0
					      : 1 + (o->query_first ? 1 : 0) +
							(o->request.hold_until_ms ? 1 : 0);

	metric_add(&j->base.server->metrics->commands_queued, n);
	if (sync_is_about(o->stored.kind) &&
	    !gh_slice_eq(o->stored.requested_by, COMMAND_BY_SYNC))
		syncs_device_changed(o->device);
	atomic_fetch_add(&o->device->commands, n);
	if (!o->joined)
		atomic_fetch_sub(&o->device->commands, (uint32_t)o->replaced);
	if (ghi_access_lane(o->stored.kind) == GHI_LANE_DOOR)
		atomic_store(&o->device->offer_urgent, true);
	/* Offered at the next poll; the scheduler decides whether an earlier command has to be
	 * answered first. */
	command_offer_now(j->base.server, o->device);
	if (order_erases_log(o))
		device_erasure_ordered(j->base.server, o->device);
}

/* --- the list --- */

void command_queue_job_free(struct queue_job *j)
{
	ghi_arena_clear(&j->arena);
	free(j);
}

static void queue_end(struct queue_job *j)
{
	j->done(j->base.ctx, GH_OK);
	command_queue_job_free(j);
}

/* The next job; it ends before `to`. False: none is left. */
static bool queue_next(struct queue_job *j)
{
	size_t bytes = 0;

	j->from = j->to;
	while (j->to < j->n &&
	       (j->whole || (j->to - j->from < QUEUE_AT_ONCE && bytes < QUEUE_BYTES_AT_ONCE))) {
		const struct command *c = &j->orders[j->to++].stored;

		bytes += sizeof(*c) + c->arguments.n + c->shown.n + c->requested_by.n;
	}
	j->base.job.bytes = bytes;
	return j->from < j->to;
}

static void queue_fail_rest(struct queue_job *j, size_t from, enum gh_err err)
{
	for (size_t i = from; i < j->n; i++)
		if (j->orders[i].err == GH_OK)
			j->orders[i].err = err;
}

/* Those beside one that was refused were not refused themselves. */
static enum gh_err queue_err_beside(const struct queue_job *j, enum gh_err err)
{
	for (size_t i = 0; i < j->n && j->whole; i++)
		if (j->orders[i].err)
			return GH_ECANCELLED;
	return err;
}

static void queue_done(struct store_job *job, enum gh_err err)
{
	struct queue_job *j = (struct queue_job *)job;

	command_job_end(&j->base, err);
	j->err = err;
	err = queue_err_beside(j, err);
	for (size_t i = j->from; i < j->to; i++) {
		struct command_order *o = &j->orders[i];

		if (o->err == GH_OK)
			o->err = err;
		if (o->err == GH_OK)
			queue_publish(j, o);
	}
	if (queue_next(j)) {
		err = store_put(j->base.server->queue, &j->base.job);
		if (err == GH_OK)
			return;
		queue_fail_rest(j, j->from, err);
	}
	queue_end(j);
}

/* The order that ends a hold: it waits until then, also over a restart of the server, and an hour for the
 * unit. */
static enum gh_err queue_end_prepare(struct queue_job *j, struct command_order *o)
{
	enum { ROOM = 96 };
	uint8_t *text = ghi_arena_alloc(&j->arena, ROOM);
	struct ghi_writer w = ghi_writer_on(text, text ? ROOM : 0);
	int64_t door = 1;
	uint8_t *shown;
	size_t n;

	(void)command_argument_number(o->stored.arguments, ARGUMENT_door, &door);
	ghi_put(&w, GH_LIT("door="));
	ghi_put_signed(&w, door);
	ghi_put(&w, GH_LIT("\nnot_before="));
	ghi_put_signed(&w, o->request.hold_until_ms);
	ghi_put_u8(&w, '\n');
	o->end = o->stored;
	o->end.kind = COMMAND_KIND_END_HOLD;
	o->end.arguments = ghi_written(&w);
	o->end.expires_ms = o->request.hold_until_ms + END_HOLD_LIFE_MS;
	shown = command_shown_of(o->device, o->end.kind, o->end.arguments, &n);
	o->end.shown = ghi_arena_copy(&j->arena, (gh_slice){ shown, shown ? n : 0 });
	free(shown);
	return text == NULL || w.err || o->end.shown.n == 0 ? GH_ENOMEM : GH_OK;
}

/* Make the row of an order, or set its err. */
static void queue_prepare(struct queue_job *j, struct command_order *o)
{
	const struct command_request *r = &o->request;
	char *subject = ghi_arena_alloc(&j->arena, COMMAND_SUBJECT_MAX);
	uint8_t *shown;
	int64_t life_ms;
	size_t shown_n;

	o->replaced = 0;
	o->audit = (struct audit_row){ 0 };
	o->err = command_life(r->kind, r->ttl_s, j->base.server->settings->command_ttl_ms,
			      &life_ms);
	if (o->err == GH_OK && r->ttl_s == 0 && order_erases_log(o))
		life_ms = device_erasure_life_ms(j->base.server, o->device, life_ms);
	if (o->err == GH_OK && r->arguments.n > COMMAND_ARGUMENTS_MAX)
		o->err = GH_ETOOBIG;
	if (o->err)
		return;
	shown = command_shown_of(o->device, r->kind, r->arguments, &shown_n);
	o->stored = (struct command){
		.device = o->device->id,
		.serial = device_sn(o->device),
		.kind = r->kind,
		.arguments = r->arguments,
		.requested_by = r->requested_by,
		.shown = ghi_arena_copy(&j->arena, (gh_slice){ shown, shown ? shown_n : 0 }),
		.state = COMMAND_QUEUED,
		.created_ms = j->base.now_ms,
		.expires_ms = j->base.now_ms + life_ms,
	};
	free(shown);
	if (subject == NULL || shown == NULL || o->stored.shown.n != shown_n)
		o->err = GH_ENOMEM;
	else
		o->stored.subject = command_subject(r->kind, r->arguments, subject);
	if (o->err == GH_OK && r->hold_until_ms)
		o->err = queue_end_prepare(j, o);
	if (o->err == GH_OK && command_is_audited(&o->stored) &&
	    (r->audit || !command_is_own(&o->stored)))
		o->err = command_audit_make(&j->arena, r->audit, &o->stored,
					    j->base.server->now_ms(), &o->audit);
	if (o->err == GH_OK && o->query_first)
		o->err = command_person_query(&j->arena, device_dialect(o->device), &o->stored,
					      j->base.server->settings->command_ttl_ms,
					      &o->query);
}

/* Make all rows of the list. NULL: out of memory. */
struct queue_job *command_queue_job_new(struct server *server, struct command_order *orders,
					size_t n, core_done_fn *done, void *ctx)
{
	struct queue_job *j = calloc(1, sizeof(*j));
	size_t most;

	if (j == NULL)
		return NULL;
	most = n < QUEUE_AT_ONCE ? n : QUEUE_AT_ONCE;
	j->about = ghi_arena_alloc(&j->arena, most * sizeof(*j->about));
	j->added = ghi_arena_alloc(&j->arena, 3 * most * sizeof(*j->added));
	if (n && (j->about == NULL || j->added == NULL)) {
		command_queue_job_free(j);
		return NULL;
	}
	j->base = (struct command_job){
		.job = { .run = queue_run, .done = queue_done },
		.server = server,
		.now_ms = server_steady_ms(server),
		.ctx = ctx,
	};
	j->done = done;
	j->orders = orders;
	j->n = n;
	for (size_t i = 0; i < n; i++)
		if (orders[i].device)
			queue_prepare(j, &orders[i]);
		else
			orders[i].err = GH_ENOTFOUND;
	return j;
}

/* The job is freed when this fails. */
enum gh_err command_queue_job_put(struct queue_job *j)
{
	enum gh_err err = queue_next(j) || j->before
				  ? store_put(j->base.server->queue, &j->base.job)
				  : GH_EINVALID;

	if (err)
		command_queue_job_free(j);
	return err;
}

enum gh_err command_queue_many(struct server *server, struct command_order *orders, size_t n,
			       core_done_fn *done, void *ctx)
{
	struct queue_job *j = command_queue_job_new(server, orders, n, done, ctx);

	return j ? command_queue_job_put(j) : GH_ENOMEM;
}

enum gh_err command_queue_whole(struct server *server, struct command_order *orders, size_t n,
				core_done_fn *done, void *ctx)
{
	struct queue_job *j = command_queue_job_new(server, orders, n, done, ctx);

	if (j == NULL)
		return GH_ENOMEM;
	j->whole = true;
	return command_queue_job_put(j);
}
