/* DELETE /api/devices?state=held: all devices that wait for approval. */
#include <stdatomic.h>
#include <stdlib.h>

#include "api/call.h"

/* In the request's arena. Each of those that are being deleted holds it, and the call itself until it
 * has begun with the last. */
struct clearing {
	struct call *c;
	atomic_size_t pending;
	atomic_size_t deleted;
};

static void clear_reply(void *ctx)
{
	struct clearing *g = ctx;
	struct call *c = g->c;
	struct json j = json_with_limit(1024);
	size_t n = atomic_load(&g->deleted);

	LOG(c->server->log, LOG_INFO, "held devices deleted", { "peer", http_peer(c->r) },
	    { "request", gh_slice_of(c->id) });
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, true);
	json_key(&j, "message");
	json_string(&j, n ? GH_LIT("Devices that waited for approval are deleted")
			  : GH_LIT("No device waits for approval"));
	json_key(&j, "deleted");
	json_int(&j, (int64_t)n);
	json_object_end(&j);
	call_json(c, 200, &j);
}

static void clearing_unref(struct clearing *g)
{
	if (atomic_fetch_sub(&g->pending, 1) == 1)
		http_resume_with(g->c->r, clear_reply, g);
}

/* On the store thread. */
static void clear_one_done(void *ctx, enum gh_err err)
{
	struct clearing *g = ctx;

	if (err == GH_OK)
		atomic_fetch_add(&g->deleted, 1);
	clearing_unref(g);
}

static void clear_each(struct clearing *g, struct device **device, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		atomic_fetch_add(&g->pending, 1);
		/* One that was approved meanwhile, or has no room in the queue, stays. */
		if (device_held_drop(g->c->server, device[i], clear_one_done, g))
			atomic_fetch_sub(&g->pending, 1);
		device_unref(device[i]);
	}
}

void handle_devices_clear(struct call *c)
{
	size_t most = devices_count_in(c->server->devices, DEVICE_HELD) + 64;
	struct device **device;
	struct clearing *g;

	if (!gh_slice_eq(call_param(c, PARAM_state)->s, GH_LIT("held"))) {
		call_fail_param(c, PARAM_state, "must be held");
		return;
	}
	g = ghi_arena_alloc(call_arena(c), sizeof(*g));
	device = ghi_arena_alloc(call_arena(c), most * sizeof(*device));
	if (g == NULL || device == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	g->c = c;
	atomic_init(&g->pending, 1);
	atomic_init(&g->deleted, 0);
	http_defer(c->r);
	clear_each(g, device, devices_held_list(c->server, INT64_MAX, device, most));
	clearing_unref(g);
}
