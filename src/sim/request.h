/* A request of a simulated device as bytes, and what goes wrong on its way. */
#ifndef GH_SIM_REQUEST_H
#define GH_SIM_REQUEST_H

#include "base/slice.h"
#include "sim/fault.h"
#include "sim/prng.h"

/* A disturbance of the connection while a request is sent. */
enum sim_disturbance {
	DISTURBANCE_NONE,
	DISTURBANCE_SPLIT,
	DISTURBANCE_SLOW,
	DISTURBANCE_DROP,    /* the answer arrives and is lost */
	DISTURBANCE_HANG_UP, /* the connection breaks once all is sent */
};

struct sim_request {
	gh_slice head, body; /* borrowed from the scratch */
	bool separate;	     /* in sends of their own */
	bool keep_alive, exact_case;
	enum sim_disturbance disturbance;
	uint64_t dice; /* for the size of pieces and the like */
	int64_t timeout_ms;
};

/* Choose the disturbance of a request by `random`, and its dice; `permille` has the first faults
 * of fault.def. The fault that it is, or SIM_FAULTS. */
enum sim_fault sim_request_disturb(struct sim_request *r, const uint16_t *permille,
				   uint64_t random);

#endif
