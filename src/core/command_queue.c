/* Putting commands into devices' queues. */
#include <stdlib.h>

#include "core/command_audit.h"
#include "core/command_job.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "model/command_subject.h"
#include "wire/access/words.h"

#define ARGUMENTS_MAX (9u << 20) /* a text of 4 MiB, and as it was written */
/* The limit of one job, so that punches do not wait for a long list. */
#define QUEUE_AT_ONCE 500
#define QUEUE_BYTES_AT_ONCE (1u << 20)
#define DOOR_SECONDS 5 /* a door is opened for so long, where no time is given */
#define END_HOLD_LIFE_MS INT64_C(3600000)
#define KEY_LIFE_MS INT64_C(86400000)

/* A list of orders while it is queued, one job of the store after the other. */
struct queue_job {
	struct command_job base;
	core_done_fn *done;
	struct arena arena; /* the texts of orders[].stored */
	struct command_order *orders;
	size_t n, from, to; /* of all; of this job */
	/* While it runs: what the orders of a part of the list are about. */
	struct command_about *about;
	struct command **added;
	size_t part; /* the first of these orders */
	struct command_list replaced;
};

/* --- a job of the store --- */

/* What a door is opened for; a door that is not named is the first one, and both are of the same. */
static bool opening_is_same(const struct command *a, const struct command *b)
{
	int64_t of_a = DOOR_SECONDS, of_b = DOOR_SECONDS;

	if (a->kind != b->kind)
		return false;
	if (a->kind != COMMAND_KIND_OPEN_DOOR)
		return gh_slice_eq(a->arguments, b->arguments);
	(void)command_argument_number(a->arguments, ARGUMENT_seconds, &of_a);
	(void)command_argument_number(b->arguments, ARGUMENT_seconds, &of_b);
	return of_a == of_b;
}

/* One order to open a door waits at most: a second, equal one is that order. */
static bool queue_joins(struct command_order *o, const struct command *c, int64_t now_ms)
{
	if (!command_opens_door(o->stored.kind) || !command_opens_door(c->kind) ||
	    c->expires_ms <= now_ms)
		return false;
	if (!opening_is_same(&o->stored, c)) {
		o->err = GH_EEXISTS;
		return true;
	}
	o->joined = true;
	o->stored.id = c->id;
	o->stored.created_ms = c->created_ms;
	o->stored.expires_ms = c->expires_ms;
	return true;
}

/* What closes a door, or ends a hold, stays until what takes its place was given to the unit
 * (command_offer.c): an order that is never fetched must not leave the door open. */
static bool queue_leaves(const struct command *newer, const struct command *c)
{
	return c->kind == COMMAND_KIND_END_HOLD ||
	       (command_opens_door(newer->kind) && command_closes_door(c->kind));
}

/* Up to the first command that is not superseded: commands that wait before it may be needed by
 * it. */
static bool queue_gather(void *ctx, size_t of, const struct command *c)
{
	struct queue_job *j = ctx;
	struct command_order *o = &j->orders[j->part + of];
	const struct command *newer = &o->stored;

	if (queue_joins(o, c, j->base.now_ms))
		return false;
	if (queue_leaves(newer, c))
		return true;
	if (!command_supersedes(newer->kind, newer->arguments, c->kind, c->arguments) ||
	    !command_list_add(&j->replaced, c))
		return false;
	o->replaced++;
	return true;
}

/* Whether the order that would supersede it was refused, or is one that waits already. */
static bool queue_stays(const struct queue_job *j, size_t n, const struct command *c)
{
	char room[COMMAND_SUBJECT_MAX];
	gh_slice subject = command_subject(c->kind, c->arguments, room);

	for (size_t i = 0; i < n; i++) {
		const struct command_order *o = &j->orders[j->part + i];

		if (j->about[i].device == c->device && subject.n &&
		    gh_slice_eq(j->about[i].subject, subject))
			return o->err || o->joined;
	}
	return false;
}

/* Cancel the waiting commands that those of the part supersede. */
static enum gh_err queue_replace(struct queue_job *j, const struct store_ops *ops,
				 struct store *s, size_t n)
{
	enum gh_err err;

