#include "core/punch_known.h"

#include <stdlib.h>

#define ROWS_AT_ONCE 1000

static int punch_number_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int punch_bytes_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int by = n ? memcmp(a.p, b.p, n) : 0;

	return by ? by : punch_number_order((int64_t)a.n, (int64_t)b.n);
}

/* Without a work code, in either of the forms that devices write. */
static gh_slice punch_code_of(const struct punch *p)
{
	return punch_is_uncoded(p) ? (gh_slice){ 0 } : p->work_code;
}

static int punch_order(const void *x, const void *y)
{
	const struct punch *a = x, *b = y;
	int by = punch_number_order(a->time, b->time);

	by = by ? by : punch_bytes_order(a->pin, b->pin);
	by = by ? by : punch_number_order(a->status, b->status);
	by = by ? by : punch_number_order(a->verify, b->verify);
	return by ? by : punch_bytes_order(punch_code_of(a), punch_code_of(b));
}

/* Whether `stored` is the punch: the same, or one that came live and has no work code yet. */
static bool punch_is_stored_as(const struct punch *p, const struct punch *stored)
{
	struct punch bare = *stored;

	if (punch_order(p, stored) == 0)
		return true;
	bare.work_code = p->work_code;
	return stored->source == PUNCH_LIVE && stored->work_code.n == 0 &&
	       punch_order(p, &bare) == 0;
}

struct search {
	struct punch *p;
	bool *found;
	size_t n, at; /* those before `at` are earlier than what comes */
	ghi_civil time;
	int64_t seq;
	int64_t rows;
};

static bool stored_see(void *ctx, const struct punch *stored)
{
	struct search *s = ctx;

	s->rows++;
	s->time = stored->time;
	s->seq = stored->seq;
	while (s->at < s->n && s->p[s->at].time < stored->time)
		s->at++;
	for (size_t i = s->at; i < s->n && s->p[i].time == stored->time; i++)
		s->found[i] |= punch_is_stored_as(&s->p[i], stored);
	return s->at < s->n;
}

static enum gh_err stored_search(const struct store_ops *ops, struct store_reader *reader,
				 int64_t device, struct search *s)
{
	while (s->at < s->n) {
		ghi_civil next = s->p[s->at].time;
		bool on = s->rows && s->time >= next;
		enum gh_err err;

		s->rows = 0;
		err = ops->punches_by_time(reader, device, on ? s->time : next, on ? s->seq : 0,
					   ROWS_AT_ONCE, stored_see, s);
		if (err)
			return err;
		if (s->rows < ROWS_AT_ONCE)
			break;
	}
	return GH_OK;
}

enum gh_err punches_known(const struct store_ops *ops, struct store_reader *reader,
			  int64_t device, struct punch *p, size_t n, size_t *known)
{
	struct search s = { .p = p, .n = n, .found = calloc(n + 1, sizeof(bool)) };
	enum gh_err err = s.found ? GH_OK : GH_ENOMEM;

	*known = 0;
	if (n && err == GH_OK) {
		qsort(p, n, sizeof(*p), punch_order);
		err = stored_search(ops, reader, device, &s);
	}
	for (size_t i = 0; i < n && err == GH_OK; i++)
		*known += s.found[i] || (i > 0 && punch_order(&p[i - 1], &p[i]) == 0);
	free(s.found);
	return err;
}
