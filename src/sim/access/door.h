/* What happens at doors, inputs and outputs, and with time; each thing that does is an event. */
#ifndef GH_SIM_ACCESS_DOOR_H
#define GH_SIM_ACCESS_DOOR_H

#include "sim/access/panel.h"

/* An event of the device itself, of no person: PIN 0, no direction. */
struct panel_event panel_event_of(const struct panel *p, int32_t code, int32_t address);
/* Keep an event, and carry out the linkages it triggers. */
void panel_event_make(struct panel *p, const struct panel_event *e);

/* Let time pass up to a moment: locks fall shut, doors are open too long, zones end. */
void panel_advance(struct panel *p, int64_t to_s);
/* The clock is set: nothing happens, and what is in progress lasts as long as before. */
void panel_clock_shift(struct panel *p, int64_t by_s);

/* The lock's relay, without an event: for seconds, or until it is closed (0). */
void panel_lock_release(struct panel *p, unsigned door, int64_t seconds);
void panel_lock_close(struct panel *p, unsigned door);
bool panel_lock_released(const struct panel *p, unsigned door);
/* Whether door n reports if it is open, and is. */
bool panel_door_has_sensor(const struct panel *p, unsigned door);
bool panel_door_is_open(const struct panel *p, unsigned door);

/* The leaf moves. */
void panel_leaf_open(struct panel *p, unsigned door);
void panel_leaf_close(struct panel *p, unsigned door);
void panel_exit_button(struct panel *p, unsigned door);
/* Auxiliary input n is short-circuited or opened. */
void panel_aux_input(struct panel *p, unsigned n, bool shorted);
void panel_tamper(struct panel *p, unsigned door);
/* The device starts. */
void panel_boot(struct panel *p);

/* Whether auxiliary output n is on, by an order, a linkage or its time rule. */
bool panel_aux_is_on(const struct panel *p, unsigned n);
/* Auxiliary output n: for seconds, until it is closed (255), or off (0). */
void panel_aux_output(struct panel *p, unsigned n, int64_t seconds);

#endif
