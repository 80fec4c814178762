#include "tests.h"

#include "panel_test.h"

#include <stdio.h>
#include <stdlib.h>

static char codes[512];
static uint32_t seen;

struct panel *panel_test_open(void)
{
	return panel_test_open_as("spec");
}

struct panel *panel_test_open_as(const char *persona)
{
	struct panel *p = calloc(1, sizeof(*p));
	char row[200];

	assert_non_null(p);
	panel_open(p, acc_persona_named(gh_slice_of(persona)), MONDAY_10, 1);
	for (int i = 1; i <= 6; i++) {
		snprintf(row, sizeof(row), "user Pin=%d\tCardNo=%d\tPassword=p%d\tGroup=%d", i,
			 1000 + i, i, i);
		panel_test_row(p, row);
		snprintf(row, sizeof(row),
			 "userauthorize Pin=%d\tAuthorizeTimezoneId=1\tAuthorizeDoorId=15", i);
		if (i <= 5)
			panel_test_row(p, row);
	}
	seen = 0;
	return p;
}

void panel_test_close(struct panel *p)
{
	panel_close(p);
	free(p);
}

void panel_test_row(struct panel *p, const char *text)
{
	gh_slice table, row;

	gh_slice_cut(gh_slice_of(text), ' ', &table, &row);
	assert_true(panel_table_named(table) < PANEL_TABLES);
	assert_int_equal(panel_row_put(&p->tables, panel_table_named(table), row), GH_OK);
}

void panel_test_option(struct panel *p, const char *name, const char *value)
{
	assert_int_equal(panel_option_set(p, gh_slice_of(name), gh_slice_of(value)), GH_OK);
}

static int test_attempt(struct panel *p, struct panel_attempt a)
{
	panel_advance(p, p->now_s + 3);
	return panel_attempt(p, &a).event;
}

int panel_test_card_at(struct panel *p, unsigned door, int direction, uint64_t card)
{
	return test_attempt(p, (struct panel_attempt){ .door = door,
						       .direction = direction,
						       .factor = PANEL_CARD,
						       .card = card });
}

int panel_test_card(struct panel *p, uint64_t card)
{
	return panel_test_card_at(p, 1, 0, card);
}

int panel_test_finger(struct panel *p, const char *pin)
{
	return test_attempt(p, (struct panel_attempt){ .door = 1,
						       .factor = PANEL_FINGER,
						       .pin = gh_slice_of(pin) });
}

int panel_test_password(struct panel *p, const char *pin, const char *password)
{
	return test_attempt(p, (struct panel_attempt){ .door = 1,
						       .factor = PANEL_PASSWORD,
						       .pin = gh_slice_of(pin),
						       .password = gh_slice_of(password) });
}

const struct panel_event *panel_test_last(const struct panel *p)
{
	return panel_ring_at(&p->ring, p->ring.next - 1);
}

const char *panel_test_codes(struct panel *p)
{
	size_t n = 0;

	codes[0] = 0;
	for (; seen < p->ring.next; seen++)
		n += (size_t)snprintf(codes + n, sizeof(codes) - n, "%s%d", n ? " " : "",
				      panel_ring_at(&p->ring, seen)->event);
	return codes;
}
