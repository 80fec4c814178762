/* The sessions of accounts; see accounts.h. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/base64.h"
#include "base/hex.h"
#include "core/accounts_private.h"
#include "core/audit.h"
#include "core/server_clock.h"
#include "model/record.h"

#define NOTE_MS 60000 /* its use is stored no more often */
#define VICTIMS 8     /* sessions that end with the beginning of another */
#define HEX (2 * 32)

static bool cookie_hash(gh_slice cookie, uint8_t hash[32])
{
	return cookie.n == SESSION_TEXT - 1 &&
	       EVP_Digest(cookie.p, cookie.n, hash, NULL, EVP_sha256(), NULL) == 1;
}

static void hash_write(const uint8_t hash[32], char hex[HEX])
{
	for (size_t i = 0; i < 32; i++) {
		hex[2 * i] = ghi_hex_digit(hash[i] >> 4);
		hex[2 * i + 1] = ghi_hex_digit(hash[i] & 15);
	}
}

static bool hash_read(gh_slice hex, uint8_t hash[32])
{
	for (size_t i = 0; i < 32 && hex.n == HEX; i++) {
		int byte = ghi_hex_byte(hex.p + 2 * i);

		if (byte < 0)
			return false;
		hash[i] = (uint8_t)byte;
	}
	return hex.n == HEX;
}

bool session_csrf(gh_slice cookie, char out[SESSION_TEXT])
{
	static const char label[] = "gatehouse csrf ";
	uint8_t text[sizeof(label) + SESSION_TEXT], hash[32];
	char coded[BASE64_ROOM(sizeof(hash))];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, gh_slice_of(label));
	ghi_put(&w, cookie);
	if (w.err || EVP_Digest(text, w.n, hash, NULL, EVP_sha256(), NULL) != 1)
		return false;
	gh_slice made = base64_encode_url((gh_slice){ hash, sizeof(hash) }, coded);

	memcpy(out, made.p, made.n);
	out[made.n] = '\0';
	return true;
}

/* --- the list --- */

static bool session_over(const struct session_entry *s, int64_t now)
{
	return now >= s->end_ms || now - atomic_load(&s->used_ms) >= ACCOUNT_IDLE_MS;
}

void sessions_drop(struct accounts *as, int64_t account, int64_t but)
{
	struct session_entry *s, *next;

	LL_FOREACH_SAFE(as->session, s, next)
	{
		if (s->account != account || s->id == but)
			continue;
		LL_DELETE(as->session, s);
		free(s);
	}
}

static void session_enter(struct accounts *as, struct session_entry *s)
{
	pthread_rwlock_wrlock(&as->lock);
	struct account_entry *e = account_entry_find(as, s->account);

	if (e)
		account_party_know(e, &s->party);
	LL_PREPEND(as->session, s);
	pthread_rwlock_unlock(&as->lock);
}

bool session_load(struct accounts *as, int64_t id, const struct login *row)
{
	struct session_entry *s = calloc(1, sizeof(*s));
	int64_t now = as->server->now_ms(), mono = server_monotonic_ms(as->server);
	/* A time still to come is of a clock that was set back. */
	int64_t age = now > row->created_ms ? now - row->created_ms : 0;
	int64_t idle = now > row->used_ms ? now - row->used_ms : 0;

	if (s == NULL)
		return false;
	s->id = id;
	s->account = row->account;
	s->party = account_party(row->peer);
	s->end_ms = mono + ACCOUNT_LIFE_MS - age;
	atomic_init(&s->used_ms, mono - idle);
	atomic_init(&s->noted_ms, mono);
	if (!hash_read(row->hash, s->hash))
		s->end_ms = mono;
	session_enter(as, s);
	return true;
}

/* --- its use is stored --- */

struct session_note {
	struct store_job job;
	int64_t id;
	struct login row;
};

static enum gh_err session_note_run(struct store_job *job, const struct store_ops *ops,
				    struct store *s)
{
	struct session_note *n = (struct session_note *)job;
	enum gh_err err = ops->entity_put(s, ENTITY_LOGIN, &n->id, &n->row);

	return err == GH_ENOTFOUND ? GH_OK : err;
}

static void session_note_done(struct store_job *job, enum gh_err err)
{
	(void)err;
	free(job);
}

static void session_used(struct accounts *as, struct session_entry *s, int64_t mono)
{
	int64_t noted = atomic_load(&s->noted_ms);
	struct session_note *n;

	atomic_store(&s->used_ms, mono);
	if (mono - noted < NOTE_MS ||
	    !atomic_compare_exchange_strong(&s->noted_ms, &noted, mono))
		return;
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return;
	n->job = (struct store_job){ .run = session_note_run, .done = session_note_done };
	n->id = s->id;
	n->row.used_ms = as->server->now_ms();
	model_mark(&n->row, LOGIN_used_ms);
	if (store_put(as->server->queue, &n->job))
		free(n);
}

/* --- checks --- */

