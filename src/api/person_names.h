/* Names of people for the rows of a list. Those found last are kept, in a bounded number. */
#ifndef GH_API_PERSON_NAMES_H
#define GH_API_PERSON_NAMES_H

#include "core/server.h"

struct person_names;

/* NULL: no memory. */
struct person_names *person_names_new(void);
/* NULL is fine. */
void person_names_free(struct person_names *n);

/* The name of a PIN, as store_ops.person_name has it; empty: it has none. *out is valid until the
 * next call. */
enum gh_err person_name_find(struct person_names *n, const struct store_ops *ops,
			     struct store_reader *reader, int64_t device, gh_slice pin,
			     gh_slice *out);

#endif
