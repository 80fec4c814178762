#include "model/problem.h"

const struct problem_kind_row problem_kinds[PROBLEM_KINDS] = {
#define PROBLEM(NAME, word, SEVERITY, keep_s, title, remedy, method, path) \
	[PROBLEM_##NAME] = { #word,                                        \
			     PROBLEM_##SEVERITY,                           \
			     INT64_C(1000) * (keep_s),                     \
			     title,                                        \
			     remedy,                                       \
			     method,                                       \
			     path },
#include "model/problem.def"
#undef PROBLEM
};

const char *problem_kind_word(size_t kind)
{
	return kind < PROBLEM_KINDS ? problem_kinds[kind].word : NULL;
}

const char *problem_severity_word(size_t severity)
{
	static const char *const word[PROBLEM_SEVERITIES] = {
		[PROBLEM_NOTICE] = "notice",
		[PROBLEM_WARNING] = "warning",
		[PROBLEM_ERROR] = "error",
	};

	return severity < PROBLEM_SEVERITIES ? word[severity] : NULL;
}

const char *problem_state_word(size_t state)
{
	static const char *const word[PROBLEM_STATES] = {
		[PROBLEM_OPEN] = "open",
		[PROBLEM_SNOOZED] = "snoozed",
	};

	return state < PROBLEM_STATES ? word[state] : NULL;
}
