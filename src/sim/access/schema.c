#include "sim/access/schema.h"

#include "sim/access/command.h"
#include "sim/access/options.h"

#define OPTIONS_ROOM 32768

/* A table of expansion boards has no name in the document (A50): its fields are what it is known by. */
static const struct ghi_access_table *schema_board_table(gh_slice row)
{
	const struct ghi_access_table *t;
	bool interface = unit_pair(row, "ReactType").p;

	if (unit_pair(row, "ExtBoardID").p == NULL)
		return NULL;
	for (size_t i = 0; (t = ghi_access_table_at(i)); i++)
		if (*t->name == 0 &&
		    interface == (ghi_table_field_find(t, GH_LIT("ReactType")) >= 0))
			return t;
	return NULL;
}

/* Of two shapes that one device has, the key in the row decides. */
static const struct ghi_access_table *schema_shape(const struct panel_schema *s, gh_slice row)
{
	const struct ghi_access_table *t;

	for (size_t i = 0; s->table && (t = ghi_access_table_at(i)); i++) {
		bool whole = strcmp(t->name, s->table->name) == 0 &&
			     ghi_table_gate_open(t->gate, &s->unit);

		for (size_t j = 0; whole && j < t->fields; j++)
			if (t->field[j].flags & GHI_FIELD_KEY)
				whole = unit_pair(row, t->field[j].name).p;
		if (whole)
			return t;
	}
	return s->table;
}

void panel_schema_open(struct panel_schema *s, const struct panel *p, gh_slice name,
		       gh_slice row)
{
	struct ghi_writer w;

	*s = (struct panel_schema){ .panel = p, .options = g_malloc(OPTIONS_ROOM) };
	w = ghi_writer_on(s->options, OPTIONS_ROOM);
	acc_options_write(&w, p, p->options->len);
	s->unit = ghi_table_unit_of(ghi_written(&w));
	s->table = name.n ? ghi_access_table_find(name, &s->unit) : NULL;
	s->table = s->table ? schema_shape(s, row) : schema_board_table(row);
}

void panel_schema_close(struct panel_schema *s)
{
	g_free(s->options);
}

enum panel_table_id panel_schema_table(const struct panel_schema *s)
{
	if (s->table == NULL)
		return PANEL_TABLES;
	if (*s->table->name)
		return panel_table_named(gh_slice_of(s->table->name));
	return ghi_table_field_find(s->table, GH_LIT("ReactType")) >= 0 ? PANEL_EXTBOARDREACT
									: PANEL_EXTBOARD;
}

static bool schema_is_strict(const struct panel_schema *s)
{
	return s->panel->persona->quirk & ACC_STRICT;
}

int64_t panel_schema_verb_check(const struct panel_schema *s, char verb)
{
	if (s->table == NULL)
		return UNIT_TABLE;
	if (!schema_is_strict(s))
		return UNIT_OK;
	return ghi_table_gate_open(s->table->gate, &s->unit) &&
			       ghi_table_has_verb(s->table, verb)
		       ? UNIT_OK
		       : UNIT_UNSUPPORTED;
}

/* Every pair of a line into a row; the code of the first that does not fit. */
static int64_t schema_read(const struct panel_schema *s, gh_slice line,
			   struct ghi_table_row *row)
{
	struct ghi_row in = ghi_row_of(line, (gh_slice){ 0 });
	struct ghi_table_fault fault;
	gh_slice key, value;

	*row = ghi_table_row_of(s->table);
	while (ghi_row_next(&in, &key, &value)) {
		int field = ghi_table_field_find(s->table, key);

		/* A field without a value is not set. */
		if (field >= 0 && value.n == 0 &&
		    !(s->table->field[field].flags & GHI_FIELD_KEY))
			continue;
		if (!ghi_table_row_set(row, key, value, &fault))
			return ghi_table_rule_return(fault.rule);
		/* A field that the device lacks is unknown there: DevID without position 26. */
		if (!ghi_table_gate_open(s->table->field[field].gate, &s->unit))
			return UNIT_FIELD;
	}
	return UNIT_OK;
}

int64_t panel_schema_row_check(const struct panel_schema *s, gh_slice line)
{
	struct ghi_table_row row;
	struct ghi_table_fault fault = { 0 };
	int64_t code;

	if (!schema_is_strict(s))
		return UNIT_OK;
	code = schema_read(s, line, &row);
	if (code == UNIT_OK && !ghi_table_row_check(&row, &s->unit, &fault))
		code = ghi_table_rule_return(fault.rule);
	return code;
}

int64_t panel_schema_values_check(const struct panel_schema *s, gh_slice conditions)
{
	struct ghi_table_row row;
	struct ghi_table_fault fault = { 0 };
	int64_t code;

	if (!schema_is_strict(s))
		return UNIT_OK;
	code = schema_read(s, conditions, &row);
	if (code == UNIT_OK && !ghi_table_values_check(&row, &s->unit, &fault))
		code = ghi_table_rule_return(fault.rule);
	return code;
}

/* Whether a record has a field spelled to the letter. */
static bool row_has_exactly(gh_slice row, const char *name)
{
	while (row.n) {
		gh_slice pair, key, value;

		gh_slice_cut(row, '\t', &pair, &row);
		if (gh_slice_cut(pair, '=', &key, &value) &&
		    gh_slice_eq(key, gh_slice_of(name)))
			return true;
	}
	return false;
}

bool panel_schema_reads(const struct panel_schema *s, gh_slice row)
{
	const struct ghi_access_table *t = s->table;

	if (!(s->panel->persona->quirk & ACC_TERMINAL))
		return true;
	for (size_t i = 0; i < t->fields; i++)
		if (t->field[i].flags & GHI_FIELD_KEY &&
		    !row_has_exactly(row, t->field[i].name))
			return false;
	return true;
}

/* The conditions of which the table has the field, as a terminal read them that deleted all its users for
 * `uid=1`. */
static gh_slice conditions_known(const struct panel_schema *s, gh_slice conditions)
{
	gh_slice in = conditions, pair, key, value;

	while (in.n) {
		int field;

		gh_slice_cut(in, '\t', &pair, &in);
		gh_slice_cut(pair, '=', &key, &value);
		field = ghi_table_field_find(s->table, gh_slice_trim(key));
		if (field < 0 || s->table->field[field].flags & GHI_FIELD_UPLOAD)
			return (gh_slice){ 0 };
	}
	return conditions;
}

int64_t panel_schema_delete_check(const struct panel_schema *s, gh_slice *conditions)
{
	bool all = gh_slice_eq(*conditions, GH_LIT("*")), unverified;
	struct ghi_table_row row = ghi_table_row_of(s->table);
	struct ghi_table_fault fault = { 0 };
	int64_t code;

	if (all)
		*conditions = (gh_slice){ 0 };
	else if (conditions->n == 0)
		return UNIT_PARAMETER;
	if (!schema_is_strict(s)) {
		if (s->panel->persona->quirk & ACC_TERMINAL)
			*conditions = conditions_known(s, *conditions);
		return UNIT_OK;
	}
	code = schema_read(s, *conditions, &row);
	if (code == UNIT_OK && !ghi_table_conditions_check(&row, all, &unverified, &fault))
		code = ghi_table_rule_return(fault.rule);
	return code;
}
