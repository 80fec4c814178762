#include "api/state_events.h"

#include <stdlib.h>

#include "api/stored_states.h"

enum {
	EVENTS = 16384,		 /* kept at the most */
	EVENTS_BYTES = 16 << 20, /* of their texts */
};

struct state_event {
	enum state_topic topic;
	int64_t device;
	size_t n;
	char *text;
};

struct state_events {
	struct server *server;
	pthread_mutex_t lock;
	struct state_watch *watch;
	struct stored_states *stored;
	void (*wake)(void *ctx);
	void *ctx;
	size_t followers[STATE_TOPICS];
	/* Those with the numbers from `first` on; `next` is that of the next one. */
	uint64_t first, next;
	size_t bytes;
	struct state_event event[EVENTS];
};

static struct state_event *event_at(struct state_events *e, uint64_t number)
{
	return &e->event[number % EVENTS];
}

static void event_drop_first(struct state_events *e)
{
	struct state_event *v = event_at(e, e->first++);

	e->bytes -= v->n;
	free(v->text);
	v->text = NULL;
}

/* Under the lock. Without memory the event is lost as one of those that were dropped. */
static void state_event_put(void *ctx, enum state_topic topic, int64_t device, gh_slice data)
{
	struct state_events *e = ctx;
	struct buffer text = buffer_with_limit(data.n + 64);

	buffer_add(&text, GH_LIT("event: "));
	buffer_add(&text, gh_slice_of(state_topic_name(topic)));
	buffer_add(&text, GH_LIT("\ndata: "));
	buffer_add(&text, data);
	buffer_add(&text, GH_LIT("\n\n"));
	while (e->first < e->next &&
	       (e->next - e->first == EVENTS || e->bytes + text.n > EVENTS_BYTES || text.err))
		event_drop_first(e);
	if (text.err) {
		buffer_clear(&text);
		e->first = ++e->next;
		return;
	}
	*event_at(e, e->next++) = (struct state_event){ topic, device, text.n, (char *)text.p };
	e->bytes += text.n;
}

static void state_event_put_stored(void *ctx, enum state_topic topic, int64_t device,
				   gh_slice data)
{
	struct state_events *e = ctx;

	pthread_mutex_lock(&e->lock);
	if (e->followers[topic])
		state_event_put(e, topic, device, data);
	pthread_mutex_unlock(&e->lock);
}

static void state_events_stored(void *ctx)
{
	struct state_events *e = ctx;

	e->wake(e->ctx);
}

static void topic_begin(struct state_events *e, enum state_topic topic)
{
	if (topic >= STATE_STORED)
		stored_states_begin(e->stored, topic);
	else
		state_watch_begin(e->watch, topic);
}

uint64_t state_events_join(struct state_events *e, unsigned topics)
{
	uint64_t cursor;

	pthread_mutex_lock(&e->lock);
	for (enum state_topic t = 0; t < STATE_TOPICS; t++)
		if (topics >> t & 1 && e->followers[t]++ == 0)
			topic_begin(e, t);
	cursor = e->next;
	pthread_mutex_unlock(&e->lock);
	return cursor;
}

void state_events_leave(struct state_events *e, unsigned topics)
{
	size_t left = 0;

	pthread_mutex_lock(&e->lock);
	for (enum state_topic t = 0; t < STATE_TOPICS; t++) {
		e->followers[t] -= topics >> t & 1;
		left += e->followers[t];
	}
	while (left == 0 && e->first < e->next)
		event_drop_first(e);
	pthread_mutex_unlock(&e->lock);
}

void state_events_tick(struct state_events *e)
{
	pthread_mutex_lock(&e->lock);
	uint64_t before = e->next;

	unsigned stored = 0;

	for (enum state_topic t = 0; t < STATE_STORED; t++)
		if (e->followers[t])
			state_watch_look(e->watch, t, state_event_put, e);
	for (enum state_topic t = STATE_STORED; t < STATE_TOPICS; t++)
		stored |= (e->followers[t] > 0) << t;
	stored_states_look(e->stored, stored);
	bool grew = e->next > before;

	pthread_mutex_unlock(&e->lock);
	if (grew)
		e->wake(e->ctx);
}

/* --- whose events: of the devices that are inside now --- */

struct device_areas {
	const struct event_filter *filter;
	int64_t *id; /* rising; only where the filter has areas */
	size_t n, room;
};

static bool area_device_add(void *ctx, struct device *d)
{
	struct device_areas *a = ctx;

	/* Those that came since they were counted are seen with the next event. */
	if (a->n < a->room && area_limit_has_device(&a->filter->limit, d))
		a->id[a->n++] = device_id(d);
	return true;
}

static int device_number_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* False: no memory. */
static bool areas_gather(const struct state_events *e, struct device_areas *a)
{
	a->room = devices_count(e->server->devices) + 64;
	a->id = malloc(a->room * sizeof(*a->id));
	if (a->id == NULL)
		return false;
	devices_each(e->server->devices, area_device_add, a);
	qsort(a->id, a->n, sizeof(*a->id), device_number_compare);
	return true;
}

static bool areas_have(const struct device_areas *a, int64_t device)
{
	const struct event_filter *f = a->filter;

	if (f->device && f->device != device)
		return false;
	return f->limit.n == 0 ||
	       bsearch(&device, a->id, a->n, sizeof(device), device_number_compare) != NULL;
}

enum state_events_result state_events_take(struct state_events *e, uint64_t *cursor,
					   unsigned topics, const struct event_filter *filter,
					   struct piece *to)
{
	struct device_areas areas = { .filter = filter };
	enum state_events_result result = STATE_EVENTS_NONE;

	pthread_mutex_lock(&e->lock);
	if (*cursor < e->first)
		result = STATE_EVENTS_LOST;
	else if (*cursor < e->next && filter->limit.n && !areas_gather(e, &areas))
		result = STATE_EVENTS_LOST;
	while (result != STATE_EVENTS_LOST && *cursor < e->next && !piece_full(to)) {
		const struct state_event *v = event_at(e, (*cursor)++);

		if (!(topics >> v->topic & 1) || !areas_have(&areas, v->device))
			continue;
		piece_write(to, (gh_slice){ (const uint8_t *)v->text, v->n });
		result = STATE_EVENTS_TAKEN;
	}
	pthread_mutex_unlock(&e->lock);
	free(areas.id);
	return result;
}

struct state_events *state_events_new(struct server *server, void (*wake)(void *ctx), void *ctx)
{
	struct state_events *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	pthread_mutex_init(&e->lock, NULL);
	e->server = server;
	e->wake = wake;
	e->ctx = ctx;
	e->watch = state_watch_new(server);
	e->stored = stored_states_new(server, state_event_put_stored, state_events_stored, e);
	if (e->watch && e->stored)
		return e;
	state_events_free(e);
	return NULL;
}

void state_events_free(struct state_events *e)
{
	if (e == NULL)
		return;
	while (e->first < e->next)
		event_drop_first(e);
	state_watch_free(e->watch);
	stored_states_free(e->stored);
	pthread_mutex_destroy(&e->lock);
	free(e);
}
