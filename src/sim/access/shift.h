/* When people come, where that is not at even distances: many when a shift begins or ends, few at night, and in a
 * day as many as otherwise. */
#ifndef GH_SIM_ACCESS_SHIFT_H
#define GH_SIM_ACCESS_SHIFT_H

#include <stdint.h>

/* Of what would happen so many milliseconds after a start, which a clock shows as `start_s`, when it happens instead:
 * milliseconds after the same start. The order stays. */
int64_t sim_shift_ms(int64_t start_s, int64_t even_ms);

#endif
