/* /api/first-card, /api/multi-card, /api/anti-passback, /api/interlock, /api/linkage, /api/verify-schedules and
 * /api/super-users: what is decided about single doors. */
#include <stdio.h>

#include "api/access/resource.h"
#include "base/number.h"
#include "core/access/rights/site_doors.h"
#include "model/door_rule.h"
#include "render/door_rules.h"

/* --- first card --- */

static void first_card_read(struct resource_call *g, const struct body *b)
{
	struct first_card *f = (struct first_card *)&g->record;
	gh_slice unit = { 0 };

	resource_text(g, b, "name", FIRST_CARD_name, &f->name);
	resource_door(g, b, "door", FIRST_CARD_door, &unit, &f->door);
	resource_int(g, b, "rule", FIRST_CARD_rule, 0, &f->rule);
	resource_word(g, b, "mode", FIRST_CARD_mode, first_card_mode_word, &f->mode);
	resource_link(g, b, "people", RELATION_FIRST_CARD_PEOPLE, LINK_SET);
}

static const struct resource first_card_resource = {
	.kind = ENTITY_FIRST_CARD,
	.fields = &first_card_fields,
	.one = "first-card",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_first_card_unknown,
	.in_use = ERROR_wrong_state,
	.read = first_card_read,
	.shown = { { RELATION_FIRST_CARD_PEOPLE, "people" } },
};

RESOURCE_HANDLERS(first_card)

/* --- several people --- */

static void multi_card_read(struct resource_call *g, const struct body *b)
{
	struct multi_card *m = (struct multi_card *)&g->record;
	gh_slice unit = { 0 };

	resource_text(g, b, "name", MULTI_CARD_name, &m->name);
	resource_door(g, b, "door", MULTI_CARD_door, &unit, &m->door);
	resource_numbers(g, b, "groups", MULTI_CARD_member_groups, true, &m->member_groups);
	resource_int(g, b, "seconds", MULTI_CARD_seconds, 0, &m->seconds);
}

static const struct resource multi_card_resource = {
	.kind = ENTITY_MULTI_CARD,
	.fields = &multi_card_fields,
	.one = "multi-card opening",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_multi_card_unknown,
	.in_use = ERROR_wrong_state,
	.read = multi_card_read,
};

RESOURCE_HANDLERS(multi_card)

/* --- anti-passback --- */

static void sides_apart(struct resource_call *g, const struct body *doors,
			const struct body *against)
{
	char field[FAULT_FIELD];

	for (size_t i = 0; doors && against && i < against->parts; i++)
		for (size_t k = 0; k < doors->parts; k++) {
			if (!gh_slice_eq(against->part[i].s, doors->part[k].s))
				continue;
			snprintf(field, sizeof(field), "against[%zu]", i);
			resource_fault(g, field, "is on both sides");
		}
}

static void anti_passback_read(struct resource_call *g, const struct body *b)
{
	struct anti_passback *a = (struct anti_passback *)&g->record;
	const struct body *against = body_find(b, GH_LIT("against"));
	gh_slice unit = { 0 };

	resource_text(g, b, "name", ANTI_PASSBACK_name, &a->name);
	resource_doors(g, b, "doors", ANTI_PASSBACK_doors, &a->doors);
	resource_one_unit(g, b, "doors", &unit);
	resource_doors(g, b, "against", ANTI_PASSBACK_against, &a->against);
	resource_one_unit(g, b, "against", &unit);
	sides_apart(g, body_find(b, GH_LIT("doors")), against);
	resource_word(g, b, "direction", ANTI_PASSBACK_direction, passback_direction_word,
		      &a->direction);
	resource_int(g, b, "seconds", ANTI_PASSBACK_seconds, 0, &a->seconds);
	if (against && against->parts && a->direction != PASSBACK_BOTH)
		resource_fault(g, "direction",
			       "is of the readers of a door, and goes without against");
	if (g->whole && a->direction == PASSBACK_NONE && a->seconds == 0)
		resource_fault(g, "seconds",
			       "is missing: with the direction none there is nothing else");
}

static const struct resource anti_passback_resource = {
	.kind = ENTITY_ANTI_PASSBACK,
	.fields = &anti_passback_fields,
	.one = "anti-passback",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_anti_passback_unknown,
	.in_use = ERROR_wrong_state,
	.read = anti_passback_read,
};

RESOURCE_HANDLERS(anti_passback)

/* --- interlock --- */

static void interlock_read(struct resource_call *g, const struct body *b)
{
	struct interlock *l = (struct interlock *)&g->record;
	gh_slice unit = { 0 };

	resource_text(g, b, "name", INTERLOCK_name, &l->name);
	resource_doors(g, b, "doors", INTERLOCK_doors, &l->doors);
	resource_one_unit(g, b, "doors", &unit);
}

static const struct resource interlock_resource = {
	.kind = ENTITY_INTERLOCK,
	.fields = &interlock_fields,
	.one = "interlock",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_interlock_unknown,
	.in_use = ERROR_wrong_state,
	.read = interlock_read,
};

RESOURCE_HANDLERS(interlock)

/* --- linkage --- */

/* "SN:NUMBER", or the serial number alone: anywhere on that unit. */
static void linkage_place_read(struct resource_call *g, const struct body *b, struct linkage *l)
{
	const struct body *m = body_find(b, GH_LIT("at"));
	struct site_door door;
	struct device *d;

	if (m == NULL)
		return;
	resource_present(g, LINKAGE_place);
	l->place = m->s;
	if (site_door_read(m->s, &door))
		door.sn = m->s;
	d = devices_find(g->c->server->devices, door.sn);
	if (d == NULL)
		resource_fault(g, "at",
			       "must be a place of a known device: SN:NUMBER, or its serial "
			       "number alone for anywhere");
	device_unref(d);
}

