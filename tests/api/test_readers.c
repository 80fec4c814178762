/* The threads that read for the API, over a store whose readers only wait to be stopped. */
#include "core/readers.h"

#include <pthread.h>
#include <stdlib.h>

#include "tests.h"

struct store_reader {
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	bool stop;
};

static enum gh_err waiting_open(struct store *s, struct store_reader **out)
{
	struct store_reader *r = calloc(1, sizeof(*r));

	(void)s;
	assert_non_null(r);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->stopped, NULL);
	*out = r;
	return GH_OK;
}

static void waiting_close(struct store_reader *r)
{
	pthread_cond_destroy(&r->stopped);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static void waiting_stop(struct store_reader *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->stopped);
	pthread_mutex_unlock(&r->lock);
}

static enum gh_err broken_open(struct store *s, struct store_reader **out)
{
	(void)s, (void)out;
	return GH_EIO;
}

static const struct store_ops waiting_ops = { .reader_open = waiting_open,
					      .reader_close = waiting_close,
					      .reader_stop = waiting_stop };
static const struct store_ops broken_ops = { .reader_open = broken_open };

/* A job that reads until it is stopped, or not at all. */
struct question {
	struct read_job job;
	bool endless;
	atomic_bool left;
	enum gh_err err;
	bool had_reader;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool done;
};

static void question_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct question *q = (struct question *)job;

	q->err = err;
	q->had_reader = r != NULL;
	if (r == NULL || !q->endless)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = false;
	while (!r->stop)
		pthread_cond_wait(&r->stopped, &r->lock);
	pthread_mutex_unlock(&r->lock);
	q->err = GH_ECANCELLED;
}

static void question_done(struct read_job *job)
{
	struct question *q = (struct question *)job;

	pthread_mutex_lock(&q->lock);
	q->done = true;
	pthread_cond_signal(&q->ended);
	pthread_mutex_unlock(&q->lock);
}

static bool question_left(struct read_job *job)
{
	return atomic_load(&((struct question *)job)->left);
}

static void question_init(struct question *q, bool endless)
{
	*q = (struct question){ .endless = endless };
	q->job.run = question_run;
	q->job.done = question_done;
	q->job.left = question_left;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->ended, NULL);
}

static void question_wait(struct question *q)
{
	pthread_mutex_lock(&q->lock);
	while (!q->done)
		pthread_cond_wait(&q->ended, &q->lock);
	pthread_mutex_unlock(&q->lock);
}

static struct readers *readers_of(const struct store_handle *db, unsigned waiting, int64_t most)
{
	struct readers *rs = NULL;

	assert_int_equal(readers_new(db, &(struct readers_limits){ 1, waiting, most }, &rs),
			 GH_OK);
	return rs;
}

static void a_long_list_does_not_keep_a_short_question_waiting(void **state)
{
	const struct store_handle db = { .ops = &waiting_ops };
	struct readers *rs = readers_of(&db, 8, 0);
	struct question slow, quick;

	(void)state;
	question_init(&slow, true);
	question_init(&quick, false);
	assert_int_equal(readers_put(rs, READERS_LIST, &slow.job), GH_OK);
	assert_int_equal(readers_put(rs, READERS_SHORT, &quick.job), GH_OK);
	question_wait(&quick);
	assert_true(quick.err == GH_OK && quick.had_reader);
	atomic_store(&slow.left, true);
	question_wait(&slow);
	assert_int_equal(atomic_load(&slow.job.stopped), GH_ECANCELLED);
	readers_free(rs);
}

static void what_takes_too_long_is_stopped(void **state)
{
	const struct store_handle db = { .ops = &waiting_ops };
	struct readers *rs = readers_of(&db, 8, 1);
	struct question slow, next;

	(void)state;
	question_init(&slow, true);
	question_init(&next, false);
	assert_int_equal(readers_put(rs, READERS_LIST, &slow.job), GH_OK);
	assert_int_equal(readers_put(rs, READERS_LIST, &next.job), GH_OK);
	question_wait(&slow);
	assert_int_equal(atomic_load(&slow.job.stopped), GH_ETIMEOUT);
	question_wait(&next);
	assert_true(next.err == GH_OK && next.had_reader);
	readers_free(rs);
}

static void a_full_queue_accepts_only_admitted_streams(void **state)
{
	const struct store_handle db = { .ops = &waiting_ops };
	struct readers *rs = readers_of(&db, 0, 0);
	struct question refused, admitted;

	(void)state;
	question_init(&refused, false);
	question_init(&admitted, false);
	assert_int_equal(readers_put(rs, READERS_LIST, &refused.job), GH_EBUSY);
	admitted.job.admitted = true;
	assert_int_equal(readers_put(rs, READERS_LIST, &admitted.job), GH_OK);
	question_wait(&admitted);
	readers_free(rs);
}

static void at_the_end_everything_is_stopped_and_nothing_is_left(void **state)
{
	const struct store_handle db = { .ops = &waiting_ops };
	struct readers *rs = readers_of(&db, 8, 0);
	struct question slow[4], late;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		question_init(&slow[i], true);
		assert_int_equal(readers_put(rs, READERS_LIST, &slow[i].job), GH_OK);
	}
	readers_quiesce(rs);
	question_init(&late, false);
	assert_int_equal(readers_put(rs, READERS_SHORT, &late.job), GH_ECLOSED);
	for (size_t i = 0; i < 4; i++) {
		question_wait(&slow[i]);
		assert_true(slow[i].err == GH_ECLOSED ||
			    atomic_load(&slow[i].job.stopped) == GH_ECLOSED);
	}
	readers_free(rs);
}

static void a_store_that_cannot_be_read_is_reported(void **state)
{
	const struct store_handle db = { .ops = &broken_ops };
	struct readers *rs = readers_of(&db, 8, 0);
	struct question q;

	(void)state;
	question_init(&q, false);
	assert_int_equal(readers_last_error(rs), GH_OK);
	assert_int_equal(readers_put(rs, READERS_SHORT, &q.job), GH_OK);
	question_wait(&q);
	assert_true(q.err == GH_EIO && !q.had_reader);
	assert_int_equal(readers_last_error(rs), GH_EIO);
	readers_free(rs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_list_does_not_keep_a_short_question_waiting),
		cmocka_unit_test(what_takes_too_long_is_stopped),
		cmocka_unit_test(a_full_queue_accepts_only_admitted_streams),
		cmocka_unit_test(at_the_end_everything_is_stopped_and_nothing_is_left),
		cmocka_unit_test(a_store_that_cannot_be_read_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
