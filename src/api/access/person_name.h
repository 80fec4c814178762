/* How paths name a person of the roster: by number, or as pin:PIN in the default namespace. */
#ifndef GH_API_ACCESS_PERSON_NAME_H
#define GH_API_ACCESS_PERSON_NAME_H

#include "api/access/resource.h"

/* Whether the path has pin:PIN; then *key is a struct people with its key. */
bool person_named(struct call *c, union model_record *key);

/* The number of the person that the path names; on a reader thread where it has a PIN, or the caller is limited to
 * areas. false: answered. */
bool person_find(struct call *c, int64_t *id);
/* The same, on a reader thread: also a number is looked up. */
bool person_find_there(struct call *c, int64_t *id);

/* On the store thread, for a caller who is limited to areas: a person with no area inside is unknown (GH_ENOTFOUND); one
 * with an area outside may be seen, but not changed (GH_ESTATE with a refusal). */
enum gh_err person_permit(struct entity_change *c, const struct store_ops *ops, struct store *s,
			  int64_t person);

#endif
