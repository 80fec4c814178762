/* The port to terminals: devices that the server calls. The part that calls them is a layer
 * above the core (session/terminal/), so the API uses it through a table of functions, which the
 * program provides. */
#ifndef GH_CORE_TERMINALS_H
#define GH_CORE_TERMINALS_H

#include "core/devices.h"

/* The state of a terminal's connection, for display. */
enum terminal_link {
	TERMINAL_NONE,	  /* the device calls the server */
	TERMINAL_WAITING, /* between two attempts, or not approved */
	TERMINAL_CONNECTING,
	TERMINAL_READING,   /* its log */
	TERMINAL_LISTENING, /* connected; receives live events, if enabled */
	TERMINAL_FAILED,    /* the last attempt failed; another follows */
	TERMINAL_LINKS
};
const char *terminal_link_name(enum terminal_link link);

struct terminal_status {
	enum terminal_link link;
	char error[200];	/* of the last failure; empty: none since the last success */
	int64_t since_ms;	/* in that state */
	int64_t read_ms;	/* when its log was last read to the end; 0: never */
	int64_t clock_offset_s; /* its clock minus the server's, in its zone, before it was set */
	bool has_clock_offset;
	bool clock_moved; /* and it was set */
};

/* A terminal to be added. */
struct terminal_request {
	gh_slice address;  /* "tcp://HOST[:PORT]", "udp://…", "HOST" */
	gh_slice comm_key; /* decimal; empty: none */
	gh_slice name;
	gh_slice
		serial; /* of a terminal that reports none, or an invalid one; empty: its own */
	gh_slice zone;	/* empty: the default */
	int64_t read_interval_s; /* 0: the default */
	bool live;
	gh_slice clock; /* how its clock is set (server.h); empty: the default */
};

/* A terminal found on a subnet. */
struct terminal_found {
	uint32_t ip; /* its IPv4 address as a number; no two have the same */
	gh_slice address, serial, name, firmware;
	bool key_needed; /* it requires a comm key, so serial and name are unknown */
};

/* The clock of a terminal that was added. */
struct terminal_clock {
	bool known;
	int64_t offset_s; /* ahead of the time it is to show */
	bool moved;	  /* it is set to that time now */
};

/* `why` is a sentence where err is set; d is referenced for the callee otherwise. */
typedef void terminal_added_fn(void *ctx, enum gh_err err, struct device *d,
			       const struct terminal_clock *clock, const char *why);
/* Called once with everything that was found; rows are borrowed. */
typedef void terminal_found_fn(void *ctx, enum gh_err err, const struct terminal_found *row,
			       size_t n);

/* All are asynchronous: they return at once and call back on another thread. */
struct terminals_ops {
	/* Connect, read the serial number, store it as an approved device and keep reading it.
	 * GH_EINVALID: not an address; GH_EBUSY: too many terminals or attempts. */
	enum gh_err (*add)(void *self, const struct terminal_request *request,
			   terminal_added_fn *done, void *ctx);
	/* Try every address of a subnet such as 192.168.1.0/24. GH_EINVALID; GH_ETOOBIG: more
	 * than 1024 addresses; GH_EBUSY: a search is running. */
	enum gh_err (*discover)(void *self, gh_slice cidr, terminal_found_fn *done, void *ctx);
	/* The device changed (address, key, state), or a command is due: its worker continues at
	 * once.
	 */
	void (*wake)(void *self, struct device *d);
	/* Whether an address and a comm key have a valid form; each may be NULL. Nothing is sent. */
	bool (*usable)(void *self, const gh_slice *address, const gh_slice *comm_key);
	/* false: it is not a terminal. */
	bool (*status)(void *self, struct device *d, struct terminal_status *out);
};

struct terminals {
	const struct terminals_ops *ops;
	void *self;
};

#endif
