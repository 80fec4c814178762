/* A terminal's log in memory, for the benchmarks. */
#ifndef GH_BENCH_TERMINAL_LOG_H
#define GH_BENCH_TERMINAL_LOG_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_RECORD = 40 };

/* A whole table of *bytes: its head and so many punches. The caller frees it. */
uint8_t *bench_terminal_log(size_t records, size_t *bytes);

#endif
