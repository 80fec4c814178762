#include "core/tokens.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/base64.h"
#include "core/audit.h"
#include "core/server_clock.h"

#define NOTE_MS 60000 /* the use of a token is stored no more often */

struct token_entry {
	int64_t id;
	uint8_t hash[32];
	uint32_t scopes;
	int64_t expires_ms;
	_Atomic int64_t noted_ms; /* when its use was stored last; monotonic */
	struct token_entry *next;
	size_t name_n, doors_n;
	uint8_t name[]; /* and behind it its doors */
};

struct tokens {
	struct server *server;
	pthread_rwlock_t lock;
	struct token_entry *first;
	size_t count;
};

static bool token_hash(gh_slice text, uint8_t hash[32])
{
	return EVP_Digest(text.p, text.n, hash, NULL, EVP_sha256(), NULL) == 1;
}

/* NULL: out of memory. */
static struct token_entry *token_entry_new(const struct token *t)
{
	struct token_entry *h = malloc(sizeof(*h) + t->name.n + t->doors.n);

	if (h == NULL)
		return NULL;
	*h = (struct token_entry){
		.id = t->id,
		.scopes = t->scopes,
		.expires_ms = t->expires_ms,
		.noted_ms = INT64_MIN,
		.name_n = t->name.n,
		.doors_n = t->doors.n,
	};
	if (t->name.n)
		memcpy(h->name, t->name.p, t->name.n);
	if (t->doors.n)
		memcpy(h->name + t->name.n, t->doors.p, t->doors.n);
	memcpy(h->hash, t->hash, sizeof(h->hash));
	return h;
}

/* Takes the entry. */
static void tokens_enter(struct tokens *ts, struct token_entry *h)
{
	pthread_rwlock_wrlock(&ts->lock);
	LL_PREPEND(ts->first, h);
	ts->count++;
	pthread_rwlock_unlock(&ts->lock);
}

struct loading {
	struct tokens *ts;
	enum gh_err err;
};

static bool tokens_load(void *ctx, const struct token *t)
{
	struct loading *l = ctx;
	struct token_entry *h = token_entry_new(t);

	if (h)
		tokens_enter(l->ts, h);
	else
		l->err = GH_ENOMEM;
	return l->err == GH_OK;
}

enum gh_err tokens_open(struct server *server, struct tokens **out)
{
	struct tokens *ts = calloc(1, sizeof(*ts));
	struct loading l = { .ts = ts };
	struct store_reader *r;

	if (ts == NULL)
		return GH_ENOMEM;
	ts->server = server;
	pthread_rwlock_init(&ts->lock, NULL);
	enum gh_err err = server->db.ops->reader_open(server->db.store, &r);
	if (err == GH_OK) {
		err = server->db.ops->tokens_read(r, tokens_load, &l);
		server->db.ops->reader_close(r);
	}
	if (err == GH_OK)
		err = l.err;
	if (err) {
		tokens_close(ts);
		return err;
	}
	*out = ts;
	return GH_OK;
}

void tokens_close(struct tokens *ts)
{
	struct token_entry *h, *next;

	if (ts == NULL)
		return;
	LL_FOREACH_SAFE(ts->first, h, next)
	{
		free(h);
	}
	pthread_rwlock_destroy(&ts->lock);
	free(ts);
}

size_t tokens_count(struct tokens *ts)
{
	pthread_rwlock_rdlock(&ts->lock);
	size_t n = ts->count;
	pthread_rwlock_unlock(&ts->lock);
	return n;
}

/* A clock that is set back lets none that is over begin again before the program ends: the time goes on by the
 * monotonic clock. */
static bool token_over(const struct tokens *ts, const struct token_entry *h)
{
	return h->expires_ms && server_steady_ms(ts->server) >= h->expires_ms;
}

/* --- its use is stored --- */

struct token_note {
	struct store_job job;
	int64_t id, used_ms;
};

static enum gh_err token_note_run(struct store_job *job, const struct store_ops *ops,
				  struct store *s)
{
	struct token_note *n = (struct token_note *)job;

	return ops->token_used(s, n->id, n->used_ms);
}

static void token_note_done(struct store_job *job, enum gh_err err)
{
	(void)err;
	free(job);
}

/* Once a minute at the most; under the lock. */
static void token_use_note(struct tokens *ts, struct token_entry *h)
{
	int64_t mono = server_monotonic_ms(ts->server), noted = atomic_load(&h->noted_ms);
	struct token_note *n;

	if ((noted != INT64_MIN && mono - noted < NOTE_MS) ||
	    !atomic_compare_exchange_strong(&h->noted_ms, &noted, mono))
		return;
	n = malloc(sizeof(*n));
	if (n == NULL)
		return;
	*n = (struct token_note){ .job = { .run = token_note_run, .done = token_note_done },
				  .id = h->id,
				  .used_ms = ts->server->now_ms() };
	if (store_put(ts->server->queue, &n->job))
		free(n);
}

enum gh_err tokens_check(struct tokens *ts, gh_slice text, struct arena *a,
			 struct token_grant *out)
{
	uint8_t hash[32];
	enum gh_err err = GH_EAUTH;
	struct token_entry *h;

