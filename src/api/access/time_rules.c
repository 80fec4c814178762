/* /api/time-rules and /api/holidays. */
#include <stdio.h>

#include "api/access/resource.h"
#include "model/holiday.h"
#include "model/time_rule.h"
#include "render/rights.h"

/* --- time rules --- */

static void week_read(struct resource_call *g, const struct body *week, struct time_table *t)
{
	char field[FAULT_FIELD];
	const char *why;
	unsigned days;

	for (size_t i = 0; week && i < week->parts; i++) {
		const struct body *of = &week->part[i];

		snprintf(field, sizeof(field), "week.%.*s",
			 of->name.n > 40 ? 40 : (int)of->name.n, (const char *)of->name.p);
		if (time_days_read(of->name, &days, &why)) {
			resource_fault(g, field, "%s", why);
			continue;
		}
		for (size_t k = 0; k < of->parts; k++) {
			if (time_table_add(t, days, of->part[k].s, &why) == GH_OK)
				continue;
			snprintf(field, sizeof(field), "week.%.*s[%zu]",
				 of->name.n > 40 ? 40 : (int)of->name.n,
				 (const char *)of->name.p, k);
			resource_fault(g, field, "%s", why);
		}
	}
}

static void holidays_read(struct resource_call *g, const struct body *holidays,
			  struct time_table *t)
{
	char field[FAULT_FIELD];
	const char *why;
	enum time_column column;

	for (size_t i = 0; holidays && i < holidays->parts; i++) {
		const struct body *of = &holidays->part[i];
		int n = of->name.n > 40 ? 40 : (int)of->name.n;

		snprintf(field, sizeof(field), "holidays.%.*s", n, (const char *)of->name.p);
		if (time_holiday_name(t, of->name, &column, &why)) {
			resource_fault(g, field, "%s", why);
			continue;
		}
		for (size_t k = 0; k < of->parts; k++) {
			if (time_holiday_add(t, column, of->part[k].s, &why) == GH_OK)
				continue;
			snprintf(field, sizeof(field), "holidays.%.*s[%zu]", n,
				 (const char *)of->name.p, k);
			resource_fault(g, field, "%s", why);
		}
	}
}

static void time_rule_read(struct resource_call *g, const struct body *b)
{
	struct time_rule *r = (struct time_rule *)&g->record;
	const struct body *week = body_find(b, GH_LIT("week")),
			  *holidays = body_find(b, GH_LIT("holidays"));
	struct time_table t = { 0 };
	char text[TIME_RULE_TEXT];

	resource_text(g, b, "name", TIME_RULE_name, &r->name);
	resource_moment(g, b, "from", TIME_RULE_valid_from, false, &r->valid_from);
	resource_moment(g, b, "to", TIME_RULE_valid_to, true, &r->valid_to);
	if (week || g->whole) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		week_read(g, week, &t);
		time_week_write(&w, &t);
		r->week = resource_written(g, &w);
		resource_present(g, TIME_RULE_week);
	}
	if (holidays || g->whole) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		holidays_read(g, holidays, &t);
		time_holidays_write(&w, &t);
		r->holidays = resource_written(g, &w);
		resource_present(g, TIME_RULE_holidays);
	}
}

static enum gh_err time_rule_check(struct entity_change *c, const struct store_ops *ops,
				   struct store *s, const void *record)
{
	const struct time_rule *r = record;

	(void)ops;
	(void)s;
	if (c->given == TIME_RULE_ALWAYS) {
		c->refusal.why = "Time rule 1 is always open, and stays as it is";
		return GH_ESTATE;
	}
	return c->remove ? GH_OK : resource_validity_check(c, r->valid_from, r->valid_to, "to");
}

static const struct resource time_rule_resource = {
	.kind = ENTITY_TIME_RULE,
	.fields = &time_rule_fields,
	.one = "time rule",
	.used_by = "an access level",
	.key = "name",
	.unknown = ERROR_time_rule_unknown,
	.in_use = ERROR_time_rule_in_use,
	.read = time_rule_read,
	.check = time_rule_check,
};

RESOURCE_HANDLERS(time_rule)

/* --- holidays --- */

static void day_field_read(struct resource_call *g, const struct body *b, const char *name,
			   unsigned bit, int64_t *out)
{
	const struct body *m = body_find(b, gh_slice_of(name));

	if (m == NULL || m->kind == BODY_NULL || m->s.n == 0)
		return;
	resource_present(g, bit);
	switch (holiday_day_read(m->s, out)) {
	case GH_OK:
		break;
	case GH_EINVALID:
		resource_fault(g, name, "is a day that does not exist");
		break;
	default:
		resource_fault(g, name, "must be a day, YYYY-MM-DD");
	}
}

static void holiday_read(struct resource_call *g, const struct body *b)
{
	struct holiday *h = (struct holiday *)&g->record;

	resource_text(g, b, "name", HOLIDAY_name, &h->name);
	resource_int(g, b, "type", HOLIDAY_type, 1, &h->type);
	resource_bool(g, b, "yearly", HOLIDAY_yearly, &h->yearly);
	day_field_read(g, b, "date", HOLIDAY_date, &h->date);
	day_field_read(g, b, "to", HOLIDAY_date_to, &h->date_to);
	/* One day, unless its end is given. */
	if (!model_has(h, HOLIDAY_date_to) && model_has(h, HOLIDAY_date)) {
		h->date_to = h->date;
		resource_present(g, HOLIDAY_date_to);
	}
}

static struct holiday_days days_of(const struct holiday *h)
{
	return (struct holiday_days){ h->date, h->date_to, h->type, h->yearly != 0 };
}

struct holiday_conflict {
	int64_t id;
	struct holiday_days days;
	int64_t other;
};

static bool conflict_see(void *ctx, int64_t id, const void *record)
{
	struct holiday_conflict *x = ctx;
	struct holiday_days other = days_of(record);

	if (id != x->id && other.type != x->days.type && holidays_meet(&other, &x->days))
		x->other = id;
	return x->other == 0;
}

static enum gh_err holiday_change_check(struct entity_change *c, const struct store_ops *ops,
					struct store *s, const void *record)
{
	struct holiday_conflict x = { .id = c->id };
	enum gh_err err;

	if (c->remove)
		return GH_OK;
	x.days = days_of(record);
	err = holiday_check(&x.days, &c->refusal.field, &c->refusal.why);
	if (err)
		return err;
	c->refusal = (struct entity_refusal){ 0 };
	err = ops->entities_each(s, ENTITY_HOLIDAY, conflict_see, &x);
	if (err || x.other == 0)
		return err;
	c->refusal = (struct entity_refusal){ .field = "type",
					      .why = "differs from that of another holiday on "
						     "the same day",
					      .other = x.other };
	return GH_EEXISTS;
}

static const struct resource holiday_resource = {
	.kind = ENTITY_HOLIDAY,
	.fields = &holiday_fields,
	.one = "holiday",
	.used_by = "something",
	.unknown = ERROR_holiday_unknown,
	.in_use = ERROR_wrong_state,
	.read = holiday_read,
	.check = holiday_change_check,
};

RESOURCE_HANDLERS(holiday)
