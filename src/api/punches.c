/* What lists of punches have besides: the ledger their numbers belong to. */
#include "api/compat/zk_server/members.h"
#include "api/list.h"
#include "core/live.h"

bool stream_place_check(struct call *c, enum store_stream stream, int64_t place,
			const char *what)
{
	const struct param_value *ledger = call_param(c, PARAM_ledger);
	int64_t last = live_seq(c->server->live, stream);

	if (ledger->present && !gh_slice_eq(ledger->s, gh_slice_of(c->api->ledger))) {
		call_fail(c, ERROR_other_ledger,
			  "This ledger is \"%s\"; what was read of another one has other "
			  "numbers.",
			  c->api->ledger);
		return false;
	}
	if (place > last) {
		call_fail(c, ERROR_beyond_the_end,
			  "The ledger ends at %lld; %s lies beyond, at %lld.", (long long)last,
			  what, (long long)place);
		return false;
	}
	return true;
}

bool stream_floor_check(struct call *c, enum store_stream stream, int64_t place,
			const char *what)
{
	int64_t floor = live_floor(c->server->live, stream);

	if (place == 0 || place >= floor)
		return true;
	call_fail(
		c, ERROR_before_the_floor,
		"Punches up to %lld were removed for their age; %s is %lld, and those between "
		"are gone.",
		(long long)floor, what, (long long)place);
	return false;
}

/* Whether none was removed between the place where the list begins and its rows. */
static bool ledger_list_check(struct call *c, const struct list_question *q,
			      enum store_stream stream)
{
	bool rising = q->rows.from && !q->rows.descending && q->rows.sort == NULL;

	return stream_floor_check(c, stream, call_param(c, PARAM_after)->i,
				  "parameter \"after\"") &&
	       (!rising ||
		stream_floor_check(c, stream, q->rows.from->number, "parameter \"cursor\""));
}

static bool ledger_place_check(struct call *c, struct list_question *q,
			       enum store_stream stream)
{
	if (!stream_place_check(c, stream, call_param(c, PARAM_after)->i,
				"parameter \"after\"") ||
	    (q->rows.from &&
	     !stream_place_check(c, stream, q->rows.from->number, "parameter \"cursor\"")) ||
	    !ledger_list_check(c, q, stream))
		return false;
	/* A file has no other place for it. */
	if (q->format != LIST_JSON)
		http_add_header(c->r, "X-Gatehouse-Ledger", c->api->ledger);
	return true;
}

static bool ledger_more(struct call *c, const struct list_question *q, struct json *j,
			enum store_stream stream)
{
	/* Some may have been removed while the others were read. */
	if (!ledger_list_check(c, q, stream))
		return false;
	json_key(j, "ledger");
	json_string(j, gh_slice_of(c->api->ledger));
	json_key(j, "floor");
	json_int(j, live_floor(c->server->live, stream));
	return true;
}

bool punches_check(struct call *c, struct list_question *q)
{
	return ledger_place_check(c, q, STREAM_PUNCH);
}

bool punches_more(struct call *c, const struct list_question *q, struct json *j)
{
	if (!ledger_more(c, q, j, STREAM_PUNCH))
		return false;
	zk_server_query_write(c, j);
	return true;
}

bool access_check(struct call *c, struct list_question *q)
{
	return ledger_place_check(c, q, STREAM_ACCESS);
}

bool access_more(struct call *c, const struct list_question *q, struct json *j)
{
	return ledger_more(c, q, j, STREAM_ACCESS);
}
