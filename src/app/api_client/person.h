/* The verbs of "gatehouse person" that have a function of their own, by file. Each returns the exit
 * status. */
#ifndef GH_APP_API_CLIENT_PERSON_H
#define GH_APP_API_CLIENT_PERSON_H

#include "app/api_client/noun.h"

/* person_change.c */
int cmd_person_add(struct cmd *c);
int cmd_person_set(struct cmd *c);
int cmd_person_delete(struct cmd *c);

/* person_copy.c */
int cmd_person_copy(struct cmd *c);

/* person_show.c */
int cmd_person_show(struct cmd *c);

/* person_orders.c */

/* Queue commands about people, each an object with deviceSerial, in one request, and print what became
 * of each; with --wait also what the devices answered. `name` is the person's, for the lines that are
 * printed. Takes `orders`. */
int person_orders_send(struct cmd *c, json_t *orders);
/* Print what became of orders that were queued: `orders` as above, `rows` what the API returned for
 * each. */
int person_orders_end(struct cmd *c, json_t *orders, json_t *rows);

#endif