/* Under the lock. */
static enum gh_err session_grant(struct accounts *as, const struct session_entry *s,
				 int64_t mono, struct arena *a, struct session_grant *out)
{
	const struct account_entry *e = account_entry_find(as, s->account);
	int64_t left = s->end_ms - mono < ACCOUNT_IDLE_MS ? s->end_ms - mono : ACCOUNT_IDLE_MS;

	if (e == NULL || e->disabled)
		return GH_EAUTH;
	*out = (struct session_grant){
		.session = s->id,
		.account = e->id,
		.role = e->role,
		.name = ghi_arena_copy(a, gh_slice_of(e->name)),
		.areas = e->areas,
		.rights = e->rights,
		.expires_ms = as->server->now_ms() + left,
	};
	if (e->areas == 0)
		return a->failed ? GH_ENOMEM : GH_OK;
	int64_t *area = ghi_arena_alloc(a, e->areas * sizeof(*area));

	if (area)
		memcpy(area, e->area, e->areas * sizeof(*area));
	out->area = area;
	return a->failed ? GH_ENOMEM : GH_OK;
}

enum gh_err session_check(struct accounts *as, gh_slice cookie, struct arena *a,
			  struct session_grant *out)
{
	int64_t mono = server_monotonic_ms(as->server);
	enum gh_err err = GH_EAUTH;
	struct session_entry *s, *found = NULL;
	uint8_t hash[32];

	if (!cookie_hash(cookie, hash))
		return GH_EAUTH;
	pthread_rwlock_rdlock(&as->lock);
	LL_FOREACH(as->session, s)
	{
		if (CRYPTO_memcmp(s->hash, hash, sizeof(hash)) == 0)
			found = s;
	}
	if (found && !session_over(found, mono))
		err = session_grant(as, found, mono, a, out);
	if (err == GH_OK)
		session_used(as, found, mono);
	pthread_rwlock_unlock(&as->lock);
	return err;
}

bool session_valid(struct accounts *as, int64_t id, uint32_t rights)
{
	int64_t mono = server_monotonic_ms(as->server);
	struct session_entry *s;

	pthread_rwlock_rdlock(&as->lock);
	LL_SEARCH_SCALAR(as->session, s, id, id);
	const struct account_entry *e = s ? account_entry_find(as, s->account) : NULL;
	bool valid = e && e->rights == rights && !session_over(s, mono);

	pthread_rwlock_unlock(&as->lock);
	return valid;
}

/* --- beginning and end --- */

struct session_making {
	struct store_job job;
	struct accounts *as;
	struct session_entry *entry; /* to be in the list after the commit */
	struct login row;
	int64_t id;
	int64_t victim[VICTIMS];
	size_t victims;
	const struct audit_row *audit;
	char password[PASSWORD_HASH]; /* that was found to fit */
	bool fits;		      /* it is still that of the account */
	char cookie[SESSION_TEXT], hex[HEX];
	session_made_fn *done;
	void *ctx;
	size_t name_n;
	uint8_t text[]; /* name and peer */
};

/* Those that are over, and where the account has too many the one that was not used for longest. */
static void victims_find(struct session_making *m)
{
	int64_t mono = server_monotonic_ms(m->as->server), oldest = INT64_MAX, last = 0;
	struct session_entry *s;
	size_t own = 0;

	pthread_rwlock_rdlock(&m->as->lock);
	LL_FOREACH(m->as->session, s)
	{
		if (session_over(s, mono)) {
			if (m->victims < VICTIMS - 1)
				m->victim[m->victims++] = s->id;
			continue;
		}
		if (s->account != m->row.account)
			continue;
		own++;
		if (atomic_load(&s->used_ms) < oldest) {
			oldest = atomic_load(&s->used_ms);
			last = s->id;
		}
	}
	pthread_rwlock_unlock(&m->as->lock);
	if (own >= ACCOUNT_SESSIONS)
		m->victim[m->victims++] = last;
}

/* The password may have been changed since it was compared. */
static bool making_account_see(void *ctx, int64_t id, const void *record)
{
	struct session_making *m = ctx;
	const struct account *a = record;

	(void)id;
	m->fits = a->disabled == 0 && gh_slice_eq(a->password, gh_slice_of(m->password));
	return true;
}

static enum gh_err session_making_run(struct store_job *job, const struct store_ops *ops,
				      struct store *s)
{
	struct session_making *m = (struct session_making *)job;
	enum gh_err err =
		ops->entity_hold(s, ENTITY_ACCOUNT, m->row.account, making_account_see, m);

	if (err == GH_ENOTFOUND || (err == GH_OK && !m->fits))
		return GH_EAUTH;
	for (size_t i = 0; i < m->victims && err == GH_OK; i++) {
		err = ops->entity_delete(s, ENTITY_LOGIN, m->victim[i]);
		if (err == GH_ENOTFOUND)
			err = GH_OK;
	}
	m->id = 0;
	if (err == GH_OK)
		err = ops->entity_put(s, ENTITY_LOGIN, &m->id, &m->row);
	return err ? err : audit_put(ops, s, m->audit);
}

