#include "model/plan.h"

const char *plan_state_name(enum plan_state s)
{
	static const char *const name[PLAN_STATES] = {
#define PLAN_STATE(NAME, json, ended) json,
#include "model/plan_state.def"
#undef PLAN_STATE
	};

	return name[s];
}

bool plan_state_ended(enum plan_state s)
{
	static const bool is_end[PLAN_STATES] = {
#define PLAN_STATE(NAME, json, ended) ended,
#include "model/plan_state.def"
#undef PLAN_STATE
	};

	return is_end[s];
}

const char *plan_step_state_name(enum plan_step_state s)
{
	static const char *const name[PLAN_STEP_STATES] = {
#define PLAN_STEP_STATE(NAME, json) json,
#include "model/plan_step_state.def"
#undef PLAN_STEP_STATE
	};

	return name[s];
}
