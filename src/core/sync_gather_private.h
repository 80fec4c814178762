/* For sync_gather.c and sync_target.c; not included elsewhere. */
#ifndef GH_CORE_SYNC_GATHER_PRIVATE_H
#define GH_CORE_SYNC_GATHER_PRIVATE_H

#include "core/sync_gather.h"

struct held_row {
	struct sync_item item;
	int64_t received_ms;
	bool placed; /* it is the roster's */
	bool sent;   /* it was put there from here */
	bool target; /* of a person: they are to be there */
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
	int64_t *
		person; /* of each item of the target, before its templates and photos are in it */
	size_t waiting_room;
	bool any_placed;
	int64_t counted, people; /* as it reports, and as they are stored */
	bool behind;		 /* the server's clock is; who is valid is not known */
	enum gh_err err;
};

/* An array with room for one more, in the arena. NULL: g->err. */
void *sync_gathering_room(struct gathering *g, void *items, size_t n, size_t *room,
			  size_t size);
/* The fields a plan looks at; pictures and templates in an identity card are none. NULL: g->err. */
void *sync_record_copy(struct gathering *g, enum model_kind_id kind, const void *record);
int sync_pin_order(gh_slice a, gh_slice b);

/* A person, or a template or photo of one. */
static inline bool sync_item_is_of_person(const struct sync_item *i)
{
	return i->kind == KIND_PERSON || i->kind == KIND_TEMPLATE || i->kind == KIND_PHOTO;
}

/* Put the templates and photos of the people of the target into it. */
void sync_credentials_merge(struct gathering *g, const int64_t *area, size_t areas);
/* Who is to leave stays, where the device has a template of them that the roster lacks. `p`: n people of the roster, by
 * PIN. Who is in no roster was deleted there, and goes. */
void sync_leaving_keep(struct gathering *g, const struct sync_person *p, size_t n);

/* What the device is to hold, once what it holds is gathered, and which of that is the roster's. An error is in g->err. */
void sync_target_make(struct gathering *g);

#endif
