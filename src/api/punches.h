/* Punches as the API shows them: with what a row of the ledger does not hold. */
#ifndef GH_API_PUNCHES_H
#define GH_API_PUNCHES_H

#include "core/devices.h"
#include "render/punch.h"

#define PUNCH_VIEWER_DEVICES 256
#define PUNCH_VIEWER_NAME 96 /* bytes of a device's name that are shown in a file */

struct punch_viewer {
	struct server *server;
	/* What was found of devices, by the end of their numbers. Each piece begins without it
	 * (punch_viewer_begin), because devices change. */
	struct {
		int64_t device; /* 0: none yet */
		enum verify_generation generation;
		uint8_t name_n, name[PUNCH_VIEWER_NAME];
	} known[PUNCH_VIEWER_DEVICES];
};

void punch_viewer_begin(struct punch_viewer *v, struct server *server);

struct call;
struct json;
struct list_question;

/* Whether the stream has come to that number, and its ledger is the one that the parameter `ledger`
 * names, if there is one; answered 409 otherwise. `what` names the place: "parameter \"after\"". */
bool stream_place_check(struct call *c, enum store_stream stream, int64_t place,
			const char *what);
/* Whether no row of the stream behind that number was removed; answered 409 otherwise. 0 is the
 * beginning of what is there. */
bool stream_floor_check(struct call *c, enum store_stream stream, int64_t place,
			const char *what);
/* Of the lists of punches: see struct list_resource. */
bool punches_check(struct call *c, struct list_question *q);
bool punches_more(struct call *c, const struct list_question *q, struct json *j);
bool access_check(struct call *c, struct list_question *q);
bool access_more(struct call *c, const struct list_question *q, struct json *j);

/* The name of the device of the punch that was viewed last; empty: it has none. */
gh_slice punch_viewer_name(const struct punch_viewer *v, const struct punch *p);

struct punch_view punch_view_of(struct punch_viewer *v, const struct punch *p);

#endif
