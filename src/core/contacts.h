/* What reached a port and became no device, so that who sets up a device sees why it does not come. In
 * memory and bounded: of each reason the most recent addresses are kept, so a flood of one reason leaves
 * those of others alone.
 *
 * Threads: any. One lock guards the table, and is held for no longer than a copy takes. */
#ifndef GH_CORE_CONTACTS_H
#define GH_CORE_CONTACTS_H

#include "core/server.h"
#include "model/contact.h"

#define CONTACT_PEERS 200 /* of a reason */
#define CONTACT_PEER 46	  /* bytes; longer texts are cut, here and below */
#define CONTACT_TARGET 160
#define CONTACT_SERIAL 32
#define CONTACT_DETAIL 160

struct contacts;

struct contacts *contacts_new(void); /* NULL: no memory */
void contacts_free(struct contacts *cs);

/* It happened, or again. Of `what` id, times and count are not looked at, and everything is copied. Does
 * nothing for a server without contacts (server->contacts is NULL), without a peer, and when memory is
 * exhausted. */
void contact_note(struct server *server, const struct contact *what);
/* Each, in no order; the row is borrowed until fn returns, which must not call anything here. Returns when fn
 * returns false. */
void contacts_read(struct server *server, bool (*fn)(void *ctx, const struct contact *c),
		   void *ctx);
size_t contacts_count(struct server *server);

#endif
