#include "sim/picture.h"

#include "base/writer.h"
#include "sim/prng.h"

#include <assert.h>

#define TILES 8

/* ISO 10918-1: start, one quantisation table (every step 8, so that a tile's level is its
 * DC value), 64 by 64 in one component, the luminance DC codes of annex K, and an AC table
 * of one code: end of block. */
static const uint8_t frame[] = {
	0xff, 0xc0, 0,	11,   8,    0, 64, 0, 64, 1, 1,	 0x11, 0, /* frame */
	0xff, 0xc4, 0,	31,   0x00, 0, 1,  5, 1,  1, 1,	 1,    1,
	1,    0,    0,	0,    0,    0, 0,  0, /* DC */
	0,    1,    2,	3,    4,    5, 6,  7, 8,  9, 10, 11,   0xff,
	0xc4, 0,    20, 0x10, 1,    0, 0,  0, 0,  0, /* AC */
	0,    0,    0,	0,    0,    0, 0,  0, 0,  0, 0,	 0xff, 0xda,
	0,    8,    1,	1,    0,    0, 63, 0, /* scan */
};
static const struct {
	uint8_t code, bits;
} dc[] = { { 0, 2 }, { 2, 3 },	{ 3, 3 },  { 4, 3 }, { 5, 3 },
	   { 6, 3 }, { 14, 4 }, { 30, 5 }, { 62, 6 } };

struct bits {
	struct ghi_writer *w;
	uint32_t held;
	unsigned n;
};

static void picture_bits_put(struct bits *b, uint32_t value, unsigned n)
{
	b->held = b->held << n | value;
	b->n += n;
	while (b->n >= 8) {
		uint8_t byte = (uint8_t)(b->held >> (b->n - 8));

		ghi_put_u8(b->w, byte);
		if (byte == 0xff)
			ghi_put_u8(b->w, 0);
		b->n -= 8;
	}
}

static void picture_tile_put(struct bits *b, int step)
{
	unsigned size = 0, magnitude = (unsigned)(step < 0 ? -step : step);

	while (magnitude >> size)
		size++;
	picture_bits_put(b, dc[size].code, dc[size].bits);
	if (size)
		picture_bits_put(b, step < 0 ? (uint32_t)(step + (1 << size) - 1) : magnitude,
				 size);
	picture_bits_put(b, 0, 1);
}

static void picture_scan_put(struct ghi_writer *w, uint64_t seed)
{
	struct bits b = { .w = w };
	int before = 0;

	for (unsigned i = 0; i < TILES * TILES; i++) {
		unsigned x = i % TILES, mirrored = x < TILES / 2 ? x : TILES - 1 - x;
		int level = (int)(sim_hash(seed, i / TILES, mirrored) % 4) * 60 - 90;

		picture_tile_put(&b, level - before);
		before = level;
	}
	picture_bits_put(&b, 0x7f, 7);
	ghi_put(w, GH_LIT("\xff\xd9"));
}

gh_slice sim_picture(uint64_t seed, uint8_t *to, size_t size)
{
	uint8_t scan[512];
	struct ghi_writer tail = ghi_writer_on(scan, sizeof(scan));
	struct ghi_writer w = ghi_writer_on(to, size);
	size_t filler;

	picture_scan_put(&tail, seed);
	assert(tail.err == GH_OK && size >= SIM_PICTURE_MIN && size <= 60000);
	ghi_put(&w, GH_LIT("\xff\xd8\xff\xdb\0\x43\0"));
	for (int i = 0; i < 64; i++)
		ghi_put_u8(&w, 8);
	filler = size - w.n - 4 - sizeof(frame) - tail.n;
	ghi_put(&w, GH_LIT("\xff\xfe"));
	ghi_put_u8(&w, (uint8_t)((filler + 2) >> 8));
	ghi_put_u8(&w, (uint8_t)(filler + 2));
	for (size_t i = 0; i < filler; i++)
		ghi_put_u8(&w, (uint8_t)('A' + sim_hash(seed, 99, i / 8) % 26));
	ghi_put(&w, (gh_slice){ frame, sizeof(frame) });
	ghi_put(&w, ghi_written(&tail));
	return ghi_written(&w);
}
