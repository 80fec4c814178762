#include "model/comparison.h"

_Static_assert(COMPARISON_FIELDS < 64, "a bit of `present` each");

static const struct model_field fields[] = {
#define COMPARISON_FIELD(member, json, type) \
	{ #member, json, offsetof(struct comparison, member), MODEL_##type, 0 },
#include "model/comparison.def"
#undef COMPARISON_FIELD
};

const struct model_kind comparison_kind = { "device_comparison", "comparisons", fields,
					    COMPARISON_FIELDS, sizeof(struct comparison) };

struct comparison comparison_new(void)
{
	return (struct comparison){
		.complete_to = GHI_CIVIL_NONE,
		.compared_to = GHI_CIVIL_NONE,
		.gap_from = GHI_CIVIL_NONE,
		.gap_to = GHI_CIVIL_NONE,
		.settled_at = GHI_CIVIL_NONE,
		.range_from = GHI_CIVIL_NONE,
		.range_to = GHI_CIVIL_NONE,
		.walk_to = GHI_CIVIL_NONE,
		.found_from = GHI_CIVIL_NONE,
		.found_to = GHI_CIVIL_NONE,
		.first_to = GHI_CIVIL_NONE,
	};
}

const char *comparison_way_name(enum comparison_way w)
{
	static const char *const name[COMPARISON_WAYS] = { "none", "verify_sum", "account",
							   "counters", "read" };

	return w < COMPARISON_WAYS ? name[w] : NULL;
}

const char *comparison_doubt_name(enum comparison_doubt d)
{
	static const char *const name[COMPARISON_DOUBTS] = { "counts_more", "not_sent",
							     "refused", "quarantined" };

	return d < COMPARISON_DOUBTS ? name[d] : NULL;
}
