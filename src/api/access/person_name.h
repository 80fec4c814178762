/* How paths name a person of the roster: by number, or as pin:PIN in the default namespace. */
#ifndef GH_API_ACCESS_PERSON_NAME_H
#define GH_API_ACCESS_PERSON_NAME_H

#include "api/access/resource.h"

/* Whether the path has pin:PIN; then *key is a struct people with its key. */
bool person_named(struct call *c, union model_record *key);

/* The number of the person that the path names; on a reader thread where it has a PIN. false: answered. */
bool person_find(struct call *c, int64_t *id);

#endif
