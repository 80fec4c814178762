/* The accounts of people, and their sessions. The store has both; what each request needs of them is in memory.
 *
 * A session is known by its cookie, 32 random bytes, of which only the SHA-256 is kept. It ends when it was not
 * used for ACCOUNT_IDLE_MS, and in any case after ACCOUNT_LIFE_MS; by the monotonic clock, so that a clock that
 * is set back prolongs none. It goes on after a restart.
 *
 * Threads: any. A read-write lock guards the lists: requests read, and changes write them on the store thread
 * after their commit. */
#ifndef GH_CORE_ACCOUNTS_H
#define GH_CORE_ACCOUNTS_H

#include "base/arena.h"
#include "core/password.h"
#include "core/server.h"
#include "model/role.h"

#define ACCOUNTS_MOST 1000  /* accounts there may be */
#define ACCOUNT_SESSIONS 50 /* of an account; the one that was used the longest ago ends */
#define ACCOUNT_NAME 400    /* bytes of a name at the most */
#define ACCOUNT_AREAS 100   /* that an account may be limited to */
#define ACCOUNT_IDLE_MS (12 * INT64_C(3600000))
#define ACCOUNT_LIFE_MS (30 * INT64_C(86400000))
#define SESSION_TEXT 44 /* a cookie and its NUL: base64url of 32 bytes */

struct account;
struct accounts;
struct account_entry;

GH_MUST_CHECK enum gh_err accounts_open(struct server *server, struct accounts **out);
void accounts_close(struct accounts *as);
struct password_pool *accounts_passwords(struct accounts *as);
size_t accounts_count(struct accounts *as);

/* The name by which no two accounts are the same: NFKC without differences of case. In `a`; empty: no memory,
 * or it is no UTF-8. *composed: the name as it is shown, in NFC. */
gh_slice account_name_fold(gh_slice name, struct arena *a, gh_slice *composed);

/* The account with that folded name; false: there is none, or it is disabled. */
struct account_secret {
	int64_t id;
	char hash[PASSWORD_HASH];
	char name[ACCOUNT_NAME + 1];
};
bool account_secret_of(struct accounts *as, gh_slice folded, struct account_secret *out);

/* --- changes: on the store thread --- */

/* What is kept in memory of a row. NULL: no memory. */
struct account_entry *account_entry_new(int64_t id, const struct account *row);
void account_entry_free(struct account_entry *e);
/* After the commit; takes the entry. Where the account was disabled, or has another password, its sessions end, but
 * for that one (0: all). */
void accounts_enter(struct accounts *as, struct account_entry *e, int64_t but);
void accounts_remove(struct accounts *as, int64_t id);
/* Whether what is stored has an enabled administrator who is not limited to areas, besides that one. Within a
 * transaction. */
enum gh_err accounts_administrator_besides(const struct store_ops *ops, struct store *s,
					   int64_t id, bool *out);

/* --- sessions --- */

/* What a request may do. Texts are in the arena of the call. */
struct session_grant {
	int64_t session, account;
	enum role role;
	gh_slice name;
	const int64_t *area; /* that it is limited to; NULL: to none */
	size_t areas;
	int64_t expires_ms; /* by the time of day, unless it is used */
	uint32_t rights;    /* another number once the role or the areas are others */
};
/* GH_EAUTH: there is no such session, or it is over. GH_ENOMEM. It counts as a use. */
GH_MUST_CHECK enum gh_err session_check(struct accounts *as, gh_slice cookie, struct arena *a,
					struct session_grant *out);
/* Whether it still goes on, with the rights that it had then. No use: what lasts, such as a stream, keeps no session
 * from ending. */
bool session_valid(struct accounts *as, int64_t id, uint32_t rights);

/* The value of X-Gatehouse-CSRF that goes with a cookie, which cannot be computed without it. */
bool session_csrf(gh_slice cookie, char out[SESSION_TEXT]);

/* Begin a session of an account whose password fitted; `done`, on the store thread, gets its cookie, or NULL.
 * GH_EAUTH: the password was changed meanwhile. The row of the audit, and the account, stay until then. */
typedef void session_made_fn(void *ctx, enum gh_err err, const char *cookie);
GH_MUST_CHECK enum gh_err session_begin(struct accounts *as,
					const struct account_secret *account, gh_slice name,
					gh_slice peer, const struct audit_row *audit,
					session_made_fn *done, void *ctx);
/* End one; GH_ENOTFOUND by `done` where there is none. */
GH_MUST_CHECK enum gh_err session_end(struct accounts *as, int64_t id,
				      const struct audit_row *audit,
				      void (*done)(void *ctx, enum gh_err err), void *ctx);

/* --- wrong passwords --- */

/* Whether that address may try that account now. Three limits: of an address at an account, of an address, and
 * of all addresses at an account; the last does not hold for an address from which a session of the account
 * was begun, so that others cannot keep its owner out. */
bool sign_in_open(struct accounts *as, gh_slice peer, gh_slice folded, int64_t account);
void sign_in_failed(struct accounts *as, gh_slice peer, gh_slice folded);

/* --- the first account --- */

#define SETUP_CODE 27 /* 26 letters: 130 bits, and the NUL */
#define SETUP_MS (60 * INT64_C(60000))
/* The code that makes the first account; false: there is an account, or the code is over. It is made with the server and
 * after each restart, holds for SETUP_MS, and is over once an account exists. */
bool setup_code(struct accounts *as, char out[SETUP_CODE]);
/* There is no account, but the code is over. */
bool setup_code_late(struct accounts *as);
bool setup_code_fits(struct accounts *as, gh_slice code);

/* Make an administrator in a store that no server has open; waits. GH_EEXISTS, GH_EINVALID: the name, or the
 * password, is none. */
GH_MUST_CHECK enum gh_err account_administrator_make(struct server *server, const char *name,
						     const char *password, int64_t *id);

#endif
