#include "sim/access/rights.h"

#include "base/hex.h"
#include "base/number.h"
#include "model/time_rule.h"
#include "wire/access/pack.h"

#include <stdio.h>

enum { BIT_DOOR_NUMBER = 15, BIT_SUPER_TABLE = 16 };

const struct panel_row *panel_user(const struct panel *p, gh_slice pin)
{
	const GPtrArray *rows = panel_rows_of(&p->tables, PANEL_USER, pin);

	return rows && pin.n ? g_ptr_array_index(rows, 0) : NULL;
}

/* --- cards --- */

/* Decimal, or "[15CD5B07]": bytes, the lowest first (Security PUSH 3.1.2, 7.5). 0: none. */
static uint64_t user_card_number(gh_slice text)
{
	uint64_t n = 0;

	text = gh_slice_trim(text);
	if (text.n < 4 || text.p[0] != '[')
		return ghi_number_parse(text, UINT64_MAX / 2, &n) ? 0 : n;
	for (size_t i = 1, at = 0; i + 1 < text.n && at < 7; i += 2, at++) {
		int byte = ghi_hex_byte(text.p + i);

		if (byte < 0)
			break;
		n |= (uint64_t)byte << (8 * at);
	}
	return n;
}

/* Hexadecimal, the highest byte first [I] or, of a persona, the lowest. */
static uint64_t further_card_number(const struct panel *p, gh_slice text)
{
	bool turned = p->persona->quirk & ACC_CARDS_TURNED;
	uint64_t n = 0;

	text = gh_slice_trim(text);
	for (size_t i = 0; i < text.n && i < 15; i++) {
		int digit = ghi_hex_value(text.p[i]);

		if (digit < 0)
			return 0;
		/* Of a byte the upper half is first in either order. */
		n = turned ? n | (uint64_t)digit << 4 * (i ^ 1) : n << 4 | (unsigned)digit;
	}
	return n;
}

/* Card numbers to rows: of mulcarduser, and of user for what is not there. */
struct panel_cards {
	GHashTable *further, *own;
	uint64_t changes; /* of the tables when they were filled */
};

struct panel_cards *panel_cards_open(void)
{
	struct panel_cards *c = g_new(struct panel_cards, 1);

	*c = (struct panel_cards){
		.further = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.own = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)
	};
	return c;
}

void panel_cards_close(struct panel_cards *c)
{
	g_hash_table_destroy(c->further);
	g_hash_table_destroy(c->own);
	g_free(c);
}

/* Of several rows with one card the first counts. */
static void cards_add(GHashTable *cards, uint64_t card, const struct panel_row *row)
{
	if (card && g_hash_table_lookup(cards, &card) == NULL)
		g_hash_table_insert(cards, g_memdup2(&card, sizeof(card)),
				    (void *)(uintptr_t)row);
}

static void cards_follow(const struct panel *p)
{
	struct panel_cards *c = p->cards;
	const struct panel_row *row;

	if (c->changes == p->tables.changes)
		return;
	c->changes = p->tables.changes;
	g_hash_table_remove_all(c->further);
	g_hash_table_remove_all(c->own);
	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_MULCARDUSER, i)); i++)
		cards_add(c->further, further_card_number(p, panel_field(row, "CardNo")), row);
	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_USER, i)); i++)
		cards_add(c->own, user_card_number(panel_field(row, "CardNo")), row);
}

const struct panel_row *panel_user_of_card(const struct panel *p, uint64_t card, bool *lost)
{
	const struct panel_row *row;

	*lost = false;
	cards_follow(p);
	row = g_hash_table_lookup(p->cards->further, &card);
	if (row == NULL)
		return g_hash_table_lookup(p->cards->own, &card);
	*lost = panel_number(row, "LossCardFlag", 0) == 1;
	return panel_user(p, panel_field(row, "Pin"));
}

uint64_t panel_card_of(const struct panel *p, gh_slice pin)
{
	const GPtrArray *rows = panel_rows_of(&p->tables, PANEL_MULCARDUSER, pin);
	const struct panel_row *user = panel_user(p, pin);

	if (rows)
		return further_card_number(p,
					   panel_field(g_ptr_array_index(rows, 0), "CardNo"));
	return user ? user_card_number(panel_field(user, "CardNo")) : 0;
}

/* --- time --- */

/* Digits of a moment within a validity; GHI_CIVIL_NONE on either side is no limit. */
static bool validity_contains(ghi_civil from, ghi_civil to, int64_t at_s)
{
	ghi_civil now = ghi_civil_from_seconds(at_s);

	return (from == GHI_CIVIL_NONE || from <= now) && (to == GHI_CIVIL_NONE || now <= to);
}

static bool validity_of_row(const struct panel_row *row, bool packed, int64_t at_s)
{
	ghi_civil from, to;

	if (ghi_validity_read(panel_field(row, "StartTime"), packed, false, &from) ||
	    ghi_validity_read(panel_field(row, "EndTime"), packed, true, &to))
		return false;
	return validity_contains(from, to, at_s);
}