	command_list_init(&j->replaced);
	err = ops->commands_about(s, j->about, n, queue_gather, j);
	if (err == GH_OK)
		err = j->replaced.err;
	for (struct command_item *at = j->replaced.first; at && err == GH_OK; at = at->next) {
		if (queue_stays(j, n, &at->command))
			continue;
		at->command.result = GH_LIT("a newer command took its place");
		err = command_job_move(&j->base, ops, s, &at->command, COMMAND_CANCEL,
				       at->command.result);
	}
	/* Each order has its own. */
	j->base.ended = 0;
	command_list_clear(&j->replaced);
	return err;
}

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

	for (; j->part + n < j->to; n++) {
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

/* --- orders that are sent again --- */

static bool repeated_keep(void *ctx, const struct command *c)
{
	struct command_order *o = ctx;

	/* Another order under the same name. The moment of a hold follows from when it was given. */
	if (c->kind != o->stored.kind || c->device != o->stored.device ||
	    (c->kind != COMMAND_KIND_HOLD_DOOR_OPEN &&
	     !gh_slice_eq(c->arguments, o->stored.arguments))) {
		o->err = GH_EDENIED;
		return true;
	}
	o->stored.created_ms = c->created_ms;
	o->stored.sent_ms = c->sent_ms;
	o->stored.done_ms = c->done_ms;
	o->stored.expires_ms = c->expires_ms;
	o->stored.state = c->state;
	o->stored.tries = c->tries;
	return true;
}

static enum gh_err queue_repeats_find(struct queue_job *j, const struct store_ops *ops,
				      struct store *s)
{
	enum gh_err err = GH_OK;

	for (size_t i = j->from; i < j->to && err == GH_OK; i++) {
		struct command_order *o = &j->orders[i];
		int64_t id;

		o->repeated = false;
		if (o->err || o->request.key.n == 0)
			continue;
		err = ops->order_key_find(s, o->request.token, o->request.key,
					  j->base.now_ms - KEY_LIFE_MS, &id);
		if (err == GH_ENOTFOUND) {
			err = GH_OK;
			continue;
		}
		if (err)
			break;
		o->repeated = true;
		o->stored.id = id;
		err = ops->command_find(s, id, repeated_keep, o);
		err = err == GH_ENOTFOUND ? GH_OK : err;
	}
	return err;
}

static enum gh_err queue_keys_put(struct queue_job *j, const struct store_ops *ops,
				  struct store *s, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		struct command_order *o = &j->orders[j->part + i];

		if (o->err == GH_OK && o->request.key.n && !o->repeated)
			err = ops->order_key_put(s, o->request.token, o->request.key,
						 &o->stored.id, j->base.now_ms,
						 j->base.now_ms - KEY_LIFE_MS);
	}
	return err;
}

static enum gh_err queue_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct queue_job *j = (struct queue_job *)job;
	enum gh_err err = GH_OK;

	command_job_begin(&j->base);
	err = queue_repeats_find(j, ops, s);
	for (j->part = j->from; j->part < j->to && err == GH_OK;) {
		size_t n = queue_part(j);

		err = queue_replace(j, ops, s, n);
		if (err == GH_OK)
			err = queue_add(j, ops, s, n);
		if (err == GH_OK)
			err = queue_keys_put(j, ops, s, n);
		j->part += n;
	}
	return err;
}

static void queue_publish(struct queue_job *j, struct command_order *o)
{
	uint32_t n = o->joined || o->repeated ? 0
					      : 1 + (o->query_first ? 1 : 0) +
							(o->request.hold_until_ms ? 1 : 0);

	metric_add(&j->base.server->metrics->commands_queued, n);
	atomic_fetch_add(&o->device->commands, n);
	if (!o->joined)
		atomic_fetch_sub(&o->device->commands, (uint32_t)o->replaced);
	if (ghi_access_lane(o->stored.kind) == GHI_LANE_DOOR)
		atomic_store(&o->device->offer_urgent, true);
	/* Offered at the next poll; the scheduler decides whether an earlier command has to be
	 * answered first. */
	command_offer_now(j->base.server, o->device);
}

/* --- the list --- */

static void queue_job_free(struct queue_job *j)
{
	ghi_arena_clear(&j->arena);
	free(j);
}

static void queue_end(struct queue_job *j)
{
	j->done(j->base.ctx, GH_OK);
	queue_job_free(j);
}

