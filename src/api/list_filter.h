/* Parameters of lists that name a value of a column, as conditions of the question. */
#ifndef GH_API_LIST_FILTER_H
#define GH_API_LIST_FILTER_H

#include "api/list.h"

/* Those of the call that are present; of `tag` only where `tagged`. False: one of them makes no sense; answered. */
bool list_filters_read(struct call *c, struct list_question *q, bool tagged);

#endif
