#include "tests.h"

#include <string.h>

#include "api/area_grant.h"
#include "api/list_resource.h"
#include "api/route.h"

static const struct route *route_of(const char *method, const char *path,
				    struct path_values *values, char allow[ALLOW_MAX])
{
	return route_find(gh_slice_of(method), gh_slice_of(path), values, allow);
}

static void every_row_of_the_table_finds_its_way_to_itself(void **state)
{
	(void)state;

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		struct path_values got;
		char path[128], allow[ALLOW_MAX];
		size_t n = 0, at = 0;
		enum path_param_id id;

		for (const char *p = r->path; *p; p++) {
			if (*p == '{') {
				memcpy(path + n, "x%2Fy", 5);
				n += 5;
				p = strchr(p, '}');
			} else {
				path[n++] = *p;
			}
		}
		path[n] = 0;
		if (route_of(r->method, path, &got, allow) != r)
			fail_msg("%s %s", r->method, path);
		while (route_placeholder_next(r->path, &at, &id)) {
			assert_true(gh_slice_eq(got.value[id], GH_LIT("x%2Fy")));
			got.value[id] = (gh_slice){ 0 };
		}
		for (id = 0; id < PATH_PARAMS; id++)
			assert_int_equal(got.value[id].n, 0);
		assert_null(strchr(at ? r->path + at : "", '{'));
	}
}

static void a_pattern_may_have_several_placeholders(void **state)
{
	static const struct {
		const char *pattern, *path, *sn, *n; /* sn NULL: it does not fit */
	} row[] = {
		{ "/d/{sn}/doors/{n}/open", "/d/A/doors/2/open", "A", "2" },
		{ "/d/{sn}/doors/{n}", "/d/A/doors/2", "A", "2" },
		{ "/{sn}/{n}", "/a%2Fb/%20", "a%2Fb", "%20" },
		{ "/d/{sn}", "/d/A", "A", "" },
		{ "/d/{sn}/doors/{n}/open", "/d//doors/2/open", NULL, NULL },
		{ "/d/{sn}/doors/{n}/open", "/d/A/doors//open", NULL, NULL },
		{ "/d/{sn}/doors/{n}/open", "/d/A/doors/2", NULL, NULL },
		{ "/d/{sn}/doors/{n}", "/d/A/doors/2/", NULL, NULL },
		{ "/d/{sn}/doors/{n}", "/d/A/doors/2/open", NULL, NULL },
		{ "/d/{sn}/doors/{n}", "/d/A/door/2", NULL, NULL },
		{ "/d/{sn}", "/d/", NULL, NULL },
		{ "/d/{sn}", "/d", NULL, NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct path_values got;
		bool fits = route_matches(row[i].pattern, gh_slice_of(row[i].path), &got);

		if (fits != (row[i].sn != NULL))
			fail_msg("%s %s", row[i].pattern, row[i].path);
		if (!fits)
			continue;
		assert_true(gh_slice_eq(got.value[PATH_sn], gh_slice_of(row[i].sn)));
		assert_true(gh_slice_eq(got.value[PATH_n], gh_slice_of(row[i].n)));
	}
}

/* Placeholders are known by their names; one that is not in the table would match nothing. */
static void every_placeholder_is_known(void **state)
{
	(void)state;

	for (size_t i = 0; i < routes_count; i++) {
		size_t want = 0, got = 0, at = 0;
		enum path_param_id id;

		for (const char *p = routes[i].path; *p; p++)
			want += *p == '{';
		while (route_placeholder_next(routes[i].path, &at, &id))
			got++;
		assert_int_equal(got, want);
	}
}

static void no_two_rows_are_the_same(void **state)
{
	(void)state;

	for (size_t i = 0; i < routes_count; i++)
		for (size_t k = 0; k < i; k++)
			assert_true(strcmp(routes[i].operation, routes[k].operation) != 0 &&
				    (strcmp(routes[i].path, routes[k].path) != 0 ||
				     strcmp(routes[i].method, routes[k].method) != 0));
}

static void what_is_not_in_the_table_has_no_route(void **state)
{
	static const struct {
		const char *method, *path, *allow;
	} row[] = {
		{ "GET", "", "" },
		{ "GET", "/", "" },
		{ "GET", "/api", "" },
		{ "GET", "/api/devices/", "" },
		{ "GET", "//api/devices", "" },
		{ "GET", "/api/devices//trace", "" },
		{ "GET", "/API/devices", "" },
		{ "GET", "/api/nothing", "" },
		{ "GET", "/iclock/cdata", "" },
		{ "PUT", "/api/punches", "GET, HEAD" },
		{ "GET", "/api/commands/device/reboot", "POST" },
		{ "PUT", "/api/commands", "GET, HEAD, POST" },
		{ "GET", "/api/devices/X/approve", "POST" },
		{ "PUT", "/api/commands/user/delete", "POST" },
		{ "HEAD", "/api/commands/user/delete", "POST" },
		{ "POST", "/api/devices/X", "GET, HEAD, PATCH, PUT, DELETE" },
		{ "get", "/api/punches", "GET, HEAD" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char allow[ALLOW_MAX];
		struct path_values got;

		assert_null(route_of(row[i].method, row[i].path, &got, allow));
		assert_string_equal(allow, row[i].allow);
	}
}

static void what_is_spelt_out_wins_over_a_placeholder(void **state)
{
	char allow[ALLOW_MAX];
	struct path_values got;
	(void)state;

	assert_string_equal(route_of("POST", "/api/commands/user/delete", &got, allow)->path,
			    "/api/commands/user/delete");
	assert_int_equal(got.value[PATH_id].n, 0);
	assert_string_equal(route_of("POST", "/api/commands/user/cancel", &got, allow)->path,
			    "/api/commands/{id}/cancel");
	assert_true(gh_slice_eq(got.value[PATH_id], GH_LIT("user")));
}

static void head_is_answered_like_get(void **state)
{
	char allow[ALLOW_MAX];
	struct path_values got;
	(void)state;

	assert_ptr_equal(route_of("HEAD", "/api/punches", &got, allow),
			 route_of("GET", "/api/punches", &got, allow));
}

/* Who is limited to areas would be refused a route without a row. A list that is given to them has to be limited. */
static void every_route_has_a_row_of_areas(void **state)
{
	(void)state;

	assert_int_equal(area_grants_count, routes_count);
	for (size_t i = 0; i < routes_count; i++) {
		const struct area_grant *g = area_grant_of(routes[i].operation);
		const struct list_resource *list = list_resource_of(routes[i].path);

		if (g == NULL)
			fail_msg("area_grant.def has no row for %s", routes[i].operation);
		if (g->rule != AREA_GRANT_REFUSED && strcmp(routes[i].method, "GET") == 0 &&
		    list && !area_list_limited(list->source))
			fail_msg("the list of %s is not limited", routes[i].operation);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_table_finds_its_way_to_itself),
		cmocka_unit_test(a_pattern_may_have_several_placeholders),
		cmocka_unit_test(every_placeholder_is_known),
		cmocka_unit_test(no_two_rows_are_the_same),
		cmocka_unit_test(what_is_not_in_the_table_has_no_route),
		cmocka_unit_test(what_is_spelt_out_wins_over_a_placeholder),
		cmocka_unit_test(head_is_answered_like_get),
		cmocka_unit_test(every_route_has_a_row_of_areas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
