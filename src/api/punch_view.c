#include "api/punches.h"

void punch_viewer_begin(struct punch_viewer *v, struct server *server)
{
	*v = (struct punch_viewer){ .server = server };
}

static enum verify_generation generation_of(const struct punch_viewer *v, const struct punch *p)
{
	struct device *d = devices_find(v->server->devices, p->serial);
	struct arena a = ghi_arena_with_limit((size_t)1 << 20);
	struct device_row row = { 0 };

	if (d == NULL)
		return VERIFY_NEW;
	device_row(d, &a, &row);
	enum verify_generation generation = punch_generation(row.attendance.push_version);

	ghi_arena_clear(&a);
	device_unref(d);
	return generation;
}

struct punch_view punch_view_of(struct punch_viewer *v, const struct punch *p)
{
	size_t at = (size_t)p->device % PUNCH_VIEWER_DEVICES;

	if (v->known[at].device != p->device || p->device == 0) {
		v->known[at].device = p->device;
		v->known[at].generation = generation_of(v, p);
	}
	return (struct punch_view){ *p, v->known[at].generation };
}
