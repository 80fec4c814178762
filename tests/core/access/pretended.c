#include "tests.h"

#include "pretended.h"

#include "compiled.h"
#include "wire/access/data_command.h"

static void pretended_put(struct pretended *p, const struct ghi_access_table *t, gh_slice line)
{
	enum unit_table id = unit_table_of(gh_slice_of(t->name));
	struct ghi_table_row r = ghi_table_row_of(t);
	char text[2000], key[100];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));
	size_t i = 0;

	assert_int_equal(ghi_table_row_read(&r, line, false), 0);
	ghi_table_row_fill(&r, NULL);
	ghi_table_row_write(&w, &r, NULL);
	ghi_table_key_write(&k, &r);
	while (i < p->n &&
	       !(p->row[i].row.table == id && gh_slice_eq(p->row[i].row.key, ghi_written(&k))))
		i++;
	assert_true(i < PRETENDED_ROWS);
	p->row[i].row =
		(struct needed_row){ .table = id,
				     .key = ghi_arena_copy(&p->arena, ghi_written(&k)),
				     .text = ghi_arena_copy(&p->arena, ghi_written(&w)) };
	p->row[i].ours = true;
	p->row[i].uploaded = false;
	p->n += i == p->n;
}

static void pretended_delete(struct pretended *p, const struct ghi_access_table *t,
			     gh_slice conditions)
{
	enum unit_table id = unit_table_of(gh_slice_of(t->name));
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		gh_slice rest = conditions, pair, name, value, has;
		bool goes = p->row[i].row.table == id, more = rest.n != 0;

		while (more) {
			more = gh_slice_cut(rest, '\t', &pair, &rest);
			assert_true(gh_slice_cut(pair, '=', &name, &value));
			goes = goes && unit_row_value(p->row[i].row.text, name, &has) &&
			       gh_slice_eq(has, value);
		}
		if (!goes)
			p->row[kept++] = p->row[i];
	}
	p->n = kept;
}

void pretended_check(const struct pretended *p)
{
	enum unit_table t;
	gh_slice key;

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0;
		     unit_row_needs(p->row[i].row.table, p->row[i].row.text, k, &t, &key);
		     k++) {
			bool there = false;

			for (size_t at = 0; at < p->n; at++)
				there = there || (p->row[at].row.table == t &&
						  gh_slice_eq(p->row[at].row.key, key));
			if (!there)
				fail_msg("\"%.*s\" needs a row of %s that is not there",
					 GH_FMT(p->row[i].row.text), unit_table_name(t));
		}
}

/* "SET OPTIONS name=value" */
static void pretended_option_put(struct pretended *p, gh_slice words)
{
	gh_slice name, value, pair = gh_slice_from(words, sizeof("SET OPTIONS ") - 1);
	size_t i = 0;

	assert_true(gh_slice_cut(pair, '=', &name, &value));
	while (i < p->options && !gh_slice_eq(p->option[i].name, name))
		i++;
	assert_true(i < PRETENDED_OPTIONS);
	p->option[i] = (struct unit_option){ ghi_arena_copy(&p->arena, name),
					     ghi_arena_copy(&p->arena, value), false };
	p->options += i == p->options;
}

void pretended_do(struct pretended *p, const struct unit_step *s)
{
	struct ghi_data_command c;
	gh_slice line;
	bool more;

	if (s->verb == STEP_OPTION) {
		pretended_option_put(p, s->words);
		return;
	}
	assert_int_equal(ghi_data_command_parse(s->words, &c), GH_OK);
	const struct ghi_access_table *t = ghi_access_table_find(c.table, &p->unit);

	assert_non_null(t);
	if (c.verb == GHI_DATA_DELETE)
		pretended_delete(p, t, c.records);
	more = c.verb == GHI_DATA_UPDATE;
	while (more) {
		more = gh_slice_cut(c.records, '\n', &line, &c.records);
		pretended_put(p, t, line);
	}
}

const struct unit_rows *pretended_rows(const struct pretended *p)
{
	static struct needed_row row[PRETENDED_ROWS];
	static struct unit_rows u;

	for (size_t i = 0; i < p->n; i++)
		row[i] = p->row[i].row;
	u = (struct unit_rows){ .row = row,
				.rows = p->n,
				.option = (struct unit_option *)(uintptr_t)p->option,
				.options = p->options };
	return &u;
}

bool pretended_grants(const struct pretended *p, const struct unit_facts *f, gh_slice pin,
		      int64_t door, ghi_civil at)
{
	return compiled_grants(pretended_rows(p), f, pin, door, at);
}
