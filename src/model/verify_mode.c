#include "model/verify_mode.h"

#include <stddef.h>

static const struct {
	enum verify_generation generation;
	int32_t number;
	const char *words;
} row[] = {
#define VERIFY_MODE(generation, number, words) { VERIFY_##generation, number, words },
#include "facts/verify_mode.def"
#undef VERIFY_MODE
};

const char *verify_mode_name(int32_t verify, enum verify_generation generation)
{
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].generation == generation && row[i].number == verify)
			return row[i].words;
	return generation == VERIFY_OLD ? verify_mode_name(verify, VERIFY_NEW) : NULL;
}

bool verify_mode_number(gh_slice name, enum verify_generation generation, int32_t *verify)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		/* A row of new numbers that the device's own table has otherwise does not count. */
		const char *words = verify_mode_name(row[i].number, generation);
		bool own = row[i].generation == generation ||
			   (generation == VERIFY_OLD && row[i].generation == VERIFY_NEW);

		if (!own || words != row[i].words || !gh_slice_eq(name, gh_slice_of(words)))
			continue;
		*verify = row[i].number;
		n++;
	}
	return n == 1;
}
