/* The list after --fault of an attendance device: the faults that all devices have which call a server, and
 * answers that it gives without carrying a command out. */
#ifndef GH_SIM_ATTENDANCE_FAULT_H
#define GH_SIM_ATTENDANCE_FAULT_H

#include "sim/fault.h"

enum att_fault {
#define SIM_FAULT(NAME, word, share, help) ATT_FAULT_##NAME,
#include "sim/fault.def"
	ATT_FAULTS_OF_ALL, /* the word "all" stands for those before it */
	ATT_FAULT_BEFORE_ALONE = ATT_FAULTS_OF_ALL - 1,
#include "sim/attendance/fault_alone.def"
#undef SIM_FAULT
	ATT_FAULTS
};

struct att_faults {
	uint16_t permille
		[ATT_FAULTS]; /* of how often the chance is there; first those of enum sim_fault */
};

extern const char *const att_fault_word[ATT_FAULTS];
extern const char *const att_fault_help[ATT_FAULTS];
/* What a command is answered by that fault; 0: it is none of answers. */
extern const int16_t att_fault_code[ATT_FAULTS];

/* GH_EINVALID: *bad is the piece that is no fault. Adds to what *out holds. */
GH_MUST_CHECK enum gh_err att_faults_parse(gh_slice list, struct att_faults *out,
					   gh_slice *bad);

#endif
