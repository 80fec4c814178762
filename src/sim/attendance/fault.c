#include "sim/attendance/fault.h"

const char *const att_fault_word[ATT_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) [ATT_FAULT_##NAME] = word,
#include "sim/fault.def"
/* then */
#include "sim/attendance/fault_alone.def"
#undef SIM_FAULT
};

const char *const att_fault_help[ATT_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) [ATT_FAULT_##NAME] = help,
#include "sim/fault.def"
/* then */
#include "sim/attendance/fault_alone.def"
#undef SIM_FAULT
};

const int16_t att_fault_code[ATT_FAULTS] = {
#define ANSWER_FAULT(NAME, word, share, code, help) [ATT_FAULT_##NAME] = code,
#include "sim/attendance/fault_alone.def"
};

enum gh_err att_faults_parse(gh_slice list, struct att_faults *out, gh_slice *bad)
{
	static const uint16_t usual[ATT_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) [ATT_FAULT_##NAME] = share,
#include "sim/fault.def"
/* then */
#include "sim/attendance/fault_alone.def"
#undef SIM_FAULT
	};
	static const struct sim_fault_words words = { ATT_FAULTS, att_fault_word, usual,
						      ATT_FAULTS_OF_ALL };

	return sim_fault_list_parse(list, &words, out->permille, bad);
}
