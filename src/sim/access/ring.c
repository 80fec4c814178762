#include "sim/access/ring.h"

#include <stdlib.h>

void panel_ring_open(struct panel_ring *r, uint32_t capacity)
{
	*r = (struct panel_ring){ .capacity = capacity };
}

void panel_ring_close(struct panel_ring *r)
{
	free(r->events);
	*r = (struct panel_ring){ 0 };
}

/* The array grows up to the capacity; until then places are numbers less `first`'s own offset, so
 * every growth lays the events out again. */
static enum gh_err ring_grow(struct panel_ring *r)
{
	uint32_t cap = r->cap ? r->cap * 2 : 32;
	struct panel_event *events;

	if (cap > r->capacity)
		cap = r->capacity;
	events = malloc(cap * sizeof(*events));
	if (events == NULL)
		return GH_ENOMEM;
	for (uint32_t n = r->first; n != r->next; n++)
		events[n % cap] = r->events[n % r->cap];
	free(r->events);
	r->events = events;
	r->cap = cap;
	return GH_OK;
}

enum gh_err panel_ring_add(struct panel_ring *r, struct panel_event *e)
{
	if (r->next - r->first == r->cap && r->cap < r->capacity && ring_grow(r))
		return GH_ENOMEM;
	if (r->next - r->first == r->cap)
		r->first++;
	e->number = r->next;
	r->events[r->next++ % r->cap] = *e;
	return GH_OK;
}

const struct panel_event *panel_ring_at(const struct panel_ring *r, uint32_t number)
{
	return number >= r->first && number < r->next ? &r->events[number % r->cap] : NULL;
}

void panel_ring_drop(struct panel_ring *r, uint32_t number)
{
	if (number > r->next)
		number = r->next;
	if (number > r->first)
		r->first = number;
}
