#include "sim/access/fault.h"

const char *const acc_fault_word[ACC_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) [ACC_FAULT_##NAME] = word,
#include "sim/fault.def"
/* then */
#include "sim/access/fault.def"
/* then */
#include "sim/access/fault_alone.def"
#undef SIM_FAULT
};

const char *const acc_fault_help[ACC_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) [ACC_FAULT_##NAME] = help,
#include "sim/fault.def"
/* then */
#include "sim/access/fault.def"
/* then */
#include "sim/access/fault_alone.def"
#undef SIM_FAULT
};

enum gh_err acc_faults_parse(gh_slice list, struct acc_faults *out, gh_slice *bad)
{
	static const uint16_t usual[ACC_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) [ACC_FAULT_##NAME] = share,
#include "sim/fault.def"
/* then */
#include "sim/access/fault.def"
/* then */
#include "sim/access/fault_alone.def"
#undef SIM_FAULT
	};
	static const struct sim_fault_words words = { ACC_FAULTS, acc_fault_word, usual,
						      ACC_FAULTS_OF_ALL };

	return sim_fault_list_parse(list, &words, out->permille, bad);
}
