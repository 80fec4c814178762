#include "sim/report.h"

void sim_report_count(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

void sim_report_counts(struct json *j, const struct sim_count *counts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sim_report_count(j, counts[i].key, counts[i].value);
}

void sim_report_head(struct json *j, const char *kind, uint64_t seed, uint32_t devices,
		     bool complete)
{
	json_key(j, "sim");
	json_string(j, gh_slice_of(kind));
	sim_report_count(j, "seed", seed);
	sim_report_count(j, "devices", devices);
	json_key(j, "complete");
	json_bool(j, complete);
}

void sim_report_faults(struct json *j, const char *const *word, const uint16_t *permille,
		       const uint64_t *happened, size_t n)
{
	json_key(j, "faults");
	json_object(j);
	for (size_t i = 0; i < n; i++)
		if (permille[i])
			sim_report_count(j, word[i], happened[i]);
	json_object_end(j);
}
