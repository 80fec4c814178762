/* Little-endian reader with a sticky error: read every field, then check err once.
 * After a failure each read returns zero and the position stays where it was. */
#ifndef GH_BASE_READER_H
#define GH_BASE_READER_H

#include "base/err.h"
#include "base/slice.h"

struct ghi_reader {
	gh_slice in;
	size_t at;
	enum gh_err err;
};

static inline struct ghi_reader ghi_reader_on(gh_slice in)
{
	return (struct ghi_reader){ .in = in };
}

static inline size_t ghi_left(const struct ghi_reader *r)
{
	return r->in.n - r->at;
}

static inline gh_slice ghi_bytes(struct ghi_reader *r, size_t n)
{
	gh_slice s = { 0 };

	if (r->err == GH_OK && ghi_left(r) < n)
		r->err = GH_ETRUNCATED;
	if (r->err == GH_OK) {
		s = (gh_slice){ r->in.p + r->at, n };
		r->at += n;
	}
	return s;
}

static inline uint8_t ghi_u8(struct ghi_reader *r)
{
	gh_slice s = ghi_bytes(r, 1);

	return s.n ? s.p[0] : 0;
}

static inline uint16_t ghi_u16(struct ghi_reader *r)
{
	gh_slice s = ghi_bytes(r, 2);

	return s.n ? (uint16_t)(s.p[0] | s.p[1] << 8) : 0;
}

static inline uint32_t ghi_u32(struct ghi_reader *r)
{
	gh_slice s = ghi_bytes(r, 4);

	return s.n ? (uint32_t)s.p[0] | (uint32_t)s.p[1] << 8 | (uint32_t)s.p[2] << 16 |
			       (uint32_t)s.p[3] << 24
		   : 0;
}

#endif
