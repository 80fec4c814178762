/* People come to a device: what happens there when a punch is made. Each punch is looked at once, in its order, when
 * its time has come (calendar.h); what it left behind is in the device. */
#ifndef GH_SIM_ATTENDANCE_VISITS_H
#define GH_SIM_ATTENDANCE_VISITS_H

#include "sim/attendance/device.h"

/* All that came up to now. */
void visits_happen(struct sim_device *d);

/* Punch `index` was never made: there was no room for it, or the person was not verified. */
bool visits_lack(const struct sim_device *d, uint32_t index);
/* How many of those from `from` on were never made. */
uint32_t visits_lacking(const struct sim_device *d, uint32_t from);

/* The card of that punch was on the blacklist. */
bool visits_barred(const struct sim_device *d, uint32_t index);

/* The server is to verify who comes next: the body of the request, and in `type` what was presented. false: no person
 * waits for that. */
bool visits_await(const struct sim_device *d, struct items_text *text, struct ghi_writer *body,
		  const char **type);
/* Whether the device requests people that it does not have. */
bool visits_borrow(const struct sim_device *d);
/* The server sent that person, who stays for as long as it is set to (RmUserSaveTime). */
void guest_add(struct sim_device *d, gh_slice pin);
/* It is to stay. */
void guest_keep(struct sim_device *d, gh_slice pin);

#endif
