/* GET /api/people/{person}/credentials: what a person shows to devices, cards, templates and photos, without bytes.
 * The numbers of cards and those of the others lie apart (store, table credential). */
#ifndef GH_API_ACCESS_CREDENTIAL_LIST_H
#define GH_API_ACCESS_CREDENTIAL_LIST_H

#include "api/memory_list.h"

struct call;

extern const struct memory_source credential_source;
extern const struct fields credential_row_fields;

bool credentials_check(struct call *c, struct list_question *q);

#endif
