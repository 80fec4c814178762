/* Text or bytes that grow on the heap up to a ceiling. */
#ifndef GH_BASE_BUFFER_H
#define GH_BASE_BUFFER_H

#include "base/err.h"
#include "base/slice.h"

/* After an error (GH_ETOOBIG, GH_ENOMEM) nothing more is written, so one check at the end is
 * enough. A piece that does not fit is omitted as a whole. */
struct buffer {
	uint8_t *p;
	size_t n, cap, limit;
	enum gh_err err;
};

/* An empty one holds no memory; it grows up to `limit` bytes. */
static inline struct buffer buffer_with_limit(size_t limit)
{
	return (struct buffer){ .limit = limit };
}

/* Free what it holds. It is empty, without an error, and ready for use again. */
void buffer_clear(struct buffer *b);

/* Empty it and keep the memory and the error. */
static inline void buffer_empty(struct buffer *b)
{
	b->n = 0;
}

/* What was written, borrowed until the next change. */
static inline gh_slice buffer_text(const struct buffer *b)
{
	return (gh_slice){ b->p, b->n };
}

/* For buffer_add(): where there is no room yet. */
void buffer_add_growing(struct buffer *b, gh_slice s);

static inline void buffer_add(struct buffer *b, gh_slice s)
{
	if (b->err || s.n == 0)
		return;
	if (b->cap - b->n < s.n) {
		buffer_add_growing(b, s);
		return;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buffer_add_signed(struct buffer *b, int64_t v);
/* As printf(), at most 511 bytes a call. */
__attribute__((format(printf, 2, 3))) void buffer_print(struct buffer *b, const char *format,
							...);
/* Record an error of the caller; the first error is kept. */
static inline void buffer_fail(struct buffer *b, enum gh_err err)
{
	if (b->err == GH_OK)
		b->err = err;
}

#endif
