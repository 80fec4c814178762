#include "core/limiter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/ip_address.h"

/* An address may act while `due_ms` is no further ahead than burst - 1 intervals; each time moves it
 * one interval on. */
struct limiter_party {
	uint8_t byte[LIMITER_NAME];
};

struct limiter_entry {
	UT_hash_handle hh; /* in the order of the latest count */
	struct limiter_party party;
	int64_t due_ms;
};

struct limiter {
	struct limiter_rule rule;
	pthread_mutex_t lock;
	struct limiter_entry *by_party;
};

struct limiter *limiter_new(struct limiter_rule rule)
{
	struct limiter *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->rule = rule;
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void limiter_free(struct limiter *l)
{
	struct limiter_entry *e, *next;

	if (l == NULL)
		return;
	HASH_ITER(hh, l->by_party, e, next)
	{
		HASH_DEL(l->by_party, e);
		free(e);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static struct limiter_party party_named(gh_slice name)
{
	struct limiter_party party = { { 0 } };

	if (name.n)
		memcpy(party.byte, name.p, name.n < LIMITER_NAME ? name.n : LIMITER_NAME);
	return party;
}

static struct limiter_party party_of(gh_slice address)
{
	struct ip_address a;

	/* What is no IP address counts together. */
	(void)ghi_ip_address_parse(address, &a);
	a = ghi_ip_address_party(&a);
	return party_named((gh_slice){ a.byte, sizeof(a.byte) });
}

/* How far ahead of now the address is; 0: not at all. A clock that was set back does not shut it out
 * for longer than all its times are worth. */
static int64_t entry_ahead_ms(const struct limiter *l, struct limiter_entry *e, int64_t now_ms)
{
	int64_t most = l->rule.burst * l->rule.interval_ms;

	if (e == NULL || e->due_ms <= now_ms)
		return 0;
	if (e->due_ms - now_ms > most)
		e->due_ms = now_ms + most;
	return e->due_ms - now_ms;
}

static int64_t party_ahead_ms(struct limiter *l, const struct limiter_party *party,
			      int64_t now_ms)
{
	struct limiter_entry *e;

	pthread_mutex_lock(&l->lock);
	HASH_FIND(hh, l->by_party, party, sizeof(*party), e);
	int64_t ahead = entry_ahead_ms(l, e, now_ms);

	pthread_mutex_unlock(&l->lock);
	return ahead;
}

static bool party_is_open(struct limiter *l, struct limiter_party party, int64_t now_ms)
{
	return l == NULL ||
	       party_ahead_ms(l, &party, now_ms) <= (l->rule.burst - 1) * l->rule.interval_ms;
}

bool limiter_open(struct limiter *l, gh_slice address, int64_t now_ms)
{
	return party_is_open(l, party_of(address), now_ms);
}

bool limiter_name_open(struct limiter *l, gh_slice name, int64_t now_ms)
{
	return party_is_open(l, party_named(name), now_ms);
}

bool limiter_counted(struct limiter *l, gh_slice address, int64_t now_ms)
{
	struct limiter_party party = party_of(address);

	return l && party_ahead_ms(l, &party, now_ms) > 0;
}

/* Under the lock. NULL: no memory. */
static struct limiter_entry *entry_take(struct limiter *l, const struct limiter_party *party)
{
	struct limiter_entry *e;

	HASH_FIND(hh, l->by_party, party, sizeof(*party), e);
	if (e) {
		HASH_DEL(l->by_party, e);
		return e;
	}
	if (HASH_COUNT(l->by_party) < l->rule.addresses) {
		e = calloc(1, sizeof(*e));
	} else {
		e = l->by_party;
		HASH_DEL(l->by_party, e);
		memset(e, 0, sizeof(*e));
	}
	if (e)
		e->party = *party;
	return e;
}

static void party_count(struct limiter *l, struct limiter_party party, int64_t now_ms)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	struct limiter_entry *e = entry_take(l, &party);

	if (e) {
		e->due_ms = now_ms + entry_ahead_ms(l, e, now_ms) + l->rule.interval_ms;
		HASH_ADD(hh, l->by_party, party, sizeof(e->party), e);
	}
	pthread_mutex_unlock(&l->lock);
}

void limiter_count(struct limiter *l, gh_slice address, int64_t now_ms)
{
	party_count(l, party_of(address), now_ms);
}

void limiter_name_count(struct limiter *l, gh_slice name, int64_t now_ms)
{
	party_count(l, party_named(name), now_ms);
}
