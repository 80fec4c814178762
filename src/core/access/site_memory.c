#include "core/access/site_memory.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/number.h"
#include "core/access/site_claim.h"
#include "core/access/site_read.h"
#include "core/readers.h"

#define SITE_MEMORY_BYTES ((size_t)128 << 20)
#define SITE_RETRY_MS 1000 /* after a failure */

/* Of a card that a person has. */
struct site_holder {
	int64_t number;
	gh_slice namespace;
	size_t person;
	bool lost;
};

/* What was read, with its indexes. */
struct site_model {
	size_t users; /* decisions, and the memory while it is the latest */
	struct arena arena;
	struct site site;
	size_t *by_pin; /* of site.person, in the order of PINs and namespaces */
	struct site_holder *holder;
	size_t holders;
};

struct site_memory {
	struct read_job job;
	struct server *server;
	pthread_mutex_t lock;
	pthread_cond_t was_read;  /* an attempt to read it has ended */
	struct site_model *model; /* NULL: none that is true */
	bool reading, changed;	  /* a reader reads; something changed since it began */
	int64_t failed_ms;	  /* monotonic; 0: it did not fail */
	struct site_model *fresh; /* the reader's */
	enum gh_err err;
};

static void model_drop(struct site_model *model)
{
	if (model == NULL)
		return;
	ghi_arena_clear(&model->arena);
	free(model);
}

/* With the lock held. */
static struct site_model *model_release(struct site_model *model)
{
	return model && --model->users == 0 ? model : NULL;
}

/* --- reading it --- */

static int slices_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int by = n ? memcmp(a.p, b.p, n) : 0;

	return by ? by : (a.n > b.n) - (a.n < b.n);
}

static int pins_order(const void *a, const void *b, void *ctx)
{
	const struct site *s = ctx;
	const struct site_person *x = &s->person[*(const size_t *)a],
				 *y = &s->person[*(const size_t *)b];
	int by = slices_order(x->pin, y->pin);

	return by ? by : slices_order(x->namespace, y->namespace);
}

static int holders_order(const void *a, const void *b)
{
	const struct site_holder *x = a, *y = b;
	int by = (x->number > y->number) - (x->number < y->number);

	return by ? by : slices_order(x->namespace, y->namespace);
}

static void holders_add(struct site_model *m, size_t person)
{
	const struct site_person *p = &m->site.person[person];
	uint64_t number;

	for (size_t i = 0; i < p->cards; i++)
		if (ghi_number_parse(p->card[i].number, INT64_MAX, &number) == GH_OK && number)
			m->holder[m->holders++] =
				(struct site_holder){ (int64_t)number, p->namespace, person,
						      p->card[i].lost };
}

static enum gh_err model_index(struct site_model *m)
{
	size_t cards = 0;

	for (size_t i = 0; i < m->site.people; i++)
		cards += m->site.person[i].cards;
	m->by_pin = ghi_arena_alloc(&m->arena, (m->site.people + 1) * sizeof(*m->by_pin));
	m->holder = ghi_arena_alloc(&m->arena, (cards + 1) * sizeof(*m->holder));
	if (m->by_pin == NULL || m->holder == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < m->site.people; i++) {
		m->by_pin[i] = i;
		holders_add(m, i);
	}
	qsort_r(m->by_pin, m->site.people, sizeof(*m->by_pin), pins_order, &m->site);
	qsort(m->holder, m->holders, sizeof(*m->holder), holders_order);
	return GH_OK;
}

static void site_memory_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct site_memory *m = (struct site_memory *)job;
	struct site_model *fresh = calloc(1, sizeof(*fresh));

	m->fresh = NULL;
	m->err = err ? err : fresh ? GH_OK : GH_ENOMEM;
	if (m->err == GH_OK) {
		fresh->users = 1;
		fresh->arena = ghi_arena_with_limit(SITE_MEMORY_BYTES);
		m->err = site_read(m->server->db.ops, reader,
				   &(struct site_of){ .devices = m->server->devices },
				   &fresh->arena, &fresh->site);
	}
	if (m->err == GH_OK)
		m->err = model_index(fresh);
	if (m->err == GH_OK)
		m->fresh = fresh;
	else
		model_drop(fresh);
}

