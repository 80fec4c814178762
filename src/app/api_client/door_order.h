/* The verbs of `gatehouse door` that act on doors; each is named as its path of the API. */
#ifndef GH_APP_API_CLIENT_DOOR_ORDER_H
#define GH_APP_API_CLIENT_DOOR_ORDER_H

#include "app/api_client/noun.h"

#define DOOR_ORDER_OPTIONS "ttl reason wait yes"

int door_order(struct cmd *c);

#endif
