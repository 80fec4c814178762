#include "api/comparison_view.h"

#include "core/comparisons.h"
#include "render/value.h"

enum { STATE_IDLE, STATE_WAITS, STATE_RUNS, STATES };

const char *comparison_state_word(size_t i)
{
	static const char *const word[STATES] = { "idle", "waits", "runs" };

	return i < STATES ? word[i] : NULL;
}

const char *comparison_why_word(size_t i)
{
	return comparison_doubt_name((enum comparison_doubt)i);
}

static void member_write(struct json *j, const char *key, struct value v)
{
	json_key(j, key);
	value_json(j, &v);
}

static void civil_write(struct json *j, const char *key, ghi_civil t)
{
	member_write(j, key, t == GHI_CIVIL_NONE ? value_null() : value_of(VALUE_CIVIL, t));
}

static void number_write(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

static void gap_write(struct json *j, const struct comparison *c)
{
	json_key(j, "gap");
	if (c->gap_from == GHI_CIVIL_NONE) {
		json_null(j);
		return;
	}
	json_object(j);
	civil_write(j, "from", c->gap_from);
	civil_write(j, "to", c->gap_to);
	number_write(j, "counted", c->gap_counted);
	number_write(j, "stored", c->gap_stored);
	number_write(j, "missing", c->missing);
	member_write(j, "since", value_ms_if(c->gap_since_ms));
	member_write(j, "why",
		     value_text_if(gh_slice_of(comparison_why_word((size_t)c->gap_why))));
	json_object_end(j);
}

static void ways_write(struct json *j, const char *key, int64_t ways)
{
	json_key(j, key);
	json_array(j);
	for (enum comparison_way w = 0; w < COMPARISON_WAYS; w++)
		if (ways & (INT64_C(1) << w))
			json_string(j, gh_slice_of(comparison_way_name(w)));
	json_array_end(j);
}

void comparison_view_write(struct json *j, struct device *d)
{
	struct comparison c;
	size_t state;

	device_comparison(d, &c);
	state = c.step != COMPARISON_IDLE		 ? STATE_RUNS
		: c.wanted || device_comparison_waits(d) ? STATE_WAITS
							 : STATE_IDLE;
	json_object(j);
	json_key(j, "state");
	json_string(j, gh_slice_of(comparison_state_word(state)));
	member_write(j, "comparedAt", value_ms_if(c.compared_ms));
	civil_write(j, "comparedUpTo", c.compared_to);
	member_write(j, "nextAt", value_ms_if(c.next_ms));
	ways_write(j, "refused", c.refused);
	ways_write(j, "failed", c.failed);
	member_write(j, "failedCode",
		     c.failed && c.failed_code ? value_of(VALUE_INT, c.failed_code)
					       : value_null());
	json_key(j, "unreliable");
	json_bool(j, c.lies);
	number_write(j, "goneFromDevice", c.gone > 0 ? c.gone : 0);
	json_key(j, "logShrank");
	json_bool(j, c.shrunk);
	number_write(j, "rowsWithoutPunch", c.extra);
	gap_write(j, &c);
	json_object_end(j);
}
