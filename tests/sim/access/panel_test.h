/* A device of persona `spec` with a few people, whose clock the test sets. */
#ifndef GH_TESTS_SIM_ACCESS_PANEL_TEST_H
#define GH_TESTS_SIM_ACCESS_PANEL_TEST_H

#include "sim/access/decision.h"
#include "sim/access/door.h"

#define MONDAY_10 1772445600 /* 2026-03-02 10:00:00 */

/* Persons 1 to 5 have the cards 1001 to 1005, passwords p1 to p5, groups 1 to 5, and may pass all four
 * doors always; person 6 has no right. */
struct panel *panel_test_open(void);
struct panel *panel_test_open_as(const char *persona);
void panel_test_close(struct panel *p);

/* "table k=v\tk=v" */
void panel_test_row(struct panel *p, const char *text);
void panel_test_option(struct panel *p, const char *name, const char *value);

/* Three seconds later, at door 1 unless it is given: the code of the event, or PANEL_NO_EVENT. */
int panel_test_card(struct panel *p, uint64_t card);
int panel_test_card_at(struct panel *p, unsigned door, int direction, uint64_t card);
int panel_test_finger(struct panel *p, const char *pin);
int panel_test_password(struct panel *p, const char *pin, const char *password);

/* The last event that was made. */
const struct panel_event *panel_test_last(const struct panel *p);
/* The codes of all events, "0 200 201", since the last call. */
const char *panel_test_codes(struct panel *p);

#endif
