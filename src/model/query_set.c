#include "model/query_set.h"

const char *query_state_name(enum query_state s)
{
	static const char *const name[] = {
		[QUERY_INCOMPLETE] = "incomplete",
		[QUERY_COMPLETE] = "complete",
		[QUERY_TRUNCATED] = "truncated",
		[QUERY_NO_BODY] = "no-body",
	};

	return name[s];
}
