#include "core/contacts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* Whose calls are one row; compared byte by byte. */
struct contact_key {
	enum contact_port port;
	char peer[CONTACT_PEER];
};

struct contact_entry {
	UT_hash_handle hh; /* by key */
	struct contact_key key;
	struct contact row;
	char target[CONTACT_TARGET], serial[CONTACT_SERIAL], detail[CONTACT_DETAIL];
};

/* A reason's table is in the order of the latest calls: the first one gives way. */
struct contacts {
	pthread_mutex_t lock;
	struct contact_entry *of_reason[CONTACT_REASONS];
	int64_t last_id;
};

struct contacts *contacts_new(void)
{
	struct contacts *cs = calloc(1, sizeof(*cs));

	if (cs)
		pthread_mutex_init(&cs->lock, NULL);
	return cs;
}

static void contact_entry_remove(struct contacts *cs, struct contact_entry *e)
{
	HASH_DEL(cs->of_reason[e->row.reason], e);
	free(e);
}

void contacts_free(struct contacts *cs)
{
	struct contact_entry *e, *next;

	if (cs == NULL)
		return;
	for (size_t reason = 0; reason < CONTACT_REASONS; reason++)
		HASH_ITER(hh, cs->of_reason[reason], e, next)
		{
			contact_entry_remove(cs, e);
		}
	pthread_mutex_destroy(&cs->lock);
	free(cs);
}

static gh_slice contact_text_keep(char *to, size_t room, gh_slice text)
{
	if (text.n > room)
		text.n = room;
	if (text.n)
		memcpy(to, text.p, text.n);
	return (gh_slice){ (const uint8_t *)to, text.n };
}

/* NULL: no memory. It is in no table yet. */
static struct contact_entry *contact_entry_new(struct contacts *cs,
					       const struct contact_key *key,
					       const struct contact *what, int64_t now_ms)
{
	struct contact_entry *e;

	if (HASH_COUNT(cs->of_reason[what->reason]) >= CONTACT_PEERS)
		contact_entry_remove(cs, cs->of_reason[what->reason]);
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	e->key = *key;
	e->row = (struct contact){
		.id = ++cs->last_id,
		.reason = what->reason,
		.port = what->port,
		.peer = { (const uint8_t *)e->key.peer, what->peer.n },
		.since_ms = now_ms,
	};
	return e;
}

static void contact_entry_happened(struct contacts *cs, struct contact_entry *e,
				   const struct contact *what, int64_t now_ms)
{
	e->row.target = contact_text_keep(e->target, sizeof(e->target), what->target);
	e->row.serial = contact_text_keep(e->serial, sizeof(e->serial), what->serial);
	e->row.detail = contact_text_keep(e->detail, sizeof(e->detail), what->detail);
	e->row.bytes = what->bytes;
	e->row.last_ms = now_ms;
	e->row.count++;
	HASH_ADD(hh, cs->of_reason[e->row.reason], key, sizeof(e->key), e);
}

void contact_note(struct server *server, const struct contact *what)
{
	struct contacts *cs = server->contacts;
	struct contact_entry *e;
	struct contact_key key;

	if (cs == NULL || what->peer.n == 0 || what->peer.n > sizeof(key.peer))
		return;
	memset(&key, 0, sizeof(key));
	key.port = what->port;
	memcpy(key.peer, what->peer.p, what->peer.n);

	pthread_mutex_lock(&cs->lock);
	int64_t now_ms = server->now_ms();

	HASH_FIND(hh, cs->of_reason[what->reason], &key, sizeof(key), e);
	if (e)
		HASH_DEL(cs->of_reason[what->reason], e);
	else
		e = contact_entry_new(cs, &key, what, now_ms);
	if (e)
		contact_entry_happened(cs, e, what, now_ms);
	pthread_mutex_unlock(&cs->lock);
}

void contacts_read(struct server *server, bool (*fn)(void *ctx, const struct contact *c),
		   void *ctx)
{
	struct contacts *cs = server->contacts;
	struct contact_entry *e, *next;
	bool more = true;

	if (cs == NULL)
		return;
	pthread_mutex_lock(&cs->lock);
	for (size_t reason = 0; reason < CONTACT_REASONS && more; reason++)
		HASH_ITER(hh, cs->of_reason[reason], e, next)
		{
			more = more && fn(ctx, &e->row);
		}
	pthread_mutex_unlock(&cs->lock);
}

size_t contacts_count(struct server *server)
{
	struct contacts *cs = server->contacts;
	size_t n = 0;

	if (cs == NULL)
		return 0;
	pthread_mutex_lock(&cs->lock);
	for (size_t reason = 0; reason < CONTACT_REASONS; reason++)
		n += HASH_COUNT(cs->of_reason[reason]);
	pthread_mutex_unlock(&cs->lock);
	return n;
}
