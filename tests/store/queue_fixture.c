#include "queue_fixture.h"

#include <stdio.h>
#include <stdlib.h>

const char *queue_backend;

int queue_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("A1") };
	struct store_outcome out;
	char why[256];

	if (!place_make(&f->at, queue_backend) ||
	    store_open(gh_slice_of(f->at.url), &f->db, why, sizeof(why)) ||
	    f->db.ops->begin(f->db.store) || f->db.ops->device_put(f->db.store, &d) ||
	    f->db.ops->commit(f->db.store, &out))
		return -1;
	f->device = d.id;
	*state = f;
	return 0;
}

int queue_teardown(void **state)
{
	struct fixture *f = *state;

	store_close(&f->db);
	bool removed = place_remove(&f->at);

	free(f);
	return removed ? 0 : -1;
}

static void gate_pass(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->arrived++;
	pthread_cond_broadcast(&g->changed);
	while (!g->open)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

void gate_await(struct gate *g, int n)
{
	pthread_mutex_lock(&g->lock);
	while (g->arrived < n)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

void gate_open(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->open = true;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->lock);
}

static enum gh_err work_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct work *w = (struct work *)job;
	size_t n = (size_t)snprintf(w->text, sizeof(w->text), "%lld", (long long)w->pin);

	w->punch = (struct punch){ .device = w->f->device,
				   .pin = { (const uint8_t *)w->text, n },
				   .time = 20260301080000,
				   .zone = GH_LIT("UTC") };
	enum gh_err err = ops->punches_put(s, &w->punch, 1, &w->fresh);

	if (w->gate && atomic_load(&w->runs) == 0)
		gate_pass(w->gate);
	atomic_fetch_add(&w->runs, 1);
	return err ? err : w->fail;
}

static void work_done(struct store_job *job, enum gh_err err)
{
	struct work *w = (struct work *)job;

	w->err = err;
	w->seq = err ? 0 : w->punch.seq;
	if (w->order)
		w->place = atomic_fetch_add(w->order, 1);
	if (w->next)
		assert_int_equal(store_put(w->f->q, &w->next->job), GH_OK);
	atomic_fetch_add(&w->dones, 1);
}

struct work work_of(struct fixture *f, int64_t pin)
{
	return (struct work){ .job = { .run = work_run,
				       .done = work_done,
				       .lane = LANE_LEDGER,
				       .device = f->device,
				       .bytes = 100,
				       .rows = 1 },
			      .f = f,
			      .pin = pin };
}

int64_t ledger_size(struct fixture *f)
{
	struct store_reader *r;
	int64_t seq = -1;

	assert_int_equal(f->db.ops->reader_open(f->db.store, &r), GH_OK);
	assert_int_equal(f->db.ops->last_seq(r, STREAM_PUNCH, &seq), GH_OK);
	f->db.ops->reader_close(r);
	return seq;
}
