/* What lists of punches have besides: the ledger their numbers belong to. */
#include "api/compat/zk_server/members.h"
#include "api/list.h"
#include "core/live.h"

bool punches_check(struct call *c, const struct list_question *q)
{
	const struct param_value *after = call_param(c, PARAM_after),
				 *ledger = call_param(c, PARAM_ledger);
	int64_t last = live_seq(c->server->live);

	(void)q;
	if (ledger->present && !gh_slice_eq(ledger->s, gh_slice_of(c->api->ledger))) {
		call_fail(c, ERROR_other_ledger,
			  "This ledger is \"%s\"; what was read of another one has other "
			  "numbers.",
			  c->api->ledger);
		return false;
	}
	if (after->present && after->i > last) {
		call_fail(c, ERROR_beyond_the_end,
			  "The ledger ends at %lld; parameter \"after\" lies beyond.",
			  (long long)last);
		return false;
	}
	return true;
}

void punches_more(struct call *c, const struct list_question *q, struct json *j)
{
	(void)q;
	json_key(j, "ledger");
	json_string(j, gh_slice_of(c->api->ledger));
	zk_server_query_write(c, j);
}
