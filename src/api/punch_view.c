#include "api/punches.h"

struct punch_view punch_view_of(struct punch_viewer *v, const struct punch *p)
{
	if (p->device != v->device || v->device == 0) {
		struct device *d = devices_find(v->server->devices, p->serial);
		struct arena a = ghi_arena_with_limit((size_t)1 << 20);
		struct device_row row = { 0 };

		if (d)
			device_row(d, &a, &row);
		v->device = p->device;
		v->generation = d ? punch_generation(row.attendance.push_version) : VERIFY_NEW;
		ghi_arena_clear(&a);
		device_unref(d);
	}
	return (struct punch_view){ *p, v->generation };
}
