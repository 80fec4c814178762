/* A reply without end whose text is made piece by piece on reader threads. The listener's thread
 * sends what there is; when all is sent it requests the next piece, and the connection is
 * suspended until that is made. A slow client occupies one piece and no thread.
 *
 * Threads: while a piece is being made it belongs to the reader thread, else to the listener's.
 * The lock guards that state and the stream's end; it is held while the stream is woken, and not
 * while the store is read. */
#ifndef GH_API_PIECE_H
#define GH_API_PIECE_H

#include <pthread.h>

#include "base/json.h"
#include "core/readers.h"
#include "http/http.h"

#define PIECE_BYTES ((size_t)64 << 10) /* make() stops when it has written so much ... */
#define PIECE_LONG ((size_t)256 << 10) /* (or so much, of what ends: an export) */
#define PIECE_LIMIT ((size_t)4 << 20)  /* ... and one row never makes it more than this */

enum piece_state { PIECE_IDLE, PIECE_MAKING, PIECE_MADE };

/* The first member of what a stream is about. */
struct piece {
	struct read_job job;
	struct readers *readers;
	enum readers_class class;
	/* On a reader thread: write the next text. */
	enum gh_err (*make)(struct piece *p, struct store_reader *reader);
	/* On any thread, once, when the stream has gone and nothing is being made. */
	void (*release)(struct piece *p);

	pthread_mutex_t lock;
	enum piece_state state;
	atomic_bool gone;
	struct http_stream *stream;
	enum gh_err err; /* of the last piece */
	struct json out; /* the text */
	size_t at;	 /* of which this much is sent */
	size_t full;	 /* PIECE_BYTES, unless it is set after piece_init() */
};

/* The functions above are set by the caller, the rest is. */
void piece_init(struct piece *p, struct readers *readers, enum readers_class class);
void piece_clear(struct piece *p);

/* Append to the text as it is. */
void piece_write(struct piece *p, gh_slice s);
/* make() should return for now. */
bool piece_full(const struct piece *p);

/* On the listener's thread, from the stream's pull: */

/* Throw away the text, which is sent. */
void piece_reset(struct piece *p);

/* Whether the next piece is being made. */
bool piece_making(struct piece *p);
/* What is left of the text; 0: nothing. */
size_t piece_send(struct piece *p, uint8_t *to, size_t n);
/* Have the next piece made. The text must be sent. An error as that of readers_put(). */
GH_MUST_CHECK enum gh_err piece_request(struct piece *p);
/* The stream's `gone`: p is released now or when what is being made is ready. */
void piece_gone(void *p);

#endif
