#include "core/trace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

/* Requests that are refused may come from any address, with the serial number of a device: they have a share of
 * their own and push out nothing else. */
enum trace_part { TRACE_SERVED, TRACE_REFUSED, TRACE_PARTS };

static enum trace_part trace_part_of(const struct traced *e)
{
	return e->status >= 400 && e->status < 500 ? TRACE_REFUSED : TRACE_SERVED;
}

/* One exchange in one block of memory: the struct, then all its text. */
struct trace_entry {
	struct traced e;   /* first: what is held is one of these */
	atomic_uint holds; /* the trace's own, and those of readers */
	size_t bytes;
	struct trace_ring *ring;
	enum trace_part part;
	struct trace_entry *older, *newer; /* of that part on its ring */
	struct trace_entry *next, *prev;   /* of that part in all, the oldest first */
};

/* The exchanges of one serial number, in two parts. */
struct trace_ring {
	UT_hash_handle hh;
	struct trace_entry *newest[TRACE_PARTS], *oldest[TRACE_PARTS];
	size_t count[TRACE_PARTS];
	size_t serial_size;
	uint8_t serial[];
};

struct trace {
	pthread_mutex_t lock;
	struct trace_limits limits;
	struct trace_ring *rings;
	struct trace_entry *all[TRACE_PARTS];
	size_t bytes[TRACE_PARTS];
	atomic_int_least64_t last; /* the latest number */
};

struct trace *trace_new(struct trace_limits limits)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (t) {
		pthread_mutex_init(&t->lock, NULL);
		t->limits = limits;
		atomic_init(&t->last, limits.after);
	}
	return t;
}

static void entry_release(struct trace_entry *k)
{
	if (atomic_fetch_sub(&k->holds, 1) == 1)
		free(k);
}

static size_t ring_count(const struct trace_ring *s)
{
	return s->count[TRACE_SERVED] + s->count[TRACE_REFUSED];
}

static void entry_drop(struct trace *t, struct trace_entry *k)
{
	struct trace_ring *s = k->ring;
	enum trace_part part = k->part;

	if (k->newer)
		k->newer->older = k->older;
	else
		s->newest[part] = k->older;
	if (k->older)
		k->older->newer = k->newer;
	else
		s->oldest[part] = k->newer;
	DL_DELETE(t->all[part], k);
	t->bytes[part] -= k->bytes;
	entry_release(k);
	s->count[part]--;
	if (ring_count(s) == 0) {
		HASH_DEL(t->rings, s);
		free(s);
	}
}

void trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	for (enum trace_part part = 0; part < TRACE_PARTS; part++)
		while (t->all[part])
			entry_drop(t, t->all[part]);
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

/* Its part of a ceiling: of what is refused a quarter, but one at least. */
static size_t part_share(enum trace_part part, size_t of)
{
	return part == TRACE_SERVED ? of - of / 4 : of / 4 + (of < 4);
}

int64_t trace_number_take(struct trace *t)
{
	return atomic_fetch_add(&t->last, 1) + 1;
}

/* In the order of numbers: of requests that were served together the first may end last. */
static void ring_entry_add(struct trace_ring *s, struct trace_entry *k)
{
	struct trace_entry *newer = NULL, *older = s->newest[k->part];

	while (older && older->e.id > k->e.id) {
		newer = older;
		older = older->older;
	}
	k->newer = newer;
	k->older = older;
	*(newer ? &newer->older : &s->newest[k->part]) = k;
	*(older ? &older->newer : &s->oldest[k->part]) = k;
	s->count[k->part]++;
}

void trace_add(struct trace *t, const struct traced *e)
{
	enum trace_part part = trace_part_of(e);
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
	if (k->e.id == 0)
		k->e.id = trace_number_take(t);
	k->ring = s;
	k->part = part;
	ring_entry_add(s, k);
	DL_APPEND(t->all[part], k);
	t->bytes[part] += k->bytes;
	while (s->count[part] > part_share(part, t->limits.per_device) && s->oldest[part] != k)
		entry_drop(t, s->oldest[part]);
	while (t->bytes[part] > part_share(part, t->limits.bytes) && t->all[part] != k)
		entry_drop(t, t->all[part]);
	pthread_mutex_unlock(&t->lock);
}

size_t trace_count(struct trace *t, gh_slice serial)
{
	pthread_mutex_lock(&t->lock);
	struct trace_ring *s = ring_find(t, serial);
	size_t n = s ? ring_count(s) : 0;

	pthread_mutex_unlock(&t->lock);
	return n;
}

size_t trace_hold(struct trace *t, gh_slice serial, const struct traced **out, size_t most)
{
	size_t n = 0;

	pthread_mutex_lock(&t->lock);
	struct trace_ring *s = ring_find(t, serial);

	struct trace_entry *served = s ? s->newest[TRACE_SERVED] : NULL;
	struct trace_entry *refused = s ? s->newest[TRACE_REFUSED] : NULL;

	while ((served || refused) && n < most) {
		bool first = refused == NULL || (served && served->e.id > refused->e.id);
		struct trace_entry **from = first ? &served : &refused;

		atomic_fetch_add(&(*from)->holds, 1);
		out[n++] = &(*from)->e;
		*from = (*from)->older;
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
	for (size_t n = s ? ring_count(s) : 0; n; n--)
		entry_drop(t, s->oldest[s->count[TRACE_SERVED] ? TRACE_SERVED : TRACE_REFUSED]);
	pthread_mutex_unlock(&t->lock);
}
