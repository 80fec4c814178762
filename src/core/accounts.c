#include "core/accounts_private.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "model/record.h"

/* --- names --- */

/* In the arena; empty: no memory, or no UTF-8. */
static gh_slice name_normal(gh_slice name, GNormalizeMode mode, bool fold, struct arena *a)
{
	gchar *once = g_utf8_normalize((const char *)name.p, (gssize)name.n, mode);
	gchar *text = once;

	if (once && fold) {
		gchar *folded = g_utf8_casefold(once, -1);

		text = g_utf8_normalize(folded, -1, mode);
		g_free(folded);
		g_free(once);
	}
	gh_slice out = text ? ghi_arena_copy(a, gh_slice_of(text)) : (gh_slice){ 0 };

	g_free(text);
	return out;
}

gh_slice account_name_fold(gh_slice name, struct arena *a, gh_slice *composed)
{
	*composed = (gh_slice){ 0 };
	if (name.n == 0 || !g_utf8_validate((const char *)name.p, (gssize)name.n, NULL))
		return (gh_slice){ 0 };
	*composed = name_normal(name, G_NORMALIZE_NFC, false, a);
	return name_normal(name, G_NORMALIZE_NFKC, true, a);
}

/* --- the register --- */

static void account_text_copy(char *to, size_t room, gh_slice text)
{
	size_t n = text.n < room ? text.n : room - 1;

	if (n)
		memcpy(to, text.p, n);
	to[n] = '\0';
}

/* "[1,5]" */
static void areas_keep(struct account_entry *e, gh_slice list)
{
	json_t *all = list.n ? json_loadb((const char *)list.p, list.n, 0, NULL) : NULL, *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		if (e->areas < ACCOUNT_AREAS)
			e->area[e->areas++] = json_integer_value(one);
	}
	json_decref(all);
}

struct account_entry *account_entry_new(int64_t id, const struct account *row)
{
	struct account_entry *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->id = id;
	e->role = row->role >= 0 && row->role < ROLES ? (enum role)row->role : ROLE_VIEWER;
	e->disabled = row->disabled != 0;
	account_text_copy(e->name, sizeof(e->name), row->name);
	account_text_copy(e->folded, sizeof(e->folded), row->folded);
	account_text_copy(e->hash, sizeof(e->hash), row->password);
	areas_keep(e, row->areas);
	return e;
}

void account_entry_free(struct account_entry *e)
{
	free(e);
}

struct account_entry *account_entry_find(struct accounts *as, int64_t id)
{
	struct account_entry *e;

	LL_SEARCH_SCALAR(as->first, e, id, id);
	return e;
}

/* Under the lock. */
static void account_leave(struct accounts *as, struct account_entry *e)
{
	LL_DELETE(as->first, e);
	as->count--;
	free(e);
}

static bool account_rights_differ(const struct account_entry *a, const struct account_entry *b)
{
	return a->role != b->role || a->areas != b->areas ||
	       memcmp(a->area, b->area, a->areas * sizeof(a->area[0])) != 0;
}

void accounts_enter(struct accounts *as, struct account_entry *e, int64_t but)
{
	pthread_rwlock_wrlock(&as->lock);
	struct account_entry *old = account_entry_find(as, e->id);

	if (old) {
		memcpy(e->known, old->known, sizeof(e->known));
		e->knowns = old->knowns;
		e->rights = old->rights + account_rights_differ(e, old);
		if (e->disabled || strcmp(e->hash, old->hash) != 0)
			sessions_drop(as, e->id, but);
		account_leave(as, old);
	}
	LL_PREPEND(as->first, e);
	as->count++;
	explicit_bzero(as->code, sizeof(as->code));
	pthread_rwlock_unlock(&as->lock);
}

void accounts_remove(struct accounts *as, int64_t id)
{
	pthread_rwlock_wrlock(&as->lock);
	struct account_entry *old = account_entry_find(as, id);

	sessions_drop(as, id, 0);
	if (old)
		account_leave(as, old);
	pthread_rwlock_unlock(&as->lock);
}

size_t accounts_count(struct accounts *as)
{
	pthread_rwlock_rdlock(&as->lock);
	size_t n = as->count;
	pthread_rwlock_unlock(&as->lock);
	return n;
}

struct password_pool *accounts_passwords(struct accounts *as)
{
	return as->passwords;
}