static void site_memory_begin(struct site_memory *m);

static void site_memory_was_read(struct read_job *job)
{
	struct site_memory *m = (struct site_memory *)job;
	struct server *server = m->server;
	struct site_model *unused = m->fresh;
	enum gh_err err = m->err;
	bool again;

	pthread_mutex_lock(&m->lock);
	m->reading = false;
	again = m->changed;
	if (err == GH_OK && !again) {
		m->model = m->fresh;
		unused = NULL;
	}
	m->failed_ms = err ? server->monotonic_ms ? server->monotonic_ms() : 1 : 0;
	pthread_cond_broadcast(&m->was_read);
	pthread_mutex_unlock(&m->lock);
	model_drop(unused);
	if (err && err != GH_ECLOSED)
		LOG(server->log, LOG_WARNING,
		    "who may pass which door cannot be read into memory; units are answered "
		    "AUTH=TIMEOUT",
		    { "reason", gh_slice_of(gh_strerror(err)) });
	if (again && err != GH_ECLOSED)
		site_memory_begin(m);
}

/* Where none is under way, begin to read. */
static void site_memory_begin(struct site_memory *m)
{
	bool begin;

	pthread_mutex_lock(&m->lock);
	begin = !m->reading && m->model == NULL;
	m->reading |= begin;
	m->changed &= !begin;
	pthread_mutex_unlock(&m->lock);
	if (!begin)
		return;
	m->job.admitted = true;
	if (readers_put(m->server->readers, READERS_LIST, &m->job) == GH_OK)
		return;
	pthread_mutex_lock(&m->lock);
	m->reading = false;
	pthread_mutex_unlock(&m->lock);
}

void site_memory_stale(struct site_memory *m)
{
	struct site_model *old;

	if (m == NULL)
		return;
	pthread_mutex_lock(&m->lock);
	m->changed = true;
	old = model_release(m->model);
	m->model = NULL;
	pthread_mutex_unlock(&m->lock);
	model_drop(old);
	site_memory_begin(m);
}

struct site_memory *site_memory_new(struct server *server)
{
	struct site_memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->server = server;
	m->job = (struct read_job){ .run = site_memory_read, .done = site_memory_was_read };
	pthread_mutex_init(&m->lock, NULL);
	ghi_clock_condition_init(&m->was_read);
	return m;
}

