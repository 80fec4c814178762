#include "queue_fixture.h"

#include <time.h>

#include "base/clock.h"

/* Puts itself again until it is to stop. */
struct busy {
	struct work w;
	_Atomic bool stop;
};

static void busy_done(struct store_job *job, enum gh_err err)
{
	struct busy *b = (struct busy *)job;

	assert_int_equal(err, GH_OK);
	if (!atomic_load(&b->stop))
		assert_int_equal(store_put(b->w.f->q, job), GH_OK);
	else
		atomic_fetch_add(&b->w.dones, 1);
}

static void upkeep_waits_for_what_waits_but_not_for_ever(void **state)
{
	struct fixture *f = *state;
	struct gate gate = GATE;
	struct work first = work_of(f, 1000), w[10], upkeep[3];
	struct store_queue_stats stats;
	_Atomic int order = 0;

	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	first.gate = &gate;
	assert_int_equal(store_put(f->q, &first.job), GH_OK);
	gate_await(&gate, 1);
	for (int i = 0; i < 3; i++) {
		upkeep[i] = work_of(f, 2000 + i);
		upkeep[i].job.upkeep = true;
		upkeep[i].order = &order;
		assert_int_equal(store_put(f->q, &upkeep[i].job), GH_OK);
	}
	for (int i = 0; i < 10; i++) {
		w[i] = work_of(f, i);
		w[i].order = &order;
		assert_int_equal(store_put(f->q, &w[i].job), GH_OK);
	}
	store_queue_stats(f->q, &stats);
	assert_int_equal(stats.waiting, 10);
	gate_open(&gate);
	while (atomic_load(&upkeep[2].dones) == 0)
		sched_yield();
	store_queue_stats(f->q, &stats);
	/* The first, those that waited, and each of the upkeep alone. */
	assert_int_equal(stats.commits, 5);
	store_queue_close(f->q);
	for (int i = 0; i < 10; i++)
		assert_int_equal(w[i].place, i);
	for (int i = 0; i < 3; i++)
		assert_int_equal(upkeep[i].place, 10 + i);
	assert_int_equal(ledger_size(f), 14);
}

static void upkeep_is_done_while_jobs_never_cease_to_come(void **state)
{
	struct fixture *f = *state;
	struct busy b[2] = { { .w = work_of(f, 1) }, { .w = work_of(f, 2) } };
	struct work upkeep = work_of(f, 3);

	upkeep.job.upkeep = true;
	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	for (int i = 0; i < 2; i++) {
		b[i].w.job.done = busy_done;
		assert_int_equal(store_put(f->q, &b[i].w.job), GH_OK);
	}
	assert_int_equal(store_put(f->q, &upkeep.job), GH_OK);
	while (atomic_load(&upkeep.dones) == 0)
		sched_yield();
	for (int i = 0; i < 2; i++)
		atomic_store(&b[i].stop, true);
	for (int i = 0; i < 2; i++)
		while (atomic_load(&b[i].w.dones) == 0)
			sched_yield();
	store_queue_close(f->q);
	assert_int_equal(upkeep.err, GH_OK);
	assert_int_equal(ledger_size(f), 3);
}

static void upkeep_that_waits_is_done_before_the_end(void **state)
{
	struct fixture *f = *state;
	struct work upkeep[5];

	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	for (int i = 0; i < 5; i++) {
		upkeep[i] = work_of(f, i);
		upkeep[i].job.upkeep = true;
		assert_int_equal(store_put(f->q, &upkeep[i].job), GH_OK);
	}
	store_queue_close(f->q);
	for (int i = 0; i < 5; i++)
		assert_int_equal(upkeep[i].dones, 1);
	assert_int_equal(ledger_size(f), 5);
}

/* Upkeep of some pieces, each of which takes this time. */
#define PIECE_MS 100

struct pieces {
	struct store_job job;
	struct fixture *f;
	int n, of;
	int64_t begun_us[10], ended_us[10];
	_Atomic bool over;
};

