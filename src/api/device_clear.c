/* DELETE /api/devices?state=held: all devices that wait for approval, but for those that an administrator
 * announced: they were no accident, and go one by one. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/call.h"
#include "core/audit.h"

/* A few at a time, so that uploads wait for few of them. */
#define AT_ONCE 16

/* In the request's arena. Each of those that are being deleted holds it, and so does the
 * function that begins with further ones. */
struct clearing {
	struct call *c;
	struct device **device; /* referenced, from `next` on */
	size_t n, next;
	atomic_size_t pending;
	size_t deleted;
	size_t announced; /* held, and not among them: they stay */
};

static void clear_reply(void *ctx)
{
	struct clearing *g = ctx;
	struct call *c = g->c;
	struct json j = json_with_limit(1024);
	size_t n = g->deleted;
	char count[48];
	struct audit_row row = call_audit(c, "delete_held_devices");

	snprintf(count, sizeof(count), "{\"deleted\":%zu}", n);
	row.after = gh_slice_of(count);
	audit_note(c->server, &row);
	LOG(c->server->log, LOG_INFO, "held devices deleted", { "peer", http_peer(c->r) },
	    { "request", gh_slice_of(c->id) });
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, true);
	json_key(&j, "message");
	json_string(
		&j,
		n ? GH_LIT("Devices that waited for approval are deleted")
		: g->announced
			? GH_LIT("No device waits for approval but those that were announced")
			: GH_LIT("No device waits for approval"));
	json_key(&j, "deleted");
	json_int(&j, (int64_t)n);
	json_key(&j, "announced");
	json_int(&j, (int64_t)g->announced);
	json_object_end(&j);
	call_json(c, 200, &j);
}

static void clear_more(struct clearing *g);

static void clearing_unref(struct clearing *g)
{
	if (atomic_fetch_sub(&g->pending, 1) > 1)
		return;
	if (g->next < g->n)
		clear_more(g);
	else
		http_resume_with(g->c->r, clear_reply, g);
}

/* On the store thread, one after the other. */
static void clear_one_done(void *ctx, enum gh_err err)
{
	struct clearing *g = ctx;

	g->deleted += err == GH_OK;
	clearing_unref(g);
}

static void clear_more(struct clearing *g)
{
	size_t end = g->n - g->next > AT_ONCE ? g->next + AT_ONCE : g->n;

	atomic_store(&g->pending, 1);
	while (g->next < end) {
		struct device *d = g->device[g->next++];

		atomic_fetch_add(&g->pending, 1);
		/* One that was approved meanwhile, or has no room in the queue, stays. */
		if (device_held_drop(g->c->server, d, clear_one_done, g))
			atomic_fetch_sub(&g->pending, 1);
		device_unref(d);
	}
	clearing_unref(g);
}

void handle_devices_clear(struct call *c)
{
	size_t held = devices_count_in(c->server->devices, DEVICE_HELD), most = held + 64;
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
	*g = (struct clearing){ .c = c, .device = device };
	g->n = devices_held_list(c->server, INT64_MAX, device, most);
	g->announced = held > g->n ? held - g->n : 0;
	http_defer(c->r);
	clear_more(g);
}
