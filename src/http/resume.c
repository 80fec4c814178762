/* Waking suspended connections. libmicrohttpd writes to its own pipe for each that is resumed, and a
 * write that wakes a thread costs as much as storing a punch; after a commit some thirty requests are
 * resumed at once. So only the first is resumed by the thread that has its result. The others are put
 * in a list of the thread that owns them, which resumes them itself, as soon as the library calls it
 * for anything: for the first, at the latest. */
#include "http/http_private.h"

struct http_worker *resume_worker(struct http_listener *l)
{
	struct http_worker *w = NULL;
	pthread_t self = pthread_self();

	pthread_mutex_lock(&l->workers_lock);
	for (size_t i = 0; i < l->workers && w == NULL; i++)
		if (pthread_equal(l->worker[i].thread, self))
			w = &l->worker[i];
	if (w == NULL && l->workers < l->worker_room) {
		w = &l->worker[l->workers++];
		w->thread = self;
	}
	pthread_mutex_unlock(&l->workers_lock);
	return w;
}

static void request_resume(struct http_request *r)
{
	struct http_listener *l = r->listener;

	/* From here on the request may end at any moment. */
	MHD_resume_connection(r->connection);
	atomic_fetch_sub(&l->deferred, 1); /* the last access: http_close() waits for it */
}

/* Whether r was added to a list that is not empty; if it is, it is marked as begun. Once in the list
 * the request may end at any moment. */
static bool worker_add(struct http_worker *w, struct http_request *r)
{
	struct resumed *head = atomic_load(&w->resumed), *grown;

	r->resumed.request = r;
	do {
		r->resumed.next = head;
		grown = head ? &r->resumed : &w->last;
	} while (!atomic_compare_exchange_weak(&w->resumed, &head, grown));
	return head != NULL;
}

void resume_request(struct http_request *r)
{
	if (r->worker == NULL || !worker_add(r->worker, r))
		request_resume(r);
}

void resume_waiting(struct http_worker *w)
{
	struct resumed *at, *next;

	if (w == NULL || atomic_load_explicit(&w->resumed, memory_order_relaxed) == NULL)
		return;
	for (at = atomic_exchange(&w->resumed, NULL); at != &w->last; at = next) {
		next = at->next;
		request_resume(at->request);
	}
}
