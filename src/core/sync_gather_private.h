/* For sync_gather.c and sync_target.c; not included elsewhere. */
#ifndef GH_CORE_SYNC_GATHER_PRIVATE_H
#define GH_CORE_SYNC_GATHER_PRIVATE_H

#include "core/sync_gather.h"

struct held_row {
	struct sync_item item;
	int64_t received_ms;
	bool placed; /* it is the roster's */
	bool sent;   /* it was put there from here */
};

struct gathering {
	struct server *server;
	struct store_reader *reader;
	const struct sync_roster *roster;
	struct device *d;
	struct sync_given *out;
	gh_slice namespace;
	struct held_row *row;
	size_t rows, rows_room;
	size_t waiting_room;
	bool any_placed;
	int64_t counted, people; /* as it reports, and as they are stored */
	bool behind;		 /* the server's clock is; who is valid is not known */
	enum gh_err err;
};

/* What the device is to hold, once what it holds is gathered, and which of that is the roster's. An error is in g->err. */
void sync_target_make(struct gathering *g);

#endif
