/* Counters of events since the start. Threads: any; the counters are atomic. */
#ifndef GH_CORE_METRICS_H
#define GH_CORE_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

struct metrics {
#define METRIC(member, kind, name, help) _Atomic uint64_t member;
#include "core/metric.def"
#undef METRIC
};

static inline void metric_add(_Atomic uint64_t *m, uint64_t n)
{
	atomic_fetch_add_explicit(m, n, memory_order_relaxed);
}

#endif
