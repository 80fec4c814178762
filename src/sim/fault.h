/* The list after --fault: "drop-reply,slow:5" (in a hundred), "all", "none". */
#ifndef GH_SIM_FAULT_H
#define GH_SIM_FAULT_H

#include "base/err.h"
#include "base/slice.h"

enum sim_fault {
#define SIM_FAULT(NAME, word, share, help) SIM_FAULT_##NAME,
#include "sim/fault.def"
#undef SIM_FAULT
	SIM_FAULTS
};

/* The faults of one kind of simulator. */
struct sim_fault_words {
	size_t n;
	const char *const *word;
	const uint16_t *usual; /* permille of a fault named without a number */
	size_t all;	       /* how many of them "all" stands for */
};

/* A number for each fault is added to `permille`. GH_EINVALID: *bad is the piece that is no fault. */
GH_MUST_CHECK enum gh_err sim_fault_list_parse(gh_slice list,
					       const struct sim_fault_words *words,
					       uint16_t *permille, gh_slice *bad);

#endif
