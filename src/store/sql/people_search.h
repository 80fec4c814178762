/* What people are found by: one folded text (base/text_fold.h) of their pin, name, cards, department, position,
 * code and namespace, so that a search looks at one column. It is made here whenever one of them is written, by whatever. */
#ifndef GH_STORE_SQL_PEOPLE_SEARCH_H
#define GH_STORE_SQL_PEOPLE_SEARCH_H

#include "model/record.h"
#include "store/sql/list.h"
#include "store/sql/sql_store.h"

/* What is to be written of a person: what is given, and the text, where it is another by that. `id` 0: of a new one.
 * *text is where it lies, to be freed by g_free(). */
GH_MUST_CHECK enum gh_err people_search_set(struct store *s, int64_t id,
					    const struct people *given, struct people *out,
					    char **text);
/* Those that are searched for. GH_ETOOBIG in the list's writer: folded it is longer than `like` takes. */
void people_search_term(struct sql_list *l, const struct sql *c, gh_slice text);

#endif