/* The next job; it ends before `to`. False: none is left. */
static bool queue_next(struct queue_job *j)
{
	size_t bytes = 0;

	j->from = j->to;
	while (j->to < j->n && j->to - j->from < QUEUE_AT_ONCE && bytes < QUEUE_BYTES_AT_ONCE) {
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

static void queue_done(struct store_job *job, enum gh_err err)
{
	struct queue_job *j = (struct queue_job *)job;

	command_job_end(&j->base, err);
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
	shown = command_shown_new(device_dialect(o->device), o->end.kind, o->end.arguments, &n);
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
	if (o->err == GH_OK && r->arguments.n > ARGUMENTS_MAX)
		o->err = GH_ETOOBIG;
	if (o->err)
		return;
	shown = command_shown_new(device_dialect(o->device), r->kind, r->arguments, &shown_n);
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
static struct queue_job *queue_job_new(struct server *server, struct command_order *orders,
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
		queue_job_free(j);
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
static enum gh_err queue_job_put(struct queue_job *j)
{
	enum gh_err err =
		queue_next(j) ? store_put(j->base.server->queue, &j->base.job) : GH_EINVALID;

	if (err)
		queue_job_free(j);
	return err;
}

enum gh_err command_queue_many(struct server *server, struct command_order *orders, size_t n,
			       core_done_fn *done, void *ctx)
{
	struct queue_job *j = queue_job_new(server, orders, n, done, ctx);

	return j ? queue_job_put(j) : GH_ENOMEM;
}

/* --- a single one --- */

struct queue_single {
	struct command_order order;
	struct queue_job *job; /* until it is put */
	command_queued_fn *done;
	void *ctx;
	uint8_t text[];
};

static void queue_single_free(struct queue_single *q)
{
	device_unref(q->order.device);
	free(q);
}

static void queue_single_done(void *ctx, enum gh_err err)
{
	struct queue_single *q = ctx;

	q->done(q->ctx, err ? err : q->order.err, &q->order.stored);
	queue_single_free(q);
}

void command_queue_drop(struct queue_single *q)
{
	if (q == NULL)
		return;
	if (q->job)
		queue_job_free(q->job);
	queue_single_free(q);
}

struct queue_single *command_queue_new(struct server *server, struct device *d,
				       const struct command_request *request,
				       command_queued_fn *done, void *ctx, enum gh_err *err)
{
	gh_slice arguments = request->arguments, requested_by = request->requested_by;
	struct queue_single *q;
	int64_t life_ms;

	*err = command_life(request->kind, request->ttl_s, server->settings->command_ttl_ms,
			    &life_ms);
	if (*err == GH_OK && arguments.n > ARGUMENTS_MAX)
		*err = GH_ETOOBIG;
	if (*err)
		return NULL;
	*err = GH_ENOMEM;
	gh_slice key = request->key;

	q = calloc(1, sizeof(*q) + arguments.n + requested_by.n + key.n);
	if (q == NULL)
		return NULL;
	struct ghi_writer w = ghi_writer_on(q->text, arguments.n + requested_by.n + key.n);

	ghi_put(&w, arguments);
	ghi_put(&w, requested_by);
	ghi_put(&w, key);
	q->done = done;
	q->ctx = ctx;
	q->order.device = device_ref(d);
	q->order.request = *request;
	q->order.request.arguments = (gh_slice){ q->text, arguments.n };
	q->order.request.requested_by = (gh_slice){ q->text + arguments.n, requested_by.n };
	q->order.request.key = (gh_slice){ q->text + arguments.n + requested_by.n, key.n };
	q->job = queue_job_new(server, &q->order, 1, queue_single_done, q);
	if (q->job == NULL) {
		queue_single_free(q);
		return NULL;
	}
	*err = GH_OK;
	return q;
}

enum gh_err command_queue_put(struct queue_single *q)
{
	struct queue_job *j = q->job;

	q->job = NULL;
	enum gh_err err = queue_job_put(j);
	if (err)
		queue_single_free(q);
	return err;
}

enum gh_err command_queue(struct server *server, struct device *d,
			  const struct command_request *request, command_queued_fn *done,
			  void *ctx)
{
	enum gh_err err;
	struct queue_single *q = command_queue_new(server, d, request, done, ctx, &err);

	return q ? command_queue_put(q) : err;
}
