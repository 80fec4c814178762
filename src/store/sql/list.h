/* A SELECT put together from the terms a question has. Terms are literals of the program;
 * what comes from outside is always a parameter. */
#ifndef GH_STORE_SQL_LIST_H
#define GH_STORE_SQL_LIST_H

#include "base/writer.h"
#include "store/sql/sql.h"
#include "store/store.h"

struct sql_list {
	struct ghi_writer w;
	bool filtered;
	size_t values;
	struct {
		bool is_text;
		int64_t number;
		gh_slice text;
	} value[8];
	char text[2048];
};

/* `select` is everything before WHERE. */
void sql_list_init(struct sql_list *l, gh_slice select);
void sql_list_more(struct sql_list *l, const char *text); /* of what is before WHERE */
void sql_list_term(struct sql_list *l, const char *term); /* without a parameter */
void sql_list_int(struct sql_list *l, const char *term, int64_t v);
void sql_list_text(struct sql_list *l, const char *term, gh_slice v);
/* The bounds every list has; `number` is the column rows are numbered by, `device` the
 * column of the device ("p.seq", "p.device"). */
struct sql_call sql_list_call(struct sql *c, struct sql_list *l, const struct store_page *page,
			      const char *number, const char *device);

#endif
