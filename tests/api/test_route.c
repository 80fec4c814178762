#include "tests.h"

#include <string.h>

#include "api/route.h"

static const struct route *find(const char *method, const char *path, gh_slice *name,
				char allow[64])
{
	return route_find(gh_slice_of(method), gh_slice_of(path), name, allow);
}

static void every_row_of_the_table_finds_its_way_to_itself(void **state)
{
	(void)state;

	for (size_t i = 0; i < routes_count; i++) {
		gh_slice name, hole = route_placeholder(&routes[i]);
		char path[128], allow[64];
		const char *from = strchr(routes[i].path, '{');

		strcpy(path, routes[i].path);
		if (from) {
			strcpy(path + (from - routes[i].path), "x%2Fy");
			strcat(path, from + hole.n);
		}
		if (find(routes[i].method, path, &name, allow) != &routes[i])
			fail_msg("%s %s", routes[i].method, path);
		assert_true(from ? gh_slice_eq(name, GH_LIT("x%2Fy")) : name.n == 0);
	}
}

static void no_two_rows_are_the_same(void **state)
{
	(void)state;

	for (size_t i = 0; i < routes_count; i++)
		for (size_t k = 0; k < i; k++)
			assert_false(!strcmp(routes[i].path, routes[k].path) &&
				     !strcmp(routes[i].method, routes[k].method));
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
		{ "PUT", "/api/punches", "GET" },
		{ "GET", "/api/commands/device/reboot", "POST" },
		{ "PUT", "/api/commands", "GET, POST" },
		{ "POST", "/api/devices/X", "GET, PATCH, PUT, DELETE" },
		{ "get", "/api/punches", "GET" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char allow[64];
		gh_slice name;

		assert_null(find(row[i].method, row[i].path, &name, allow));
		assert_string_equal(allow, row[i].allow);
	}
}

static void head_is_answered_like_get(void **state)
{
	char allow[64];
	gh_slice name;
	(void)state;

	assert_ptr_equal(find("HEAD", "/api/punches", &name, allow),
			 find("GET", "/api/punches", &name, allow));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_table_finds_its_way_to_itself),
		cmocka_unit_test(no_two_rows_are_the_same),
		cmocka_unit_test(what_is_not_in_the_table_has_no_route),
		cmocka_unit_test(head_is_answered_like_get),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
