/* Tables for people: aligned, aware of wide characters, never wider than the terminal. */
#ifndef GH_APP_TABLE_H
#define GH_APP_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* What the cells of a column are. Only text is cut where a terminal is narrow; what a later command
 * is given, numbers and times are shown whole or not at all. */
enum cell {
	CELL_TEXT,
	CELL_ID,   /* serial numbers and other text that names the row: never cut */
	CELL_TIME, /* UTC text, shown in local time */
	CELL_AGO,  /* the same, as how long ago that is */
	CELL_KIND = 7,
};
/* Or'ed to it: the column is left out on a narrow terminal, the smallest n first. */
#define CELL_DROP(n) ((n) << 3)
#define CELL_DROP_MAX 7
/* Or'ed to it: the column is left out where no row has it. */
#define CELL_SPARSE (1 << 6)

struct column {
	const char *title; /* NULL ends the list */
	const char *key;   /* of the row; dots lead into objects */
	unsigned cell;	   /* enum cell, CELL_DROP and CELL_SPARSE */
};

/* Rows of a JSON array, in a terminal of `width` columns; 0: as wide as they are. Where even the
 * columns that are never left out do not fit, each row is a block of lines. Standard
 * error names the columns that are left out. */
void table_print(FILE *to, json_t *rows, const struct column *columns, unsigned width);

/* Rows that come one at a time and may be too many to hold: the first `measured` of them set
 * the widths, and wider cells that come later take what room their line has. */
struct table_stream;
enum { TABLE_MEASURED = 256 };

/* columns must outlive it. */
struct table_stream *table_stream_open(FILE *to, const struct column *columns, unsigned width,
				       size_t measured);
/* Takes the row. */
void table_stream_row(struct table_stream *s, json_t *row);
/* headed: print the head even where no row came. */
void table_stream_close(struct table_stream *s, bool headed);

/* The value of a row; dots lead into objects. NULL: it has none. */
json_t *table_member(json_t *row, const char *key);

/* What a cell shows of a row; control characters, which could drive the terminal, are not
 * shown. g_free() it. */
char *table_cell(json_t *row, const struct column *column);

/* Columns a text takes on a terminal. */
unsigned table_width(const char *text);

/* Columns of standard output, 0 when it is no terminal. */
unsigned table_terminal(void);

/* Print members of an object, a line each; on a terminal, what is wider goes on below. */
void table_print_object(json_t *object, const struct column *columns);

#endif
