#include "api/readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define WAIT_MS 2000 /* for a reader that another request uses */

struct readers {
	const struct store_handle *db;
	pthread_mutex_t lock;
	pthread_cond_t returned;
	unsigned limit, open; /* open counts those lent, too */
	unsigned idle;
	struct store_reader *reader[]; /* the idle ones */
};

enum gh_err readers_new(const struct store_handle *db, unsigned n, struct readers **out)
{
	struct readers *rs = calloc(1, sizeof(*rs) + n * sizeof(rs->reader[0]));

	if (rs == NULL)
		return GH_ENOMEM;
	rs->db = db;
	rs->limit = n;
	pthread_mutex_init(&rs->lock, NULL);
	ghi_clock_condition_init(&rs->returned);
	*out = rs;
	return GH_OK;
}

void readers_free(struct readers *rs)
{
	if (rs == NULL)
		return;
	while (rs->idle)
		rs->db->ops->reader_close(rs->reader[--rs->idle]);
	pthread_cond_destroy(&rs->returned);
	pthread_mutex_destroy(&rs->lock);
	free(rs);
}

enum gh_err readers_borrow(struct readers *rs, struct store_reader **out)
{
	struct timespec until = ghi_clock_deadline(WAIT_MS);
	enum gh_err err = GH_OK;
	bool make = false;

	pthread_mutex_lock(&rs->lock);
	while (rs->idle == 0 && rs->open == rs->limit && err == GH_OK)
		if (pthread_cond_timedwait(&rs->returned, &rs->lock, &until))
			err = GH_EBUSY;
	if (rs->idle) {
		*out = rs->reader[--rs->idle];
		err = GH_OK;
	} else if (rs->open < rs->limit) {
		rs->open++;
		make = true;
		err = GH_OK;
	}
	pthread_mutex_unlock(&rs->lock);
	if (!make)
		return err;
	err = rs->db->ops->reader_open(rs->db->store, out);
	if (err) {
		pthread_mutex_lock(&rs->lock);
		rs->open--;
		pthread_cond_signal(&rs->returned);
		pthread_mutex_unlock(&rs->lock);
	}
	return err;
}

void readers_return(struct readers *rs, struct store_reader *r)
{
	pthread_mutex_lock(&rs->lock);
	rs->reader[rs->idle++] = r;
	pthread_cond_signal(&rs->returned);
	pthread_mutex_unlock(&rs->lock);
}
