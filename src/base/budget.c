#include "base/budget.h"

/* A refused amount is never charged, not even briefly: another thread's request could fail
 * because of it. */
static bool budget_charge_below(struct budget *b, size_t n, size_t limit)
{
	size_t used = atomic_load_explicit(&b->used, memory_order_relaxed);

	do {
		if (n > limit || used > limit - n) {
			atomic_fetch_add_explicit(&b->refusals, 1, memory_order_relaxed);
			return false;
		}
	} while (!atomic_compare_exchange_weak_explicit(
		&b->used, &used, used + n, memory_order_relaxed, memory_order_relaxed));
	return true;
}

bool ghi_budget_charge(const struct budget_share *share, size_t n)
{
	if (share == NULL || share->budget == NULL)
		return true;
	size_t ceiling = share->budget->ceiling;

	return budget_charge_below(share->budget, n,
				   ceiling > share->reserve ? ceiling - share->reserve : 0);
}

bool ghi_budget_charge_small(const struct budget_share *share, size_t n)
{
	if (share == NULL || share->budget == NULL)
		return true;
	size_t ceiling = share->budget->ceiling;

	return budget_charge_below(share->budget, n, ceiling + ceiling / 4);
}

void ghi_budget_release(const struct budget_share *share, size_t n)
{
	if (share && share->budget)
		atomic_fetch_sub_explicit(&share->budget->used, n, memory_order_relaxed);
}
