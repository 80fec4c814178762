/* What people do at the doors of a device, as it follows from the seed: arrivals and departures of a
 * working week, some refused, some doors left open or forced, now and then an exit button, an input,
 * a cut of power. */
#ifndef GH_SIM_ACCESS_POPULATION_H
#define GH_SIM_ACCESS_POPULATION_H

#include "sim/access/panel.h"
#include "sim/prng.h"

/* Something that happens at a moment. */
struct population_act {
	int64_t at_s;
	uint32_t order; /* of those of one second the first that was planned comes first */
	uint8_t kind;	/* enum population_kind of population.c */
	uint8_t door;
	uint32_t who;
};

struct population {
	struct sim_prng prng;
	uint32_t
		users; /* known ones, with PINs from 1 on; as many besides have no right or are unknown */
	uint64_t passages; /* that the owner has begun */
	GSequence *acts;   /* struct population_act, the earliest first */
	uint32_t order;	   /* of the latest act */
	bool power_cut;	   /* one happened; the owner clears it */
};

/* The tables of a device with so many people who may pass, of some more who may not, and of time rules
 * and options: what a server would have written to it. */
void population_people(struct panel *p, uint32_t users, uint64_t seed);

void population_open(struct population *n, uint32_t users, uint64_t seed);
void population_close(struct population *n);

/* Days of a working life before p->now_s, until the ring has `events` events; what is older is dropped.
 * The clock stands where it stood before. */
void population_past(struct population *n, struct panel *p, uint32_t events);

/* A person comes to a door at a moment. */
void population_passage(struct population *n, const struct panel *p, int64_t at_s);

/* A person goes through a door that was opened to them at a moment, and it falls shut. */
void population_go_through(struct population *n, unsigned door, int64_t at_s);

/* When the next act is due; INT64_MAX: none is planned. */
int64_t population_due_s(const struct population *n);

/* Carry out what is due up to a moment, and let the panel's time pass. */
void population_follow(struct population *n, struct panel *p, int64_t to_s);

/* The clock was set: what is to happen stays as far away as it was. */
void population_shift(struct population *n, int64_t by_s);

#endif
