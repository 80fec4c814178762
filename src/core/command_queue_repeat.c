/* Orders that are sent again, found by the key they were given. */
#include "core/command_queue_job.h"

#define KEY_LIFE_MS INT64_C(86400000)

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

enum gh_err command_queue_repeats_find(struct queue_job *j, const struct store_ops *ops,
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

enum gh_err command_queue_keys_put(struct queue_job *j, const struct store_ops *ops,
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