bool panel_user_valid(const struct panel *p, const struct panel_row *user, int64_t at_s)
{
	return validity_of_row(user, p->persona->date_seconds, at_s);
}

bool panel_user_early(const struct panel *p, const struct panel_row *user, int64_t at_s)
{
	ghi_civil from;

	return ghi_validity_read(panel_field(user, "StartTime"), p->persona->date_seconds,
				 false, &from) == GH_OK &&
	       from != GHI_CIVIL_NONE && from > ghi_civil_from_seconds(at_s);
}

unsigned panel_holiday(const struct panel *p, int64_t at_s)
{
	struct panel_moment m = panel_moment_of(at_s);
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_HOLIDAY, i)); i++) {
		uint64_t date = panel_number(row, "Holiday", 0);
		uint64_t type = panel_number(row, "HolidayType", 0);
		bool yearly = panel_number(row, "Loop", 2) == 1;

		if (date % 10000 != (uint64_t)m.month * 100 + (uint64_t)m.day)
			continue;
		if ((yearly || date / 10000 == (uint64_t)m.year) && type >= 1 && type <= 3)
			return (unsigned)type;
	}
	return 0;
}

const char *panel_day_column(const struct panel *p, int64_t at_s)
{
	unsigned type = panel_holiday(p, at_s);

	return time_column_name(
		type ? (enum time_column)(TIME_HOLIDAY1 + type - 1)
		     : (enum time_column)(TIME_SUN + panel_moment_of(at_s).weekday));
}

bool panel_period_contains(const struct panel_row *row, const char *field, int64_t at_s)
{
	struct panel_moment m = panel_moment_of(at_s);
	int minute = m.hhmm / 100 * 60 + m.hhmm % 100;
	struct ghi_period period;
	uint64_t packed = panel_number(row, field, 0);

	return packed && ghi_period_unpack((uint32_t)packed, &period) == GH_OK &&
	       period.from <= minute && minute <= period.to;
}

bool panel_zone_open(const struct panel *p, uint64_t id, int64_t at_s)
{
	enum { PERIODS = 3 };
	const char *column = panel_day_column(p, at_s);
	const GPtrArray *rows;
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	rows = panel_rows_of(&p->tables, PANEL_TIMEZONE, gh_slice_of(text));
	if (rows == NULL || !validity_of_row(g_ptr_array_index(rows, 0), true, at_s))
		return false;
	for (int i = 1; i <= PERIODS; i++) {
		snprintf(text, sizeof(text), "%sTime%d", column, i);
		if (panel_period_contains(g_ptr_array_index(rows, 0), text, at_s))
			return true;
	}
	return false;
}

/* --- doors --- */

static bool doors_include(const struct panel *p, gh_slice text, unsigned door)
{
	uint32_t mask = 0;

	return ghi_doors_read(gh_slice_trim(text), acc_persona_can(p->persona, BIT_DOOR_NUMBER),
			      &mask) == GH_OK &&
	       (mask >> (door - 1) & 1);
}

enum panel_right panel_right_at(const struct panel *p, gh_slice pin, unsigned door,
				int64_t at_s)
{
	const GPtrArray *rows = panel_rows_of(&p->tables, PANEL_USERAUTHORIZE, pin);
	enum panel_right right = PANEL_RIGHT_NONE;

	for (guint i = 0; rows && i < rows->len; i++) {
		const struct panel_row *row = g_ptr_array_index(rows, i);

		if (!doors_include(p, panel_field(row, "AuthorizeDoorId"), door))
			continue;
		right = PANEL_RIGHT_CLOSED;
		if (panel_zone_open(p, panel_number(row, "AuthorizeTimezoneId", 0), at_s) &&
		    validity_of_row(row, true, at_s))
			return PANEL_RIGHT_OPEN;
	}
	return right;
}

bool panel_user_is_super(const struct panel *p, const struct panel_row *user, unsigned door)
{
	const GPtrArray *rows;

	if (!acc_persona_can(p->persona, BIT_SUPER_TABLE))
		return panel_number(user, "SuperAuthorize", 0) == 1;
	rows = panel_rows_of(&p->tables, PANEL_SUPERAUTHORIZE, panel_field(user, "Pin"));
	for (guint i = 0; rows && i < rows->len; i++)
		if (doors_include(p, panel_field(g_ptr_array_index(rows, i), "DoorID"), door))
			return true;
	return false;
}

bool panel_permits(const struct panel *p, gh_slice pin, unsigned door, int64_t at_s)
{
	const struct panel_row *user = panel_user(p, pin);

	return panel_door_enabled(p, door) && user && panel_number(user, "Disable", 0) != 1 &&
	       panel_user_valid(p, user, at_s) &&
	       panel_zone_open(p, panel_door_number(p, door, "ValidTZ", 1), at_s) &&
	       panel_right_at(p, pin, door, at_s) == PANEL_RIGHT_OPEN;
}
