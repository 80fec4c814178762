/* What the event loop reports when it ends, as JSON. */
#include "sim/terminal/event_loop_private.h"

static void loop_report_count(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

static void loop_report_contents(const struct term_loop *s, struct json *j)
{
	uint64_t users = 0, templates = 0, punches = 0, oplogs = 0;

	for (uint32_t i = 0; i < s->terminals_n; i++) {
		struct gh_counters c;

		term_device_counters(&s->terminals[i].device, &c);
		users += (uint64_t)c.users;
		templates += (uint64_t)c.templates;
		punches += (uint64_t)c.punches;
		oplogs += (uint64_t)c.oplogs;
	}
	json_key(j, "holds");
	json_object(j);
	loop_report_count(j, "users", users);
	loop_report_count(j, "templates", templates);
	loop_report_count(j, "punches", punches);
	loop_report_count(j, "oplogs", oplogs);
	json_object_end(j);
}

void term_loop_report(const struct term_loop *s, struct json *j)
{
	json_object(j);
	json_key(j, "sim");
	json_string(j, GH_LIT("terminal"));
	json_key(j, "milliseconds");
	json_int(j, s->now_ms);
	json_key(j, "persona");
	json_string(j, gh_slice_of(s->plans > 1 ? "mixed" : s->plan->persona->name));
	term_statistics_report(&s->statistics, s->plan, j);
	loop_report_contents(s, j);
	json_object_end(j);
}
