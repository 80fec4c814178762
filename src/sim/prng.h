/* Chance that can be repeated: everything a simulated device does follows from its seed. */
#ifndef GH_SIM_PRNG_H
#define GH_SIM_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct sim_prng {
	uint64_t state;
};

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators": the finaliser of
 * SplitMix64 spreads neighbouring inputs over all 64 bits. */
static inline uint64_t sim_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* The same number for the same (a, b, c): records are made from it on demand. */
static inline uint64_t sim_hash(uint64_t a, uint64_t b, uint64_t c)
{
	return sim_mix(sim_mix(sim_mix(a) ^ b) ^ c);
}

static inline uint64_t sim_next(struct sim_prng *g)
{
	g->state += UINT64_C(0x9e3779b97f4a7c15);
	return sim_mix(g->state);
}

/* From 0 up to n - 1; n is above 0. The bias of the remainder does not matter here. */
static inline uint64_t sim_below(struct sim_prng *g, uint64_t n)
{
	return sim_next(g) % n;
}

static inline bool sim_chance(struct sim_prng *g, unsigned permille)
{
	return sim_below(g, 1000) < permille;
}

#endif
