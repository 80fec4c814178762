/* What the reports of all kinds of simulated device share. */
#ifndef GH_SIM_REPORT_H
#define GH_SIM_REPORT_H

#include "base/json.h"

struct sim_count {
	const char *key;
	uint64_t value;
};

void sim_report_count(struct json *j, const char *key, uint64_t value);
void sim_report_counts(struct json *j, const struct sim_count *counts, size_t n);
/* The members that open the report of a fleet: its kind, seed, size, and whether all was acknowledged. */
void sim_report_head(struct json *j, const char *kind, uint64_t seed, uint32_t devices,
		     bool complete);
/* How often each fault happened that the plan has: `permille` is its chance. */
void sim_report_faults(struct json *j, const char *const *word, const uint16_t *permille,
		       const uint64_t *happened, size_t n);

#endif
