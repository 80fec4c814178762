/* A punch as the API shows it. */
#ifndef GH_API_PUNCHES_H
#define GH_API_PUNCHES_H

#include "api/value.h"
#include "core/devices.h"
#include "model/punch.h"
#include "model/verify_mode.h"

struct punch_view {
	const struct punch *p;
	enum verify_generation generation;
};

/* A row is a struct punch_view. */
extern const struct fields punch_fields;

/* How the devices number their verify modes, the last one remembered. */
struct punch_viewer {
	struct server *server;
	int64_t device; /* 0: none yet */
	enum verify_generation generation;
};

struct punch_view punch_view_of(struct punch_viewer *v, const struct punch *p);

#endif
