#include "core/command_confirm.h"

#include <stdlib.h>

#include "core/command_audit.h"
#include "core/command_job.h"
#include "core/server_clock.h"

static const struct {
	int32_t event;
	enum command_kind kind;
} confirms[] = {
#define CONFIRM(event, KIND) { event, COMMAND_KIND_##KIND },
#include "core/command_confirm.def"
#undef CONFIRM
};
#define CONFIRMS (sizeof(confirms) / sizeof(confirms[0]))

static bool kind_is_confirmed(enum command_kind kind)
{
	for (size_t i = 0; i < CONFIRMS; i++)
		if (confirms[i].kind == kind)
			return true;
	return false;
}

/* The door, or the output; 0: any. */
static int64_t confirm_place(const struct command *c)
{
	gh_slice subject = gh_slice_of(command_kind_row(c->kind)->subject);
	int64_t n = 0;

	if (command_argument_number(c->arguments, ARGUMENT_output, &n) ||
	    command_argument_number(c->arguments, ARGUMENT_door, &n))
		return n;
	return gh_slice_eq(subject, GH_LIT("door")) ? 1 : 0;
}

void command_confirm_expect(struct device *d, const struct command *c, int64_t now_ms)
{
	if (!kind_is_confirmed(c->kind))
		return;
	pthread_mutex_lock(&d->lock);
	/* The oldest one makes room. */
	d->awaited[d->awaited_next++ % DEVICE_AWAITED] = (struct device_awaited){
		.id = c->id, .sent_ms = now_ms, .kind = c->kind, .place = confirm_place(c)
	};
	pthread_mutex_unlock(&d->lock);
}

/* --- the job --- */

struct confirm_job {
	struct store_job job;
	struct server *server;
	int64_t id, seq, now_ms;
	struct command_list list;
	struct command_job base; /* for an order that was uncertain */
	struct device *device;
};

static bool confirm_gather(void *ctx, const struct command *c)
{
	return command_list_add(ctx, c);
}

static enum gh_err confirm_run(struct store_job *job, const struct store_ops *ops,
			       struct store *s)
{
	struct confirm_job *j = (struct confirm_job *)job;
	enum gh_err err;

	command_job_begin(&j->base);
	command_list_clear(&j->list);
	err = ops->command_find(s, j->id, confirm_gather, &j->list);
	if (err || j->list.err)
		return err == GH_ENOTFOUND ? GH_OK : err ? err : j->list.err;
	struct command *c = &j->list.first->command;

	if (c->verified_ms && (c->verified_seq || j->seq == 0))
		return GH_OK;
	err = ops->command_verify(s, j->id, j->now_ms, j->seq);
	/* No answer came, and now it is known. */
	if (err == GH_OK && c->state == COMMAND_UNCERTAIN)
		err = command_job_move(&j->base, ops, s, c, COMMAND_SUCCESS,
				       GH_LIT("the door's own event came"));
	return err ? err : command_audit_confirmed(ops, s, c, j->now_ms, j->seq);
}

static void confirm_done(struct store_job *job, enum gh_err err)
{
	struct confirm_job *j = (struct confirm_job *)job;

	command_job_end(&j->base, err);
	device_unref(j->device);
	command_list_clear(&j->list);
	free(j);
}

/* A failure leaves the order unconfirmed. */
static void confirm_put(struct server *server, struct device *d, int64_t id, int64_t seq)
{
	struct confirm_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return;
	j->job = (struct store_job){ .run = confirm_run, .done = confirm_done };
	j->server = server;
	j->device = device_ref(d);
	j->id = id;
	j->seq = seq;
	j->now_ms = server->now_ms();
	j->base = (struct command_job){ .server = server, .device = d, .now_ms = j->now_ms };
	command_list_init(&j->list);
	if (store_put(server->queue, &j->job)) {
		device_unref(d);
		free(j);
	}
}

/* --- signs --- */

static bool event_confirms(const struct access_event *e, const struct device_awaited *a)
{
	for (size_t i = 0; i < CONFIRMS; i++)
		if (confirms[i].event == e->event && confirms[i].kind == a->kind)
			return a->place == 0 || a->place == e->address;
	return false;
}

static bool awaited_is_live(const struct device_awaited *a, int64_t now_ms)
{
	return a->id && now_ms - a->sent_ms <= CONFIRM_MS;
}

void command_confirm_events(struct server *server, struct device *d,
			    const struct access_event *e)
{
	int64_t now_ms = server_steady_ms(server), id = 0, oldest_ms = INT64_MAX;
	struct device_awaited *found = NULL;

	/* What it did before, and uploads again or later, confirms nothing. */
	if (e->source != ACCESS_LIVE)
		return;
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_AWAITED; i++) {
		struct device_awaited *a = &d->awaited[i];

		if (!awaited_is_live(a, now_ms) || !event_confirms(e, a) ||
		    a->sent_ms >= oldest_ms)
			continue;
		oldest_ms = a->sent_ms;
		found = a;
	}
	if (found) {
		id = found->id;
		found->id = 0;
	}
	pthread_mutex_unlock(&d->lock);
	if (id)
		confirm_put(server, d, id, e->seq);
}

static const struct door_state *reported_door(const struct door_state *door, size_t n,
					      int64_t number)
{
	for (size_t i = 0; i < n; i++)
		if (door[i].number == number)
			return &door[i];
	return NULL;
}

void command_confirm_relays(struct server *server, struct device *d)
{
	struct door_state door[DOORS_MAX];
	int64_t now_ms = server_steady_ms(server), id[DEVICE_AWAITED];
	size_t doors = device_doors(d, door, NULL), n = 0;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_AWAITED; i++) {
		struct device_awaited *a = &d->awaited[i];
		const struct door_state *s = reported_door(door, doors, a->place);

		if (!awaited_is_live(a, now_ms) || a->relay || s == NULL || s->now.relay != 1 ||
		    s->relay_since_ms < a->sent_ms ||
		    (a->kind != COMMAND_KIND_OPEN_DOOR &&
		     a->kind != COMMAND_KIND_HOLD_DOOR_OPEN))
			continue;
		/* Its event may follow. */
		a->relay = true;
		id[n++] = a->id;
	}
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; i < n; i++)
		confirm_put(server, d, id[i], 0);
}
