#include "sim/access/verification.h"

#include "model/verify_factors.h"
#include "sim/access/rights.h"

#include <stdio.h>

enum {
	MODE_AUTOMATIC = 0,
	MODE_FINGER_AND_ONE = 14, /* (user ID or card) and fingerprint */
};

/* The mode in a DiffTimezoneVS row for now; p NULL: none. `whose`: "VSUser" or "VSDoor". */
static gh_slice schedule_mode(const struct panel *p, const struct panel_row *by,
			      const char *whose, int64_t at_s)
{
	enum { PERIODS = 3 };
	const char *column = panel_day_column(p, at_s);
	const GPtrArray *rows =
		panel_rows_of(&p->tables, PANEL_DIFFTIMEZONEVS, panel_field(by, "TimezoneID"));
	char field[32];

	for (int i = 1; rows && i <= PERIODS; i++) {
		const struct panel_row *row = g_ptr_array_index(rows, 0);
		gh_slice mode;

		snprintf(field, sizeof(field), "%sTime%d", column, i);
		if (!panel_period_contains(row, field, at_s))
			continue;
		snprintf(field, sizeof(field), "%sTime%d%s", column, i, whose);
		mode = gh_slice_trim(panel_field(row, field));
		if (mode.n && !gh_slice_eq(mode, GH_LIT("255")))
			return mode;
	}
	return (gh_slice){ 0 };
}

static const struct panel_row *row_of_door(const GPtrArray *rows, unsigned door)
{
	for (guint i = 0; rows && i < rows->len; i++)
		if (panel_number(g_ptr_array_index(rows, i), "DoorID", 0) == door)
			return g_ptr_array_index(rows, i);
	return NULL;
}

gh_slice panel_verify_mode(const struct panel *p, gh_slice pin, unsigned door, int64_t at_s)
{
	const GPtrArray *rows = panel_rows_of(&p->tables, PANEL_PERSONALVSTIMEZONE, pin);
	const struct panel_row *row = row_of_door(rows, door);
	gh_slice mode = { 0 };
	char text[16];

	if (row)
		mode = schedule_mode(p, row, "VSUser", at_s);
	snprintf(text, sizeof(text), "%u", door);
	rows = panel_rows_of(&p->tables, PANEL_DOORVSTIMEZONE, gh_slice_of(text));
	if (mode.p == NULL && rows)
		mode = schedule_mode(p, g_ptr_array_index(rows, 0), "VSDoor", at_s);
	rows = panel_rows_of(&p->tables, PANEL_EXTUSER, pin);
	if (mode.p == NULL && rows) {
		mode = gh_slice_trim(panel_field(g_ptr_array_index(rows, 0), "PersonalVS"));
		/* 0 in the document's example: no mode of their own. */
		if (mode.n == 0 || gh_slice_eq(mode, GH_LIT("0")) ||
		    gh_slice_eq(mode, GH_LIT("255")))
			mode = (gh_slice){ 0 };
	}
	if (mode.p == NULL)
		mode = gh_slice_trim(panel_door_text(p, door, "VerifyType"));
	return mode.n ? mode : GH_LIT("0");
}

/* The word of a mode; false: it has none. */
static bool mode_word(gh_slice mode, uint16_t *word, int64_t *number)
{
	enum verify_form form = verify_read(mode, number);

	if (form == VERIFY_FACTORS) {
		*word = (uint16_t)*number;
		*number = PANEL_VERIFY_NONE;
		return true;
	}
	return form == VERIFY_MODE_NUMBER && verify_word_of_mode(*number, word);
}

enum panel_verified panel_verify_check(gh_slice mode, uint16_t factors)
{
	uint16_t word = 0, needed;
	int64_t number = 0;

	if (!mode_word(mode, &word, &number)) {
		if (number != MODE_FINGER_AND_ONE)
			return PANEL_VERIFIED; /* a mode that the device does not have */
		if (factors & ~(PANEL_FINGER | PANEL_CARD | PANEL_USER_ID))
			return PANEL_NOT_VERIFIED;
		return factors & PANEL_FINGER && factors & (PANEL_CARD | PANEL_USER_ID)
			       ? PANEL_VERIFIED
			       : PANEL_VERIFIED_PARTLY;
	}
	needed = word & ~VERIFY_ALL;
	if (number == MODE_AUTOMATIC) /* any that identifies (11.3) */
		return PANEL_VERIFIED;
	if (factors & ~needed)
		return PANEL_NOT_VERIFIED;
	if (word & VERIFY_ALL && (factors & needed) != needed)
		return PANEL_VERIFIED_PARTLY;
	return PANEL_VERIFIED;
}

static int32_t mode_of_factor(uint16_t factor)
{
	static const struct {
		uint16_t factor;
		int32_t mode;
	} modes[] = { { PANEL_FINGER, 1 }, { PANEL_USER_ID, 2 }, { PANEL_PASSWORD, 3 },
		      { PANEL_CARD, 4 },   { PANEL_FACE, 15 },	 { PANEL_VEIN, 21 },
		      { PANEL_PALM, 25 } };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (modes[i].factor == factor)
			return modes[i].mode;
	return PANEL_VERIFY_NONE;
}

int32_t panel_verify_used(gh_slice mode, uint16_t factors, bool failed, uint16_t *word)
{
	bool several = factors & (factors - 1);
	uint16_t of_mode = 0;
	int64_t number = PANEL_VERIFY_NONE;
	bool all = mode_word(mode, &of_mode, &number) && of_mode & VERIFY_ALL;

	*word = all && !failed ? of_mode : factors;
	if (several && number < PANEL_VERIFY_NONE)
		return (int32_t)number;
	if (!several)
		return mode_of_factor(factors);
	return PANEL_VERIFY_NONE;
}
