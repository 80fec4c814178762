/* The queue, inside: jobs that wait (job_list.c), those that share a transaction (group.c), and the
 * threads that take the ones and run the others (queue.c), and failures of the database (queue_fault.c). */
#ifndef GH_STORE_QUEUE_PRIVATE_H
#define GH_STORE_QUEUE_PRIVATE_H

#include <pthread.h>

#include "store/queue.h"

struct job_list {
	struct store_job *first, **end;
	size_t jobs, bytes, rows;
};

void job_list_clear(struct job_list *l);
void job_list_add(struct job_list *l, struct store_job *job);
/* Take out the one that *at refers to, which is a link of the list. */
void job_list_remove(struct job_list *l, struct store_job **at);
struct store_job *job_list_take(struct job_list *l);
/* By their devices. */
void job_list_sort(struct job_list *l);

struct queue_lane {
	struct store_queue *q;
	struct store *store;
	pthread_t thread;
	size_t group_rows, group_bytes; /* 0: no cap of the back end's */
	bool shared; /* jobs of a group run in the order of their devices, and
					 * the database is looked at while nothing comes */

	pthread_cond_t wake;
	struct job_list waiting; /* guarded by the queue's lock */
	struct job_list upkeep;	 /* the same */
	int64_t upkeep_last_us;	 /* when the last of them began; monotonic */
	int64_t upkeep_from_us;	 /* the next one does not begin before */
	int64_t share_from_us;	 /* nor one with a share, while other jobs come */
	uint64_t turns;		 /* of the thread; guarded by the queue's lock */
	bool ended;		 /* the thread; guarded by the queue's lock */
	bool asleep;		 /* the thread waits for `wake`, which was not signalled yet */
	enum gh_err unreachable; /* a shared database was not there when last needed, with a
				  * sentence about it; guarded by the queue's lock */
	char why[STORE_WHY];
};

struct store_queue {
	struct store_handle db;
	struct store_queue_limits limits;
	struct queue_lane own[STORE_LANES];
	struct queue_lane *lane[STORE_LANES]; /* among `own` */

	pthread_mutex_t lock; /* of everything below, and what waits in the lanes */
	size_t jobs, bytes;   /* waiting in all lanes */
	int64_t worked_us;    /* when the last job other than upkeep ended; monotonic */
	bool closing;
	struct store_queue_stats stats;
	enum gh_err fault;  /* of the database, the latest */
	size_t fault_bytes; /* of the jobs that met it */
	uint64_t fault_us;  /* monotonic */
	bool fault_over;    /* as much as what failed was stored since */
	uint64_t probed_us; /* when it was last tried whether that can be */
	char fault_why[STORE_WHY];
};

/* Jobs that share a transaction, and what became of the group. */
struct group {
	struct job_list jobs;
	uint64_t commits, commit_us;
	bool wrote; /* and was committed, with `written` bytes of jobs */
	size_t written;
	enum gh_err fault;  /* of the database, the latest */
	size_t fault_bytes; /* of the jobs that met it */
	enum gh_err unreachable;
};

/* A job of upkeep, alone; `at` refers to it in the lane's list. With the queue's lock. */
void group_take_upkeep(struct queue_lane *lane, struct group *g, struct store_job **at);
/* As much of what waits as one transaction may hold. With the queue's lock. */
void group_take(struct queue_lane *lane, struct group *g);
/* One transaction of all jobs but those that fail, which are ended. The result is that of the
 * transaction. */
enum gh_err group_run(struct queue_lane *lane, struct group *g);

/* A sentence, or an empty one for NULL. */
void queue_why_copy(char to[STORE_WHY], const char *why);
/* What became of a group. What little still fits on a full disk proves nothing, so size counts. With the
 * queue's lock. */
void queue_fault_update(struct store_queue *q, const struct group *g);
/* The failure that stands; GH_OK: none. With the queue's lock. */
enum gh_err queue_fault(const struct store_queue *q);
/* Whether it is to be tried whether there is room again. With the queue's lock. */
bool lane_probe_due(const struct queue_lane *lane);
/* Write as much as what failed, since no device may ever send as much again. With the queue's lock, which
 * is free meanwhile. */
void lane_probe(struct queue_lane *lane);

#endif
