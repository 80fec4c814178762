#include "sim/access/passback.h"

#include "sim/access/door.h"
#include "sim/access/rights.h"

enum { BIT_TRIGGER_LISTS = 66, TRIGGER_DOOR = 0, TRIGGER_READER = 4 };

/* A set of places: doors, or their readers by direction. Bit n-1 is door n. */
struct places {
	uint32_t in, out;
};

static struct places doors_of(uint32_t doors)
{
	return (struct places){ doors, doors };
}

static bool places_include(struct places s, unsigned door, int direction)
{
	return (direction ? s.out : s.in) >> (door - 1) & 1;
}

/* The latest passage of any of the places. */
static int64_t passage_last_s(const struct panel_passage *m, struct places s)
{
	int64_t last = PANEL_NEVER;

	for (unsigned n = 0; n < PANEL_DOORS; n++)
		for (int d = 0; d < 2; d++)
			if (places_include(s, n + 1, d) && m->at_s[n][d] > last)
				last = m->at_s[n][d];
	return last;
}

/* Who passed one side last may not pass it again before the other. */
static bool passback_violates(const struct panel_passage *m, struct places a, struct places b,
			      unsigned door, int direction)
{
	int64_t last_a = passage_last_s(m, a), last_b = passage_last_s(m, b);

	if (places_include(a, door, direction) && last_a != PANEL_NEVER && last_a >= last_b)
		return true;
	return places_include(b, door, direction) && last_b > last_a;
}

/* --- lists of trigger points --- */

/* The places of a list: readers are numbered door by door, entry before exit. */
static struct places trigger_places(const struct panel *p, uint64_t list)
{
	struct places s = { 0 };
	const struct panel_row *row;
	const uint32_t all = (uint32_t)((1u << p->persona->doors) - 1);

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_TRIGGERLIST, i)); i++) {
		uint64_t id = panel_number(row, "TriggerID", 0);
		uint64_t type = panel_number(row, "Type", TRIGGER_DOOR);

		if (panel_number(row, "TriggerListID", 0) != list)
			continue;
		if (id == 0) {
			s.in |= all;
			s.out |= all;
		} else if (type == TRIGGER_DOOR && id <= PANEL_DOORS) {
			s.in |= 1u << (id - 1);
			s.out |= 1u << (id - 1);
		} else if (type == TRIGGER_READER && id <= 2 * PANEL_DOORS) {
			uint64_t door = (id - 1) / p->persona->readers;

			*((id - 1) % p->persona->readers ? &s.out : &s.in) |= 1u << door;
		}
	}
	return s;
}

/* --- anti-passback --- */

/* The two sides of each value of the option, as masks of doors (11.8). */
static const struct {
	uint32_t a, b, c, d;
} passback_values[] = { { 0 },		 { 1, 2, 0, 0 }, { 4, 8, 0, 0 }, { 1, 2, 4, 8 },
			{ 3, 12, 0, 0 }, { 1, 6, 0, 0 }, { 1, 14, 0, 0 } };

static bool passback_by_value(const struct panel *p, const struct panel_passage *m,
			      unsigned door, int direction)
{
	enum { READERS_FROM = 16, READER_DOORS = 4, MISPRINT = 196, MEANT = 192 };
	uint64_t value = panel_device_number(p, "AntiPassback", 0);

	if (value == MISPRINT)
		value = MEANT;
	if (value >= READERS_FROM) {
		uint32_t bit = 1u << (door - 1);

		return door <= READER_DOORS && value & READERS_FROM << (door - 1) &&
		       passback_violates(m, (struct places){ bit, 0 },
					 (struct places){ 0, bit }, door, direction);
	}
	if (value >= sizeof(passback_values) / sizeof(passback_values[0]))
		return false;
	return passback_violates(m, doors_of(passback_values[value].a),
				 doors_of(passback_values[value].b), door, direction) ||
	       passback_violates(m, doors_of(passback_values[value].c),
				 doors_of(passback_values[value].d), door, direction);
}

