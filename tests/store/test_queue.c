#include "queue_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static void jobs_that_wait_share_a_commit(void **state)
{
	struct fixture *f = *state;
	struct gate gate = GATE;
	struct work first = work_of(f, 1000), w[100];
	struct store_queue_stats stats;
	_Atomic int order = 0;

	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	first.gate = &gate;
	assert_int_equal(store_put(f->q, &first.job), GH_OK);
	gate_await(&gate, 1);
	for (int i = 0; i < 100; i++) {
		w[i] = work_of(f, i);
		w[i].order = &order;
		assert_int_equal(store_put(f->q, &w[i].job), GH_OK);
	}
	store_queue_stats(f->q, &stats);
	assert_int_equal(stats.waiting, 100);
	assert_int_equal(stats.waiting_bytes, 100 * 100);
	gate_open(&gate);
	while (atomic_load(&w[99].dones) == 0)
		sched_yield();
	store_queue_stats(f->q, &stats);
	assert_int_equal(stats.commits, 2);
	assert_int_equal(stats.jobs, 101);
	assert_int_equal(stats.failures, 0);
	assert_int_equal(stats.waiting, 0);
	assert_int_equal(stats.waiting_bytes, 0);
	assert_int_equal(stats.last_error, GH_OK);
	store_queue_close(f->q);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(w[i].err, GH_OK);
		assert_int_equal(w[i].runs, 1);
		assert_int_equal(w[i].dones, 1);
		assert_int_equal(w[i].place, i);
		assert_int_equal(w[i].seq, i + 2);
	}
	assert_int_equal(ledger_size(f), 101);
}

static void a_group_has_its_limits(void **state)
{
	struct fixture *f = *state;
	const struct {
		size_t jobs, bytes;
		uint64_t commits; /* of 40 jobs of 100 bytes, after the first */
	} c[] = { { 10, 1 << 20, 4 }, { 100, 1000, 4 }, { 100, 99, 40 }, { 100, 4000, 1 } };

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct gate gate = GATE;
		struct work first = work_of(f, 1000), w[40];
		struct store_queue_stats stats;

		assert_int_equal(
			store_queue_open(&f->db,
					 (struct store_queue_limits){ 1000, 1 << 20, c[i].jobs,
								      c[i].bytes, 0, 0 },
					 &f->q),
			GH_OK);
		first.gate = &gate;
		assert_int_equal(store_put(f->q, &first.job), GH_OK);
		gate_await(&gate, 1);
		for (int j = 0; j < 40; j++) {
			w[j] = work_of(f, j);
			assert_int_equal(store_put(f->q, &w[j].job), GH_OK);
		}
		gate_open(&gate);
		while (atomic_load(&w[39].dones) == 0)
			sched_yield();
		store_queue_stats(f->q, &stats);
		assert_int_equal(stats.commits, c[i].commits + 1);
		store_queue_close(f->q);
	}
}

static void a_job_that_fails_takes_no_other_with_it(void **state)
{
	struct fixture *f = *state;
	struct gate gate = GATE;
	struct work first = work_of(f, 1000), w[30];
	struct store_queue_stats stats;
	int64_t stored = 1;

	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	first.gate = &gate;
	assert_int_equal(store_put(f->q, &first.job), GH_OK);
	gate_await(&gate, 1);
	for (int i = 0; i < 30; i++) {
		w[i] = work_of(f, i);
		w[i].fail = i % 7 == 3 || i == 0 || i == 29 ? GH_ENOTFOUND : GH_OK;
		assert_int_equal(store_put(f->q, &w[i].job), GH_OK);
	}
	gate_open(&gate);
	store_queue_close(f->q);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(w[i].dones, 1);
		assert_int_equal(w[i].err, w[i].fail);
		if (w[i].fail)
			continue;
		assert_int_equal(w[i].seq, ++stored);
		assert_true(w[i].runs <= 8);
	}
	assert_int_equal(ledger_size(f), stored);
	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	w[0] = work_of(f, 5000);
	w[0].fail = GH_EEXISTS;
	assert_int_equal(store_put(f->q, &w[0].job), GH_OK);
	while (atomic_load(&w[0].dones) == 0)
		sched_yield();
	store_queue_stats(f->q, &stats);
	assert_int_equal(stats.failures, 1);
	assert_int_equal(stats.jobs, 1);
	assert_int_equal(stats.commits, 0);
	assert_int_equal(stats.last_error, GH_OK);
	store_queue_close(f->q);
}

static void a_full_queue_refuses_and_recovers(void **state)
{
	struct fixture *f = *state;
	struct gate gate = GATE;
	struct work first = work_of(f, 1000), w[8];

	assert_int_equal(
		store_queue_open(&f->db, (struct store_queue_limits){ 3, 1000, 10, 1000, 0, 0 },
				 &f->q),
		GH_OK);
	first.gate = &gate;
	assert_int_equal(store_put(f->q, &first.job), GH_OK);
	gate_await(&gate, 1);
	for (int i = 0; i < 8; i++)
		w[i] = work_of(f, i);
	/* One job always may wait, however large. */
	w[0].job.bytes = 5000;
	assert_int_equal(store_put(f->q, &w[0].job), GH_OK);
	assert_int_equal(store_put(f->q, &w[1].job), GH_EBUSY);
	gate_open(&gate);
	while (atomic_load(&w[0].dones) == 0)
		sched_yield();

	struct gate again = GATE;

	w[2].gate = &again;
	assert_int_equal(store_put(f->q, &w[2].job), GH_OK);
	gate_await(&again, 1);
	w[3].job.bytes = 600;
	w[4].job.bytes = 401;
	assert_int_equal(store_put(f->q, &w[3].job), GH_OK);
	assert_int_equal(store_put(f->q, &w[4].job), GH_EBUSY);
	w[4].job.bytes = 200;
	assert_int_equal(store_put(f->q, &w[4].job), GH_OK);
	assert_int_equal(store_put(f->q, &w[5].job), GH_OK);
	assert_int_equal(store_put(f->q, &w[6].job), GH_EBUSY);
	gate_open(&again);
	store_queue_close(f->q);
	assert_int_equal(w[1].dones, 0);
	assert_int_equal(w[6].dones, 0);
	assert_int_equal(w[5].dones, 1);
	assert_int_equal(ledger_size(f), 6);
}

