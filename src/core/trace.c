#include "core/trace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

/* One exchange in one block of memory: the struct, then all its text. */
struct trace_entry {
	struct traced e;   /* first: what is held is one of these */
	atomic_uint holds; /* the trace's own, and those of readers */
	size_t bytes;
	struct trace_ring *ring;
	struct trace_entry *older, *newer; /* on its ring */
	struct trace_entry *next, *prev;   /* of all, the oldest first */
};

/* The exchanges of one serial number. */
struct trace_ring {
	UT_hash_handle hh;
	struct trace_entry *newest, *oldest;
	size_t count;
	size_t serial_size;
	uint8_t serial[];
};

struct trace {
	pthread_mutex_t lock;
	struct trace_limits limits;
	struct trace_ring *rings;
	struct trace_entry *all;
	size_t bytes;
	int64_t last; /* number of the latest */
};

struct trace *trace_new(struct trace_limits limits)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (t) {
		pthread_mutex_init(&t->lock, NULL);
		t->limits = limits;
	}
	return t;
}

static void entry_release(struct trace_entry *k)
{
	if (atomic_fetch_sub(&k->holds, 1) == 1)
		free(k);
}

static void entry_drop(struct trace *t, struct trace_entry *k)
{
	struct trace_ring *s = k->ring;

	if (k->newer)
		k->newer->older = k->older;
	else
		s->newest = k->older;
	if (k->older)
		k->older->newer = k->newer;
	else
		s->oldest = k->newer;
	DL_DELETE(t->all, k);
	t->bytes -= k->bytes;
	entry_release(k);
	if (--s->count == 0) {
		HASH_DEL(t->rings, s);
		free(s);
	}
}

void trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	while (t->all)
		entry_drop(t, t->all);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static struct trace_ring *ring_find(struct trace *t, gh_slice serial)
{
	struct trace_ring *s;

	HASH_FIND(hh, t->rings, serial.p ? serial.p : (const uint8_t *)"", serial.n, s);
	return s;
}

static struct trace_ring *ring_get(struct trace *t, gh_slice serial)
{
	struct trace_ring *s = ring_find(t, serial);

	if (s)
		return s;
	s = calloc(1, sizeof(*s) + serial.n + 1);
	if (s == NULL)
		return NULL;
	s->serial_size = serial.n;
	if (serial.n)
		memcpy(s->serial, serial.p, serial.n);
	HASH_ADD(hh, t->rings, serial, serial.n, s);
	return s;
}

static gh_slice slice_cut(gh_slice s, size_t limit)
{
	return s.n > limit ? (gh_slice){ s.p, limit } : s;
}

static struct trace_entry *trace_entry_new(const struct traced *e, size_t body_limit)
{
	const gh_slice from[] = {
		slice_cut(e->serial, 64),	slice_cut(e->peer, 64),
		slice_cut(e->method, 16),	slice_cut(e->target, 2048),
		slice_cut(e->version, 16),	slice_cut(e->headers, 4096),
		slice_cut(e->body, body_limit), slice_cut(e->reply, body_limit),
		slice_cut(e->note, 512),
	};
	size_t bytes = sizeof(struct trace_entry);

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		bytes += from[i].n;
	struct trace_entry *k = malloc(bytes);
	if (k == NULL)
		return NULL;
	*k = (struct trace_entry){ .e = *e, .holds = 1, .bytes = bytes };
	gh_slice *to[] = { &k->e.serial,  &k->e.peer, &k->e.method, &k->e.target, &k->e.version,
			   &k->e.headers, &k->e.body, &k->e.reply,  &k->e.note };
	uint8_t *at = (uint8_t *)(k + 1);
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		if (from[i].n)
			memcpy(at, from[i].p, from[i].n);
		*to[i] = (gh_slice){ at, from[i].n };
		at += from[i].n;
	}
	return k;
}

void trace_add(struct trace *t, const struct traced *e)
{
	struct trace_entry *k = trace_entry_new(e, t->limits.body);

	if (k == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	struct trace_ring *s = ring_get(t, k->e.serial);
	if (s == NULL) {
		pthread_mutex_unlock(&t->lock);
		free(k);
		return;
	}
	k->e.id = ++t->last;
	k->ring = s;
	k->older = s->newest;
	if (s->newest)
		s->newest->newer = k;
	else
		s->oldest = k;
	s->newest = k;
	s->count++;
	DL_APPEND(t->all, k);
	t->bytes += k->bytes;
	while (s->count > t->limits.per_device && s->oldest != k)
		entry_drop(t, s->oldest);
	while (t->bytes > t->limits.bytes && t->all != k)
		entry_drop(t, t->all);
	pthread_mutex_unlock(&t->lock);
}

size_t trace_count(struct trace *t, gh_slice serial)
{
	pthread_mutex_lock(&t->lock);
	struct trace_ring *s = ring_find(t, serial);
	size_t n = s ? s->count : 0;

	pthread_mutex_unlock(&t->lock);
	return n;
}

size_t trace_hold(struct trace *t, gh_slice serial, const struct traced **out, size_t most)
{
	size_t n = 0;

	pthread_mutex_lock(&t->lock);
	struct trace_ring *s = ring_find(t, serial);

	for (struct trace_entry *k = s ? s->newest : NULL; k && n < most; k = k->older) {
		atomic_fetch_add(&k->holds, 1);
		out[n++] = &k->e;
	}
	pthread_mutex_unlock(&t->lock);
	return n;
}

void trace_release(const struct traced *e)
{
	entry_release((struct trace_entry *)e);
}

void trace_drop(struct trace *t, gh_slice serial)
{
	pthread_mutex_lock(&t->lock);
	struct trace_ring *s = ring_find(t, serial);
	for (size_t n = s ? s->count : 0; n; n--)
		entry_drop(t, s->oldest);
	pthread_mutex_unlock(&t->lock);
}
