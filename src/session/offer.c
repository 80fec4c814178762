/* The commands in the reply to a poll, the same in both dialects but for their words. */
#include "session/offer.h"

#include <stdlib.h>

#include "core/access/subs.h"
#include "core/commands.h"
#include "core/server_clock.h"
#include "session/wake.h"

/* What is needed after the reply with commands was sent, or failed. */
struct delivery {
	struct server *server;
	struct device *device;
	size_t n;
	int64_t ids[];
};

static void delivery_end(void *user, bool sent)
{
	struct delivery *d = user;

	if (!sent)
		command_undelivered(d->server, d->device, d->ids, d->n);
	device_unref(d->device);
	free(d);
}

static void delivery_watch(struct exchange *x, struct device *of, const struct command_list *l)
{
	struct delivery *d = malloc(sizeof(*d) + l->n * sizeof(*d->ids));

	/* Without it, commands of an interrupted reply wait for the retry time. */
	if (d == NULL)
		return;
	*d = (struct delivery){ .server = x->server, .device = device_ref(of) };
	for (const struct command_item *at = l->first; at; at = at->next)
		d->ids[d->n++] = at->command.id;
	x->transport->watch(x->link, d, delivery_end);
}

/* The commands for the device: belongs to the request, from done() until the reply. */
struct offer {
	struct command_list list;
	struct device *of; /* referenced: the device, or one of its sub-controllers */
};

/* The store may have been slow: what is past its time by now is not sent. It ends when the time for
 * that is next looked at. */
static void offer_withdraw(struct exchange *x, struct device *of, const struct command_list *l,
			   int64_t now_ms)
{
	for (const struct command_item *at = l->first; at; at = at->next)
		if (at->command.expires_ms <= now_ms)
			command_withdraw(x->server, of, &at->command.id, 1);
}

static void offer_begin(struct exchange *x);

static void offer_held(struct exchange *x)
{
	if (wake_hold_serves(x) && device_state(x->device) == DEVICE_APPROVED)
		offer_begin(x);
	else
		exchange_ok(x);
}

/* There is nothing for the device. */
static void offer_none(struct exchange *x)
{
	if (!wake_hold(x, offer_held))
		exchange_ok(x);
}

/* There is something, but not now, as what a guard holds: each poll looks at it, and none is held for it. */
static bool offer_is_due(struct exchange *x)
{
	int64_t now_ms = x->server->now_ms();

	return x->dialect->names_units ? device_offers_due(x->server, x->device, now_ms)
				       : device_offer_due(x->device, now_ms);
}

/* The exchange and its arena are freed with the reply. */
static void offer_reply(struct exchange *x)
{
	struct offer *o = x->state;
	struct device *of = o->of;
	struct command_list list;
	gh_slice text = { 0 };
	int64_t now_ms = server_steady_ms(x->server);

	command_list_move(&list, &o->list);
	if (x->err == GH_OK)
		offer_withdraw(x, of, &list, now_ms);
	if (x->err == GH_OK && list.n)
		x->err = x->dialect->write_commands(x, &list, now_ms, &text);
	if (x->err) {
		exchange_store_failed(x, x->err);
	} else if (text.n == 0) {
		if (offer_is_due(x))
			exchange_ok(x);
		else
			offer_none(x);
	} else {
		delivery_watch(x, of, &list);
		exchange_text(x, text);
	}
	command_list_clear(&list);
	device_unref(of);
}

/* On the store thread. */
static void poll_offer_done(void *ctx, enum gh_err err, struct command_list *offered)
{
	struct exchange *x = ctx;
	struct offer *o = x->state;

	command_list_move(&o->list, offered);
	x->err = err;
	exchange_resume_with(x, offer_reply);
}

/* Whose commands the reply has, referenced; NULL: there are none. */
static struct device *offer_of(struct exchange *x)
{
	/* That it came a while ago makes nothing due that is not. */
	int64_t now_ms = x->hold ? x->server->now_ms() : x->now_ms;

	if (x->dialect->names_units)
		return device_offer_of(x->server, x->device, now_ms);
	return device_offer_due(x->device, now_ms) ? device_ref(x->device) : NULL;
}

static void offer_begin(struct exchange *x)
{
	struct device *of = offer_of(x);
	struct offer *o;

	if (of == NULL) {
		offer_none(x);
		return;
	}
	x->state = o = ghi_arena_alloc(x->arena, sizeof(*o));
	if (o == NULL) {
		device_unref(of);
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	o->of = of;
	if (!exchange_defer(x)) {
		device_unref(of);
		exchange_drop(x);
		return;
	}
	enum gh_err err = command_offer(x->server, of, poll_offer_done, x);
	if (err) {
		device_unref(of);
		exchange_store_failed(x, err);
	}
}

void offer_serve(struct exchange *x)
{
	device_polled(x->device, exchange_peer(x));
	offer_begin(x);
}
