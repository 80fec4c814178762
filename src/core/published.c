#include "core/published.h"

#include <glib.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "core/audit.h"
#include "model/record.h"

struct published_entry {
	struct published file; /* first: a reference is a pointer to it */
	_Atomic int references;
};

struct published_files {
	struct server *server;
	pthread_mutex_t lock;
	pthread_cond_t loaded;
	bool is_loaded;
	struct published_entry *entry[PUBLISHED_FILES];
	size_t n;
};

static struct published_entry *entry_new(gh_slice name, gh_slice model, gh_slice bytes)
{
	struct published_entry *e = calloc(1, sizeof(*e) + bytes.n);
	uint8_t *to;
	char *sum;

	if (e == NULL)
		return NULL;
	to = (uint8_t *)(e + 1);
	if (bytes.n)
		memcpy(to, bytes.p, bytes.n);
	atomic_init(&e->references, 1);
	e->file.bytes = to;
	e->file.size = bytes.n;
	snprintf(e->file.name, sizeof(e->file.name), "%.*s", GH_FMT(name));
	snprintf(e->file.model, sizeof(e->file.model), "%.*s", GH_FMT(model));
	sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, to, bytes.n);
	snprintf(e->file.md5, sizeof(e->file.md5), "%s", sum);
	g_free(sum);
	sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, to, bytes.n);
	snprintf(e->file.sha256, sizeof(e->file.sha256), "%s", sum);
	g_free(sum);
	return e;
}

void published_path_write(const struct published *f, char out[PUBLISHED_PATH])
{
	snprintf(out, PUBLISHED_PATH, "file/%s/%s", f->token, f->name);
}

void published_unref(const struct published *f)
{
	struct published_entry *e = (struct published_entry *)(uintptr_t)f;

	if (e && atomic_fetch_sub(&e->references, 1) == 1)
		free(e);
}

static const struct published *entry_ref(struct published_entry *e)
{
	atomic_fetch_add(&e->references, 1);
	return &e->file;
}

bool published_name_valid(gh_slice name)
{
	if (name.n == 0 || name.n > PUBLISHED_NAME || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!g_ascii_isalnum(name.p[i]) && name.p[i] != '.' && name.p[i] != '-' &&
		    name.p[i] != '_')
			return false;
	return true;
}

/* Under the lock; p->n: there is none. */
static size_t published_entry_find(const struct published_files *p, gh_slice name)
{
	size_t i = 0;

	while (i < p->n && !gh_slice_eq(gh_slice_of(p->entry[i]->file.name), name))
		i++;
	return i;
}

/* Takes the reference of `e`; the place of one of the same name. */
static void entry_publish(struct published_files *p, struct published_entry *e)
{
	struct published_entry *old = NULL;
	size_t i;

	pthread_mutex_lock(&p->lock);
	i = published_entry_find(p, gh_slice_of(e->file.name));
	if (i < p->n)
		old = p->entry[i];
	if (i < PUBLISHED_FILES) {
		p->entry[i] = e;
		p->n += i == p->n;
		e = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	published_unref(old ? &old->file : NULL);
	published_unref(e ? &e->file : NULL);
}

const struct published *published_find(struct published_files *p, gh_slice name)
{
	const struct published *f = NULL;

	if (p == NULL)
		return NULL;
	pthread_mutex_lock(&p->lock);
	size_t i = published_entry_find(p, name);

	if (i < p->n)
		f = entry_ref(p->entry[i]);
	pthread_mutex_unlock(&p->lock);
	return f;
}

const struct published *published_by_token(struct published_files *p, gh_slice token)
{
	const struct published *f = NULL;

	if (p == NULL || token.n != PUBLISHED_TOKEN)
		return NULL;
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n && f == NULL; i++) {
		const char *own = p->entry[i]->file.token;
		uint8_t differs = 0;

		for (size_t k = 0; k < PUBLISHED_TOKEN; k++)
			differs |= (uint8_t)own[k] ^ token.p[k];
		if (differs == 0)
			f = entry_ref(p->entry[i]);
	}
	pthread_mutex_unlock(&p->lock);
	return f;
}

static int entry_compare(const void *a, const void *b)
{
	const struct published *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

const struct published **published_list(struct published_files *p, struct arena *a, size_t *n)
{
	const struct published **list;

	*n = 0;
	if (p == NULL)
		return NULL;
	list = ghi_arena_alloc(a, PUBLISHED_FILES * sizeof(const struct published *));
	if (list == NULL)
		return NULL;
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n; i++)
		list[(*n)++] = entry_ref(p->entry[i]);
	pthread_mutex_unlock(&p->lock);
	qsort(list, *n, sizeof(*list), entry_compare);
	return list;
}

