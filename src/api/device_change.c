/* What may be done to a device: approve, block, change, forget. */
#include "api/bodies.h"
#include "api/call.h"
#include "api/device_view.h"
#include "core/terminals.h"

/* A change under way; in the request's arena. */
struct changing {
	struct call *c;
	struct device *d;
	struct device_row change;
};

static void answer_device(struct call *c, struct device *d)
{
	struct device_view v;
	struct json j = call_data();

	device_view_init(&v, c->server, d, call_arena(c));
	fields_json(&j, &device_fields, &v);
	call_data_end(c, 200, &j);
	device_view_clear(&v);
}

static void fail_change(struct call *c, enum gh_err err)
{
	if (err == GH_EINVALID)
		call_fail(c, 400, "field_invalid",
			  "Field \"zone\" must be a time zone that exists: Europe/Istanbul, "
			  "UTC or +05:30.");
	else
		call_fail_err(c, err);
}

static void log_change(const struct changing *g)
{
	static const char *const event[DEVICE_STATES] = { "device held", "device approved",
							  "device blocked" };
	bool state = g->change.present >> DEVICE_state & 1;

	LOG(g->c->server->log, LOG_INFO, state ? event[g->change.state] : "device changed",
	    { "sn", device_sn(g->d) }, { "peer", http_peer(g->c->r) });
}

static void changed(void *ctx, enum gh_err err)
{
	struct changing *g = ctx;
	struct call *c = g->c;

	if (err == GH_OK)
		log_change(g);
	if (err)
		fail_change(c, err);
	else
		answer_device(c, g->d);
	device_unref(g->d);
	http_resume(c->r);
}

static struct changing *begin(struct call *c)
{
	struct changing *g = ghi_arena_alloc(call_arena(c), sizeof(*g));

	if (g == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	g->c = c;
	g->d = call_device(c);
	return g->d ? g : NULL;
}

static void put_change(struct changing *g)
{
	enum gh_err err;

	http_defer(g->c->r);
	err = device_change(g->c->server, g->d, &g->change, changed, g);
	if (err)
		changed(g, err);
}

static void set_state(struct call *c, enum device_state state)
{
	struct changing *g = begin(c);

	if (g == NULL)
		return;
	g->change.present = (uint64_t)1 << DEVICE_state;
	g->change.state = state;
	put_change(g);
}

void handle_device_approve(struct call *c)
{
	set_state(c, DEVICE_APPROVED);
}

void handle_device_block(struct call *c)
{
	set_state(c, DEVICE_BLOCKED);
}

static void set_TEXT(gh_slice *to, const struct body_member *m)
{
	*to = m->s;
}

static void set_INT(int64_t *to, const struct body_member *m)
{
	*to = m->i;
}

static void set_BOOL(int64_t *to, const struct body_member *m)
{
	set_INT(to, m);
}

static bool printable(struct call *c, const struct body_member *m)
{
	for (size_t i = 0; m->kind == BODY_TEXT && i < m->s.n; i++) {
		if (m->s.p[i] >= 0x20 && m->s.p[i] != 0x7F)
			continue;
		call_fail(c, 400, "field_invalid",
			  "Field \"%.*s\" may not contain control characters.",
			  GH_FMT(m->name));
		return false;
	}
	return true;
}

/* Values end up in the handshake's reply, line by line. */
bool body_printable(struct call *c, const struct body *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!printable(c, &b->member[i]))
			return false;
	return true;
}

/* A device that calls home is not to be called by mistake. */
static bool fits_kind(struct changing *g, const struct body *b)
{
	static const char *const of_terminals[] = { "address", "readInterval", "live" };

	for (size_t i = 0; i < sizeof(of_terminals) / sizeof(of_terminals[0]); i++) {
		if (device_is_terminal(g->d) || !body_find(b, gh_slice_of(of_terminals[i])))
			continue;
		call_fail(g->c, 409, "not_a_terminal",
			  "Field \"%s\" is for terminals that are called; %.*s calls home. To "
			  "have it called, delete it and add it by its address.",
			  of_terminals[i], GH_FMT(device_sn(g->d)));
		return false;
	}
	return true;
}

static bool usable(struct changing *g, const struct body *b)
{
	const struct terminals *t = g->c->server->terminals;
	const struct body_member *address = body_find(b, GH_LIT("address")),
				 *key = body_find(b, GH_LIT("commKey"));

	if (t == NULL || !device_is_terminal(g->d) ||
	    t->ops->usable(t->self, address ? &address->s : NULL, key ? &key->s : NULL))
		return true;
	call_fail(
		g->c, 400, "field_invalid",
		"Field \"address\" of a terminal must be tcp://HOST[:PORT], udp://HOST[:PORT] "
		"or HOST[:PORT], and \"commKey\" a number.");
	return false;
}

void handle_device_patch(struct call *c)
{
	const struct body *b = call_body(c, &body_patch);
	struct changing *g;

	if (b == NULL || !body_printable(c, b))
		return;
	if (b->n == 0) {
		call_fail(c, 400, "field_invalid", "The body names nothing to change.");
		return;
	}
	g = begin(c);
	if (g == NULL)
		return;
	if (!fits_kind(g, b) || !usable(g, b)) {
		device_unref(g->d);
		return;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct body_member *m = &b->member[i];
#define DEVICE_SETTING(json, member, kind, least, most, about)       \
	if (gh_slice_eq(m->name, GH_LIT(json))) {                    \
		g->change.present |= (uint64_t)1 << DEVICE_##member; \
		set_##kind(&g->change.member, m);                    \
	}
#include "api/device_setting.def"
#undef DEVICE_SETTING
	}
	put_change(g);
}

static void deleted(void *ctx, enum gh_err err)
{
	struct changing *g = ctx;
	struct call *c = g->c;

	if (err)
		call_fail_err(c, err);
	else
		call_done(c, "Device deleted; its punches stay");
	device_unref(g->d);
	http_resume(c->r);
}

void handle_device_delete(struct call *c)
{
	struct changing *g = begin(c);
	enum gh_err err;

	if (g == NULL)
		return;
	http_defer(c->r);
	err = device_delete(c->server, g->d, deleted, g);
	if (err)
		deleted(g, err);
}
