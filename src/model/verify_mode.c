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
