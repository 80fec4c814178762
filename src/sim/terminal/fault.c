#include "sim/terminal/fault.h"

#include "sim/fault.h"

const char *const term_fault_word[TERM_FAULTS] = {
#define TERM_FAULT(NAME, word, share, help) word,
#include "sim/terminal/fault.def"
#undef TERM_FAULT
};

const char *const term_fault_help[TERM_FAULTS] = {
#define TERM_FAULT(NAME, word, share, help) help,
#include "sim/terminal/fault.def"
#undef TERM_FAULT
};

static const uint16_t usual[TERM_FAULTS] = {
#define TERM_FAULT(NAME, word, share, help) share,
#include "sim/terminal/fault.def"
#undef TERM_FAULT
};

enum gh_err term_faults_parse(gh_slice list, struct term_faults *out, gh_slice *bad)
{
	static const struct sim_fault_words words = { TERM_FAULTS, term_fault_word, usual,
						      TERM_FAULT_UNSUPPORTED + 1 };

	return sim_fault_list_parse(list, &words, out->permille, bad);
}
