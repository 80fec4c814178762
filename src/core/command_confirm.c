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

static const struct door_state *reported_door(const struct door_state *door, size_t n,
					      int64_t number)
{
	for (size_t i = 0; i < n; i++)
		if (door[i].number == number)
			return &door[i];
	return NULL;
}

static void awaited_add(struct device *d, const struct device_awaited *a)
{
	pthread_mutex_lock(&d->lock);
	/* The oldest one makes room. */
	d->awaited[d->awaited_next++ % DEVICE_AWAITED] = *a;
	pthread_mutex_unlock(&d->lock);
}

void command_confirm_expect(struct server *server, struct device *d, const struct command *c,
			    int64_t now_ms)
{
	struct device_awaited a = { .id = c->id, .sent_ms = now_ms, .kind = c->kind };
	struct door_state door[DOORS_MAX];
	const struct door_state *s;

	if (!kind_is_confirmed(c->kind))
		return;
	a.sent_wall_ms = server->now_ms();
	a.place = confirm_place(c);
	s = reported_door(door, device_doors(d, door, NULL), a.place);
	a.relay_since_ms = s ? s->relay_since_ms : 0;
	awaited_add(d, &a);
}

void command_confirm_restore(struct server *server, struct device *d, const struct command *c)
{
	int64_t ago_ms = server_steady_ms(server) - c->sent_ms;
	struct device_awaited a = { .id = c->id,
				    .sent_ms = c->sent_ms,
				    .sent_wall_ms = server->now_ms() - ago_ms,
				    .kind = c->kind,
				    .place = confirm_place(c),
				    .relay = true };

	if (c->tries > 0 && c->verified_ms == 0 && ago_ms >= 0 && ago_ms <= CONFIRM_MS &&
	    kind_is_confirmed(c->kind))
		awaited_add(d, &a);
}

void command_confirm_withdraw(struct device *d, const int64_t *ids, size_t n)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_AWAITED; i++)
		for (size_t k = 0; k < n; k++)
			if (d->awaited[i].id == ids[k])
				d->awaited[i].id = 0;
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
	/* It was never given to the unit, or it was withdrawn. */
	if (c->tries <= 0)
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

/* Of two orders sent together the later number is the later order. */
static bool awaited_is_after(const struct device_awaited *a, const struct device_awaited *b)
{
	return a->sent_ms > b->sent_ms || (a->sent_ms == b->sent_ms && a->id > b->id);
}

/* After an outage old rows arrive as live ones: where its clock is known to be right, the event's own
 * moment counts. The device's lock is held. */
static bool event_is_of_now(const struct device *d, const struct access_event *e,
			    const struct device_awaited *a)
{
	int64_t off_s;

	if (!d->clock.settled || e->utc == ACCESS_NO_UTC)
		return true;
	off_s = e->utc - a->sent_wall_ms / 1000;
	return off_s >= -CONFIRM_CLOCK_S && off_s <= CONFIRM_CLOCK_S;
}

static void event_confirm(struct server *server, struct device *d, const struct access_event *e,
			  int64_t now_ms)
{
	struct device_awaited *found = NULL;
	int64_t id = 0;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_AWAITED; i++) {
		struct device_awaited *a = &d->awaited[i];

		if (awaited_is_live(a, now_ms) && event_confirms(e, a) &&
		    event_is_of_now(d, e, a) && (found == NULL || awaited_is_after(a, found)))
			found = a;
	}
	if (found) {
		const struct device_awaited latest = *found;

		id = latest.id;
		/* An earlier one of that place may be lost, and has no event of its own to come. */
		for (size_t i = 0; i < DEVICE_AWAITED; i++)
			if (event_confirms(e, &d->awaited[i]) &&
			    d->awaited[i].place == latest.place)
				d->awaited[i].id = 0;
	}
	pthread_mutex_unlock(&d->lock);
	if (id)
		confirm_put(server, d, id, e->seq);
}

static bool device_awaits(struct device *d, int64_t now_ms)
{
	bool any = false;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_AWAITED && !any; i++)
		any = awaited_is_live(&d->awaited[i], now_ms);
	pthread_mutex_unlock(&d->lock);
	return any;
}

void command_confirm_events(struct server *server, struct device *d, const struct access_put *a,
			    size_t n)
{
	int64_t now_ms = server_steady_ms(server);

	if (!device_awaits(d, now_ms))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct access_event *e = &a[i].event;

		/* What it did before, and uploads again or later, confirms nothing. */
		if (e->seq > 0 && e->same_as == 0 && e->source == ACCESS_LIVE)
			event_confirm(server, d, e, now_ms);
	}
}

static bool awaited_opens(const struct device_awaited *a)
{
	return a->id &&
	       (a->kind == COMMAND_KIND_OPEN_DOOR || a->kind == COMMAND_KIND_HOLD_DOOR_OPEN);
}

/* An opening, and none of its door was sent after it. The device's lock is held. */
static bool opening_is_latest(const struct device *d, const struct device_awaited *a)
{
	if (!awaited_opens(a))
		return false;
	for (size_t i = 0; i < DEVICE_AWAITED; i++)
		if (awaited_opens(&d->awaited[i]) && d->awaited[i].place == a->place &&
		    awaited_is_after(&d->awaited[i], a))
			return false;
	return true;
}

/* A relay that has been on since another moment than the one noted when the order was given. Moments are not compared
 * with when it was given, as the time of day may be set meanwhile. */
void command_confirm_relays(struct server *server, struct device *d)
{
	struct door_state door[DOORS_MAX];
	int64_t now_ms = server_steady_ms(server), id[DEVICE_AWAITED];
	size_t doors = device_doors(d, door, NULL), n = 0;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_AWAITED; i++) {
		struct device_awaited *a = &d->awaited[i];
		const struct door_state *s = reported_door(door, doors, a->place);

		if (!awaited_is_live(a, now_ms) || a->relay || !opening_is_latest(d, a) ||
		    s == NULL || s->now.relay != 1 || s->relay_since_ms == a->relay_since_ms)
			continue;
		/* Its event may follow. */
		a->relay = true;
		id[n++] = a->id;
	}
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; i < n; i++)
		confirm_put(server, d, id[i], 0);
}
