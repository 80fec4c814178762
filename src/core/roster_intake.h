/* Takes people, templates and photos that devices upload into the roster, by the policies of the device's area: who is
 * not there yet, and templates and photos that a person lacks, where it spreads enrolments; other changes where they
 * are among what its devices may change; deletions at a device's menu where it spreads deletions. What a device sends
 * only because it was written to it is no change (roster_sent.h).
 *
 * What comes is noted in the transaction that stores it (store_ops.intake_put), with what the device was known to hold
 * before, and is taken in pieces of some milliseconds after that. So a large upload delays no one, a restart loses
 * nothing, and what was taken is not taken again. Newest by arrival wins: a field that was changed after the upload
 * came stays.
 *
 * Attendance devices and terminals only. At access units levels decide who may pass, and what is enrolled there stays
 * there. What devices held before this existed is not taken until they upload it again with another value.
 *
 * Threads: any. The pieces run on the store thread, one at a time. */
#ifndef GH_CORE_ROSTER_INTAKE_H
#define GH_CORE_ROSTER_INTAKE_H

#include "core/devices.h"

struct roster_intake_work;

/* NULL: no memory. What an earlier run left is begun with by the first tick. */
struct roster_intake_work *roster_intake_new(struct server *server);
/* After the store's queue was closed. NULL is fine. */
void roster_intake_free(struct roster_intake_work *w);
/* Something was noted. NULL is fine. */
void roster_intake_wake(struct roster_intake_work *w);
/* Each second. NULL is fine. */
void roster_intake_tick(struct roster_intake_work *w);

/* Whether what the device sends of people is for the roster. */
bool roster_intake_of(const struct device *d);

#endif