/* --- in the store --- */

struct published_job {
	struct store_job job;
	struct published_files *p;
	struct published_entry *entry; /* to be stored */
	char name[PUBLISHED_NAME + 1]; /* to be deleted */
	char *text;		       /* base64, of the stored one */
	struct published_file record;
	int64_t id;
	struct audit_row row;
	bool audited;
	core_done_fn *done;
	void *ctx;
};

static void published_job_free(struct published_job *j)
{
	published_unref(j->entry ? &j->entry->file : NULL);
	free(j->text);
	free(j);
}

static void published_job_end(struct published_job *j, enum gh_err err)
{
	core_done_fn *done = j->done;
	void *ctx = j->ctx;

	published_job_free(j);
	if (done)
		done(ctx, err);
}

static enum gh_err published_put_run(struct store_job *job, const struct store_ops *ops,
				     struct store *s)
{
	struct published_job *j = (struct published_job *)job;
	enum gh_err err;

	j->id = 0;
	err = ops->entity_find(s, ENTITY_PUBLISHED_FILE, &j->record, &j->id);
	if (err == GH_ENOTFOUND)
		err = GH_OK;
	if (err == GH_OK)
		err = ops->entity_put(s, ENTITY_PUBLISHED_FILE, &j->id, &j->record);
	if (err == GH_OK && j->audited)
		err = audit_put(ops, s, &j->row);
	return err;
}

static void published_put_done(struct store_job *job, enum gh_err err)
{
	struct published_job *j = (struct published_job *)job;

	if (err == GH_OK) {
		j->entry->file.id = j->id;
		entry_publish(j->p, j->entry);
		j->entry = NULL;
	}
	published_job_end(j, err);
}

static enum gh_err published_delete_run(struct store_job *job, const struct store_ops *ops,
					struct store *s)
{
	struct published_job *j = (struct published_job *)job;
	enum gh_err err = ops->entity_find(s, ENTITY_PUBLISHED_FILE, &j->record, &j->id);

	if (err == GH_OK)
		err = ops->entity_delete(s, ENTITY_PUBLISHED_FILE, j->id);
	if (err == GH_OK && j->audited)
		err = audit_put(ops, s, &j->row);
	return err;
}

static void published_delete_done(struct store_job *job, enum gh_err err)
{
	struct published_job *j = (struct published_job *)job;
	struct published_files *p = j->p;
	struct published_entry *gone = NULL;

	if (err == GH_OK) {
		pthread_mutex_lock(&p->lock);
		size_t i = published_entry_find(p, gh_slice_of(j->name));

		if (i < p->n) {
			gone = p->entry[i];
			p->entry[i] = p->entry[--p->n];
		}
		pthread_mutex_unlock(&p->lock);
	}
	published_unref(gone ? &gone->file : NULL);
	published_job_end(j, err);
}

/* Its texts are the caller's, until done. */
static void audit_keep(struct published_job *j, const struct audit_row *row)
{
	j->audited = row != NULL;
	if (row)
		j->row = *row;
}

static bool token_make(char to[PUBLISHED_TOKEN + 1])
{
	uint8_t random[PUBLISHED_TOKEN / 2];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(to + 2 * i, 3, "%02x", random[i]);
	return true;
}

/* Room for one more, without what it takes the place of. */
static bool published_fits(struct published_files *p, gh_slice name, size_t size)
{
	size_t bytes = size, n = 1;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n; i++)
		if (!gh_slice_eq(gh_slice_of(p->entry[i]->file.name), name)) {
			bytes += p->entry[i]->file.size;
			n++;
		}
	pthread_mutex_unlock(&p->lock);
	return size <= PUBLISHED_FILE_BYTES && bytes <= PUBLISHED_BYTES && n <= PUBLISHED_FILES;
}

static void record_fill(struct published_file *r, const struct published *f, gh_slice content)
{
	*r = (struct published_file){
		.present = (UINT64_C(1) << PUBLISHED_FILE_content << 1) - 1,
		.name = gh_slice_of(f->name),
		.model = gh_slice_of(f->model),
		.token = gh_slice_of(f->token),
		.size = (int64_t)f->size,
		.created_ms = f->created_ms,
		.content = content,
	};
}

