#include "api/punches.h"

#include "base/text.h"

void punch_viewer_begin(struct punch_viewer *v, struct server *server)
{
	*v = (struct punch_viewer){ .server = server };
}

static void device_look_up(struct punch_viewer *v, size_t at, const struct punch *p)
{
	struct device *d = devices_find(v->server->devices, p->serial);
	struct arena a = ghi_arena_with_limit((size_t)1 << 20);
	struct device_row row = { 0 };
	gh_slice name;

	v->known[at].device = p->device;
	v->known[at].generation = VERIFY_NEW;
	v->known[at].name_n = 0;
	if (d == NULL)
		return;
	device_row(d, &a, &row);
	/* Access units number them as newer clocks do (Security PUSH 3.1.2, 11.3). */
	if (device_dialect(d) != DEVICE_ACCESS)
		v->known[at].generation = punch_generation(row.attendance.push_version);
	name = row.name;
	if (name.n > PUNCH_VIEWER_NAME)
		name.n = ghi_text_utf8_prefix((gh_slice){ name.p, PUNCH_VIEWER_NAME });
	if (name.n)
		memcpy(v->known[at].name, name.p, name.n);
	v->known[at].name_n = (uint8_t)name.n;
	ghi_arena_clear(&a);
	device_unref(d);
}

static size_t known_place(const struct punch *p)
{
	return (size_t)p->device % PUNCH_VIEWER_DEVICES;
}

struct punch_view punch_view_of(struct punch_viewer *v, const struct punch *p)
{
	size_t at = known_place(p);

	if (v->known[at].device != p->device || p->device == 0)
		device_look_up(v, at, p);
	struct punch_view view = { .p = *p, .generation = v->known[at].generation };

	if (punch_is_check(p))
		view.p.flags |= PUNCH_CARD_CHECK;
	return view;
}

gh_slice punch_viewer_name(const struct punch_viewer *v, const struct punch *p)
{
	size_t at = known_place(p);

	return (gh_slice){ v->known[at].name, v->known[at].name_n };
}
