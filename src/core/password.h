/* Passwords of accounts. They are kept as yescrypt hashes of libxcrypt, which is the library and the method by
 * which Debian keeps those of its users: it needs memory as well as time, so that guessing on graphics
 * processors is no cheaper than here, and its text has the method and the cost, so that a later version can
 * raise the cost and still know the old ones.
 *
 * Hashing is slow on purpose, so it has a thread of its own: neither the threads of listeners nor that of the
 * store do it. One hash is made at a time, and few may wait, so that sign-ins of others use one
 * processor and the memory of one hash at the most.
 *
 * Threads: password_put() from any. One lock, held for a look at the queue. */
#ifndef GH_CORE_PASSWORD_H
#define GH_CORE_PASSWORD_H

#include "base/err.h"
#include "base/slice.h"

#define PASSWORD_LEAST 12  /* characters */
#define PASSWORD_BYTES 511 /* at the most, as the library takes */
#define PASSWORD_HASH 128  /* room for a hash and its NUL */

/* 32 MiB of memory and about 40 ms of a processor of 2020: Debian's own cost, doubled twice. A sign-in stays
 * under a tenth of a second, and 20 guesses a second are all that this server computes. */
#define PASSWORD_COST 6

struct password_pool;

struct password_job {
	char text[PASSWORD_BYTES + 1]; /* the password; overwritten before done() */
	char hash[PASSWORD_HASH]; /* to compare it with; empty: a new hash is made, in `made` */
	char made[PASSWORD_HASH];
	char party[64]; /* the address it is for: few of one may wait */
	bool fits;	/* the password is that of the hash */
	enum gh_err err;
	/* On the thread of the pool, before it is hashed; false: it is not, and done() comes. NULL: always. */
	bool (*still)(struct password_job *job);
	/* On the thread of the pool; the last use of the job. */
	void (*done)(struct password_job *job);
	void *ctx;
	struct password_job *next;
};

/* NULL: no memory, or the library lacks the method. */
struct password_pool *password_pool_new(void);
/* Runs what waits. NULL is fine. */
void password_pool_free(struct password_pool *p);

/* Takes a password as it was given; its characters are brought into form NFC, so that it does not matter by
 * which keyboard they were typed. GH_EINVALID: it has a NUL, is no UTF-8, or is too long. */
GH_MUST_CHECK enum gh_err password_take(struct password_job *job, gh_slice text);

/* Never blocks. GH_EBUSY: too many wait, or too many of that party. */
GH_MUST_CHECK enum gh_err password_put(struct password_pool *p, struct password_job *job);

/* A hash that no password has, of the same cost: to be compared with where there is no account. */
const char *password_dummy(const struct password_pool *p);

#endif
