/* Counts of the server's state. */
#ifndef GH_API_STATUS_H
#define GH_API_STATUS_H

#include "api/call.h"

struct template_sum;

/* How much is stored; `sum`, of templates, may be NULL. */
GH_MUST_CHECK enum gh_err status_counts_read(struct call *c, struct store_counts *out,
					     struct template_sum *sum);
int64_t status_open_commands(const struct store_counts *n);
/* A member of an object. */
void status_int(struct json *j, const char *key, int64_t n);

#endif
