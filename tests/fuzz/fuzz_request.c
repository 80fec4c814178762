/* A request to the API: the first line is its target, the rest its body. A route is found or
 * not, what is read from the query is within its bounds, a refusal has a reason, and no field of
 * a structured command becomes a second field or a second command. */
#include "fuzz.h"

#include "api/command_body.h"
#include "api/query.h"
#include "api/request_schemas.h"
#include "api/route.h"
#include "wire/attendance/command.h"

static bool has_control(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && s.p[i] != '\t')
			return true;
	return false;
}

static size_t values_count(gh_slice s, uint8_t c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

static void read_query(gh_slice text, const char *takes, struct arena *a)
{
	struct query q;

	if (query_parse(text, takes, a, &q)) {
		check(*q.fault.message);
		return;
	}
	for (size_t i = 0; i < PARAM_COUNT; i++) {
		const struct param_value *v = &q.value[i];

		if (!v->present)
			continue;
		check(query_takes(takes, gh_slice_of(params[i].name)));
		if (params[i].kind == PARAM_TEXT)
			check(v->s.n >= (size_t)params[i].least &&
			      v->s.n <= (size_t)params[i].most);
		else if (params[i].kind == PARAM_NUMBER || params[i].kind == PARAM_LIMIT ||
			 params[i].kind == PARAM_PLACE)
			check(v->i >= params[i].least && v->i <= params[i].most);
		else
			check(ghi_civil_valid(v->i));
	}
}

static void write_command(const struct body *b)
{
	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		uint8_t given[1024], text[2048];
		struct ghi_writer g = ghi_writer_on(given, sizeof(given)),
				  w = ghi_writer_on(text, sizeof(text));
		struct fault fault = { .field = "" };

		if (*command_kind_row(k)->types == 0)
			continue;
		switch (command_body_read(&g, k, b, &fault)) {
		case GH_OK:
			break;
		case GH_ESPACE:
			continue;
		default:
			check(*fault.message);
			continue;
		}
		if (!ghi_command_words_exist(k))
			continue;
		ghi_command_words_write(&w, k, ghi_written(&g));
		check(w.err == GH_OK && !has_control(ghi_written(&w)));
		/* One argument is one field. */
		check(values_count(ghi_written(&w), '\t') <=
		      values_count(ghi_written(&g), '\n'));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ghi_arena_with_limit(1 << 20);
	gh_slice in = { data, size }, target, path, query;
	struct path_values values;
	char allow[ALLOW_MAX];
	struct fault fault = { .field = "" };
	struct body b;

	gh_slice_cut(in, '\n', &target, &in);
	gh_slice_cut(target, '?', &path, &query);
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r =
			route_find(gh_slice_of(routes[i].method), path, &values, allow);

		check(r == NULL || !strcmp(r->method, routes[i].method));
		check(r == NULL || *allow);
		ghi_arena_clear(&a);
		read_query(query, routes[i].params, &a);
	}
	if (body_parse(in, &a, &b, &fault)) {
		check(*fault.message);
	} else {
		for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++) {
			struct faults faults;

			schema_check(&request_schemas[i].schema, &b, &faults);
			check(faults.n <= FAULTS);
			for (size_t k = 0; k < faults.n; k++)
				check(*faults.row[k].message);
		}
		write_command(&b);
	}
	ghi_arena_clear(&a);
	return 0;
}
