/* Replies without end. A stream that has nothing to send is a suspended connection, until
 * http_stream_wake() resumes it. The state changes under the listener's lock only, so that a
 * wake-up between an empty pull and the suspension is not lost. */
#include "http/http_private.h"

#include <stdlib.h>

#define BLOCK 4096

enum stream_state { STREAM_RUNNING, STREAM_WOKEN, STREAM_SUSPENDED };

struct http_stream {
	struct http_listener *listener;
	struct MHD_Connection *connection;
	int64_t (*pull)(void *ctx, uint8_t *to, size_t n);
	void (*gone)(void *ctx);
	void *ctx;
	enum stream_state state;
	bool finite; /* broken off, not ended, when the listener closes */
	struct http_stream *next, **here;
};

/* Suspend, unless the stream was woken since the last pull. False: it was. */
static bool stream_suspend(struct http_stream *s)
{
	struct http_listener *l = s->listener;
	bool suspended;

	pthread_mutex_lock(&l->streams_lock);
	suspended = s->state == STREAM_RUNNING && !atomic_load(&l->closing);
	if (suspended)
		MHD_suspend_connection(s->connection);
	s->state = suspended ? STREAM_SUSPENDED : STREAM_RUNNING;
	pthread_mutex_unlock(&l->streams_lock);
	return suspended;
}

static ssize_t stream_read(void *cls, uint64_t pos, char *to, size_t n)
{
	struct http_stream *s = cls;

	(void)pos;
	while (!atomic_load(&s->listener->closing)) {
		int64_t got = s->pull(s->ctx, (uint8_t *)to, n);

		if (got > 0)
			return (ssize_t)got;
		if (got < -1)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (got < 0)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (stream_suspend(s))
			return 0;
	}
	return s->finite ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
}

bool http_stream_left(const struct http_stream *s)
{
	return connection_peer_left(s->connection);
}

void http_stream_finite(struct http_stream *s)
{
	s->finite = true;
}

static void stream_free(void *cls)
{
	struct http_stream *s = cls;
	struct http_listener *l = s->listener;

	pthread_mutex_lock(&l->streams_lock);
	*s->here = s->next;
	if (s->next)
		s->next->here = s->here;
	pthread_mutex_unlock(&l->streams_lock);
	if (s->gone)
		s->gone(s->ctx);
	free(s);
}

/* The listener's lock is held. */
static void stream_resume(struct http_stream *s)
{
	if (s->state == STREAM_SUSPENDED)
		MHD_resume_connection(s->connection);
	s->state = STREAM_WOKEN;
}

struct http_stream *http_stream_start(struct http_request *r, unsigned status,
				      const char *content_type,
				      int64_t (*pull)(void *ctx, uint8_t *to, size_t n),
				      void (*gone)(void *ctx), void *ctx)
{
	struct http_listener *l = r->listener;
	struct http_stream *s = calloc(1, sizeof(*s));
	struct MHD_Response *response = NULL;

	if (s)
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK,
							     stream_read, s, stream_free);
	if (response == NULL) {
		free(s);
		return NULL;
	}
	/* The library sends the end of a chunked body even where there must be no body. */
	if (gh_slice_eq(http_method(r), GH_LIT("HEAD")))
		MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT,
					 MHD_RO_END);
	*s = (struct http_stream){
		.listener = l, .connection = r->connection, .pull = pull, .ctx = ctx
	};
	pthread_mutex_lock(&l->streams_lock);
	s->next = l->streams;
	s->here = &l->streams;
	if (s->next)
		s->next->here = &s->next;
	l->streams = s;
	pthread_mutex_unlock(&l->streams_lock);
	reply_set(r, status, content_type, response);
	if (r->response != response)
		return NULL; /* no memory for a header line; s is freed */
	s->gone = gone;
	return s;
}

void http_stream_wake(struct http_stream *s)
{
	struct http_listener *l = s->listener;

	pthread_mutex_lock(&l->streams_lock);
	stream_resume(s);
	pthread_mutex_unlock(&l->streams_lock);
}

void streams_end(struct http_listener *l)
{
	pthread_mutex_lock(&l->streams_lock);
	for (struct http_stream *s = l->streams; s; s = s->next)
		stream_resume(s);
	pthread_mutex_unlock(&l->streams_lock);
}
