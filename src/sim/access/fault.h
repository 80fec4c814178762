/* The list after --fault of an access device: the faults that all devices have which call a server,
 * and more of its own. */
#ifndef GH_SIM_ACCESS_FAULT_H
#define GH_SIM_ACCESS_FAULT_H

#include "sim/fault.h"

enum acc_fault {
#define SIM_FAULT(NAME, word, share, help) ACC_FAULT_##NAME,
#include "sim/fault.def"
/* then */
#include "sim/access/fault.def"
	ACC_FAULTS_OF_ALL, /* the word "all" stands for those before it */
	ACC_FAULT_BEFORE_ALONE = ACC_FAULTS_OF_ALL - 1,
#include "sim/access/fault_alone.def"
#undef SIM_FAULT
	ACC_FAULTS
};

struct acc_faults {
	uint16_t permille[ACC_FAULTS]; /* of how often the chance is there */
};

extern const char *const acc_fault_word[ACC_FAULTS];
extern const char *const acc_fault_help[ACC_FAULTS];

/* GH_EINVALID: *bad is the piece that is no fault. Adds to what *out holds. */
GH_MUST_CHECK enum gh_err acc_faults_parse(gh_slice list, struct acc_faults *out,
					   gh_slice *bad);

#endif
