/* Options that name a day or a month of the devices' time, or the latest rows of a ledger. */
#ifndef GH_APP_API_CLIENT_PERIOD_H
#define GH_APP_API_CLIENT_PERIOD_H

#include "app/api_client/noun.h"

/* --today and --month as --from and --to. CMD_OK, or a message was printed. */
int cmd_period_read(struct cmd *c);
/* cmd_list() of a ledger: its latest rows, --last of them, unless a start or an order is given. */
int cmd_list_latest(struct cmd *c);

#endif
