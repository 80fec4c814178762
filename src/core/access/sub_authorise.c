/* What is ordered of a main controller about its sub-controllers. */
#include "core/access/subs.h"
#include "core/commands.h"
#include "core/device_private.h"
#include "core/server_clock.h"
#include "wire/access/sub.h"

#include <stdio.h>
#include <stdlib.h>

#define ORDER_AGAIN_MS INT64_C(300000)

static void sub_ordered(void *ctx, enum gh_err err, const struct command *c)
{
	struct device *sub = ctx;

	if (sub && err == GH_OK)
		atomic_store(&sub->sub_order, c->id);
	device_unref(sub);
}

/* `sub`: where its number is kept; NULL: nowhere. */
static enum gh_err sub_order_put(struct server *server, struct device *parent,
				 struct device *sub, gh_slice sn, enum device_sub_step step)
{
	char pairs[96];
	uint8_t text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct command_request order = { .kind = step ? COMMAND_KIND_UPDATE_TABLE
						      : COMMAND_KIND_DELETE_TABLE,
					 .requested_by = COMMAND_BY_SERVER };
	enum gh_err err;

	if (step)
		snprintf(pairs, sizeof(pairs), "SN=%.*s\tIsAuthorize=%d", GH_FMT(sn),
			 (int)step);
	else
		snprintf(pairs, sizeof(pairs), "SN=%.*s", GH_FMT(sn));
	command_argument_put(&w, "table", GH_LIT(GHI_SUB_TABLE));
	command_argument_put(&w, "pairs", gh_slice_of(pairs));
	order.arguments = ghi_written(&w);
	if (w.err)
		return w.err;
	if (sub)
		device_ref(sub);
	err = command_queue(server, parent, &order, sub_ordered, sub);
	if (err)
		device_unref(sub);
	return err;
}

enum gh_err sub_order(struct server *server, struct device *parent, gh_slice sn,
		      enum device_sub_step step)
{
	return sub_order_put(server, parent, NULL, sn, step);
}

/* The next step of one that is approved; -1: none is due. */
static int sub_step_due(struct device *sub)
{
	pthread_mutex_lock(&sub->lock);
	int64_t step = sub->row.access.sub_step;
	bool described = sub->row.access.registered_ms > 0;

	pthread_mutex_unlock(&sub->lock);
	switch (device_state(sub)) {
	case DEVICE_APPROVED:
		if (step == DEVICE_SUB_WAITS)
			return DEVICE_SUB_REGISTERS;
		return step == DEVICE_SUB_REGISTERS && described ? DEVICE_SUB_AUTHORISED : -1;
	case DEVICE_BLOCKED:
		return step == DEVICE_SUB_WAITS ? -1 : DEVICE_SUB_WAITS;
	default:
		return -1;
	}
}

/* Bits of sub_ordered. That it is removed, and that it is authorised, is decided by a person. */
#define STEP_BIT(step) (1 << (step))
#define STEPS_AUTHORISE (STEP_BIT(DEVICE_SUB_REGISTERS) | STEP_BIT(DEVICE_SUB_AUTHORISED))

enum sub_repeat { SUB_ORDERED, SUB_ORDER_NEW, SUB_ORDER_AGAIN };

/* Each step is ordered once in the interval, whatever the main controller lists in it: it sends its whole list
 * with each change, and its list is not to be relied on. */
static enum sub_repeat sub_order_repeat(struct device *sub, int step, int64_t now_ms)
{
	int bit = STEP_BIT(step);
	bool over, ordered;

	pthread_mutex_lock(&sub->lock);
	over = sub->sub_ordered_ms > now_ms || now_ms - sub->sub_ordered_ms >= ORDER_AGAIN_MS;
	sub->sub_ordered &= bit & STEPS_AUTHORISE ? STEPS_AUTHORISE : bit;
	if (over)
		sub->sub_ordered = 0;
	ordered = sub->sub_ordered & bit;
	if (sub->sub_ordered == 0)
		sub->sub_ordered_ms = now_ms;
	sub->sub_ordered |= bit;
	pthread_mutex_unlock(&sub->lock);
	if (ordered)
		return SUB_ORDERED;
	return over && atomic_load(&sub->sub_order) ? SUB_ORDER_AGAIN : SUB_ORDER_NEW;
}

/* The next poll orders it. */
static void sub_order_reset(struct device *sub)
{
	pthread_mutex_lock(&sub->lock);
	sub->sub_ordered = 0;
	pthread_mutex_unlock(&sub->lock);
}

struct sub_again {
	struct store_job job;
	struct server *server;
	struct device *parent, *sub; /* referenced */
	int step;
	bool waits; /* the order before this one */
};

static bool sub_again_note(void *ctx, const struct command *c)
{
	struct sub_again *s = ctx;

	s->waits = command_is_open(c->state);
	return true;
}

static enum gh_err sub_again_run(struct store_job *job, const struct store_ops *ops,
				 struct store *store)
{
	struct sub_again *s = (struct sub_again *)job;
	enum gh_err err =
		ops->command_find(store, atomic_load(&s->sub->sub_order), sub_again_note, s);

	return err == GH_ENOTFOUND ? GH_OK : err;
}

static void sub_again_done(struct store_job *job, enum gh_err err)
{
	struct sub_again *s = (struct sub_again *)job;

	if (err == GH_OK && !s->waits)
		err = sub_order_put(s->server, s->parent, s->sub, device_sn(s->sub),
				    (enum device_sub_step)s->step);
	if (err)
		sub_order_reset(s->sub);
	device_unref(s->parent);
	device_unref(s->sub);
	free(s);
}

/* Unless the one before it still waits. */
static enum gh_err sub_order_again(struct server *server, struct device *parent,
				   struct device *sub, int step)
{
	struct sub_again *s = malloc(sizeof(*s));
	enum gh_err err;

	if (s == NULL)
		return GH_ENOMEM;
	*s = (struct sub_again){ .job = { .run = sub_again_run, .done = sub_again_done },
				 .server = server,
				 .parent = device_ref(parent),
				 .sub = device_ref(sub),
				 .step = step };
	err = store_put(server->queue, &s->job);
	if (err) {
		device_unref(parent);
		device_unref(sub);
		free(s);
	}
	return err;
}

static void sub_authorise(struct server *server, struct device *parent, struct device *sub)
{
	int step = sub_step_due(sub);
	enum sub_repeat repeat =
		step < 0 ? SUB_ORDERED : sub_order_repeat(sub, step, server_aging_ms(server));
	enum gh_err err = GH_OK;

	if (repeat == SUB_ORDER_AGAIN)
		err = sub_order_again(server, parent, sub, step);
	else if (repeat == SUB_ORDER_NEW)
		err = sub_order_put(server, parent, sub, device_sn(sub),
				    (enum device_sub_step)step);
	if (err)
		sub_order_reset(sub);
}

void device_subs_authorise(struct server *server, struct device *parent)
{
	struct device *sub[SUBS_MAX];
	size_t n = device_subs(server->devices, parent, sub);

	for (size_t i = 0; i < n; i++) {
		sub_authorise(server, parent, sub[i]);
		device_unref(sub[i]);
	}
}