static void session_leave(struct accounts *as, int64_t id)
{
	struct session_entry *s;

	pthread_rwlock_wrlock(&as->lock);
	LL_SEARCH_SCALAR(as->session, s, id, id);
	if (s) {
		LL_DELETE(as->session, s);
		free(s);
	}
	pthread_rwlock_unlock(&as->lock);
}

static void session_making_done(struct store_job *job, enum gh_err err)
{
	struct session_making *m = (struct session_making *)job;

	if (err == GH_OK) {
		m->entry->id = m->id;
		session_enter(m->as, m->entry);
		for (size_t i = 0; i < m->victims; i++)
			session_leave(m->as, m->victim[i]);
	} else {
		free(m->entry);
	}
	m->done(m->ctx, err, err ? NULL : m->cookie);
	OPENSSL_cleanse(m->cookie, sizeof(m->cookie));
	free(m);
}

/* 32 random bytes in base64url without padding. */
static bool cookie_make(char cookie[SESSION_TEXT])
{
	uint8_t random[32];
	char coded[BASE64_ROOM(sizeof(random))];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	gh_slice made = base64_encode_url((gh_slice){ random, sizeof(random) }, coded);

	memcpy(cookie, made.p, made.n);
	cookie[made.n] = '\0';
	OPENSSL_cleanse(random, sizeof(random));
	OPENSSL_cleanse(coded, sizeof(coded));
	return true;
}

static void session_row_fill(struct session_making *m, gh_slice name, gh_slice peer)
{
	memcpy(m->text, name.p, name.n);
	memcpy(m->text + name.n, peer.p, peer.n);
	hash_write(m->entry->hash, m->hex);
	m->row.hash = (gh_slice){ (const uint8_t *)m->hex, HEX };
	m->row.name = (gh_slice){ m->text, name.n };
	m->row.peer = (gh_slice){ m->text + name.n, peer.n };
	m->row.created_ms = m->row.used_ms = m->as->server->now_ms();
	for (size_t i = 0; i < LOGIN_FIELDS; i++)
		model_mark(&m->row, i);
}

enum gh_err session_begin(struct accounts *as, const struct account_secret *account,
			  gh_slice name, gh_slice peer, const struct audit_row *audit,
			  session_made_fn *done, void *ctx)
{
	struct session_making *m = calloc(1, sizeof(*m) + name.n + peer.n);
	struct session_entry *s = calloc(1, sizeof(*s));
	int64_t mono = server_monotonic_ms(as->server);
	enum gh_err err = m && s ? GH_OK : GH_ENOMEM;

	if (err == GH_OK &&
	    (!cookie_make(m->cookie) || !cookie_hash(gh_slice_of(m->cookie), s->hash)))
		err = GH_EIO;
	if (err == GH_OK) {
		s->account = account->id;
		s->party = account_party(peer);
		s->end_ms = mono + ACCOUNT_LIFE_MS;
		atomic_init(&s->used_ms, mono);
		atomic_init(&s->noted_ms, mono);
		m->job = (struct store_job){ .run = session_making_run,
					     .done = session_making_done };
		m->as = as;
		m->entry = s;
		m->audit = audit;
		m->done = done;
		m->ctx = ctx;
		m->row.account = account->id;
		memcpy(m->password, account->hash, sizeof(m->password));
		session_row_fill(m, name, peer);
		victims_find(m);
		err = store_put(as->server->queue, &m->job);
	}
	if (err) {
		free(s);
		free(m);
	}
	return err;
}

struct session_ending {
	struct store_job job;
	struct accounts *as;
	int64_t id;
	const struct audit_row *audit;
	core_done_fn *done;
	void *ctx;
};

static enum gh_err session_ending_run(struct store_job *job, const struct store_ops *ops,
				      struct store *s)
{
	struct session_ending *e = (struct session_ending *)job;
	enum gh_err err = ops->entity_delete(s, ENTITY_LOGIN, e->id);

	return err ? err : audit_put(ops, s, e->audit);
}

static void session_ending_done(struct store_job *job, enum gh_err err)
{
	struct session_ending *e = (struct session_ending *)job;

	if (err == GH_OK)
		session_leave(e->as, e->id);
	e->done(e->ctx, err);
	free(e);
}

enum gh_err session_end(struct accounts *as, int64_t id, const struct audit_row *audit,
			core_done_fn *done, void *ctx)
{
	struct session_ending *e = malloc(sizeof(*e));

	if (e == NULL)
		return GH_ENOMEM;
	*e = (struct session_ending){ .job = { .run = session_ending_run,
					       .done = session_ending_done },
				      .as = as,
				      .id = id,
				      .audit = audit,
				      .done = done,
				      .ctx = ctx };
	enum gh_err err = store_put(as->server->queue, &e->job);

	if (err)
		free(e);
	return err;
}
