/* Shared by accounts.c (the accounts), account_limits.c (wrong passwords, and the first account) and sessions.c. */
#ifndef GH_CORE_ACCOUNTS_PRIVATE_H
#define GH_CORE_ACCOUNTS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/ip_address.h"
#include "core/accounts.h"
#include "core/limiter.h"

#define ACCOUNT_KNOWN 16 /* addresses of sessions that are kept of an account */

struct account_entry {
	int64_t id;
	enum role role;
	bool disabled;
	uint32_t rights; /* counts the changes of role and areas */
	char name[ACCOUNT_NAME + 1], folded[ACCOUNT_NAME + 1], hash[PASSWORD_HASH];
	int64_t area[ACCOUNT_AREAS];
	size_t areas;
	struct ip_address known[ACCOUNT_KNOWN]; /* the latest first */
	size_t knowns;
	struct account_entry *next;
};

struct session_entry {
	int64_t id, account;
	uint8_t hash[32];
	struct ip_address party;
	int64_t end_ms;		  /* of its whole life; monotonic */
	_Atomic int64_t used_ms;  /* monotonic */
	_Atomic int64_t noted_ms; /* when its use was stored last; monotonic */
	struct session_entry *next;
};

struct accounts {
	struct server *server;
	pthread_rwlock_t lock; /* of the lists */
	struct account_entry *first;
	size_t count;
	struct session_entry *session;
	struct password_pool *passwords;
	/* Failed sign-ins: of an address at an account, of an address, at an account. */
	struct limiter *pairs, *addresses, *names;
	char code[SETUP_CODE];
	int64_t code_ms; /* when it was made; monotonic */
};

/* Under the lock. */
struct account_entry *account_entry_find(struct accounts *as, int64_t id);
void account_party_know(struct account_entry *e, const struct ip_address *party);
bool account_party_known(const struct account_entry *e, const struct ip_address *party);
void sessions_drop(struct accounts *as, int64_t account, int64_t but);

struct ip_address account_party(gh_slice peer);

/* A row of the store; while it is opened. false: no memory. */
struct login;
bool session_load(struct accounts *as, int64_t id, const struct login *row);

bool account_limits_new(struct accounts *as);
void account_limits_free(struct accounts *as);

#endif
