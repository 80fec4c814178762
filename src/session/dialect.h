/* A dialect: what devices of one kind say over HTTP, and how they are answered. After a device
 * is known, its dialect is a constant table of functions; session.c calls through the table
 * and knows no dialect by name. A new dialect is a folder that fills one such table, and a row
 * in dialect.c. */
#ifndef GH_SESSION_DIALECT_H
#define GH_SESSION_DIALECT_H

#include "session/exchange.h"

/* What a request is for. */
enum dialect_request {
	DIALECT_UNKNOWN,      /* a path the dialect does not have */
	DIALECT_HANDSHAKE,    /* the device begins: who it is, and its options */
	DIALECT_UPLOAD,	      /* records */
	DIALECT_PERSON,	      /* what is known of a person */
	DIALECT_POLL,	      /* is there a command? */
	DIALECT_ANSWERS,      /* what became of commands */
	DIALECT_PING,	      /* is the server there? */
	DIALECT_KEY_EXCHANGE, /* keys for an encryption of its own */
	DIALECT_REQUESTS
};

struct upload;

/* One table that devices upload. */
struct dialect_table {
	const char *name; /* compared without case */
	/* Reads records until the upload's piece is full or its body ends. */
	enum gh_err (*read)(struct upload *u);
	bool plain_ok; /* answered "OK" and nothing else: a count is taken for a failure */
};

struct dialect {
	const char *name; /* in messages: "attendance" */

	/* What a request is for, by its path, parameters and body. */
	enum dialect_request (*classify)(struct exchange *x);
	/* Whether a request of an approved device may go unrecorded: nothing in it, nothing
	 * waits for it. */
	bool (*heartbeat)(const struct exchange *x);
	/* Whether the device showed the key that is expected of it, if one is. */
	bool (*authorise)(struct exchange *x);

	/* The device is known, approved and authorised. Each ends the exchange, or defers it
	 * and lets a continuation end it. */
	void (*serve[DIALECT_REQUESTS])(struct exchange *x);

	/* Uploads, by table. */
	const struct dialect_table *tables;
	size_t table_count;
};

/* The dialect of a request: what its handshake announces, otherwise what the device announced
 * before (QUIRKS Q21). x->device may be NULL. */
const struct dialect *dialect_choose(struct exchange *x);
/* NULL: the dialect has no such table. */
const struct dialect_table *dialect_table_find(const struct dialect *d, gh_slice name);

/* An authorise() for dialects of the push protocol: the handshake carries the comm key as
 * `pushcommkey`; a wrong or missing one is remembered until the right one is given. */
bool comm_key_authorise(struct exchange *x);

#endif