static void done_may_put_the_next_job(void **state)
{
	struct fixture *f = *state;
	struct work w[50];

	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	for (int i = 0; i < 50; i++) {
		w[i] = work_of(f, i);
		w[i].next = i < 49 ? &w[i + 1] : NULL;
	}
	assert_int_equal(store_put(f->q, &w[0].job), GH_OK);
	while (atomic_load(&w[49].dones) == 0)
		sched_yield();
	store_queue_close(f->q);
	assert_int_equal(ledger_size(f), 50);
}

static void lanes_that_share_a_handle_keep_the_order_of_both(void **state)
{
	struct fixture *f = *state;
	const struct store_ops *ops = f->db.ops;
	struct work w[60];
	_Atomic int order = 0;

	if (ops->lane(f->db.store, LANE_LEDGER) != ops->lane(f->db.store, LANE_CONTROL))
		return;
	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	for (int i = 0; i < 60; i++) {
		w[i] = work_of(f, i);
		w[i].job.lane = i % 3 ? LANE_CONTROL : LANE_LEDGER;
		w[i].order = &order;
		assert_int_equal(store_put(f->q, &w[i].job), GH_OK);
	}
	store_queue_close(f->q);
	for (int i = 0; i < 60; i++) {
		assert_int_equal(w[i].place, i);
		assert_int_equal(w[i].seq, i + 1);
	}
}

struct putter {
	struct fixture *f;
	struct work *w;
	size_t n;
	pthread_t thread;
};

static void *put_many(void *arg)
{
	struct putter *p = arg;

	for (size_t i = 0; i < p->n; i++)
		while (store_put(p->f->q, &p->w[i].job))
			sched_yield();
	return NULL;
}

static void thousands_of_jobs_from_many_threads_end_exactly_once(void **state)
{
	struct fixture *f = *state;
	enum { THREADS = 4, EACH = 1000 };
	struct work *w = calloc(THREADS * EACH, sizeof(*w));
	struct putter p[THREADS];
	struct store_queue_stats stats;
	bool *seen = calloc(THREADS * EACH + 1, sizeof(bool));
	int64_t stored = 0;

	assert_int_equal(
		store_queue_open(&f->db,
				 (struct store_queue_limits){ 500, 1 << 20, 64, 1 << 20, 0, 0 },
				 &f->q),
		GH_OK);
	for (int i = 0; i < THREADS * EACH; i++) {
		w[i] = work_of(f, i);
		w[i].fail = i % 97 == 0 ? GH_EINVALID : GH_OK;
	}
	for (int t = 0; t < THREADS; t++) {
		p[t] = (struct putter){ .f = f, .w = w + t * EACH, .n = EACH };
		assert_int_equal(pthread_create(&p[t].thread, NULL, put_many, &p[t]), 0);
	}
	for (int t = 0; t < THREADS; t++)
		pthread_join(p[t].thread, NULL);
	store_queue_stats(f->q, &stats);
	assert_true(stats.waiting <= 500);
	store_queue_close(f->q);
	for (int i = 0; i < THREADS * EACH; i++) {
		assert_int_equal(w[i].dones, 1);
		assert_int_equal(w[i].err, w[i].fail);
		if (w[i].fail)
			continue;
		assert_in_range(w[i].seq, 1, THREADS * EACH);
		assert_false(seen[w[i].seq]);
		seen[w[i].seq] = true;
		stored++;
	}
	for (int64_t seq = 1; seq <= stored; seq++)
		assert_true(seen[seq]);
	assert_int_equal(ledger_size(f), stored);
	free(seen);
	free(w);
}

static void limits_of_nothing_are_refused(void **state)
{
	struct fixture *f = *state;
	struct store_queue_limits l = roomy;

	l.jobs = 0;
	assert_int_equal(store_queue_open(&f->db, l, &f->q), GH_EINVALID);
	l = roomy;
	l.group_jobs = 0;
	assert_int_equal(store_queue_open(&f->db, l, &f->q), GH_EINVALID);
	store_queue_close(NULL);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		QUEUE(jobs_that_wait_share_a_commit),
		QUEUE(a_group_has_its_limits),
		QUEUE(a_job_that_fails_takes_no_other_with_it),
		QUEUE(a_full_queue_refuses_and_recovers),
		QUEUE(done_may_put_the_next_job),
		QUEUE(lanes_that_share_a_handle_keep_the_order_of_both),
		QUEUE(thousands_of_jobs_from_many_threads_end_exactly_once),
		QUEUE(limits_of_nothing_are_refused),
	};

	return QUEUE_TESTS_RUN(argc, argv, tests);
}
