#include "sim/fault.h"

#include "base/number.h"

const char *const sim_fault_word[SIM_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) word,
#include "sim/fault.def"
#undef SIM_FAULT
};

const char *const sim_fault_help[SIM_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) help,
#include "sim/fault.def"
#undef SIM_FAULT
};

static const uint16_t usual[SIM_FAULTS] = {
#define SIM_FAULT(NAME, word, share, help) share,
#include "sim/fault.def"
#undef SIM_FAULT
};

static bool sim_fault_parse(gh_slice piece, struct sim_faults *out)
{
	gh_slice word, number;
	uint64_t percent = 0;
	bool given = gh_slice_cut(piece, ':', &word, &number), known = false;

	if (given && ghi_number_parse(number, 100, &percent))
		return false;
	for (size_t i = 0; i < SIM_FAULTS; i++) {
		if (!gh_slice_eq(word, GH_LIT("all")) &&
		    !gh_slice_eq(word, gh_slice_of(sim_fault_word[i])))
			continue;
		out->permille[i] = given ? (uint16_t)(percent * 10) : usual[i];
		known = true;
	}
	return known || gh_slice_eq(piece, GH_LIT("none"));
}

enum gh_err sim_faults_parse(gh_slice list, struct sim_faults *out, gh_slice *bad)
{
	gh_slice piece;

	while (list.n) {
		gh_slice_cut(list, ',', &piece, &list);
		if (!sim_fault_parse(piece, out)) {
			*bad = piece;
			return GH_EINVALID;
		}
	}
	return GH_OK;
}
