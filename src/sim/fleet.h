/* Many devices that call a server, in one thread: their sockets and timers. What they send and
 * what a response changes is for their kind. */
#ifndef GH_SIM_FLEET_H
#define GH_SIM_FLEET_H

#include "sim/link.h"
#include "sim/request.h"
#include "sim/timers.h"

/* What a kind of device does. All times are milliseconds after the fleet started. */
struct sim_fleet_kind {
	size_t size; /* of a device */
	/* The next request, which may lie in the scratch; false: none now. */
	bool (*next_request)(void *device, int64_t now_ms, void *scratch,
			     struct sim_request *out);
	/* When to try again; SIM_NEVER while a request is in flight. */
	int64_t (*wake_ms)(const void *device);
	/* The end of the request in flight: a response, or none. */
	void (*response)(void *device, int64_t now_ms, const struct sim_reply *reply);
	void (*no_response)(void *device, int64_t now_ms);
	/* A datagram of the server came, which makes devices poll at once. */
	void (*poll_now)(void *device);
	/* What it calls, before a request; *changed: another than before. NULL: the plan's server. */
	const struct sim_server *(*server)(void *device, bool *changed);
	/* Nothing left to send, deliver or carry out. */
	bool (*idle)(const void *device);
};

/* How a fleet stands, about once a second. */
struct fleet_progress {
	uint32_t devices,
		refused;     /* refused: those whose latest two requests failed, or more */
	const char *refusal; /* the server's words; empty: it does not answer */
	uint64_t acknowledged, pending; /* records of all kinds */
};

/* What the connections of a fleet carried. */
struct sim_traffic {
	uint64_t connections, bytes_received; /* of connections that have ended */
};

struct sim_fleet_plan {
	const struct sim_fleet_kind *kind;
	void *devices; /* `n` of kind->size bytes in a row */
	uint32_t n;
	void *scratch; /* for one request at a time */
	const struct sim_server *server;
	double speed; /* every wait of a disturbance is divided by it */
	bool once;    /* stop when all devices are idle */
	/* After each turn of the loop; `show`: a second passed since it was last set. An error
	 * ends the run. */
	enum gh_err (*turn)(void *ctx, bool show);
	void *ctx;
};

/* A device's connection. */
struct sim_fleet_place {
	struct link link;
	const struct sim_server *server;  /* of the latest request */
	enum sim_disturbance disturbance; /* of the request in flight */
	bool keep_alive;		  /* after it */
	bool resent;			  /* it went out on a second connection already */
	bool woken;			  /* a datagram came while a request was in flight */
	bool finished;			  /* nothing is left to do */
};

struct sim_fleet {
	struct sim_fleet_plan plan;
	struct sim_traffic *traffic;
	struct sim_fleet_place *places;
	uint32_t left; /* devices that are not finished */
	struct sim_timers timers;
	int epoll, signals;
	int wake; /* the socket for datagrams; -1: none */
	int64_t began_ms, now_ms;
	bool stop;
};

/* What the plan points to, and *traffic, must outlive it. GH_ENOMEM, GH_EIO. */
GH_MUST_CHECK enum gh_err sim_fleet_open(const struct sim_fleet_plan *plan,
					 struct sim_traffic *traffic, struct sim_fleet *out);
void sim_fleet_close(struct sim_fleet *f);

/* Run until the time is over (0: no limit), every device is done (plan.once), or SIGINT or SIGTERM
 * came; both signals are blocked meanwhile. GH_EIO, or what plan.turn returned. */
GH_MUST_CHECK enum gh_err sim_fleet_run(struct sim_fleet *f, int64_t duration_ms);

/* Whether everything was acknowledged. */
bool sim_fleet_complete(const struct sim_fleet *f);

/* Bytes received so far, on open connections too. */
uint64_t sim_fleet_received(const struct sim_fleet *f);

#endif
