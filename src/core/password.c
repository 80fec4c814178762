#include "core/password.h"

#include <crypt.h>
#include <glib.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define WAITING 32   /* in all */
#define WAITING_OF 4 /* of one party */
#define METHOD "$y$" /* yescrypt */

struct password_pool {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct password_job *first; /* under the lock, as all above */
	bool ending;
	char dummy[PASSWORD_HASH];
	struct crypt_data work; /* of the thread */
};

_Static_assert(PASSWORD_BYTES < CRYPT_MAX_PASSPHRASE_SIZE, "the library takes it");

enum gh_err password_take(struct password_job *job, gh_slice text)
{
	gchar *composed;
	size_t n;

	job->text[0] = '\0';
	if (memchr(text.p, 0, text.n) ||
	    !g_utf8_validate((const char *)text.p, (gssize)text.n, NULL))
		return GH_EINVALID;
	composed = g_utf8_normalize((const char *)text.p, (gssize)text.n, G_NORMALIZE_NFC);
	if (composed == NULL)
		return GH_EINVALID;
	n = strlen(composed);
	if (n <= PASSWORD_BYTES)
		memcpy(job->text, composed, n + 1);
	OPENSSL_cleanse(composed, n);
	g_free(composed);
	return n <= PASSWORD_BYTES ? GH_OK : GH_EINVALID;
}

/* GH_EIO: no random numbers. */
static enum gh_err password_hash(struct password_pool *p, const char *text,
				 char made[PASSWORD_HASH])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash;

	made[0] = '\0';
	if (crypt_gensalt_rn(METHOD, PASSWORD_COST, NULL, 0, setting, sizeof(setting)) == NULL)
		return GH_EIO;
	hash = crypt_rn(text, setting, &p->work, sizeof(p->work));
	if (hash == NULL || strlen(hash) >= PASSWORD_HASH)
		return GH_EIO;
	memcpy(made, hash, strlen(hash) + 1);
	return GH_OK;
}

static bool hash_fits(struct password_pool *p, const char *text, const char *expected)
{
	const char *hash = crypt_rn(text, expected, &p->work, sizeof(p->work));
	size_t n = strlen(expected);

	return hash && strlen(hash) == n && CRYPTO_memcmp(hash, expected, n) == 0;
}

static void password_job_run(struct password_pool *p, struct password_job *job)
{
	job->fits = false;
	job->err = GH_OK;
	if (job->still && !job->still(job))
		job->err = GH_EBUSY;
	else if (job->hash[0])
		job->fits = hash_fits(p, job->text, job->hash);
	else
		job->err = password_hash(p, job->text, job->made);
	OPENSSL_cleanse(job->text, sizeof(job->text));
	OPENSSL_cleanse(&p->work, sizeof(p->work));
	job->done(job);
}

static void *password_loop(void *ctx)
{
	struct password_pool *p = ctx;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct password_job *job = p->first;

		if (job == NULL && p->ending)
			break;
		if (job == NULL) {
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		LL_DELETE(p->first, job);
		pthread_mutex_unlock(&p->lock);
		password_job_run(p, job);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct password_pool *password_pool_new(void)
{
	struct password_pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	/* The hash of an empty password, which none may have. */
	if (password_hash(p, "", p->dummy) == GH_OK &&
	    pthread_create(&p->thread, NULL, password_loop, p) == 0)
		return p;
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->more);
	free(p);
	return NULL;
}

void password_pool_free(struct password_pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->more);
	free(p);
}

enum gh_err password_put(struct password_pool *p, struct password_job *job)
{
	size_t all = 0, of_party = 0;
	struct password_job *other;

	pthread_mutex_lock(&p->lock);
	LL_FOREACH(p->first, other)
	{
		all++;
		of_party += strcmp(other->party, job->party) == 0;
	}
	bool room = !p->ending && all < WAITING && of_party < WAITING_OF;

	if (room) {
		LL_APPEND(p->first, job);
		pthread_cond_signal(&p->more);
	}
	pthread_mutex_unlock(&p->lock);
	return room ? GH_OK : GH_EBUSY;
}

const char *password_dummy(const struct password_pool *p)
{
	return p->dummy;
}
