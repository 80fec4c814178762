/* How far a persona holds data commands to the tables it has (wire/access/table.h). Codes are those of
 * command.h; 0: it is accepted. */
#ifndef GH_SIM_ACCESS_SCHEMA_H
#define GH_SIM_ACCESS_SCHEMA_H

#include "sim/access/panel.h"
#include "wire/access/table.h"

/* What a device has, as its options name it. */
struct panel_schema {
	const struct panel *panel;
	char *options; /* owned; the unit is borrowed from it */
	struct ghi_table_unit unit;
	const struct ghi_access_table *table; /* NULL: no document has it */
};

/* Of a table by its name; of one without a name, which those of expansion boards are, by the fields of a
 * row. */
void panel_schema_open(struct panel_schema *s, const struct panel *p, gh_slice name,
		       gh_slice row);
void panel_schema_close(struct panel_schema *s);

/* Its rows as state; PANEL_TABLES: it is none of them. */
enum panel_table_id panel_schema_table(const struct panel_schema *s);

/* A verb, "U", "D", "C" or "Q", on the table. */
int64_t panel_schema_verb_check(const struct panel_schema *s, char verb);
/* A record of an update: fields that the table has, values that fit, a whole key. */
int64_t panel_schema_row_check(const struct panel_schema *s, gh_slice row);
/* Whether the device finds the fields of a record by their names. */
bool panel_schema_reads(const struct panel_schema *s, gh_slice row);
/* The conditions of a deletion; "*" becomes none. A lenient device leaves out what it does not have. */
int64_t panel_schema_delete_check(const struct panel_schema *s, gh_slice *conditions);
/* Those of a count or a query. */
int64_t panel_schema_values_check(const struct panel_schema *s, gh_slice conditions);

#endif