static enum gh_err piece_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	const struct timespec t = { .tv_nsec = PIECE_MS * 1000000L };
	struct pieces *p = (struct pieces *)job;

	(void)ops;
	(void)s;
	p->begun_us[p->n] = ghi_clock_monotonic_us();
	nanosleep(&t, NULL);
	p->ended_us[p->n] = ghi_clock_monotonic_us();
	return GH_OK;
}

static void piece_done(struct store_job *job, enum gh_err err)
{
	struct pieces *p = (struct pieces *)job;

	assert_int_equal(err, GH_OK);
	if (++p->n < p->of)
		assert_int_equal(store_put(p->f->q, job), GH_OK);
	else
		atomic_store(&p->over, true);
}

static struct pieces pieces_of(struct fixture *f, int n, unsigned share)
{
	return (struct pieces){
		.job = { .run = piece_run, .done = piece_done, .upkeep = true, .share = share },
		.f = f,
		.of = n
	};
}

static void upkeep_takes_no_more_than_its_share_while_jobs_come(void **state)
{
	struct fixture *f = *state;
	struct busy b = { .w = work_of(f, 1) };
	struct pieces p = pieces_of(f, 3, 50);

	b.w.job.done = busy_done;
	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	assert_int_equal(store_put(f->q, &b.w.job), GH_OK);
	assert_int_equal(store_put(f->q, &p.job), GH_OK);
	while (!atomic_load(&p.over))
		sched_yield();
	atomic_store(&b.stop, true);
	while (atomic_load(&b.w.dones) == 0)
		sched_yield();
	store_queue_close(f->q);
	for (int i = 1; i < p.of; i++)
		assert_true(p.begun_us[i] - p.ended_us[i - 1] >= 19 * PIECE_MS * 1000);
}

static void upkeep_with_a_share_does_not_rest_while_nothing_else_comes(void **state)
{
	struct fixture *f = *state;
	struct pieces p = pieces_of(f, 10, 10);

	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	assert_int_equal(store_put(f->q, &p.job), GH_OK);
	while (!atomic_load(&p.over))
		sched_yield();
	store_queue_close(f->q);
	/* With its share they were 90 seconds apart; without, two. */
	assert_true(p.ended_us[9] - p.begun_us[0] < 60 * INT64_C(1000000));
}

static void upkeep_without_a_share_passes_one_that_rests(void **state)
{
	struct fixture *f = *state;
	struct busy b = { .w = work_of(f, 1) };
	struct pieces p = pieces_of(f, 2, 10);
	struct work other = work_of(f, 2);

	b.w.job.done = busy_done;
	other.job.upkeep = true;
	assert_int_equal(store_queue_open(&f->db, roomy, &f->q), GH_OK);
	assert_int_equal(store_put(f->q, &b.w.job), GH_OK);
	assert_int_equal(store_put(f->q, &p.job), GH_OK);
	assert_int_equal(store_put(f->q, &other.job), GH_OK);
	while (atomic_load(&other.dones) == 0)
		sched_yield();
	assert_false(atomic_load(&p.over));
	atomic_store(&b.stop, true);
	while (atomic_load(&b.w.dones) == 0)
		sched_yield();
	store_queue_close(f->q);
	assert_true(atomic_load(&p.over));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		QUEUE(upkeep_waits_for_what_waits_but_not_for_ever),
		QUEUE(upkeep_is_done_while_jobs_never_cease_to_come),
		QUEUE(upkeep_that_waits_is_done_before_the_end),
		QUEUE(upkeep_takes_no_more_than_its_share_while_jobs_come),
		QUEUE(upkeep_with_a_share_does_not_rest_while_nothing_else_comes),
		QUEUE(upkeep_without_a_share_passes_one_that_rests),
	};

	return QUEUE_TESTS_RUN(argc, argv, tests);
}
