/* Some of the devices, by their tag or area, as a condition of a statement and as their numbers. */
#ifndef GH_STORE_SQL_DEVICE_GROUP_H
#define GH_STORE_SQL_DEVICE_GROUP_H

#include "store/sql/list.h"
#include "store/sql/sql_store.h"

/* That `column` is the number of one of them; `g` must be given. A database makes their list once for a
 * statement, whichever rows it reads. */
void device_group_put(struct sql_list *l, const char *column, const struct store_group *g);

/* Set g->many, by which the next is made: whether so many people belong to the area that one of them is found soon in
 * any order of people, and a list of all of them costs more than to look at people one by one. */
GH_MUST_CHECK enum gh_err people_area_measure(struct store_reader *r, struct store_group *g);
/* That a row `r` of people belongs to the area, or to one within it; and to those of the account. */
void people_area_put(struct sql_list *l, const struct store_group *g);
/* That a row `r` of areas is one of those of the account, or within one; it must be given. */
void area_own_put(struct sql_list *l, const struct store_group *g);

/* Their numbers, rising. */
struct device_group {
	int64_t *id; /* the caller frees it */
	size_t n;
};

/* GH_OK with none where the group is not given. */
enum gh_err device_group_read(struct store_reader *r, const struct store_group *g,
			      struct device_group *out);

#endif
