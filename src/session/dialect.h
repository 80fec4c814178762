/* A dialect: the requests of one kind of devices over HTTP, and the replies to them. Once a
 * device is identified, its dialect is a constant table of functions; session.c calls these
 * functions and does not depend on a certain dialect. A new dialect is a folder that provides
 * one such table, and a row in dialect.c. */
#ifndef GH_SESSION_DIALECT_H
#define GH_SESSION_DIALECT_H

#include "session/exchange.h"

/* What a request is for. */
enum dialect_request {
	DIALECT_UNKNOWN,       /* a path the dialect does not have */
	DIALECT_HANDSHAKE,     /* the device begins: its identity, and its options */
	DIALECT_UPLOAD,	       /* records */
	DIALECT_PERSON,	       /* the data of a person */
	DIALECT_POLL,	       /* are there commands? */
	DIALECT_ANSWERS,       /* the results of commands */
	DIALECT_PING,	       /* is the server up? */
	DIALECT_KEY_EXCHANGE,  /* keys for an encryption of its own */
	DIALECT_REGISTRATION,  /* the device describes itself, and gets a code */
	DIALECT_CONFIGURATION, /* what it is to do, and when */
	DIALECT_ROWS,	       /* of a table, as the answer to a query */
	DIALECT_FILE,	       /* a part of a file, to the server or from it */
	DIALECT_TIME,	       /* what time is it? */
	DIALECT_IDENTIFY,      /* may this person pass? */
	DIALECT_REQUESTS
};

struct command_list;
struct upload;

/* One table that devices upload. */
struct dialect_table {
	const char *name; /* compared without case */
	/* Reads records until the upload's piece is full or its body ends. */
	enum gh_err (*read)(struct upload *u);
	bool plain_ok; /* the reply is a bare "OK": the device takes a count for a failure */
};

struct dialect {
	const char *name;    /* in messages: "attendance" */
	const char *no_path; /* a sentence about a path it does not have */
	/* Its commands name the unit that they are for; in another one, those of a sub-controller would be
	 * taken for the main controller's own. */
	bool names_units;
	bool holds_polls; /* a poll without commands is held where the server is set so (wake.h) */

	/* What a request is for, by its path, parameters and body. */
	enum dialect_request (*classify)(struct exchange *x);
	/* What the first request of an unknown device shows of it. */
	void (*describe)(struct exchange *x, struct device_row *first);
	/* The verdict on a request of a device in that state; NULL: only an approved one is served. */
	void (*judge)(struct exchange *x, enum device_state state);
	/* Whether a request of an approved device need not be traced: it is empty, and there is
	 * nothing for the device. */
	bool (*heartbeat)(const struct exchange *x);
	/* Sets the verdict on a request of a device that did not show the key that is expected. */
	void (*authorise)(struct exchange *x);

	/* Called for a registered, approved and authorised device. Each function ends the
	 * exchange, or defers it until a continuation ends it. */
	void (*serve[DIALECT_REQUESTS])(struct exchange *x);

	/* The reply with these commands, but for those past their time, in the request's arena. One that the
	 * dialect has no words for is left out. GH_ENOMEM, GH_ESPACE. */
	enum gh_err (*write_commands)(struct exchange *x, const struct command_list *l,
				      int64_t now_ms, gh_slice *out);

	/* Uploads, by table. */
	const struct dialect_table *tables;
	size_t table_count;
};

/* Sets the dialect of a request, x->dialect, and what decided it. x->device may be NULL. */
void dialect_choose(struct exchange *x);
/* The fields of a device that note it, where it is to be stored. */
void dialect_note(const struct exchange *x, struct device_row *change);
/* A request is served: store the dialect where it is another than before. Nothing waits for that. */
void dialect_store(struct exchange *x);
/* NULL: the dialect has no such table. */
const struct dialect_table *dialect_table_find(const struct dialect *d, gh_slice name);

/* An authorise() for dialects of the push protocol: the handshake carries the comm key as
 * `pushcommkey`. Whatever else a device with a key sends is taken from where it showed it, and from
 * nowhere else. A wrong key changes nothing but for the address that sent it. */
void comm_key_authorise(struct exchange *x);
/* Sets the verdict on a request that is to show the key; empty: it does not. */
void comm_key_show(struct exchange *x, gh_slice key);
/* Whether it comes from where the device showed its key, or none is expected of it. */
bool comm_key_proven(struct exchange *x);

#endif
