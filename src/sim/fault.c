#include "sim/fault.h"

#include "base/number.h"

/* One piece of a list: false, it is no fault. */
static bool fault_piece_parse(gh_slice piece, const struct sim_fault_words *words,
			      uint16_t *permille)
{
	gh_slice word, number;
	uint64_t percent = 0;
	bool given = gh_slice_cut(piece, ':', &word, &number);
	bool all = gh_slice_eq(word, GH_LIT("all")), known = all;

	if (gh_slice_eq(piece, GH_LIT("none")))
		return true;
	if (given && ghi_number_parse(number, 100, &percent))
		return false;
	for (size_t i = 0; i < words->n; i++)
		if ((all && i < words->all) || gh_slice_eq(word, gh_slice_of(words->word[i]))) {
			permille[i] = given ? (uint16_t)(percent * 10) : words->usual[i];
			known = true;
		}
	return known;
}

enum gh_err sim_fault_list_parse(gh_slice list, const struct sim_fault_words *words,
				 uint16_t *permille, gh_slice *bad)
{
	while (list.n) {
		gh_slice piece;

		gh_slice_cut(list, ',', &piece, &list);
		if (!fault_piece_parse(piece, words, permille)) {
			*bad = piece;
			return GH_EINVALID;
		}
	}
	return GH_OK;
}
