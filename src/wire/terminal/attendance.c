#include "wire/terminal/attendance.h"

#include "base/reader.h"
#include "wire/terminal/text.h"

/* Layout 8B packs state and verify mode into one byte (manual 2006-12): bits 0-2, bits 3-4; bit
 * 5 is set when the time is complete. */
enum { STATE_8B = 0x07, VERIFY_8B = 0x18, LONG_8B = 0x20 };

static inline uint32_t u32_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint16_t u16_at(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* The PIN's 24 bytes up to its NUL, the rest zero: three words instead of a search, a copy and
 * a fill, as this runs once for each of a million records. */
static inline void pin_24(const uint8_t *field, char out[GH_PIN_SIZE])
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
	uint64_t w[3], all = UINT64_MAX;

	memcpy(w, field, sizeof(w));
	for (int i = 0; i < 3; i++) {
		/* The lowest set bit marks the first byte that is zero. */
		uint64_t zero = (w[i] - ones) & ~w[i] & highs;

		w[i] &= all;
		if (zero && all) {
			w[i] &= (zero & -zero) - 1;
			all = 0;
		}
	}
	memcpy(out, w, sizeof(w));
	out[sizeof(w)] = 0;
#else
	ghi_terminal_text_get(field, 24, out, GH_PIN_SIZE);
#endif
}

void ghi_terminal_punch_parse(const uint8_t *r, struct ghi_terminal_punch_format f,
			      struct ghi_terminal_day *day, struct gh_punch *p)
{
	p->record_size = (uint8_t)f.size;
	switch (f.layout) {
	case GHI_PUNCH_40:
		p->uid = u16_at(r);
		pin_24(r + 2, p->pin);
		p->verify = r[26];
		p->time_code = u32_at(r + 27);
		p->status = r[31];
		p->work_code = u32_at(r + 32);
		break;
	case GHI_PUNCH_16:
		p->uid = 0;
		p->pin[0] = 0; /* there is no user 0 */
		if (u32_at(r))
			ghi_terminal_text_decimal(u32_at(r), p->pin, sizeof(p->pin));
		p->time_code = u32_at(r + 4);
		p->status = r[8];
		p->verify = r[9];
		p->work_code = u32_at(r + 12);
		break;
	case GHI_PUNCH_8A:
	case GHI_PUNCH_8B:
		memset(p->pin, 0, sizeof(p->pin));
		p->uid = u16_at(r);
		p->work_code = 0;
		if (f.layout == GHI_PUNCH_8A) {
			p->verify = r[2];
			p->time_code = u32_at(r + 3);
			p->status = r[7];
		} else {
			p->status = r[3] ? r[3] : r[2] & STATE_8B;
			p->verify = (r[2] & VERIFY_8B) >> 3;
			p->time_code = u32_at(r + 4);
		}
		break;
	}
	ghi_terminal_time_unpack_next(day, p->time_code, &p->time);
}

void ghi_terminal_punch_write(struct ghi_writer *w, const struct gh_punch *p,
			      struct ghi_terminal_punch_format f)
{
	static const uint8_t tail[4] = { 0xFF, 0, 0, 0 };
	uint32_t pin = 0;

	switch (f.layout) {
	case GHI_PUNCH_40:
		ghi_put_u16(w, p->uid);
		ghi_terminal_text_put(w, p->pin, sizeof(p->pin), 24);
		ghi_put_u8(w, p->verify);
		ghi_put_u32(w, p->time_code);
		ghi_put_u8(w, p->status);
		ghi_put_u32(w, p->work_code);
		ghi_put(w, (gh_slice){ tail, sizeof(tail) });
		for (unsigned i = 40; i < f.size; i++)
			ghi_put_u8(w, 0);
		break;
	case GHI_PUNCH_16:
		/* A record without a PIN has 0 there. */
		if (p->pin[0] && !ghi_terminal_text_number(p->pin, &pin) && w->err == GH_OK)
			w->err = GH_EINVALID;
		ghi_put_u32(w, pin);
		ghi_put_u32(w, p->time_code);
		ghi_put_u8(w, p->status);
		ghi_put_u8(w, p->verify);
		ghi_put_u16(w, 0);
		ghi_put_u32(w, p->work_code);
		break;
	case GHI_PUNCH_8A:
		ghi_put_u16(w, p->uid);
		ghi_put_u8(w, p->verify);
		ghi_put_u32(w, p->time_code);
		ghi_put_u8(w, p->status);
		break;
	case GHI_PUNCH_8B:
		ghi_put_u16(w, p->uid);
		ghi_put_u8(w, (uint8_t)(LONG_8B | (p->verify << 3 & VERIFY_8B) |
					(p->status & STATE_8B)));
		ghi_put_u8(w, 0);
		ghi_put_u32(w, p->time_code);
		break;
	}
}
