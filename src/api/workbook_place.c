#include "api/workbook_place.h"

#include <pthread.h>
#include <stdlib.h>

#include "api/call.h"
#include "base/clock.h"

#define RETRY_AFTER "30" /* seconds */

struct workbook_place {
	struct workbook_places *of;
	bool taken;
	int64_t since_ms;
};

struct workbook_places {
	pthread_mutex_t lock; /* guards all */
	unsigned refs;
	struct workbook_place place[WORKBOOKS];
};

struct workbook_places *workbook_places_new(void)
{
	struct workbook_places *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->refs = 1;
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void workbook_places_unref(struct workbook_places *p)
{
	bool last;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	last = --p->refs == 0;
	pthread_mutex_unlock(&p->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* NULL: none is free; *since_ms: since when the oldest is taken. */
static struct workbook_place *place_find(struct workbook_places *p, int64_t *since_ms)
{
	*since_ms = INT64_MAX;
	for (size_t i = 0; i < WORKBOOKS; i++) {
		if (!p->place[i].taken)
			return &p->place[i];
		if (p->place[i].since_ms < *since_ms)
			*since_ms = p->place[i].since_ms;
	}
	return NULL;
}

bool workbook_place_take(struct call *c, struct workbook_place **out)
{
	struct workbook_places *p = c->api->workbooks;
	int64_t now = ghi_clock_monotonic_ms(), since;
	struct workbook_place *free_one;

	pthread_mutex_lock(&p->lock);
	free_one = place_find(p, &since);
	if (free_one) {
		*free_one = (struct workbook_place){ p, true, now };
		p->refs++;
	}
	pthread_mutex_unlock(&p->lock);
	*out = free_one;
	if (free_one)
		return true;
	http_add_header(c->r, "Retry-After", RETRY_AFTER);
	call_fail(c, ERROR_too_many_exports,
		  "%d workbooks are being made, as many as the server makes at a time; the "
		  "older one began %lld seconds ago, and a million rows take about a minute. "
		  "Try again in " RETRY_AFTER " seconds, or export csv or ndjson, which need "
		  "not wait.",
		  WORKBOOKS, (long long)(now - since) / 1000);
	return false;
}

void workbook_place_give(struct workbook_place *place)
{
	struct workbook_places *p;

	if (place == NULL)
		return;
	p = place->of;
	pthread_mutex_lock(&p->lock);
	place->taken = false;
	pthread_mutex_unlock(&p->lock);
	workbook_places_unref(p);
}
