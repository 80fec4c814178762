/* The list after --fault of a terminal: "fragment,drop:5" (in a hundred), "all", "none". */
#ifndef GH_SIM_TERMINAL_FAULT_H
#define GH_SIM_TERMINAL_FAULT_H

#include "base/err.h"
#include "base/slice.h"

enum term_fault {
#define TERM_FAULT(NAME, word, share, help) TERM_FAULT_##NAME,
#include "sim/terminal/fault.def"
#undef TERM_FAULT
	TERM_FAULTS
};

struct term_faults {
	uint16_t permille[TERM_FAULTS]; /* of how often the chance is there */
};

extern const char *const term_fault_word[TERM_FAULTS];
extern const char *const term_fault_help[TERM_FAULTS];

/* GH_EINVALID: *bad is the piece that is no fault. Adds to what *out holds. */
GH_MUST_CHECK enum gh_err term_faults_parse(gh_slice list, struct term_faults *out,
					    gh_slice *bad);

#endif
