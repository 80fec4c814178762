/* Plans about people of a clock or terminal (core/roster_plan.h): made and stored in a request, and made again when they
 * are applied. */
#include "api/plan_call.h"

#include "core/audit.h"

/* --- a new one --- */

static bool select_fits(struct call *c, const struct body *select)
{
	if (select == NULL || body_find(select, GH_LIT("device")) == NULL) {
		call_fail_field(c, ERROR_field_invalid, "select.device", "is missing");
		return false;
	}
	if (body_find(select, GH_LIT("ids"))) {
		call_fail_field(c, ERROR_field_invalid, "select.ids",
				"goes with access units; a device has `device` and `pins`");
		return false;
	}
	return true;
}

static bool roster_pins_read(struct call *c, const struct body *select,
			     struct roster_plan_wish *wish)
{
	const struct body *pins = body_find(select, GH_LIT("pins"));
	gh_slice *pin;

	if (pins == NULL)
		return true;
	pin = ghi_arena_alloc(call_arena(c), (pins->parts + 1) * sizeof(*pin));
	for (size_t i = 0; pin && i < pins->parts; i++)
		pin[i] = pins->part[i].s;
	wish->pin = pin;
	wish->pins = pins->parts;
	if (pin == NULL)
		call_fail_err(c, GH_ENOMEM);
	return pin != NULL;
}

static void roster_plan_fail(struct call *c, const struct roster_plan_wish *wish,
			     const struct roster_plan *p, enum gh_err err)
{
	gh_slice sn = device_sn(wish->device);

	if (err == GH_ESTATE)
		call_fail(c, ERROR_device_cannot,
			  "Device %.*s is no clock or terminal that is approved.", GH_FMT(sn));
	else if (err == GH_ETOOBIG && p->too_many)
		call_fail(c, ERROR_plan_too_large,
			  "That is more than %d steps, or more than a device is given at once.",
			  ROSTER_PLAN_STEPS);
	else
		call_fail_err(c, err);
}

/* On the listener's thread. */
static void roster_plan_store(struct call *c)
{
	struct roster_plan *roster = c->extra;
	struct plan_call *p = plan_call_new(c, "create_plan");

	if (p == NULL)
		return;
	p->request.kind = gh_slice_of(
		roster_plan_word((enum roster_plan_kind)(roster->step[0].verb - ROSTER_STEP)));
	p->request.flags = PLAN_ROSTER;
	p->request.unit = &roster->unit;
	p->request.step = roster->step;
	p->request.steps = roster->steps;
	p->request.audit->after = body_json(c->body, call_arena(c));
	p->items = roster->steps;
	plan_call_put(p, plan_create);
}

static void roster_plan_find(struct call *c, struct roster_plan_wish *wish)
{
	struct roster_plan *p = ghi_arena_alloc(call_arena(c), sizeof(*p));
	enum gh_err err =
		p ? roster_plan_make(c->server, c->reader, wish, call_arena(c), p) : GH_ENOMEM;

	if (err) {
		roster_plan_fail(c, wish, p, err);
	} else if (p->steps == 0) {
		call_fail(c, ERROR_plan_empty, "There is nothing to %s.",
			  wish->kind == ROSTER_PLAN_TAKE_OVER ? "take over"
							      : roster_plan_word(wish->kind));
	} else {
		c->task = c;
		c->extra = p;
		c->then = roster_plan_store;
	}
}

void roster_plan_create(struct call *c, enum roster_plan_kind kind)
{
	const struct body *select = body_find(c->body, GH_LIT("select"));
	struct roster_plan_wish wish = { .kind = kind };
	gh_slice serial;

	if (!select_fits(c, select) || !roster_pins_read(c, select, &wish) ||
	    call_reader(c) == NULL)
		return;
	serial = body_find(select, GH_LIT("device"))->s;
	wish.device = devices_find(c->server->devices, serial);
	if (wish.device)
		roster_plan_find(c, &wish);
	else
		call_fail_device(c, "select.device", serial);
	device_unref(wish.device);
}

/* --- when it is applied --- */

struct pins_stored {
	struct arena *a;
	struct roster_plan_wish *wish;
	gh_slice *pin;
};

/* A person's steps follow one another. */
static bool pin_keep(void *ctx, const struct plan_step *s)
{
	struct pins_stored *p = ctx;
	size_t n = p->wish->pins;
	gh_slice pin = { 0 };

	(void)command_argument(s->words, ARGUMENT_pin, &pin);
	p->wish->kind = (enum roster_plan_kind)(s->verb - ROSTER_STEP);
	if (n == 0 || !gh_slice_eq(p->pin[n - 1], pin))
		p->pin[p->wish->pins++] = ghi_arena_copy(p->a, pin);
	return p->wish->pins < ROSTER_PLAN_STEPS;
}

enum gh_err roster_plan_again(struct call *c, const struct plan_unit *u, struct device *d,
			      struct roster_plan *out)
{
	struct roster_plan_wish wish = { .device = d };
	struct pins_stored pins = { .a = call_arena(c), .wish = &wish };
	struct plan_steps_of of = { .plan = u->plan, .after = INT64_MIN, .limit = INT64_MAX };
	enum gh_err err;

	if (d == NULL)
		return GH_ENOTFOUND;
	of.device = device_id(d);
	pins.pin = ghi_arena_alloc(pins.a, ROSTER_PLAN_STEPS * sizeof(*pins.pin));
	if (pins.pin == NULL)
		return GH_ENOMEM;
	wish.pin = pins.pin;
	err = c->server->db.ops->plan_steps_read(c->reader, &of, pin_keep, &pins);
	return err ? err : roster_plan_make(c->server, c->reader, &wish, call_arena(c), out);
}
