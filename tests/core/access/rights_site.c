#include "tests.h"

#include "rights_site.h"

#include <stdio.h>
#include <stdlib.h>

const struct site_door door[] = { A(1), A(2), A(3), A(4), A(5) };
const int64_t two[] = { 7, 8 };

struct site site_base(void)
{
	static struct site_rule rules[2];
	static struct site_person people[2];
	static struct site_level levels[1];

	rules[0] = (struct site_rule){ .id = 1 };
	rules[1] = (struct site_rule){ .id = 4 };
	assert_int_equal(time_table_read(GH_LIT("{\"mon-sun\":[\"00:00-24:00\"]}"),
					 GH_LIT("{}"), &rules[0].table),
			 GH_OK);
	assert_int_equal(time_table_read(GH_LIT("{\"mon\":[\"08:00-09:00\",\"10:00-11:00\","
						"\"12:00-13:00\",\"14:00-15:00\"]}"),
					 GH_LIT("{}"), &rules[1].table),
			 GH_OK);
	for (size_t i = 0; i < 2; i++)
		people[i] = (struct site_person){ .id = two[i],
						  .pin = i ? GH_LIT("8") : GH_LIT("7"),
						  .group = 5 };
	levels[0] = (struct site_level){
		.id = 1, .rule = 1, .door = door, .doors = 2, .person = two, .people = 2
	};
	return (struct site){ .person = people,
			      .people = 2,
			      .rule = rules,
			      .rules = 2,
			      .level = levels,
			      .levels = 1 };
}

struct unit_facts facts_of(const int *bits, size_t n)
{
	static char text[200];
	char functions[71];

	memset(functions, '0', 70);
	functions[70] = 0;
	for (size_t i = 0; i < n; i++)
		functions[bits[i]] = '1';
	snprintf(text, sizeof(text),
		 "MachineType=9,LockCount=4,ReaderCount=8,AuxInCount=2,AuxOutCount=2,"
		 "DateFmtFunOn=1,AccSupportFunList=%s",
		 functions);
	return unit_facts_of(GH_LIT("A"), gh_slice_of(text));
}

struct unit_rows site_compiled(const struct site *s, const struct unit_facts *f)
{
	struct unit_rows u;

	assert_int_equal(site_compile(s, f, NULL, 0, 20261130120000, &u), GH_OK);
	return u;
}

void rows_expect(struct unit_rows *u, unsigned long tables, const char *want)
{
	char text[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

	for (size_t i = 0; i < u->rows; i++) {
		if (!(tables >> u->row[i].table & 1) || u->row[i].resting)
			continue;
		ghi_put(&w, gh_slice_of(unit_table_name(u->row[i].table)));
		ghi_put(&w, GH_LIT(" "));
		for (size_t k = 0; k < u->row[i].text.n; k++)
			ghi_put_u8(&w, u->row[i].text.p[k] == '\t' ? ' ' : u->row[i].text.p[k]);
		ghi_put(&w, GH_LIT("\n"));
	}
	for (size_t i = 0; i < u->options; i++) {
		if (u->option[i].resting)
			continue;
		ghi_put(&w, u->option[i].name);
		ghi_put(&w, GH_LIT("="));
		ghi_put(&w, u->option[i].value);
		ghi_put(&w, GH_LIT("\n"));
	}
	text[w.n] = '\0';
	assert_string_equal(text, want);
	unit_rows_clear(u);
}

void refusal_expect(const struct unit_rows *u, enum refusal_of of, int64_t id, const char *text)
{
	for (size_t i = 0; i < u->refusals; i++)
		if (u->refusal[i].of == of && u->refusal[i].id == id) {
			char *got = strndup((const char *)u->refusal[i].text.p,
					    u->refusal[i].text.n);

			assert_string_equal(got, text);
			free(got);
			return;
		}
	fail_msg("%s %d is not refused", refusal_word(of), (int)id);
}
