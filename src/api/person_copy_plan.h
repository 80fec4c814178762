/* What a copy of a person consists of, and which part of it each device gets. All of it is in the
 * request's arena. */
#ifndef GH_API_PERSON_COPY_PLAN_H
#define GH_API_PERSON_COPY_PLAN_H

#include "api/call.h"
#include "api/person_bio.h"

#define COPY_TARGETS 100
#define COPY_ITEMS 200 /* templates and photos of one person */

/* A command that writes a part of the person; the same for each device. */
struct copy_item {
	enum command_kind kind;
	gh_slice arguments;
	const char *name;
	const struct template *template; /* NULL: it is none */
	int64_t photo_type; /* biometric type of a comparison photo; -1: it is none */
	bool damaged;	    /* a template that is not base64: no device takes it */
	const struct copy_item *next;
};

/* So many parts of a kind that a device does not get. */
struct copy_left {
	const char *name, *why;
	size_t n;
	struct copy_left *next;
};

struct copy_target {
	gh_slice sn;
	size_t first, orders;
	const struct copy_item **item; /* of each order */
	struct copy_left *left;
};

struct copying {
	struct call *c;
	struct arena *arena;
	gh_slice pin;
	bool templates, photos;
	struct device_bio from;
	bool found, second_card, validity;
	struct copy_item *first, **last, *added;
	size_t items;
	struct copy_target target[COPY_TARGETS];
	size_t targets;
	enum gh_err err;
};

/* What the device has of the person: k->first, k->found. */
enum gh_err copy_source_read(struct copying *k, struct device *d);

/* What each device of the list gets: k->target. A device that is not known, or blocked, gets one order,
 * which is refused with the reason; one that is named twice gets its orders once. */
enum gh_err copy_targets_plan(struct copying *k, const struct body *to);

/* Queue what each device gets, and answer by `answer`, whose answer_of is k: the orders of a target stand together.
 * Without the person nothing of them is written. */
struct queueing;
void copy_orders_make(struct copying *k, void (*answer)(struct queueing *q));

#endif
