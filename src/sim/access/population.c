#include "sim/access/population.h"

#include "sim/access/decision.h"
#include "sim/access/door.h"
#include "sim/access/rights.h"

#include <stdio.h>

enum population_kind {
	ACT_PASS, /* a known person, with a card, finger or face */
	ACT_PASS_NO_RIGHT,
	ACT_PASS_CLOSED,
	ACT_PASS_EXPIRED,
	ACT_PASS_UNKNOWN,
	ACT_PASS_DURESS,
	ACT_LEAF_OPENS,
	ACT_LEAF_CLOSES,
	ACT_FORCED,
	ACT_BUTTON,
	ACT_INPUT_ON,
	ACT_INPUT_OFF,
	ACT_POWER_CUT,
};

enum { DAY_S = 86400, HOUR_S = 3600, MILLION = 1000000 };

/* Shares of a million passages. */
enum {
	DENIED = 30000,
	LEFT_OPEN = 5000,
	FORCED = 500,
	DURESS = 100,
	BUTTONS = 40000,
	INPUTS = 4000,
};

/* People who may not pass have these PINs, behind those who may. */
static uint32_t pin_no_right(uint32_t users)
{
	return users + 1;
}
static uint32_t pin_closed(uint32_t users)
{
	return users + 2;
}
static uint32_t pin_expired(uint32_t users)
{
	return users + 3;
}

static uint64_t population_card(uint64_t seed, uint32_t pin)
{
	return 1 + sim_hash(seed, pin, 'C') % 0xFFFFFF;
}

static void people_row(struct panel *p, enum panel_table_id t, const char *text)
{
	if (panel_row_put(&p->tables, t, gh_slice_of(text)))
		return;
}

static void people_add(struct panel *p, uint32_t pin, uint64_t seed, const char *end,
		       unsigned zone)
{
	enum { BIT_DOOR_NUMBER = 15 };
	bool numbered = acc_persona_can(p->persona, BIT_DOOR_NUMBER);
	char row[256];

	snprintf(row, sizeof(row),
		 "CardNo=%llu\tPin=%u\tPassword=%04u\tGroup=1\tStartTime=0\tEndTime=%s\t"
		 "Name=Person %u\tPrivilege=0\tDisable=0",
		 (unsigned long long)population_card(seed, pin), pin,
		 (unsigned)(sim_hash(seed, pin, 'W') % 10000), end, pin);
	people_row(p, PANEL_USER, row);
	for (unsigned door = 1; zone && door <= (numbered ? p->persona->doors : 1u); door++) {
		snprintf(row, sizeof(row), "Pin=%u\tAuthorizeTimezoneId=%u\tAuthorizeDoorId=%u",
			 pin, zone, numbered ? door : (1u << p->persona->doors) - 1);
		people_row(p, PANEL_USERAUTHORIZE, row);
	}
}

void population_people(struct panel *p, uint32_t users, uint64_t seed)
{
	/* Rule 2 is never open. */
	people_row(p, PANEL_TIMEZONE, "TimezoneId=2\tSunTime1=0");
	for (uint32_t pin = 1; pin <= users; pin++)
		people_add(p, pin, seed, "0", 1);
	if (users == 0)
		return;
	people_add(p, pin_no_right(users), seed, "0", 0);
	people_add(p, pin_closed(users), seed, "0", 2);
	/* 2018-02-27 in either form. */
	people_add(p, pin_expired(users), seed,
		   p->persona->date_seconds ? "583512660" : "20180227", 1);
}

void population_open(struct population *n, uint32_t users, uint64_t seed)
{
	*n = (struct population){ .prng = { seed },
				  .users = users,
				  .acts = g_sequence_new(g_free) };
}

void population_close(struct population *n)
{
	g_sequence_free(n->acts);
}

/* --- what is to happen --- */

