/* Rows of a device as a table, or as lines where there is only one. */
#ifndef GH_APP_TERMINAL_TABLE_H
#define GH_APP_TERMINAL_TABLE_H

#include "app/terminal/output.h"

struct out_table;

struct out_table *out_table_open(FILE *to, const struct out_column *columns, unsigned how);
void out_table_row(struct out_table *t, const struct out_value *values);
/* headed: with a head even where no row came. */
void out_table_close(struct out_table *t, bool headed);

/* A text of the device as a cell shows it: without what could drive the terminal. g_free() it. */
char *out_table_text(const char *text);

#endif
