#include "sim/attendance/table.h"

#include "sim/attendance/persona.h"
#include "wire/attendance/handshake.h"

const struct table tables[TABLES] = {
#define TABLE(NAME, ...) [TABLE_##NAME] = { __VA_ARGS__ },
#include "sim/attendance/table.def"
#undef TABLE
};

enum table_id table_named(gh_slice word)
{
	for (enum table_id t = 0; t < TABLES; t++)
		if (tables[t].word && gh_slice_ieq(word, gh_slice_of(tables[t].word)))
			return t;
	return TABLES;
}

bool pair_get(gh_slice pairs, const char *key, gh_slice *value)
{
	gh_slice pair, name, text;

	while (pairs.n) {
		gh_slice_cut(pairs, '\t', &pair, &pairs);
		if (gh_slice_cut(pair, '=', &name, &text) &&
		    gh_slice_ieq(gh_slice_trim(name), gh_slice_of(key))) {
			*value = text;
			return true;
		}
	}
	return false;
}

bool table_same(enum table_id t, gh_slice a, gh_slice b)
{
	gh_slice left, right;

	for (size_t i = 0; i < TABLE_KEYS && tables[t].key[i]; i++)
		if (pair_get(b, tables[t].key[i], &right) &&
		    (!pair_get(a, tables[t].key[i], &left) || !gh_slice_eq(left, right)))
			return false;
	return true;
}
