/* Fixed-capacity writer with a sticky error. The first piece that does not fit sets it
 * and nothing after it is written, so one check of err keeps half a record off the wire. */
#ifndef GH_BASE_WRITER_H
#define GH_BASE_WRITER_H

#include "base/err.h"
#include "base/slice.h"

struct ghi_writer {
	uint8_t *p;
	size_t cap;
	size_t n;
	enum gh_err err;
};

static inline struct ghi_writer ghi_writer_on(void *p, size_t cap)
{
	return (struct ghi_writer){ .p = p, .cap = cap };
}

/* What was written so far, borrowed from the writer's buffer. */
static inline gh_slice ghi_written(const struct ghi_writer *w)
{
	return (gh_slice){ w->p, w->n };
}

static inline void ghi_put(struct ghi_writer *w, gh_slice s)
{
	if (w->err == GH_OK && w->cap - w->n < s.n)
		w->err = GH_ESPACE;
	if (w->err == GH_OK && s.n) {
		memcpy(w->p + w->n, s.p, s.n);
		w->n += s.n;
	}
}

static inline void ghi_put_u8(struct ghi_writer *w, uint8_t v)
{
	ghi_put(w, (gh_slice){ &v, 1 });
}

static inline void ghi_put_u16(struct ghi_writer *w, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	ghi_put(w, (gh_slice){ b, sizeof(b) });
}

static inline void ghi_put_u32(struct ghi_writer *w, uint32_t v)
{
	ghi_put_u16(w, (uint16_t)v);
	ghi_put_u16(w, (uint16_t)(v >> 16));
}

void ghi_put_decimal(struct ghi_writer *w, uint64_t v);
void ghi_put_signed(struct ghi_writer *w, int64_t v);
/* Zero-filled to `width` digits; higher digits are not cut. */
void ghi_put_padded(struct ghi_writer *w, uint64_t v, unsigned width);

#endif
