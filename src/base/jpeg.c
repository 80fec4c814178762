#include "base/jpeg.h"

#include <string.h>

/* Second bytes of markers (T.81, table B.1). */
enum {
	MARKER_TEM = 0x01,
	MARKER_SOF = 0xC0, /* to 0xCF, but for the next three */
	MARKER_DHT = 0xC4,
	MARKER_JPG = 0xC8,
	MARKER_DAC = 0xCC,
	MARKER_RST = 0xD0, /* to 0xD7 */
	MARKER_SOI = 0xD8,
	MARKER_EOI = 0xD9,
	MARKER_SOS = 0xDA,
};

#define FRAME_LEAST 8 /* bytes of a frame header without components, with its length */

static bool marker_is_restart(uint8_t m)
{
	return m >= MARKER_RST && m < MARKER_SOI;
}

static bool marker_is_frame(uint8_t m)
{
	return (m & 0xF0) == MARKER_SOF && m != MARKER_DHT && m != MARKER_JPG &&
	       m != MARKER_DAC;
}

/* The second byte of the marker behind the coded data that s begins with, which is cut off; 0: there is none. */
static uint8_t jpeg_data_skip(gh_slice *s)
{
	const uint8_t *at;

	while (s->n > 1 && (at = memchr(s->p, 0xFF, s->n - 1)) != NULL) {
		uint8_t m = at[1];

		*s = gh_slice_from(*s, (size_t)(at - s->p) + (m == 0xFF ? 1 : 2));
		if (m != 0 && m != 0xFF && !marker_is_restart(m))
			return m;
	}
	return 0;
}

/* The second byte of the marker that s begins with, which is cut off; 0: another byte is there, or no more. */
static uint8_t jpeg_marker_take(gh_slice *s)
{
	size_t at = 0;

	while (at < s->n && s->p[at] == 0xFF)
		at++;
	uint8_t m = at && at < s->n ? s->p[at] : 0;

	*s = gh_slice_from(*s, m ? at + 1 : at);
	return m;
}

/* A frame has a width; its height may follow the first scan. */
static bool jpeg_frame_fits(gh_slice segment)
{
	return segment.n >= FRAME_LEAST && (segment.p[5] || segment.p[6]) && segment.p[7];
}

enum jpeg_form ghi_jpeg_form(gh_slice s)
{
	bool frame = false, scan = false;
	uint8_t m;

	if (!gh_slice_starts(s, GH_LIT("\xFF\xD8\xFF")))
		return JPEG_NONE;
	s = gh_slice_from(s, 2);
	m = jpeg_marker_take(&s);
	while (m && m != MARKER_EOI) {
		size_t n;

		if (m == MARKER_SOI || m == MARKER_TEM || marker_is_restart(m))
			return JPEG_NONE;
		if (s.n < 2)
			return JPEG_CUT;
		n = (size_t)s.p[0] << 8 | s.p[1];
		if (n < 2)
			return JPEG_NONE;
		if (n > s.n)
			return JPEG_CUT;
		if (marker_is_frame(m) && !jpeg_frame_fits((gh_slice){ s.p, n }))
			return JPEG_NONE;
		frame |= marker_is_frame(m);
		scan |= m == MARKER_SOS;
		s = gh_slice_from(s, n);
		if (m != MARKER_SOS) {
			m = jpeg_marker_take(&s);
			continue;
		}
		m = frame ? jpeg_data_skip(&s) : 0;
		if (m == 0)
			return frame ? JPEG_CUT : JPEG_NONE;
	}
	if (m == MARKER_EOI)
		return frame && scan ? JPEG_WHOLE : JPEG_NONE;
	return s.n ? JPEG_NONE : JPEG_CUT;
}
