/* GET /api/devices/{sn}/sync: what the device is to hold by the roster, compared with what it is known to hold. */
#ifndef GH_API_SYNC_LIST_H
#define GH_API_SYNC_LIST_H

#include "api/memory_list.h"

struct call;
struct json;

extern const struct memory_source sync_source;
extern const struct fields sync_fields;

bool sync_check(struct call *c, struct list_question *q);
/* Whether orders are sent by themselves, and the five counts. */
bool sync_more(struct call *c, const struct list_question *q, struct json *j);

#endif
