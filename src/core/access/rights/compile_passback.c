/* Anti-passback and interlock: rows of lists of trigger points where the unit has them, otherwise one value for
 * all of a unit, which has to mean exactly what is decided. */
#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/compiler.h"
#include "core/access/rights/rule_value.h"

#define TRIGGER_DOOR 0
#define TRIGGER_READER 4
#define ROW_TEXT 160
#define KEY_TEXT 64
#define PART_INTERLOCK 1000 /* of an owner's lists: those before are of anti-passback */

/* --- one value --- */

/* One value for the unit: what was taken, and what is to be added. false: refused. */
static bool meaning_add(struct compiler *c, enum access_rule_kind kind, enum refusal_of of,
			int64_t id, struct rule_meaning *all, const struct rule_meaning *more)
{
	struct rule_meaning sum = *all;
	char near[150];
	struct ghi_writer w = ghi_writer_on(near, sizeof(near) - 1);

	sum.readers |= more->readers;
	for (size_t i = 0; i < more->sides && sum.sides <= RULE_SIDES; i++)
		sum.side[sum.sides++] = more->side[i];
	if (rule_value_of(kind, &sum) >= 0) {
		*all = sum;
		return true;
	}
	rule_nearest_write(&w, kind, &sum,
			   (uint32_t)((UINT64_C(1) << compiler_doors_most(c)) - 1));
	near[w.n] = '\0';
	compiler_refuse(c, of, id, "The unit has no value for it%s%s%s",
			all->sides || all->readers ? " and those before it" : "",
			near[0] ? "; the nearest are: " : "", near);
	return false;
}

/* --- lists of trigger points --- */

static void trigger_write(struct compiler *c, int64_t list, int type, int64_t trigger)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, list);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put_decimal(&k, (uint64_t)type);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put_signed(&k, trigger);
	ghi_put(&w, GH_LIT("TriggerListID="));
	ghi_put_signed(&w, list);
	ghi_put(&w, GH_LIT("\tType="));
	ghi_put_decimal(&w, (uint64_t)type);
	ghi_put(&w, GH_LIT("\tTriggerID="));
	ghi_put_signed(&w, trigger);
	compiler_row(c, UNIT_TRIGGERS, &k, &w);
}

/* The numbers of rules and lists: 255 of each [I]. */
static int64_t rule_slot(struct compiler *c, enum unit_slot_kind kind, int64_t id, size_t part)
{
	enum { MOST = 255 };

	return compiler_slot(c, kind, id, part, MOST);
}

static bool slots_refuse(struct compiler *c, enum refusal_of of, int64_t id)
{
	compiler_refuse(c, of, id, "The unit holds no more lists of doors and readers");
	return false;
}

static void doors_list_write(struct compiler *c, int64_t list, uint32_t doors)
{
	for (int64_t n = 1; n <= compiler_doors_most(c); n++)
		if (doors >> (n - 1) & 1)
			trigger_write(c, list, TRIGGER_DOOR, n);
}

/* From the list of one side to that of the other. */
static void lists_join(struct compiler *c, enum unit_table table, int64_t rule, int64_t from,
		       int64_t to)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, rule);
	ghi_put(&w,
		table == UNIT_PASSBACK ? GH_LIT("AntiPassBackID=") : GH_LIT("InterLockID="));
	ghi_put_signed(&w, rule);
	ghi_put(&w, GH_LIT("\tPTriggerListID="));
	ghi_put_signed(&w, from);
	ghi_put(&w, GH_LIT("\tTTriggerListID="));
	ghi_put_signed(&w, to);
	compiler_row(c, table, &k, &w);
}

/* --- anti-passback --- */

/* Whether each door has an exit reader, too. */
static bool readers_both(const struct compiler *c)
{
	return c->facts->readers < 0 || c->facts->readers >= 2 * c->facts->doors;
}

static bool passback_sides_write(struct compiler *c, const struct site_passback *p,
				 uint32_t doors, uint32_t against)
{
	int64_t rule = rule_slot(c, SLOT_PASSBACK, p->id, 0),
		from = rule_slot(c, SLOT_TRIGGERS, p->id, 0),
		to = rule_slot(c, SLOT_TRIGGERS, p->id, 1);

	if (rule == 0 || from == 0 || to == 0)
		return slots_refuse(c, REFUSED_PASSBACK, p->id);
	doors_list_write(c, from, doors);
	doors_list_write(c, to, against);
	lists_join(c, UNIT_PASSBACK, rule, from, to);
	return true;
}

/* Readers are numbered door by door, the entry before the exit [I]. */
static bool passback_readers_write(struct compiler *c, const struct site_passback *p,
				   uint32_t doors)
{
	int64_t rule[GHI_DOORS_MAX], in[GHI_DOORS_MAX], out[GHI_DOORS_MAX];

	for (size_t n = 0; n < GHI_DOORS_MAX; n++) {
		if (!(doors >> n & 1))
			continue;
		rule[n] = rule_slot(c, SLOT_PASSBACK, p->id, n + 2);
		in[n] = rule_slot(c, SLOT_TRIGGERS, p->id, 2 * n + 2);
		out[n] = rule_slot(c, SLOT_TRIGGERS, p->id, 2 * n + 3);
		if (rule[n] == 0 || in[n] == 0 || out[n] == 0)
			return slots_refuse(c, REFUSED_PASSBACK, p->id);
	}
	for (size_t n = 0; n < GHI_DOORS_MAX; n++) {
		if (!(doors >> n & 1))
			continue;
		trigger_write(c, in[n], TRIGGER_READER, 2 * (int64_t)n + 1);
		trigger_write(c, out[n], TRIGGER_READER, 2 * (int64_t)n + 2);
		lists_join(c, UNIT_PASSBACK, rule[n], in[n], out[n]);
	}
	return true;
}