enum gh_err published_put(struct published_files *p, gh_slice name, gh_slice model,
			  gh_slice bytes, const struct audit_row *row, core_done_fn *done,
			  void *ctx)
{
	struct published_job *j;
	enum gh_err err = GH_ENOMEM;

	if (!published_fits(p, name, bytes.n) || model.n > PUBLISHED_NAME)
		return GH_ETOOBIG;
	j = calloc(1, sizeof(*j));
	if (j == NULL)
		return GH_ENOMEM;
	j->p = p;
	j->done = done;
	j->ctx = ctx;
	j->entry = entry_new(name, model, bytes);
	j->text = malloc(BASE64_ROOM(bytes.n));
	if (j->entry && j->text && token_make(j->entry->file.token)) {
		audit_keep(j, row);
		j->entry->file.created_ms = p->server->now_ms();
		record_fill(&j->record, &j->entry->file, base64_encode(bytes, j->text));
		j->job = (struct store_job){ .run = published_put_run,
					     .done = published_put_done,
					     .bytes = bytes.n };
		err = store_put(p->server->queue, &j->job);
	}
	if (err)
		published_job_free(j);
	return err;
}

enum gh_err published_delete(struct published_files *p, gh_slice name,
			     const struct audit_row *row, core_done_fn *done, void *ctx)
{
	struct published_job *j = calloc(1, sizeof(*j));
	enum gh_err err;

	if (j == NULL)
		return GH_ENOMEM;
	j->p = p;
	j->done = done;
	j->ctx = ctx;
	snprintf(j->name, sizeof(j->name), "%.*s", GH_FMT(name));
	j->record = (struct published_file){ .present = 1u << PUBLISHED_FILE_name,
					     .name = gh_slice_of(j->name) };
	j->job = (struct store_job){ .run = published_delete_run,
				     .done = published_delete_done };
	audit_keep(j, row);
	err = store_put(p->server->queue, &j->job);
	if (err)
		published_job_free(j);
	return err;
}

/* --- the start --- */

static bool published_read(void *ctx, int64_t id, const void *record)
{
	struct published_files *p = ctx;
	const struct published_file *r = record;
	uint8_t *to = malloc(r->content.n + 1);
	struct published_entry *e = NULL;
	gh_slice bytes;

	if (to && base64_decode(r->content, to, &bytes) == GH_OK)
		e = entry_new(r->name, r->model, bytes);
	free(to);
	if (e == NULL) {
		LOG(p->server->log, LOG_ERROR, "a published file cannot be read",
		    { "name", r->name });
		return true;
	}
	e->file.id = id;
	e->file.created_ms = r->created_ms;
	snprintf(e->file.token, sizeof(e->file.token), "%.*s", GH_FMT(r->token));
	entry_publish(p, e);
	return true;
}

static enum gh_err published_load_run(struct store_job *job, const struct store_ops *ops,
				      struct store *s)
{
	return ops->entities_each(s, ENTITY_PUBLISHED_FILE, published_read,
				  ((struct published_job *)job)->p);
}

static void published_load_done(struct store_job *job, enum gh_err err)
{
	struct published_job *j = (struct published_job *)job;

	if (err)
		LOG(j->p->server->log, LOG_ERROR, "the published files cannot be read",
		    { "why", gh_slice_of(gh_strerror(err)) });
	pthread_mutex_lock(&j->p->lock);
	j->p->is_loaded = true;
	pthread_cond_signal(&j->p->loaded);
	pthread_mutex_unlock(&j->p->lock);
	published_job_end(j, err);
}

enum gh_err published_load(struct published_files *p)
{
	struct published_job *j = calloc(1, sizeof(*j));
	enum gh_err err;

	if (j == NULL)
		return GH_ENOMEM;
	j->p = p;
	j->job = (struct store_job){ .run = published_load_run, .done = published_load_done };
	err = store_put(p->server->queue, &j->job);
	if (err) {
		published_job_free(j);
		return err;
	}
	pthread_mutex_lock(&p->lock);
	while (!p->is_loaded)
		pthread_cond_wait(&p->loaded, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return GH_OK;
}

struct published_files *published_new(struct server *server)
{
	struct published_files *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->server = server;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->loaded, NULL);
	return p;
}

void published_free(struct published_files *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		published_unref(&p->entry[i]->file);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->loaded);
	free(p);
}