bool account_secret_of(struct accounts *as, gh_slice folded, struct account_secret *out)
{
	bool found = false;

	pthread_rwlock_rdlock(&as->lock);
	for (struct account_entry *e = as->first; e; e = e->next) {
		if (e->disabled || e->hash[0] == '\0' ||
		    !gh_slice_eq(folded, gh_slice_of(e->folded)))
			continue;
		out->id = e->id;
		memcpy(out->hash, e->hash, sizeof(out->hash));
		memcpy(out->name, e->name, sizeof(out->name));
		found = true;
	}
	pthread_rwlock_unlock(&as->lock);
	return found;
}

struct administrators {
	int64_t but;
	bool found;
};

static bool administrator_see(void *ctx, int64_t id, const void *record)
{
	struct administrators *s = ctx;
	const struct account *a = record;

	s->found = id != s->but && a->role == ROLE_ADMINISTRATOR && a->disabled == 0 &&
		   a->areas.n <= 2;
	return !s->found;
}

enum gh_err accounts_administrator_besides(const struct store_ops *ops, struct store *s,
					   int64_t id, bool *out)
{
	struct administrators all = { .but = id };
	enum gh_err err = ops->entities_each(s, ENTITY_ACCOUNT, administrator_see, &all);

	*out = all.found;
	return err;
}

/* --- opening --- */

struct accounts_load {
	struct store_job job;
	struct accounts *as;
	pthread_mutex_t lock;
	pthread_cond_t read;
	bool ended, full;
	enum gh_err err;
};

static bool account_read(void *ctx, int64_t id, const void *record)
{
	struct accounts_load *l = ctx;
	struct account_entry *e = account_entry_new(id, record);

	if (e)
		accounts_enter(l->as, e, 0);
	l->full = l->full || e == NULL;
	return e != NULL;
}

static bool login_read(void *ctx, int64_t id, const void *record)
{
	struct accounts_load *l = ctx;

	l->full = l->full || !session_load(l->as, id, record);
	return !l->full;
}

static enum gh_err load_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct accounts_load *l = (struct accounts_load *)job;
	enum gh_err err = ops->entities_each(s, ENTITY_ACCOUNT, account_read, l);

	if (err == GH_OK)
		err = ops->entities_each(s, ENTITY_LOGIN, login_read, l);
	return err == GH_OK && l->full ? GH_ENOMEM : err;
}

static void load_done(struct store_job *job, enum gh_err err)
{
	struct accounts_load *l = (struct accounts_load *)job;

	pthread_mutex_lock(&l->lock);
	l->err = err;
	l->ended = true;
	pthread_cond_signal(&l->read);
	pthread_mutex_unlock(&l->lock);
}

static enum gh_err accounts_load(struct accounts *as)
{
	struct accounts_load l = { .job = { .run = load_run, .done = load_done },
				   .as = as,
				   .lock = PTHREAD_MUTEX_INITIALIZER,
				   .read = PTHREAD_COND_INITIALIZER };
	enum gh_err err = store_put(as->server->queue, &l.job);

	if (err)
		return err;
	pthread_mutex_lock(&l.lock);
	while (!l.ended)
		pthread_cond_wait(&l.read, &l.lock);
	pthread_mutex_unlock(&l.lock);
	return l.err;
}

enum gh_err accounts_open(struct server *server, struct accounts **out)
{
	struct accounts *as = calloc(1, sizeof(*as));
	enum gh_err err = GH_ENOMEM;

	if (as == NULL)
		return GH_ENOMEM;
	as->server = server;
	pthread_rwlock_init(&as->lock, NULL);
	as->passwords = password_pool_new();
	if (as->passwords && account_limits_new(as))
		err = accounts_load(as);
	if (err) {
		accounts_close(as);
		return err;
	}
	*out = as;
	return GH_OK;
}

void accounts_close(struct accounts *as)
{
	struct account_entry *e, *next;
	struct session_entry *s, *after;

	if (as == NULL)
		return;
	password_pool_free(as->passwords);
	LL_FOREACH_SAFE(as->first, e, next)
	{
		free(e);
	}
	LL_FOREACH_SAFE(as->session, s, after)
	{
		free(s);
	}
	account_limits_free(as);
	pthread_rwlock_destroy(&as->lock);
	free(as);
}
