/* A failure of the database: how long it stands, and how it is found out that it is over. */
#include <stdio.h>

#include "base/clock.h"
#include "store/queue_private.h"

void queue_why_copy(char to[STORE_WHY], const char *why)
{
	snprintf(to, STORE_WHY, "%s", why ? why : "");
}

void queue_fault_update(struct store_queue *q, const struct group *g)
{
	if (g->fault) {
		q->fault = g->fault;
		q->fault_bytes = g->fault_bytes;
		q->fault_us = (uint64_t)ghi_clock_monotonic_us();
		q->fault_over = false;
	}
	q->fault_over |= g->wrote && g->written >= q->fault_bytes;
}

enum gh_err queue_fault(const struct store_queue *q)
{
	uint64_t quiet_ms = ((uint64_t)ghi_clock_monotonic_us() - q->fault_us) / 1000;
	bool works = q->fault_over && quiet_ms >= q->limits.settle_ms;

	return works ? GH_OK : q->fault;
}

static enum gh_err probe_commit(struct queue_lane *lane, size_t bytes)
{
	const struct store_ops *ops = lane->q->db.ops;
	struct store_outcome out = { .job = -1 };
	enum gh_err err = ops->begin(lane->store);

	if (err)
		return err;
	ops->job(lane->store, 0);
	err = bytes ? ops->probe_put(lane->store, bytes) : ops->probe_clear(lane->store);
	if (err)
		ops->rollback(lane->store);
	else
		err = ops->commit(lane->store, &out);
	return err;
}

bool lane_probe_due(const struct queue_lane *lane)
{
	const struct store_queue *q = lane->q;
	uint64_t since = q->probed_us > q->fault_us ? q->probed_us : q->fault_us;

	return q->fault && !q->fault_over && q->limits.probe_ms &&
	       lane == q->lane[LANE_LEDGER] &&
	       ((uint64_t)ghi_clock_monotonic_us() - since) / 1000 >= q->limits.probe_ms;
}

void lane_probe(struct queue_lane *lane)
{
	struct store_queue *q = lane->q;
	size_t bytes = q->fault_bytes ? q->fault_bytes : 1;

	pthread_mutex_unlock(&q->lock);
	enum gh_err err = probe_commit(lane, bytes);

	/* What stays now is removed by the next one. */
	if (err == GH_OK)
		err = probe_commit(lane, 0);
	pthread_mutex_lock(&q->lock);
	q->probed_us = (uint64_t)ghi_clock_monotonic_us();
	q->fault_over = err == GH_OK;
	if (err) {
		q->fault = err;
		q->fault_us = q->probed_us;
		queue_why_copy(q->fault_why, q->db.ops->why(lane->store));
	}
}
