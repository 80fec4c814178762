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

struct sim_faults {
	uint16_t permille[SIM_FAULTS]; /* of how often the chance is there */
};

extern const char *const sim_fault_word[SIM_FAULTS];
extern const char *const sim_fault_help[SIM_FAULTS];

/* GH_EINVALID: *bad is the piece that is no fault. Adds to what *out holds. */
GH_MUST_CHECK enum gh_err sim_faults_parse(gh_slice list, struct sim_faults *out,
					   gh_slice *bad);

/* The faults of one kind of simulator. */
struct sim_fault_words {
	size_t n;
	const char *const *word;
	const uint16_t *usual; /* permille of a fault named without a number */
	size_t all;	       /* how many of them "all" stands for */
};

/* The same for n faults with other words; `permille` has a number for each. */
GH_MUST_CHECK enum gh_err sim_fault_list_parse(gh_slice list,
					       const struct sim_fault_words *words,
					       uint16_t *permille, gh_slice *bad);

#endif