static gint act_compare(gconstpointer a, gconstpointer b, gpointer none)
{
	const struct population_act *x = a, *y = b;

	(void)none;
	if (x->at_s != y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void act_add(struct population *n, int64_t at_s, enum population_kind kind,
		    unsigned door, uint32_t who)
{
	struct population_act *a = g_new(struct population_act, 1);

	*a = (struct population_act){ at_s, n->order++, (uint8_t)kind, (uint8_t)door, who };
	g_sequence_insert_sorted(n->acts, a, act_compare, NULL);
}

static const struct population_act *act_first(const struct population *n)
{
	GSequenceIter *first = g_sequence_get_begin_iter(n->acts);

	return g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);
}

int64_t population_due_s(const struct population *n)
{
	const struct population_act *a = act_first(n);

	return a ? a->at_s : INT64_MAX;
}

static void acts_clear(struct population *n)
{
	g_sequence_remove_range(g_sequence_get_begin_iter(n->acts),
				g_sequence_get_end_iter(n->acts));
}

static enum population_kind kind_denied(struct population *n)
{
	/* Of ten: no right, unknown, rule closed, expired (5 : 2 : 2 : 1). */
	static const enum population_kind kinds[] = { ACT_PASS_NO_RIGHT, ACT_PASS_NO_RIGHT,
						      ACT_PASS_NO_RIGHT, ACT_PASS_NO_RIGHT,
						      ACT_PASS_NO_RIGHT, ACT_PASS_CLOSED,
						      ACT_PASS_CLOSED,	 ACT_PASS_UNKNOWN,
						      ACT_PASS_UNKNOWN,	 ACT_PASS_EXPIRED };

	return kinds[sim_below(&n->prng, sizeof(kinds) / sizeof(kinds[0]))];
}

void population_passage(struct population *n, const struct panel *p, int64_t at_s)
{
	unsigned door = 1 + (unsigned)sim_below(&n->prng, p->persona->doors);
	uint64_t chance = sim_below(&n->prng, MILLION);
	uint32_t who = n->users ? 1 + (uint32_t)sim_below(&n->prng, n->users) : 0;
	enum population_kind kind = ACT_PASS;

	if (n->users == 0)
		kind = ACT_BUTTON;
	else if (chance < DENIED)
		kind = kind_denied(n);
	else if ((chance -= DENIED) < DURESS)
		kind = ACT_PASS_DURESS;
	act_add(n, at_s, kind, door, who);
	if (sim_below(&n->prng, MILLION) < FORCED)
		act_add(n, at_s + 60, ACT_FORCED, door, 0);
	if (sim_below(&n->prng, MILLION) < BUTTONS)
		act_add(n, at_s + 30, ACT_BUTTON, door, 0);
	if (p->persona->aux_in && sim_below(&n->prng, MILLION) < INPUTS) {
		unsigned input = 1 + (unsigned)sim_below(&n->prng, p->persona->aux_in);

		act_add(n, at_s + 5, ACT_INPUT_ON, input, 0);
		act_add(n, at_s + 15, ACT_INPUT_OFF, input, 0);
	}
}

void population_go_through(struct population *n, unsigned door, int64_t at_s)
{
	enum { OPENS_S = 1, CLOSES_S = 4 };

	act_add(n, at_s + OPENS_S, ACT_LEAF_OPENS, door, 0);
	act_add(n, at_s + CLOSES_S, ACT_LEAF_CLOSES, door, 0);
}

/* --- what happens --- */

static void act_pass(struct population *n, struct panel *p, const struct population_act *act,
		     uint32_t pin)
{
	struct panel_attempt a = { .door = act->door,
				   .direction =
					   p->persona->readers > 1 && sim_below(&n->prng, 2),
				   .factor = PANEL_CARD };
	struct panel_verdict v;
	char text[16];
	int64_t after_s;

	snprintf(text, sizeof(text), "%u", pin);
	a.pin = gh_slice_of(text);
	a.card = act->kind == ACT_PASS_UNKNOWN ? 0x1000000 + sim_below(&n->prng, 0xFFFF)
					       : panel_card_of(p, a.pin);
	if (act->kind == ACT_PASS_DURESS) {
		a.factor = PANEL_FINGER;
		a.duress = true;
	} else if (act->kind != ACT_PASS_UNKNOWN && sim_below(&n->prng, 3) == 0) {
		a.factor = p->persona->quirk & ACC_TERMINAL && sim_below(&n->prng, 2)
				   ? PANEL_FACE
				   : PANEL_FINGER;
	}
	v = panel_attempt(p, &a);
	if (!v.open)
		return;
	after_s = act->at_s + 1 + (int64_t)sim_below(&n->prng, 2);
	act_add(n, after_s, ACT_LEAF_OPENS, act->door, 0);
	after_s += sim_below(&n->prng, MILLION) < LEFT_OPEN
			   ? 120
			   : 2 + (int64_t)sim_below(&n->prng, 4);
	act_add(n, after_s, ACT_LEAF_CLOSES, act->door, 0);
}

static void act_button(struct population *n, struct panel *p, const struct population_act *act)
{
	panel_exit_button(p, act->door);
	if (panel_lock_released(p, act->door))
		population_go_through(n, act->door, act->at_s);
}

static void act_carry_out(struct population *n, struct panel *p,
			  const struct population_act *act)
{
	switch ((enum population_kind)act->kind) {
	case ACT_PASS:
	case ACT_PASS_UNKNOWN:
	case ACT_PASS_DURESS:
		act_pass(n, p, act, act->who);
		break;
	case ACT_PASS_NO_RIGHT:
		act_pass(n, p, act, pin_no_right(n->users));
		break;
	case ACT_PASS_CLOSED:
		act_pass(n, p, act, pin_closed(n->users));
		break;
	case ACT_PASS_EXPIRED:
		act_pass(n, p, act, pin_expired(n->users));
		break;
	case ACT_LEAF_OPENS:
		/* A lock that fell shut meanwhile keeps the leaf where it is. */
		if (panel_lock_released(p, act->door))
			panel_leaf_open(p, act->door);
		break;
	case ACT_LEAF_CLOSES:
		panel_leaf_close(p, act->door);
		break;
	case ACT_FORCED:
		panel_leaf_open(p, act->door);
		act_add(n, act->at_s + 20, ACT_LEAF_CLOSES, act->door, 0);
		break;
	case ACT_BUTTON:
		act_button(n, p, act);
		break;
	case ACT_INPUT_ON:
	case ACT_INPUT_OFF:
		panel_aux_input(p, act->door, act->kind == ACT_INPUT_ON);
		break;
	case ACT_POWER_CUT:
		n->power_cut = true;
		break;
	}
}

void population_follow(struct population *n, struct panel *p, int64_t to_s)
{
	const struct population_act *first;

	while ((first = act_first(n)) && first->at_s <= to_s) {
		struct population_act act = *first;

		g_sequence_remove(g_sequence_get_begin_iter(n->acts));
		panel_advance(p, act.at_s);
		act_carry_out(n, p, &act);
	}
	panel_advance(p, to_s);
}

static void act_shift(gpointer act, gpointer by_s)
{
	((struct population_act *)act)->at_s += *(const int64_t *)by_s;
}

void population_shift(struct population *n, int64_t by_s)
{
	g_sequence_foreach(n->acts, act_shift, &by_s);
}

/* --- the days before the start --- */

/* One person's passages on a day: they arrive, go to lunch, come back, leave, and more in between. */
static void population_person_day(struct population *n, const struct panel *p, int64_t day_s)
{
	uint64_t passages = 2 + sim_below(&n->prng, 5);
	int64_t at_s =
		day_s + 7 * HOUR_S + HOUR_S / 2 + (int64_t)sim_below(&n->prng, 2 * HOUR_S);
	const int64_t leave_s = day_s + 16 * HOUR_S + (int64_t)sim_below(&n->prng, 2 * HOUR_S);

	population_passage(n, p, at_s);
	if (passages > 3) {
		at_s = day_s + 12 * HOUR_S + (int64_t)sim_below(&n->prng, HOUR_S);
		population_passage(n, p, at_s);
		population_passage(n, p,
				   at_s + HOUR_S / 2 + (int64_t)sim_below(&n->prng, 1200));
		passages -= 2;
	}
	for (uint64_t i = 2; i < passages; i++)
		population_passage(n, p,
				   day_s + 9 * HOUR_S + HOUR_S / 2 +
					   (int64_t)sim_below(&n->prng, 6 * HOUR_S));
	population_passage(n, p, leave_s);
}

static void population_day(struct population *n, struct panel *p, int64_t day_s)
{
	enum { SUNDAY = 0, SATURDAY = 6, CUTS_OF = 1000 };
	int weekday = panel_moment_of(day_s).weekday;
	/* Few come at the weekend. */
	uint32_t people =
		weekday == SUNDAY || weekday == SATURDAY ? (n->users + 19) / 20 : n->users;

	for (uint32_t i = 0; i < people; i++)
		population_person_day(n, p, day_s);
	if (n->users == 0)
		population_passage(n, p, day_s + 12 * HOUR_S);
	if (sim_below(&n->prng, CUTS_OF) == 0)
		act_add(n, day_s + 3 * HOUR_S, ACT_POWER_CUT, 0, 0);
	population_follow(n, p, day_s + DAY_S - 1);
	if (n->power_cut)
		panel_boot(p);
	n->power_cut = false;
}

void population_past(struct population *n, struct panel *p, uint32_t events)
{
	enum { DAYS_MAX = 4000, A_DAY = 2 };
	const int64_t now_s = p->now_s;
	uint32_t days = events / ((n->users ? n->users : 1) * A_DAY) + 3;

	if (events == 0)
		return;
	if (days > DAYS_MAX)
		days = DAYS_MAX;
	p->now_s = (now_s / DAY_S - days) * DAY_S;
	for (uint32_t day = 0; day < days; day++)
		population_day(n, p, (now_s / DAY_S - days + day) * DAY_S);
	population_follow(n, p, now_s);
	acts_clear(n);
	if (p->ring.next - p->ring.first > events)
		panel_ring_drop(&p->ring, p->ring.next - events);
}
