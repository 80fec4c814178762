/* A SELECT put together from the terms a question has. Terms are literals of the program;
 * what comes from outside is always a parameter. */
#ifndef GH_STORE_SQL_LIST_H
#define GH_STORE_SQL_LIST_H

#include "base/writer.h"
#include "store/sql/sql.h"
#include "store/store.h"

#define SQL_LIST_VALUES 32
#define SQL_LIST_LIKE 128 /* bytes that are searched at most */

struct sql_list {
	struct ghi_writer w;
	bool filtered;
	size_t values;
	struct {
		bool is_text;
		int64_t number;
		gh_slice text;
	} value[SQL_LIST_VALUES];
	char text[4096];
	char like[2 * SQL_LIST_LIKE + 2]; /* of sql_list_value_like() */
	size_t like_n;
};

/* `select` is everything before WHERE. */
void sql_list_init(struct sql_list *l, gh_slice select);
void sql_list_more(struct sql_list *l, const char *text); /* of what is before WHERE */
void sql_list_term(struct sql_list *l, const char *term); /* without a parameter */
void sql_list_int(struct sql_list *l, const char *term, int64_t v);
void sql_list_text(struct sql_list *l, const char *term, gh_slice v);
/* A value for a "?" that was written with sql_list_more(). */
void sql_list_value_int(struct sql_list *l, int64_t v);
void sql_list_value_text(struct sql_list *l, gh_slice v);
/* A pattern of LIKE that finds the text anywhere, its wildcards escaped by "!". The same text
 * each time. */
void sql_list_value_like(struct sql_list *l, gh_slice text);
/* Begin the statement with its values. */
struct sql_call sql_list_start(struct sql *c, const struct sql_list *l);
/* The bounds every list has; `number` is the column rows are numbered by, `device` the
 * column of the device ("p.seq", "p.device"). */
struct sql_call sql_list_call(struct sql *c, struct sql_list *l, const struct store_page *page,
			      const char *number, const char *device);

#endif
