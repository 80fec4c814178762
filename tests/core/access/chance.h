/* Chance that begins where a test sets it, and what it makes: days and time tables. */
#ifndef GH_TESTS_CORE_ACCESS_CHANCE_H
#define GH_TESTS_CORE_ACCESS_CHANCE_H

#include "model/time_rule.h"

extern uint64_t chance_seed;

/* 0 to n - 1. */
int64_t chance_number(int64_t n);
/* YYYYMMDD, from November 2026 to January 2027. */
int64_t chance_day(void);
/* Less than so many ranges of the week, and as many of holidays; each of `longest` times five minutes at the most. */
void chance_table(struct time_table *t, int64_t ranges, int64_t longest);

#endif
