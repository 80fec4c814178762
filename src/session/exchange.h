/* One request of a device on its way to a reply. */
#ifndef GH_SESSION_EXCHANGE_H
#define GH_SESSION_EXCHANGE_H

#include "core/devices.h"
#include "core/server.h"
#include "http/http.h"
#include "wire/push/target.h"

/* Lives in the request's arena. */
struct exchange {
	struct server *server;
	struct http_request *request;
	struct ghi_target target;
	gh_slice sn;	       /* as sent, decoded; empty: none */
	struct device *device; /* referenced until the reply; NULL while unknown */
	int64_t now_ms;
	bool deferred;
	bool quiet; /* a plain heartbeat: leaves no trace */
};

/* A parameter of the query, percent-decoded; empty when absent. */
gh_slice exchange_param(struct exchange *x, const char *key);
bool exchange_has_param(const struct exchange *x, const char *key);

/* The request's target with its secrets hidden. */
gh_slice exchange_shown_target(struct http_request *r);

/* The reply comes later, from the store thread. May be called twice. */
void exchange_defer(struct exchange *x);

/* Each of these ends the exchange: x is gone after it. */
void exchange_ok(struct exchange *x);
/* 200, text/plain. */
void exchange_text(struct exchange *x, gh_slice body);
/* Anything but 200. `why` is for the device's log, the trace and ours. */
void exchange_refuse(struct exchange *x, unsigned status, const char *why);
/* What the store could not do: 503, so that the device keeps its data and tries again. */
void exchange_store_failed(struct exchange *x, enum gh_err err);

#endif
