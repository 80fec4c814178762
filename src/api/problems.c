/* /api/problems: what an administrator has to look at. The list is one of list.def. */
#include "core/problems.h"

#include "api/call.h"
#include "api/query.h"

/* `seconds` from now, `until` a moment in UTC, or neither: until it changes. False: answered. */
static bool snooze_end_read(struct call *c, int64_t *until_ms)
{
	const struct body *seconds = body_find(c->body, GH_LIT("seconds")),
			  *until = body_find(c->body, GH_LIT("until"));
	ghi_civil t;

	*until_ms = PROBLEM_UNTIL_CHANGE;
	if (seconds && until) {
		call_fail_field(c, ERROR_field_invalid, "until",
				"goes without \"seconds\"; send one of them");
		return false;
	}
	if (seconds)
		*until_ms = seconds->i ? c->server->now_ms() + seconds->i * 1000 : 0;
	if (until && query_instant(until->s, &t) == GH_OK)
		*until_ms = ghi_civil_to_seconds(t) * 1000;
	return true;
}

void handle_problem_snooze(struct call *c)
{
	int64_t id, until_ms;

	if (!call_id(c, &id) || !snooze_end_read(c, &until_ms))
		return;
	if (problem_snooze(c->server, id, until_ms) == GH_OK)
		call_done(c, until_ms ? "Problem snoozed" : "Problem open again");
	else
		call_fail(c, ERROR_problem_unknown, "There is no problem %lld.", (long long)id);
}
