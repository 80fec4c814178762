/* What was planned for a device is queued, and what is overtaken cancelled, in one transaction. */
#include <stdlib.h>

#include "core/server_clock.h"
#include "core/syncs_private.h"

/* --- on the store thread --- */

struct waiting_check {
	const struct sync_input *of;
	size_t at;
	bool same;
};

static bool waiting_check_see(void *ctx, const struct command *c)
{
	struct waiting_check *w = ctx;
	const struct sync_waiting *one =
		w->at < w->of->waitings ? &w->of->waiting[w->at] : NULL;

	w->same = one && one->id == c->id &&
		  one->given == (c->state != COMMAND_QUEUED || c->sent_ms != 0);
	w->at++;
	return w->same;
}

/* Whether what the plan was made of is as it was. What this does not see is seen after the commit, and planned
 * then. */
static enum gh_err sync_still_holds(struct syncs *p, const struct store_ops *ops,
				    struct store *s)
{
	struct waiting_check w = { .of = &p->given.input, .same = true };
	bool pending = false;
	const struct device *d = p->device;
	enum gh_err err;

	if (device_deleted(d) || !sync_has_device(d) ||
	    sync_only_shown(p->server, d) != p->only_shown ||
	    atomic_load(&p->roster) != p->made_roster || device_version(d) != p->made_version ||
	    atomic_load(&d->contents) != p->made_contents)
		return GH_ESTATE;
	err = ops->commands_open(s, device_id(d), waiting_check_see, &w);
	if (err == GH_OK && !(w.same && w.at == p->given.input.waitings))
		err = GH_ESTATE;
	/* What it sent decides whom its PINs are. */
	if (err == GH_OK && !p->only_shown && p->server->intake)
		err = ops->intake_pending(s, device_id(d), (gh_slice){ 0 }, &pending);
	return err == GH_OK && pending ? GH_ESTATE : err;
}

static bool withdrawn_gather(void *ctx, const struct command *c)
{
	return command_list_add(ctx, c);
}

static enum gh_err order_withdraw(struct syncs *p, const struct store_ops *ops, struct store *s,
				  int64_t id)
{
	struct command_list l;
	enum gh_err err;

	command_list_init(&l);
	err = ops->command_find(s, id, withdrawn_gather, &l);
	if (err == GH_OK)
		err = l.err;
	if (err == GH_OK)
		err = command_job_move(&p->job->base, ops, s, &l.first->command, COMMAND_CANCEL,
				       p->only_shown
					       ? GH_LIT("plans of the device are only shown")
					       : GH_LIT("the roster needs it no more"));
	if (err == GH_OK)
		p->withdrawn++;
	command_list_clear(&l);
	return err;
}

static bool adopted_see(void *ctx, const struct record_row *row)
{
	*(int64_t *)ctx = row->received_ms;
	return true;
}

/* A person of the roster who is on the device is ours from now on, also where others put them there: otherwise they would stay
 * when they are deleted here. */
static enum gh_err person_adopt(struct syncs *p, const struct store_ops *ops, struct store *s)
{
	const struct sync_given *g = &p->given;
	size_t n = 0;
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < g->input.helds && n < SYNC_ADOPTS && err == GH_OK; i++) {
		const struct sync_item *item = &g->held[i];
		struct person mark = { .present = UINT64_C(1) << PERSON_pin |
						  UINT64_C(1) << PERSON_placed,
				       .placed = PERSON_ADOPTED };
		int64_t received_ms = 0;

		if (item->kind != KIND_PERSON || !item->ours || g->placed[i])
			continue;
		mark.pin = ((const struct person *)item->record)->pin;
		err = ops->record_find(s, KIND_PERSON, device_id(p->device), &mark, adopted_see,
				       &received_ms);
		if (err == GH_OK)
			err = ops->record_put(s, KIND_PERSON, device_id(p->device), received_ms,
					      &mark);
		err = err == GH_ENOTFOUND ? GH_OK : err;
		n++;
	}
	return err;
}