void site_memory_free(struct site_memory *m)
{
	if (m == NULL)
		return;
	model_drop(m->model);
	pthread_cond_destroy(&m->was_read);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

void site_memory_wait(struct site_memory *m, int64_t most_s)
{
	struct timespec until = ghi_clock_deadline(most_s * 1000);
	int late = 0;

	if (m == NULL)
		return;
	site_memory_begin(m);
	pthread_mutex_lock(&m->lock);
	while (m->model == NULL && late == 0)
		late = pthread_cond_timedwait(&m->was_read, &m->lock, &until);
	pthread_mutex_unlock(&m->lock);
}

/* --- deciding --- */

static const struct site_person *person_by_pin(const struct site_model *m, gh_slice pin,
					       gh_slice namespace)
{
	size_t low = 0, high = m->site.people;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct site_person *p = &m->site.person[m->by_pin[middle]];
		int by = slices_order(p->pin, pin);

		by = by ? by : slices_order(p->namespace, namespace);
		if (by == 0)
			return p;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct site_holder *holder_of(const struct site_model *m, int64_t number,
					   gh_slice namespace)
{
	const struct site_holder key = { .number = number, .namespace = namespace };

	return number > 0 ? bsearch(&key, m->holder, m->holders, sizeof(key), holders_order)
			  : NULL;
}

/* What the owner of a card denies; SITE_GRANTED: nothing. */
static enum site_verdict card_verdict(const struct site_model *m,
				      const struct site_holder *card,
				      const struct site_person *person)
{
	if (card == NULL)
		return SITE_GRANTED;
	if (card->lost)
		return SITE_CARD_LOST;
	return &m->site.person[card->person] == person ? SITE_GRANTED : SITE_CARD_OTHER;
}

static struct site_decision site_model_decide(const struct site_model *m,
					      const struct site_request *r)
{
	struct site_decision d = { .decided = SITE_DECIDED_DENIED };
	gh_slice namespace = site_namespace(&m->site, r->door.sn);
	const struct site_holder *card = holder_of(m, r->card_number, namespace);
	const struct site_person *person = NULL;
	const struct site_door_setting *door = site_door_find(&m->site, &r->door);

	if (r->pin.n)
		person = person_by_pin(m, r->pin, namespace);
	else if (card)
		person = &m->site.person[card->person];
	d.person = person ? person->id : 0;
	if (door && door->number[DOOR_SET_drive_seconds] > 0)
		d.open_seconds = door->number[DOOR_SET_drive_seconds];
	d.why = card_verdict(m, card, person);
	if (d.why != SITE_GRANTED)
		return d;

	struct site_identified i = site_identify(&m->site, person, &r->door, r->at);

	d.why = i.why;
	if (i.elsewhere)
		d.decided = SITE_DECIDED_ELSEWHERE;
	else if (i.granted)
		d.decided = SITE_DECIDED_GRANTED;
	return d;
}

/* NULL: there is none that is true; it is begun to be read. To be given back by model_put_back(). */
static struct site_model *model_take(struct site_memory *m)
{
	struct site_model *model;
	int64_t failed_ms;

	pthread_mutex_lock(&m->lock);
	model = m->model;
	failed_ms = m->failed_ms;
	if (model)
		model->users++;
	pthread_mutex_unlock(&m->lock);
	if (model == NULL) {
		int64_t now = m->server->monotonic_ms ? m->server->monotonic_ms() : 0;

		if (failed_ms == 0 || now - failed_ms >= SITE_RETRY_MS)
			site_memory_begin(m);
	}
	return model;
}

static void model_put_back(struct site_memory *m, struct site_model *model)
{
	struct site_model *old;

	pthread_mutex_lock(&m->lock);
	old = model_release(model);
	pthread_mutex_unlock(&m->lock);
	model_drop(old);
}

struct site_decision site_memory_decide(struct site_memory *m, const struct site_request *r)
{
	struct site_decision d = { .decided = SITE_DECIDED_NOT_READY };
	struct site_model *model = m ? model_take(m) : NULL;

	if (model == NULL)
		return d;
	d = site_model_decide(model, r);
	model_put_back(m, model);
	return d;
}

/* --- whether what is presented is a person's --- */

static struct site_claim_answer site_model_check(const struct site_model *m,
						 const struct site_claim *c,
						 struct arena *arena)
{
	struct site_claim_answer a = { .claimed = SITE_CLAIM_UNKNOWN };
	gh_slice namespace = site_namespace(&m->site, c->sn);
	const struct site_holder *card = holder_of(m, c->card_number, namespace);
	const struct site_person *person = NULL;

	if (c->pin.n)
		person = person_by_pin(m, c->pin, namespace);
	else if (card)
		person = &m->site.person[card->person];
	a.why = card_verdict(m, card, person);
	if (a.why == SITE_GRANTED && person)
		a.why = site_claim_verdict(person, c->at);
	if (a.why != SITE_GRANTED) {
		a.claimed = SITE_CLAIM_DENIED;
		return a;
	}
	if (person == NULL)
		return a;
	a.claimed = site_claim_compare(c, person);
	a.pin = ghi_arena_copy(arena, person->pin);
	a.name = ghi_arena_copy(arena, person->name);
	a.valid = person->valid;
	return a;
}

struct site_claim_answer site_memory_check(struct site_memory *m, const struct site_claim *c,
					   struct arena *arena)
{
	struct site_claim_answer a = { .claimed =
					       m ? SITE_CLAIM_NOT_READY : SITE_CLAIM_UNKNOWN };
	struct site_model *model = m ? model_take(m) : NULL;

	if (model == NULL)
		return a;
	a = site_model_check(model, c, arena);
	model_put_back(m, model);
	return a;
}
