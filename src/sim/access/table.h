/* The tables of an access device as state: rows of named texts, in the order in which they came. */
#ifndef GH_SIM_ACCESS_TABLE_H
#define GH_SIM_ACCESS_TABLE_H

#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"

#include <glib.h>

enum panel_table_id {
#define PANEL_TABLE(NAME, name) PANEL_##NAME,
#include "sim/access/table.def"
#undef PANEL_TABLE
	PANEL_TABLES
};

#define PANEL_ROWS_MAX 200000 /* of one table */

/* Fields as "name=value", parted by tabs. */
struct panel_row {
	char *text, *key; /* owned */
};

struct panel_table {
	GPtrArray *rows;      /* of struct panel_row */
	GHashTable *by_key;   /* key to row */
	GHashTable *by_first; /* value of the first key field to a GPtrArray of its rows */
};

struct panel_tables {
	uint64_t changes; /* of any row, so far */
	struct panel_table table[PANEL_TABLES];
};

void panel_tables_open(struct panel_tables *t);
void panel_tables_close(struct panel_tables *t);

/* The wire's name, and the table of a name, compared without case; PANEL_TABLES: there is none. */
const char *panel_table_name(enum panel_table_id id);
enum panel_table_id panel_table_named(gh_slice name);

/* Row i, or NULL behind the last. */
const struct panel_row *panel_row_at(const struct panel_tables *t, enum panel_table_id id,
				     size_t i);
size_t panel_rows(const struct panel_tables *t, enum panel_table_id id);

/* Row i as an object with the device's serial number, and the end of a line. */
void panel_row_write(const struct panel_tables *t, enum panel_table_id id, size_t i,
		     const char *sn, struct json *j);

/* The rows whose first key field has that value: of a person, of a door. NULL: there are none. */
const GPtrArray *panel_rows_of(const struct panel_tables *t, enum panel_table_id id,
			       gh_slice value);

/* The value of a field, names compared without case and underscores; p NULL: absent. */
gh_slice panel_field(const struct panel_row *row, const char *name);
/* The same as a decimal number; `otherwise` where it is absent, empty or none. */
uint64_t panel_number(const struct panel_row *row, const char *name, uint64_t otherwise);

/* Insert a row, or replace that of the same key. GH_ETOOBIG: the table is full. */
GH_MUST_CHECK enum gh_err panel_row_put(struct panel_tables *t, enum panel_table_id id,
					gh_slice text);

/* Remove the rows that have all of the fields in `conditions` ("k=v", parted by tabs) with these
 * values; no conditions: all rows. How many there were. */
size_t panel_rows_delete(struct panel_tables *t, enum panel_table_id id, gh_slice conditions);
/* How many rows have all of these values. */
size_t panel_rows_matching(const struct panel_tables *t, enum panel_table_id id,
			   gh_slice conditions);
/* Whether a row has all of these values. */
bool panel_row_matches(const struct panel_row *row, gh_slice conditions);

#endif