static bool passback_by_lists(const struct panel *p, const struct panel_passage *m,
			      unsigned door, int direction)
{
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_ANTIPASSBACK, i)); i++)
		if (passback_violates(m,
				      trigger_places(p, panel_number(row, "PTriggerListID", 0)),
				      trigger_places(p, panel_number(row, "TTriggerListID", 0)),
				      door, direction))
			return true;
	return false;
}

/* Between the readers of one door: of entries, of exits, of both. */
static bool passback_by_door(const struct panel *p, const struct panel_passage *m,
			     unsigned door, int direction)
{
	uint64_t value = panel_door_number(p, door, "InOutAntiPassback", 0);
	const int64_t *at = m->at_s[door - 1];

	return value & (direction ? 2 : 1) && at[direction] != PANEL_NEVER &&
	       at[direction] >= at[!direction];
}

enum panel_passback panel_passback_check(const struct panel *p, gh_slice pin, unsigned door,
					 int direction)
{
	char text[PANEL_PIN + 1];
	const struct panel_passage *m;
	int64_t limit_s = (int64_t)panel_door_number(p, door, "InTimeAPB", 0), last;

	g_snprintf(text, sizeof(text), "%.*s", GH_FMT(pin));
	m = g_hash_table_lookup(p->passages, text);
	if (m == NULL)
		return PANEL_PASSBACK_FREE;
	if (passback_by_value(p, m, door, direction) ||
	    passback_by_door(p, m, door, direction) ||
	    (acc_persona_can(p->persona, BIT_TRIGGER_LISTS) &&
	     passback_by_lists(p, m, door, direction)))
		return PANEL_PASSBACK_AGAIN;
	last = m->at_s[door - 1][0];
	if (limit_s && direction == 0 && last != PANEL_NEVER && p->now_s - last < limit_s)
		return PANEL_PASSBACK_SOON;
	return PANEL_PASSBACK_FREE;
}

void panel_passback_record(struct panel *p, gh_slice pin, unsigned door, int direction)
{
	char *text = g_strndup((const char *)pin.p, pin.n);
	struct panel_passage *m = g_hash_table_lookup(p->passages, text);

	if (m == NULL) {
		m = g_new(struct panel_passage, 1);
		for (unsigned n = 0; n < PANEL_DOORS; n++)
			m->at_s[n][0] = m->at_s[n][1] = PANEL_NEVER;
		g_hash_table_insert(p->passages, text, m);
	} else {
		g_free(text);
	}
	m->at_s[door - 1][direction] = p->now_s;
}

/* --- interlock --- */

static bool another_is_open(const struct panel *p, uint32_t doors, unsigned door)
{
	for (unsigned n = 1; n <= p->persona->doors; n++)
		if (n != door && doors >> (n - 1) & 1 && panel_door_is_open(p, n))
			return true;
	return false;
}

bool panel_interlocked(const struct panel *p, unsigned door)
{
	/* Sets of doors of each value (11.9). */
	static const uint32_t sets[][2] = { { 0 }, { 3 }, { 12 }, { 7 }, { 3, 12 }, { 15 } };
	uint64_t value = panel_device_number(p, "InterLock", 0);
	const uint32_t bit = 1u << (door - 1);
	const struct panel_row *row;

	for (int i = 0; i < 2 && value < sizeof(sets) / sizeof(sets[0]); i++)
		if (sets[value][i] & bit && another_is_open(p, sets[value][i], door))
			return true;
	for (size_t i = 0; acc_persona_can(p->persona, BIT_TRIGGER_LISTS) &&
			   (row = panel_row_at(&p->tables, PANEL_INTERLOCK, i));
	     i++) {
		uint32_t a = trigger_places(p, panel_number(row, "PTriggerListID", 0)).in;
		uint32_t b = trigger_places(p, panel_number(row, "TTriggerListID", 0)).in;

		if ((a & bit && another_is_open(p, b, door)) ||
		    (b & bit && another_is_open(p, a, door)))
			return true;
	}
	return false;
}