/* What each door has of its own. */
struct door_passback {
	int64_t direction; /* 0 none, 1 in, 2 out */
	int64_t seconds;
};

static void door_passback_add(struct door_passback *door, const struct site_passback *p,
			      uint32_t doors)
{
	for (size_t n = 0; n < GHI_DOORS_MAX; n++) {
		if (!(doors >> n & 1))
			continue;
		if (p->againsts == 0 &&
		    (p->direction == PASSBACK_IN || p->direction == PASSBACK_OUT))
			door[n].direction |= p->direction == PASSBACK_IN ? 1 : 2;
		if (p->seconds > door[n].seconds)
			door[n].seconds = p->seconds;
	}
}

/* false: the unit cannot hold it. */
static bool passback_hold(struct compiler *c, const struct site_passback *p, uint32_t doors,
			  uint32_t against, struct rule_meaning *all)
{
	struct rule_meaning one = { 0 };

	if (p->againsts) {
		if (doors == 0 || against == 0 || doors & against) {
			compiler_refuse(
				c, REFUSED_PASSBACK, p->id,
				"It has doors on both sides only where they are doors of "
				"this unit, and none on two");
			return false;
		}
		one.side[0].a = doors;
		one.side[0].b = against;
		one.sides = 1;
	} else if (p->direction != PASSBACK_NONE) {
		if (!readers_both(c)) {
			compiler_refuse(
				c, REFUSED_PASSBACK, p->id,
				"The unit has %lld readers for %lld doors: there is no exit "
				"reader",
				(long long)c->facts->readers, (long long)c->facts->doors);
			return false;
		}
		if (p->direction == PASSBACK_BOTH)
			one.readers = doors;
	}
	if (one.sides == 0 && one.readers == 0)
		return true;
	if (!c->facts->trigger_lists)
		return meaning_add(c, ACCESS_RULE_ANTI_PASSBACK, REFUSED_PASSBACK, p->id, all,
				   &one);
	return against ? passback_sides_write(c, p, doors, against)
		       : passback_readers_write(c, p, doors);
}

void compiler_passbacks_write(struct compiler *c)
{
	size_t n = c->site->passbacks;
	const void **at = compiler_ordered(c, c->site->passback, n, sizeof(*c->site->passback));
	struct door_passback door[GHI_DOORS_MAX] = { 0 };
	struct rule_meaning all = { 0 };

	for (size_t i = 0; at && i < n; i++) {
		const struct site_passback *p = at[i];
		uint32_t doors, against;

		if (compiler_doors(c, REFUSED_PASSBACK, p->id, p->door, p->doors, &doors) &&
		    compiler_doors(c, REFUSED_PASSBACK, p->id, p->against, p->againsts,
				   &against) &&
		    (doors || against) && passback_hold(c, p, doors, against, &all))
			door_passback_add(door, p, doors | against);
	}
	if (!c->facts->trigger_lists)
		compiler_unit_setting(c, "AntiPassback",
				      rule_value_of(ACCESS_RULE_ANTI_PASSBACK, &all));
	for (int64_t d = 1; d <= compiler_doors_most(c); d++) {
		const struct door_passback *one = &door[d - 1];

		compiler_setting_number(c, d, "DoorInOutAntiPassback", one->direction,
					one->direction == 0);
		compiler_setting_number(c, d, "DoorInTimeAPB", one->seconds, one->seconds == 0);
	}
	free(at);
}

/* --- interlock --- */

/* One list on both sides: each of its doors keeps all others closed. */
static void interlock_rows_write(struct compiler *c, int64_t id, uint32_t doors)
{
	int64_t rule = rule_slot(c, SLOT_INTERLOCK, id, 0),
		list = rule_slot(c, SLOT_TRIGGERS, id, PART_INTERLOCK);

	if (rule == 0 || list == 0) {
		slots_refuse(c, REFUSED_INTERLOCK, id);
		return;
	}
	doors_list_write(c, list, doors);
	lists_join(c, UNIT_INTERLOCK, rule, list, list);
}

void compiler_interlocks_write(struct compiler *c)
{
	size_t n = c->site->interlocks;
	const void **at =
		compiler_ordered(c, c->site->interlock, n, sizeof(*c->site->interlock));
	struct rule_meaning all = { 0 };

	for (size_t i = 0; at && i < n; i++) {
		const struct site_interlock *l = at[i];
		struct rule_meaning one = { .sides = 1 };
		uint32_t doors;

		if (!compiler_doors(c, REFUSED_INTERLOCK, l->id, l->door, l->doors, &doors) ||
		    doors == 0)
			continue;
		if ((doors & (doors - 1)) == 0) {
			compiler_refuse(c, REFUSED_INTERLOCK, l->id,
					"It has one door on the unit: two or more are needed");
			continue;
		}
		if (c->facts->trigger_lists) {
			interlock_rows_write(c, l->id, doors);
			continue;
		}
		one.side[0].a = doors;
		(void)meaning_add(c, ACCESS_RULE_INTERLOCK, REFUSED_INTERLOCK, l->id, &all,
				  &one);
	}
	if (!c->facts->trigger_lists)
		compiler_unit_setting(c, "InterLock",
				      rule_value_of(ACCESS_RULE_INTERLOCK, &all));
	free(at);
}
