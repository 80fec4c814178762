/* Data commands and the rows in them: what is read is borrowed; a row that keeps the rules is written, reads
 * back, and keeps them again; the first line has the parameters of the unit. */
#include "fuzz.h"
#include "wire/access/data_command.h"

static void row_reads_back(const struct ghi_table_row *r, const struct ghi_table_unit *u)
{
	size_t need = ghi_data_update_length(r, 1, u);
	uint8_t *text = malloc(need + 1);
	struct ghi_writer w = ghi_writer_on(text, need + 1);
	struct ghi_data_command c;
	struct ghi_table_row again = ghi_table_row_of(r->table);
	struct ghi_table_fault fault;

	check(text);
	ghi_data_update_write(&w, r, 1, u);
	check(w.err == GH_OK && w.n == need - (r->table->name[0] == '\0'));
	check(ghi_data_command_parse(ghi_written(&w), &c) == GH_OK &&
	      c.verb == GHI_DATA_UPDATE);
	check(gh_slice_eq(c.table, gh_slice_of(r->table->name)));
	check(ghi_table_row_read(&again, c.records, false) == 0);
	for (size_t i = 0; i < r->table->fields; i++) {
		bool written = r->has[i] && !(r->table->field[i].flags & GHI_FIELD_UPLOAD) &&
			       ghi_table_gate_open(r->table->field[i].gate, u);

		check(again.has[i] == written);
		/* Blanks at the end of a record are not kept. */
		if (written)
			check(gh_slice_eq(gh_slice_trim(again.value[i]),
					  gh_slice_trim(r->value[i])));
	}
	check(ghi_table_values_check(&again, u, &fault) ||
	      fault.rule == GHI_RULE_LENGTH /* a text of blanks */);
	free(text);
}

static void row_look(const struct ghi_access_table *t, gh_slice line,
		     const struct ghi_table_unit *u)
{
	struct ghi_table_row r = ghi_table_row_of(t);
	struct ghi_table_fault fault = { 0 };
	bool unverified;
	char words[1024];
	struct ghi_writer w = ghi_writer_on(words, sizeof(words));

	(void)ghi_table_row_read(&r, line, false);
	for (size_t i = 0; i < t->fields; i++)
		check(!r.has[i] || fuzz_inside(r.value[i], line));
	if (ghi_table_row_check(&r, u, &fault))
		row_reads_back(&r, u);
	else
		ghi_table_fault_write(&w, &fault);
	check(w.err == GH_OK && (fault.rule == GHI_RULE_KEPT) == (w.n == 0));
	(void)ghi_table_conditions_check(&r, false, &unverified, &fault);
	ghi_table_row_normalise(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice parameters, text, line;
	struct ghi_table_unit u;
	struct ghi_data_command c;
	const struct ghi_access_table *t;
	bool more;

	gh_slice_cut((gh_slice){ data, size }, '\n', &parameters, &text);
	u = ghi_table_unit_of(parameters);
	if (ghi_data_command_parse(text, &c) != GH_OK)
		return 0;
	check(fuzz_inside(c.table, text) && fuzz_inside(c.records, text));
	t = ghi_access_table_find(c.table, &u);
	more = t && c.records.n;
	while (more) {
		more = gh_slice_cut(c.records, '\n', &line, &c.records);
		row_look(t, line, &u);
	}
	return 0;
}
