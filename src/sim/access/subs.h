/* Sub-controllers behind a main controller (Security PUSH 3.1.2, 5 and 7.4): each is a panel with doors, people
 * and events of its own, which the main controller lists, and authorises as it is ordered. What one reports
 * is sent by the main controller. */
#ifndef GH_SIM_ACCESS_SUBS_H
#define GH_SIM_ACCESS_SUBS_H

#include "sim/access/unit.h"
#include "wire/access/sub.h"

#define ACC_SUBS_MAX 64

struct acc_sub {
	struct unit *unit; /* the main controller */
	unsigned number;   /* from 1 */
	char sn[48];
	enum ghi_sub_step step;
	struct panel panel;
	struct population population;
	unsigned registered; /* options that are parameters of its registration */
	uint32_t forwarded;  /* events before this number are with the main controller */
};

/* As many as the plan has, or the persona; none where the unit is no main controller. */
void acc_subs_open(struct unit *u);
void acc_subs_close(struct unit *u);

/* NULL: there is no such one. */
struct acc_sub *acc_sub_named(const struct unit *u, gh_slice sn);
struct acc_sub *acc_sub_at(const struct unit *u, unsigned number);

/* What people do at their doors, up to a moment of the unit's clock, and when the next of it is due. Passage
 * number `i` of the unit is at the doors of one of them, or (NULL) of the unit itself. */
void acc_subs_follow(struct unit *u, int64_t at_s);
int64_t acc_subs_due_s(const struct unit *u);
struct acc_sub *acc_sub_of_passage(const struct unit *u, uint64_t i);
void acc_subs_shift(struct unit *u, int64_t by_s);

/* A server orders a step, or that it is removed (GHI_SUB_WAITS): it announces itself again. From the last step
 * on its events, those before it, too, are with the main controller. */
void acc_sub_order(struct acc_sub *s, enum ghi_sub_step step);

/* From here to the second call the unit's panel is that of the sub-controller: a command is carried out
 * there. */
void acc_sub_exchange(struct acc_sub *s);

/* A row of rtstate behind what is there, of each that is authorised. */
void acc_subs_states_write(struct ghi_writer *w, const struct unit *u, ghi_civil at);

/* The list as it is uploaded (5): how many rows. */
uint32_t acc_subs_write(GString *to, const struct unit *u);

#endif
