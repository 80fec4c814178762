/* The verbs of "gatehouse person" that have a function of their own, by file. Each returns the exit
 * status. */
#ifndef GH_APP_API_CLIENT_PERSON_H
#define GH_APP_API_CLIENT_PERSON_H

#include "app/api_client/export.h"
#include "app/api_client/selection.h"

/* person_change.c */
int cmd_person_add(struct cmd *c);
int cmd_person_set(struct cmd *c);
int cmd_person_delete(struct cmd *c);

/* person_copy.c */
int cmd_person_copy(struct cmd *c);
int cmd_person_enrol(struct cmd *c);

/* person_import.c */
int cmd_person_import(struct cmd *c);
int cmd_person_export(struct cmd *c);

/* person_show.c */
int cmd_person_show(struct cmd *c);

/* order_verb.c: one order to each of the devices, by the verb's `order` and `places`. */
int cmd_order_verb(struct cmd *c);

/* person_devices.c */

struct person_devices {
	struct selection selection;
	char **sn; /* of each device, once; ended by NULL */
};

/* Whether --device or an option selects some. */
bool person_devices_given(const struct cmd *c);
/* CMD_OK, or a message was printed; person_devices_clear() it in either case. */
int person_devices_read(struct cmd *c, struct person_devices *out);
void person_devices_clear(struct person_devices *d);
/* Those that were chosen by a pattern or an option are listed, and `what`, a sentence, is to be
 * confirmed. CMD_OK or CMD_USAGE. */
int person_devices_confirm(struct cmd *c, const struct person_devices *d, const char *what);

/* person_orders.c */

/* Queue commands about people, each an object with deviceSerial, and print what became
 * of each; with --wait also what the devices answered. `name` is the person's, for the lines that are
 * printed. Takes `orders`. */
int person_orders_send(struct cmd *c, json_t *orders);
/* Print what became of orders that were queued: `orders` as above, `rows` what the API returned for
 * each. */
int person_orders_end(struct cmd *c, json_t *orders, json_t *rows);

#endif
