/* Data commands: DATA UPDATE, DELETE, COUNT and QUERY of a table (Security PUSH 3.1.2, 9.1), without the
 * "C:<id>:" before them. */
#ifndef GH_WIRE_ACCESS_DATA_COMMAND_H
#define GH_WIRE_ACCESS_DATA_COMMAND_H

#include "base/civil_time.h"
#include "wire/access/table.h"

#define GHI_UPDATE_BYTES (256 * 1024) /* of one update at most */
#define GHI_UPDATE_ROWS 500

/* How many bytes of records an update of this unit may have: a quarter of its largest package, 256 KiB at
 * most. */
size_t ghi_update_bytes(const struct ghi_unit *u);

/* How many of n rows of one table the next update takes, at least 1: as many as fit, of one biometric type
 * for templates. n must not be 0. */
size_t ghi_update_take(const struct ghi_table_row *rows, size_t n,
		       const struct ghi_table_unit *u);

/* Rows, which must have been checked; n is at least 1. */
void ghi_data_update_write(struct ghi_writer *w, const struct ghi_table_row *rows, size_t n,
			   const struct ghi_table_unit *u);
/* Bytes of that. */
size_t ghi_data_update_length(const struct ghi_table_row *rows, size_t n,
			      const struct ghi_table_unit *u);
/* The row has the conditions; none: all rows, '*'. */
void ghi_data_delete_write(struct ghi_writer *w, const struct ghi_table_row *conditions);
/* Without conditions, of all rows. */
void ghi_data_count_write(struct ghi_writer *w, const struct ghi_table_row *conditions);
/* new_rows: events that were not uploaded yet (`transaction` only); conditions are not written then. */
void ghi_data_query_write(struct ghi_writer *w, const struct ghi_table_row *conditions,
			  bool new_rows);

/* Events of these times by the unit's clock, both included; GHI_CIVIL_NONE: as old, or as new, as there are.
 * The document has it for some devices. Of a table that has times, which is `transaction` alone. */
void ghi_data_query_between_write(struct ghi_writer *w, const struct ghi_access_table *t,
				  ghi_civil from, ghi_civil to);

/* Rows of a table as they may be shown, with or without the words before the first: "***" in place of what is never
 * shown. Its fields decide which values these are, whatever they look like. */
void ghi_data_rows_show(struct ghi_writer *w, const struct ghi_access_table *t, gh_slice rows);

enum ghi_data_verb {
	GHI_DATA_UPDATE,
	GHI_DATA_DELETE,
	GHI_DATA_COUNT,
	GHI_DATA_QUERY,
};

struct ghi_data_command {
	enum ghi_data_verb verb;
	gh_slice
		table; /* as sent, without brackets; empty: the document prints none for boards */
	gh_slice records;   /* lines of an update, or one line of conditions; empty: all */
	bool new_rows;	    /* filter=NewRecord */
	ghi_civil from, to; /* filter=starttime=..., endtime=...; GHI_CIVIL_NONE: not so */
	gh_slice fields;    /* of a query: fielddesc, "*" */
};

/* What a device reads. Words are read without case. Everything is borrowed. GH_ENOTFOUND: the text is no
 * data command. GH_EMALFORMED: it is one without a table. */
GH_MUST_CHECK enum gh_err ghi_data_command_parse(gh_slice text, struct ghi_data_command *out);

#endif
