#include "sim/terminal/fault.h"

#include "base/number.h"

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

static bool fault_parse(gh_slice piece, struct term_faults *out)
{
	gh_slice word, share;
	uint64_t percent = 0;
	bool shared = gh_slice_cut(piece, ':', &word, &share);
	bool all = gh_slice_eq(word, GH_LIT("all")), known = all;

	if (gh_slice_eq(piece, GH_LIT("none")))
		return true;
	if (shared && ghi_number_parse(share, 100, &percent))
		return false;
	for (size_t i = 0; i < TERM_FAULTS; i++)
		if (all || gh_slice_eq(word, gh_slice_of(term_fault_word[i]))) {
			out->permille[i] = shared ? (uint16_t)(percent * 10) : usual[i];
			known = true;
		}
	return known;
}

enum gh_err term_faults_parse(gh_slice list, struct term_faults *out, gh_slice *bad)
{
	while (list.n) {
		gh_slice piece;

		gh_slice_cut(list, ',', &piece, &list);
		if (!fault_parse(piece, out)) {
			*bad = piece;
			return GH_EINVALID;
		}
	}
	return GH_OK;
}