static void linkage_read(struct resource_call *g, const struct body *b)
{
	struct linkage *l = (struct linkage *)&g->record;

	resource_text(g, b, "name", LINKAGE_name, &l->name);
	resource_int(g, b, "event", LINKAGE_event, 0, &l->event);
	linkage_place_read(g, b, l);
	resource_word(g, b, "output", LINKAGE_output, linkage_output_word, &l->output);
	resource_int(g, b, "number", LINKAGE_number, 1, &l->number);
	resource_int(g, b, "seconds", LINKAGE_seconds, 5, &l->seconds);
}

static const struct resource linkage_resource = {
	.kind = ENTITY_LINKAGE,
	.fields = &linkage_fields,
	.one = "linkage",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_linkage_unknown,
	.in_use = ERROR_wrong_state,
	.read = linkage_read,
};

RESOURCE_HANDLERS(linkage)

/* --- verify schedules --- */

/* The periods of a day or type of holiday, into *t and as they are stored. */
static void periods_add(struct resource_call *g, const char *of, const struct body *day,
			unsigned columns, struct verify_table *t, struct ghi_writer *w)
{
	char field[FAULT_FIELD];
	const char *why;

	ghi_put(w, w->n > 1 ? GH_LIT(",\"") : GH_LIT("\""));
	ghi_put(w, day->name);
	ghi_put(w, GH_LIT("\":["));
	for (size_t i = 0; i < day->parts; i++) {
		if (verify_table_add(t, columns, day->part[i].s, &why)) {
			snprintf(field, sizeof(field), "%s.%.*s[%zu]", of,
				 day->name.n > 40 ? 40 : (int)day->name.n,
				 (const char *)day->name.p, i);
			resource_fault(g, field, "%s", why);
			continue;
		}
		ghi_put(w, i ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put(w, gh_slice_trim(day->part[i].s));
		ghi_put(w, GH_LIT("\""));
	}
	ghi_put(w, GH_LIT("]"));
}

static void periods_read(struct resource_call *g, const struct body *b, const char *name,
			 unsigned bit, gh_slice *out)
{
	const struct body *m = body_find(b, gh_slice_of(name));
	bool holidays = bit == VERIFY_SCHEDULE_holidays;
	char text[VERIFY_SCHEDULE_TEXT], field[FAULT_FIELD];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct verify_table t = { 0 };
	struct time_table names = { 0 };
	const char *why;

	if (m == NULL && !g->whole)
		return;
	ghi_put(&w, GH_LIT("{"));
	for (size_t i = 0; m && i < m->parts; i++) {
		gh_slice day = m->part[i].name;
		enum time_column column = TIME_HOLIDAY1;
		unsigned columns = 0;
		enum gh_err err = holidays ? time_holiday_name(&names, day, &column, &why)
					   : time_days_read(day, &columns, &why);

		if (holidays)
			columns = 1u << column;
		if (err) {
			snprintf(field, sizeof(field), "%s.%.*s", name,
				 day.n > 40 ? 40 : (int)day.n, (const char *)day.p);
			resource_fault(g, field, "%s", why);
			continue;
		}
		periods_add(g, name, &m->part[i], columns, &t, &w);
	}
	ghi_put(&w, GH_LIT("}"));
	*out = resource_written(g, &w);
	resource_present(g, bit);
}

static void verify_schedule_read(struct resource_call *g, const struct body *b)
{
	struct verify_schedule *v = (struct verify_schedule *)&g->record;

	resource_text(g, b, "name", VERIFY_SCHEDULE_name, &v->name);
	periods_read(g, b, "week", VERIFY_SCHEDULE_week, &v->week);
	periods_read(g, b, "holidays", VERIFY_SCHEDULE_holidays, &v->holidays);
	resource_doors(g, b, "doors", VERIFY_SCHEDULE_doors, &v->doors);
	resource_link(g, b, "people", RELATION_VERIFY_SCHEDULE_PEOPLE, LINK_SET);
}

static const struct resource verify_schedule_resource = {
	.kind = ENTITY_VERIFY_SCHEDULE,
	.fields = &verify_schedule_fields,
	.one = "verify schedule",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_verify_schedule_unknown,
	.in_use = ERROR_wrong_state,
	.read = verify_schedule_read,
	.shown = { { RELATION_VERIFY_SCHEDULE_PEOPLE, "people" } },
};

RESOURCE_HANDLERS(verify_schedule)

/* --- super users --- */

static void super_user_read(struct resource_call *g, const struct body *b)
{
	struct super_user *u = (struct super_user *)&g->record;

	resource_text(g, b, "name", SUPER_USER_name, &u->name);
	resource_doors(g, b, "doors", SUPER_USER_doors, &u->doors);
	resource_link(g, b, "people", RELATION_SUPER_USER_PEOPLE, LINK_SET);
}

static const struct resource super_user_resource = {
	.kind = ENTITY_SUPER_USER,
	.fields = &super_user_fields,
	.one = "group of super users",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_super_user_unknown,
	.in_use = ERROR_wrong_state,
	.read = super_user_read,
	.shown = { { RELATION_SUPER_USER_PEOPLE, "people" } },
};

RESOURCE_HANDLERS(super_user)
