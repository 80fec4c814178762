/* What lists of punches have besides: the ledger their numbers belong to, and what was asked, as
 * zk_server echoes it. */
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

/* A bound of the device's time, by either of its names. */
static void query_bound_write(struct call *c, struct json *j, const char *name, enum param_id a,
			      enum param_id b)
{
	const struct param_value *v = call_param(c, a);
	struct value value;

	if (!v->present)
		v = call_param(c, b);
	value = v->present ? value_of(VALUE_CIVIL, v->i) : value_null();
	json_key(j, name);
	value_json(j, &value);
}

void punches_more(struct call *c, const struct list_question *q, struct json *j)
{
	const struct param_value *device = call_param(c, PARAM_device);

	(void)q;
	json_key(j, "ledger");
	json_string(j, gh_slice_of(c->api->ledger));
	json_key(j, "query");
	json_object(j);
	json_key(j, "device");
	json_string(j, device->present ? device->s : GH_LIT("all"));
	query_bound_write(c, j, "startDate", PARAM_from, PARAM_startDate);
	query_bound_write(c, j, "endDate", PARAM_to, PARAM_endDate);
	json_object_end(j);
}
