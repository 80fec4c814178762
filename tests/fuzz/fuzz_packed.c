/* Packed uploads: whatever the package, its windows hold whole lines, keep the bytes they must
 * and stay within their limits; and what was charged is released. */
#include "fuzz.h"

#include <string.h>

#include "core/packed.h"

#define STEPS 200000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct budget budget = { .ceiling = 8u << 20 };
	struct budget_share share = { .budget = &budget };
	gh_slice body = { data, size }, window = { 0 };
	struct packed *p = packed_open(body, &share);
	size_t keep = 0, total = 0, step = 0;

	check(p);
	for (; step < STEPS; step++) {
		/* Now all is read, now a part, as when a record goes on. */
		keep = step % 3 ? 0 : window.n / 2;

		uint8_t last = keep ? window.p[window.n - keep] : 0;
		enum gh_err err = packed_next(p, keep, &window);

		if (err) {
			check(err == GH_ETOOBIG || err == GH_EMALFORMED || err == GH_ENOMEM);
			check(packed_reason(p)[0]);
			check(packed_next(p, 0, &window) != GH_OK);
			break;
		}
		check(window.n >= keep && window.n <= PACKED_WINDOW_MAX);
		check(keep == 0 || window.p[0] == last);
		total += window.n - keep;
		check(total <= PACKED_MAX + (8u << 20));
		if (packed_ended(p))
			break;
		check(window.n == keep || window.p[window.n - 1] == '\n');
	}
	check(step < STEPS);
	check(atomic_load(&budget.used) <= 8u << 20);
	packed_close(p);
	check(atomic_load(&budget.used) == 0);
	return 0;
}
