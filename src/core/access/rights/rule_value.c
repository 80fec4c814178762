#include "core/access/rights/rule_value.h"

#define READERS_FROM 16	 /* of the values of anti-passback: bit 4 is the readers of door 1 */
#define READER_DOORS 15u /* doors 1 to 4 */
#define NEAREST 3

struct rule_value {
	int64_t value;
	struct rule_meaning means;
};

#define PAIRS(A, B, C, D)                                          \
	{                                                          \
		{ { A, B }, { C, D } }, ((A) != 0) + ((C) != 0), 0 \
	}
static const struct rule_value passback_values[] = {
#define PASSBACK_VALUE(value, a, b, c, d) { value, PAIRS(a, b, c, d) },
#include "core/access/rights/passback_value.def"
#undef PASSBACK_VALUE
};
static const struct rule_value interlock_values[] = {
#define INTERLOCK_VALUE(value, a, b) { value, PAIRS(a, 0, b, 0) },
#include "core/access/rights/passback_value.def"
#undef INTERLOCK_VALUE
};
#define PASSBACK_VALUES (sizeof(passback_values) / sizeof(passback_values[0]))
#define INTERLOCK_VALUES (sizeof(interlock_values) / sizeof(interlock_values[0]))

/* Value number i of a kind, those of readers behind the others. false: there are no more. */
static bool rule_value_at(enum access_rule_kind kind, size_t i, struct rule_value *out)
{
	if (kind == ACCESS_RULE_INTERLOCK) {
		if (i < INTERLOCK_VALUES)
			*out = interlock_values[i];
		return i < INTERLOCK_VALUES;
	}
	if (i < PASSBACK_VALUES) {
		*out = passback_values[i];
		return true;
	}
	uint32_t doors = (uint32_t)(i - PASSBACK_VALUES + 1);

	*out = (struct rule_value){ READERS_FROM * (int64_t)doors, { .readers = doors } };
	return doors <= READER_DOORS;
}

static uint32_t meaning_doors(const struct rule_meaning *m)
{
	uint32_t doors = m->readers;

	for (size_t i = 0; i < m->sides; i++)
		doors |= m->side[i].a | m->side[i].b;
	return doors;
}

static bool side_same(const struct rule_meaning *x, size_t i, const struct rule_meaning *y,
		      size_t k)
{
	return (x->side[i].a == y->side[k].a && x->side[i].b == y->side[k].b) ||
	       (x->side[i].a == y->side[k].b && x->side[i].b == y->side[k].a);
}

static bool meaning_same(const struct rule_meaning *x, const struct rule_meaning *y)
{
	if (x->sides != y->sides || x->readers != y->readers)
		return false;
	for (size_t i = 0; i < x->sides; i++) {
		bool found = false;

		for (size_t k = 0; k < y->sides; k++)
			found = found || side_same(x, i, y, k);
		if (!found)
			return false;
	}
	return true;
}

/* Whether two doors depend on each other. */
static bool doors_related(const struct rule_meaning *m, uint32_t x, uint32_t y, bool sets)
{
	for (size_t i = 0; i < m->sides; i++) {
		uint32_t a = m->side[i].a, b = sets ? a : m->side[i].b;

		if ((a & x && b & y) || (a & y && b & x))
			return true;
	}
	return false;
}

/* Pairs of doors, and readers of doors, in which two meanings differ. */
static unsigned meaning_distance(const struct rule_meaning *x, const struct rule_meaning *y,
				 bool sets)
{
	unsigned n = 0;

	for (uint32_t a = 1; a; a <<= 1) {
		n += (x->readers & a) != (y->readers & a);
		for (uint32_t b = a << 1; b; b <<= 1)
			n += doors_related(x, a, b, sets) != doors_related(y, a, b, sets);
	}
	return n;
}

int64_t rule_value_of(enum access_rule_kind kind, const struct rule_meaning *m)
{
	struct rule_value v;

	for (size_t i = 0; rule_value_at(kind, i, &v); i++)
		if (meaning_same(&v.means, m))
			return v.value;
	return -1;
}

void rule_nearest_write(struct ghi_writer *w, enum access_rule_kind kind,
			const struct rule_meaning *m, uint32_t doors)
{
	struct rule_value v;
	bool sets = kind == ACCESS_RULE_INTERLOCK;
	size_t written = 0;

	for (unsigned d = 0; d < 64 && written < NEAREST; d++)
		for (size_t i = 0; rule_value_at(kind, i, &v) && written < NEAREST; i++) {
			struct ghi_writer before = *w;
			const char *name = access_rule_name(kind, v.value);

			if (v.value == 0 || meaning_doors(&v.means) & ~doors ||
			    meaning_distance(&v.means, m, sets) != d)
				continue;
			ghi_put(w, written ? GH_LIT("; ") : GH_LIT(""));
			ghi_put(w, gh_slice_of(name ? name : ""));
			ghi_put(w, GH_LIT(" ("));
			ghi_put_signed(w, v.value);
			ghi_put(w, GH_LIT(")"));
			if (w->err) {
				*w = before;
				break;
			}
			written++;
		}
}
