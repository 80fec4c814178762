/* A request to the API: the first line is its target, the rest its body. A route is found or
 * not, what is read from the query is within its bounds, a refusal says why, and no field of a
 * structured command becomes a second field or a second command. */
#include "fuzz.h"

#include "api/command_text.h"
#include "api/command_view.h"
#include "api/query.h"
#include "api/request_schemas.h"
#include "api/route.h"

static bool has_control(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && s.p[i] != '\t')
			return true;
	return false;
}

static size_t count(gh_slice s, uint8_t c)
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
		check(*q.why && q.why[strlen(q.why) - 1] == '.');
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
		else if (params[i].kind == PARAM_NUMBER || params[i].kind == PARAM_LIMIT)
			check(v->i >= params[i].least && v->i <= params[i].most);
		else
			check(ghi_civil_valid(v->i));
	}
}

static void write_command(const struct body *b)
{
	for (size_t i = 0; i < command_types_count; i++) {
		uint8_t text[1024];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct command c;
		struct command_view v;
		char why[200] = "";

		switch (command_text_write(&w, &command_types[i], b, why)) {
		case GH_OK:
			break;
		case GH_ESPACE:
			continue;
		default:
			check(*why);
			continue;
		}
		check(!has_control(ghi_written(&w)));
		check(count(ghi_written(&w), '\t') <=
		      count(gh_slice_of(command_types[i].text), '\t'));
		c = (struct command){ .text = ghi_written(&w) };
		check(command_view_init(&v, &c) == GH_OK);
		command_view_clear(&v);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ghi_arena_with_limit(1 << 20);
	gh_slice in = { data, size }, target, path, query, name;
	char allow[64], why[200] = "";
	struct body b;

	gh_slice_cut(in, '\n', &target, &in);
	gh_slice_cut(target, '?', &path, &query);
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r =
			route_find(gh_slice_of(routes[i].method), path, &name, allow);

		check(r == NULL || !strcmp(r->method, routes[i].method));
		check(r == NULL || *allow);
		ghi_arena_clear(&a);
		read_query(query, routes[i].params, &a);
	}
	if (body_parse(in, &a, &b, why)) {
		check(*why);
	} else {
		for (size_t i = 0; i < body_schemas_count; i++) {
			*why = 0;
			check(body_check(&b, body_schemas[i], why) == GH_OK || *why);
		}
		write_command(&b);
	}
	ghi_arena_clear(&a);
	return 0;
}
