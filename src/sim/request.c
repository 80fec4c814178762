#include "sim/request.h"

enum sim_fault sim_request_disturb(struct sim_request *r, const uint16_t *permille,
				   uint64_t random)
{
	static const struct {
		enum sim_fault fault;
		enum sim_disturbance disturbance;
	} kinds[] = { { SIM_FAULT_REBOOT, DISTURBANCE_HANG_UP },
		      { SIM_FAULT_DROP_REPLY, DISTURBANCE_DROP },
		      { SIM_FAULT_SLOW, DISTURBANCE_SLOW },
		      { SIM_FAULT_SPLIT, DISTURBANCE_SPLIT } };
	struct sim_prng g = { random };

	r->dice = sim_next(&g);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum sim_fault f = kinds[i].fault;

		if (!sim_chance(&g, permille[f]))
			continue;
		r->disturbance = kinds[i].disturbance;
		/* The response is lost on its way, or never sent. */
		if (f == SIM_FAULT_DROP_REPLY && sim_below(&g, 2))
			r->disturbance = DISTURBANCE_HANG_UP;
		return f;
	}
	return SIM_FAULTS;
}
