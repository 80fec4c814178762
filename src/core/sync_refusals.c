/* Which orders devices refused, or did not keep: they are queued again more and more rarely (syncs.h). */
#include <stdlib.h>

#include "core/server_clock.h"
#include "core/syncs_private.h"

#define REFUSED_MS 60000
#define REFUSED_MOST_MS INT64_C(86400000)
#define REFUSALS 20000
#define ANSWERED 50000

/* --- what was refused --- */

static struct sync_refused refused_of(int64_t device, enum command_kind kind,
				      gh_slice arguments)
{
	struct sync_refused of;

	memset(&of, 0, sizeof(of));
	of.device = device;
	of.order = device_text_hash(arguments) + (uint64_t)kind;
	return of;
}

/* p->lock is held. */
static void sync_refusal_note(struct syncs *p, const struct sync_refused *of)
{
	int64_t now_ms = server_monotonic_ms(p->server), wait_ms;
	struct sync_refusal *r;

	HASH_FIND(hh, p->refusal, of, sizeof(*of), r);
	if (r == NULL && HASH_COUNT(p->refusal) >= REFUSALS) {
		struct sync_refusal *oldest = p->refusal;

		HASH_DEL(p->refusal, oldest);
		free(oldest);
	}
	if (r == NULL) {
		r = calloc(1, sizeof(*r));
		if (r == NULL)
			return;
		r->of = *of;
		HASH_ADD(hh, p->refusal, of, sizeof(r->of), r);
	}
	if (r->times && now_ms - r->until_ms >= REFUSED_MOST_MS)
		r->times = 0;
	wait_ms = REFUSED_MS << (r->times < 11 ? r->times : 11);
	r->times++;
	r->until_ms = now_ms + (wait_ms < REFUSED_MOST_MS ? wait_ms : REFUSED_MOST_MS);
}

/* --- what was acknowledged --- */

/* What an order is about. false: about nothing that can be named. */
static bool done_of(int64_t device, enum command_kind kind, gh_slice arguments,
		    struct sync_refused *of)
{
	enum model_kind_id record = command_kind_row(kind)->record;
	bool card = record == KIND_ID_CARD,
	     code = record == KIND_WORK_CODE || kind == COMMAND_KIND_DELETE_WORK_CODE;
	gh_slice key;

	if (!command_argument(arguments,
			      card   ? ARGUMENT_id_number
			      : code ? ARGUMENT_code
				     : ARGUMENT_pin,
			      &key))
		return false;
	*of = refused_of(device, COMMAND_KIND_UPDATE_PERSON, key);
	of->order += card ? 2 : code ? 1 : 0;
	return true;
}

static void done_drop(struct syncs *p, struct sync_done *d)
{
	HASH_DEL(p->answered, d);
	free(d);
}

static void done_clear(struct syncs *p, int64_t device)
{
	struct sync_done *d, *next;

	HASH_ITER(hh, p->answered, d, next)
	{
		if (device == 0 || d->of.device == device)
			done_drop(p, d);
	}
}

/* p->lock is held. */
static void done_note(struct syncs *p, const struct command *c)
{
	struct sync_refused of;
	struct sync_done *d;

	if (c->kind == COMMAND_KIND_CLEAR_DATA)
		done_clear(p, c->device);
	if (c->kind == COMMAND_KIND_CLEAR_DATA || c->kind == COMMAND_KIND_QUERY_PERSON ||
	    !done_of(c->device, c->kind, c->arguments, &of))
		return;
	HASH_FIND(hh, p->answered, &of, sizeof(of), d);
	if (d == NULL) {
		if (HASH_COUNT(p->answered) >= ANSWERED)
			done_drop(p, p->answered);
		d = calloc(1, sizeof(*d));
		if (d == NULL)
			return;
		d->of = of;
		HASH_ADD(hh, p->answered, of, sizeof(d->of), d);
	}
	d->order = refused_of(c->device, c->kind, c->arguments).order;
}

void syncs_order_ended(struct syncs *p, const struct command *c)
{
	bool unanswered = c->state == COMMAND_EXPIRED || c->state == COMMAND_UNCERTAIN;
	struct sync_refused of = refused_of(c->device, c->kind, c->arguments);

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	if (c->state == COMMAND_ACKNOWLEDGED)
		done_note(p, c);
	else if (gh_slice_eq(c->requested_by, COMMAND_BY_SYNC) &&
		 (c->state == COMMAND_FAILED || unanswered))
		sync_refusal_note(p, &of);
	pthread_mutex_unlock(&p->lock);
}

bool syncs_is_refused(struct syncs *p, int64_t device, const struct sync_order *o,
		      int64_t *until_ms)
{
	struct sync_refused of = refused_of(device, o->kind, o->arguments), about;
	struct sync_refusal *r;
	struct sync_done *d = NULL;
	bool refused;

	pthread_mutex_lock(&p->lock);
	if (done_of(device, o->kind, o->arguments, &about))
		HASH_FIND(hh, p->answered, &about, sizeof(about), d);
	/* The device acknowledged it, and does not have it so. */
	if (d && d->order == of.order) {
		done_drop(p, d);
		sync_refusal_note(p, &of);
	}
	HASH_FIND(hh, p->refusal, &of, sizeof(of), r);
	refused = r && server_monotonic_ms(p->server) < r->until_ms;
	if (refused && r->until_ms < *until_ms)
		*until_ms = r->until_ms;
	pthread_mutex_unlock(&p->lock);
	return refused;
}

/* Of one device, or (0) of all. */
static void refusals_drop(struct syncs *p, int64_t device)
{
	struct sync_refusal *r, *next;

	done_clear(p, device);
	HASH_ITER(hh, p->refusal, r, next)
	{
		if (device && r->of.device != device)
			continue;
		HASH_DEL(p->refusal, r);
		free(r);
	}
}

void syncs_refusals_clear(struct syncs *p)
{
	refusals_drop(p, 0);
}

void syncs_device_deleted(struct syncs *p, int64_t device)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	refusals_drop(p, device);
	pthread_mutex_unlock(&p->lock);
	/* One with its number is planned again, whatever the numbers of its changes are. */
	syncs_roster_changed(p);
}