	if (text.n > 256 || !token_hash(text, hash))
		return GH_EAUTH;
	pthread_rwlock_rdlock(&ts->lock);
	LL_FOREACH(ts->first, h)
	{
		if (CRYPTO_memcmp(h->hash, hash, sizeof(hash)) == 0 && !token_over(ts, h)) {
			token_use_note(ts, h);
			out->id = h->id;
			out->scopes = h->scopes;
			out->name = ghi_arena_copy(a, (gh_slice){ h->name, h->name_n });
			out->doors = ghi_arena_copy(
				a, (gh_slice){ h->name + h->name_n, h->doors_n });
			err = out->name.n == h->name_n && out->doors.n == h->doors_n
				      ? GH_OK
				      : GH_ENOMEM;
		}
	}
	pthread_rwlock_unlock(&ts->lock);
	return err;
}

bool tokens_valid(struct tokens *ts, int64_t id)
{
	struct token_entry *h;

	pthread_rwlock_rdlock(&ts->lock);
	LL_SEARCH_SCALAR(ts->first, h, id, id);
	bool valid = h && !token_over(ts, h);
	pthread_rwlock_unlock(&ts->lock);
	return valid;
}

struct making {
	struct store_job job;
	struct tokens *ts;
	struct token token;
	struct audit_row audit;
	struct token_entry *entry; /* to be in the register after the commit */
	char text[TOKEN_TEXT];
	token_made_fn *done;
	void *ctx;
	char name[];
};

static enum gh_err making_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct making *m = (struct making *)job;

	m->token.id = 0;
	enum gh_err err = ops->token_put(s, &m->token);

	return err ? err : audit_put(ops, s, &m->audit);
}

static void making_done(struct store_job *job, enum gh_err err)
{
	struct making *m = (struct making *)job;

	if (err == GH_OK) {
		m->entry->id = m->token.id;
		tokens_enter(m->ts, m->entry);
	} else {
		free(m->entry);
	}
	m->done(m->ctx, err, m->token.id, err ? NULL : m->text);
	OPENSSL_cleanse(m->text, sizeof(m->text));
	free(m);
}

/* "gh_" and 32 random bytes in base64url without padding. */
bool token_text_make(char text[TOKEN_TEXT])
{
	uint8_t random[32];
	char coded[BASE64_ROOM(sizeof(random))];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	gh_slice made = base64_encode_url((gh_slice){ random, sizeof(random) }, coded);
	memcpy(text, "gh_", 3);
	memcpy(text + 3, made.p, made.n);
	text[3 + made.n] = '\0';
	OPENSSL_cleanse(random, sizeof(random));
	OPENSSL_cleanse(coded, sizeof(coded));
	return true;
}

enum gh_err token_make(struct server *server, struct tokens *ts, gh_slice name, uint32_t scopes,
		       gh_slice doors, int64_t expires_ms, const char *text,
		       const struct audit_row *audit, token_made_fn *done, void *ctx)
{
	if (name.n == 0 || name.n > TOKEN_NAME)
		return GH_EINVALID;
	struct making *m = calloc(1, sizeof(*m) + name.n + doors.n);
	if (m == NULL)
		return GH_ENOMEM;
	m->job = (struct store_job){ .run = making_run, .done = making_done };
	m->ts = ts;
	m->done = done;
	m->ctx = ctx;
	memcpy(m->name, name.p, name.n);
	if (doors.n)
		memcpy(m->name + name.n, doors.p, doors.n);
	m->token = (struct token){ .name = { (uint8_t *)m->name, name.n },
				   .scopes = scopes,
				   .doors = { (uint8_t *)m->name + name.n, doors.n },
				   .created_ms = server->now_ms(),
				   .expires_ms = expires_ms };
	m->audit = *audit;
	m->audit.subject = GH_LIT("token:");
	m->audit.subject_at = &m->token.id;
	enum gh_err err = GH_EIO;
	bool made = text ? strlen(text) < sizeof(m->text) : token_text_make(m->text);

	if (made && text)
		memcpy(m->text, text, strlen(text) + 1);
	if (made && token_hash(gh_slice_of(m->text), m->token.hash)) {
		m->entry = token_entry_new(&m->token);
		err = m->entry ? store_put(server->queue, &m->job) : GH_ENOMEM;
	}
	if (err) {
		OPENSSL_cleanse(m->text, sizeof(m->text));
		free(m->entry);
		free(m);
	}
	return err;
}

struct revoking {
	struct store_job job;
	struct tokens *ts;
	int64_t id;
	const struct audit_row *audit;
	core_done_fn *done;
	void *ctx;
};

static enum gh_err revoking_run(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct revoking *v = (struct revoking *)job;
	enum gh_err err = ops->token_delete(s, v->id);

	return err ? err : audit_put(ops, s, v->audit);
}

static void revoking_done(struct store_job *job, enum gh_err err)
{
	struct revoking *v = (struct revoking *)job;
	struct token_entry *h, *next;

	if (err == GH_OK) {
		pthread_rwlock_wrlock(&v->ts->lock);
		LL_FOREACH_SAFE(v->ts->first, h, next)
		{
			if (h->id == v->id) {
				LL_DELETE(v->ts->first, h);
				v->ts->count--;
				free(h);
			}
		}
		pthread_rwlock_unlock(&v->ts->lock);
	}
	v->done(v->ctx, err);
	free(v);
}

enum gh_err token_revoke(struct server *server, struct tokens *ts, int64_t id,
			 const struct audit_row *audit, core_done_fn *done, void *ctx)
{
	struct revoking *v = malloc(sizeof(*v));

	if (v == NULL)
		return GH_ENOMEM;
	*v = (struct revoking){ .job = { .run = revoking_run, .done = revoking_done },
				.ts = ts,
				.id = id,
				.audit = audit,
				.done = done,
				.ctx = ctx };
	enum gh_err err = store_put(server->queue, &v->job);
	if (err)
		free(v);
	return err;
}
