#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/writer.h"

#define FIRST_CAPACITY 1024

void buffer_clear(struct buffer *b)
{
	free(b->p);
	*b = buffer_with_limit(b->limit);
}

/* Make room for n more bytes. */
static bool buffer_grow(struct buffer *b, size_t n)
{
	size_t cap = b->cap ? b->cap : FIRST_CAPACITY;

	while (cap - b->n < n && cap < b->limit)
		cap = cap > b->limit / 2 ? b->limit : cap * 2;
	if (cap > b->limit)
		cap = b->limit;
	if (cap - b->n < n) {
		b->err = GH_ETOOBIG;
		return false;
	}
	uint8_t *grown = realloc(b->p, cap);
	if (grown == NULL) {
		b->err = GH_ENOMEM;
		return false;
	}
	b->p = grown;
	b->cap = cap;
	return true;
}

void buffer_add_growing(struct buffer *b, gh_slice s)
{
	if (!buffer_grow(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buffer_add_signed(struct buffer *b, int64_t v)
{
	uint8_t text[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put_signed(&w, v);
	buffer_add(b, ghi_written(&w));
}

void buffer_print(struct buffer *b, const char *format, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		buffer_fail(b, GH_ETOOBIG);
	else
		buffer_add(b, gh_slice_of(text));
}
