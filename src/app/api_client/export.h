/* Verbs that write all rows of a list into a file or to standard output. */
#ifndef GH_APP_API_CLIENT_EXPORT_H
#define GH_APP_API_CLIENT_EXPORT_H

#include "app/api_client/noun.h"

#define EXPORT_OPTIONS "format output excel bom separator"

/* GET the list at `path`, with the options that are query parameters, in the form of the options
 * above. The exit status; on CMD_OK the rows are all there, otherwise a message was printed. A
 * file appears when it is whole, and not at all where it is not. */
int cmd_export(struct cmd *c, const char *path);

/* --- what goes by, counted --- */

/* Rows and harmless formulas of CSV that comes in pieces. All zero but for `separator`: nothing
 * came yet. */
struct export_count {
	char separator;
	bool quoted, mark; /* inside quotation marks; behind one that may end them */
	unsigned at;	   /* letters of this field, as far as they matter */
	uint64_t rows;	   /* the head included */
	uint64_t
		formulas; /* fields that begin with an apostrophe and what would begin a formula */
};

void export_count_csv(struct export_count *e, const char *p, size_t n);
/* Of lines, each a row. */
void export_count_lines(struct export_count *e, const char *p, size_t n);

#endif
