/* What tests of the queue begin with: a database of either kind with one device, jobs that store a punch,
 * and a door to hold them at. */
#ifndef GH_TESTS_STORE_QUEUE_FIXTURE_H
#define GH_TESTS_STORE_QUEUE_FIXTURE_H

#include "place.h"
#include "tests.h"

#include <pthread.h>
#include <stdatomic.h>

#include "store/queue.h"

/* "sqlite" or "postgres". */
extern const char *queue_backend;

static const struct store_queue_limits roomy = { 100000, 1 << 30, 256, 1 << 20, 0, 0 };

struct fixture {
	struct store_handle db;
	struct store_queue *q;
	int64_t device;
	struct place at;
};

int queue_setup(void **state);
int queue_teardown(void **state);

#define QUEUE(name) cmocka_unit_test_setup_teardown(name, queue_setup, queue_teardown)

/* Run them for the back end that the command line names; the exit status. */
#define QUEUE_TESTS_RUN(argc, argv, tests) \
	((argc) != 2 ? 2                   \
		     : (queue_backend = (argv)[1], cmocka_run_group_tests(tests, NULL, NULL)))

/* A door that jobs can be held at. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool open;
	int arrived;
};

#define GATE                                                                  \
	{                                                                     \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0 \
	}

/* Until so many jobs are at it. */
void gate_await(struct gate *g, int n);
void gate_open(struct gate *g);

/* Stores one punch, of this PIN. */
struct work {
	struct store_job job;
	struct fixture *f;
	int64_t pin;
	enum gh_err fail; /* what run() ends with, after it has written */
	struct gate *gate;
	char text[24];
	struct punch punch;
	size_t fresh;
	int64_t seq; /* results */
	atomic_int runs, dones;
	enum gh_err err;
	_Atomic int *order; /* counts done() calls */
	int place;
	struct work *next; /* put by done() */
};

struct work work_of(struct fixture *f, int64_t pin);
/* The number of the last punch. */
int64_t ledger_size(struct fixture *f);

#endif