static enum gh_err apply_before(void *ctx, const struct store_ops *ops, struct store *s)
{
	struct syncs *p = ctx;
	enum gh_err err;

	p->withdrawn = 0;
	err = sync_still_holds(p, ops, s);
	p->moved = err == GH_ESTATE;
	for (size_t i = 0; p->planned && i < p->plan.withdrawals && err == GH_OK; i++)
		err = order_withdraw(p, ops, s, p->plan.withdrawn[i]);
	return err == GH_OK && p->planned ? person_adopt(p, ops, s) : err;
}

static void apply_done(void *ctx, enum gh_err err)
{
	struct syncs *p = ctx;

	err = p->job->err;
	p->job = NULL;
	if (err == GH_OK && p->withdrawn) {
		atomic_fetch_sub(&p->device->commands, (uint32_t)p->withdrawn);
		if (device_commands(p->device) == 0)
			command_offer_at(p->device, DEVICE_NO_OFFER);
	}
	syncs_applied(p, err);
}

/* --- before --- */

static void sync_order_add(struct syncs *p, enum command_kind kind, gh_slice arguments)
{
	p->order[p->orders++] = (struct command_order){
		.device = p->device,
		.request = { .kind = kind,
			     .arguments = arguments,
			     .requested_by = COMMAND_BY_SYNC },
	};
}

static void orders_make(struct syncs *p)
{
	int64_t until_ms = INT64_MAX, now_ms = server_monotonic_ms(p->server);
	size_t room = SYNC_ORDERS_OPEN, kept = p->plan.kept;
	bool later = false;

	p->orders = 0;
	p->more = false;
	if (p->query) {
		sync_order_add(p, COMMAND_KIND_QUERY_PERSON, (gh_slice){ 0 });
		return;
	}
	room = kept < room ? room - kept : 0;
	for (size_t i = 0; i < p->plan.orders; i++) {
		const struct sync_order *o = &p->plan.order[i];

		/* Its bytes are read when those before it are answered. */
		if (o->target != SYNC_NO_ITEM &&
		    !sync_item_is_whole(&p->given.target[o->target])) {
			later = true;
			continue;
		}
		if (syncs_is_refused(p, device_id(p->device), o, &until_ms))
			continue;
		if (p->orders == room)
			break;
		sync_order_add(p, o->kind, o->arguments);
	}
	p->later = later && p->orders == 0 && p->given.own_waiting == 0;
	if (until_ms != INT64_MAX && p->began_ms + until_ms - now_ms < p->due_ms)
		p->due_ms = p->began_ms + until_ms - now_ms;
}

static size_t adopts_count(const struct sync_given *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->input.helds; i++)
		n += g->held[i].kind == KIND_PERSON && g->held[i].ours && !g->placed[i];
	return n;
}

void syncs_apply(struct syncs *p)
{
	size_t most = p->query ? 1 : p->plan.orders;
	enum gh_err err = GH_ENOMEM;

	p->moved = false;
	p->adopts = p->query ? 0 : adopts_count(&p->given);
	p->order = ghi_arena_alloc(&p->given.arena, (most + 1) * sizeof(*p->order));
	if (p->order) {
		orders_make(p);
		p->more = p->adopts > SYNC_ADOPTS || p->later;
		if (p->orders + p->adopts == 0 && (p->query || p->plan.withdrawals == 0)) {
			syncs_applied(p, GH_OK);
			return;
		}
		p->job = command_queue_job_new(p->server, p->order, p->orders, apply_done, p);
	}
	if (p->job) {
		p->job->whole = true;
		p->job->before = apply_before;
		p->job->before_ctx = p;
		err = command_queue_job_put(p->job);
		if (err == GH_OK)
			return;
		p->job = NULL;
	}
	syncs_applied(p, err);
}
