#include "wire/access/pack.h"

#include "base/hex.h"
#include "base/number.h"

enum { DAY_S = 24 * 60 * 60, MONTH_DAYS = 31, MONTHS = 12 };

ghi_civil ghi_packed_civil(uint32_t packed)
{
	uint32_t second = packed % DAY_S, day = packed / DAY_S;

	return ghi_civil_join((struct ghi_civil_parts){
		.year = (int)(2000 + day / MONTH_DAYS / MONTHS),
		.month = (int)(day / MONTH_DAYS % MONTHS + 1),
		.day = (int)(day % MONTH_DAYS + 1),
		.hour = (int)(second / 3600),
		.minute = (int)(second / 60 % 60),
		.second = (int)(second % 60),
	});
}

enum gh_err ghi_packed_second(ghi_civil t, uint32_t *packed)
{
	if (t < 0)
		return GH_EMALFORMED;
	struct ghi_civil_parts p = ghi_civil_split(t);

	if (p.month < 1 || p.month > MONTHS || p.day < 1 || p.day > MONTH_DAYS || p.hour > 23 ||
	    p.minute > 59 || p.second > 59)
		return GH_EMALFORMED;
	if (p.year < 2000)
		return GH_ETOOBIG;
	uint64_t day =
		((uint64_t)(p.year - 2000) * MONTHS + (uint64_t)p.month - 1) * MONTH_DAYS +
		(uint64_t)p.day - 1;
	uint64_t v = day * DAY_S + (uint64_t)(p.hour * 3600 + p.minute * 60 + p.second);

	if (v > UINT32_MAX)
		return GH_ETOOBIG;
	*packed = (uint32_t)v;
	return GH_OK;
}

enum gh_err ghi_packed_read(gh_slice text, ghi_civil *out)
{
	uint64_t v;

	if (ghi_number_parse(gh_slice_trim(text), UINT32_MAX, &v))
		return GH_EMALFORMED;
	*out = ghi_packed_civil((uint32_t)v);
	return GH_OK;
}

enum gh_err ghi_validity_read(gh_slice text, bool packed, bool is_end, ghi_civil *out)
{
	uint64_t v = 0;
	enum gh_err err;

	text = gh_slice_trim(text);
	err = text.n ? ghi_number_parse(text, UINT32_MAX, &v) : GH_OK;
	if (err)
		return err;
	if (v == 0) {
		*out = GHI_CIVIL_NONE;
		return GH_OK;
	}
	ghi_civil t = packed ? ghi_packed_civil((uint32_t)v)
			     : (ghi_civil)v * 1000000 + (is_end ? 235959 : 0);

	if (!packed && (text.n != 8 || !ghi_civil_valid(t)))
		return GH_EMALFORMED;
	*out = t;
	return GH_OK;
}

void ghi_validity_write(struct ghi_writer *w, bool packed, ghi_civil t)
{
	uint32_t v = 0;

	if (t != GHI_CIVIL_NONE && packed) {
		enum gh_err err = ghi_packed_second(t, &v);

		if (err && w->err == GH_OK)
			w->err = err;
	}
	if (t != GHI_CIVIL_NONE && !packed)
		v = (uint32_t)(t / 1000000);
	ghi_put_decimal(w, v);
}

static bool period_minutes(uint32_t hhmm, int *minutes)
{
	*minutes = (int)(hhmm / 100 * 60 + hhmm % 100);
	return hhmm / 100 < 24 && hhmm % 100 < 60;
}

enum gh_err ghi_period_unpack(uint32_t packed, struct ghi_period *out)
{
	struct ghi_period p;

	if (!period_minutes(packed >> 16, &p.from) || !period_minutes(packed & 0xffff, &p.to) ||
	    p.to < p.from)
		return GH_EMALFORMED;
	*out = p;
	return GH_OK;
}

static uint32_t period_hhmm(int minutes)
{
	return (uint32_t)(minutes / 60 * 100 + minutes % 60);
}

enum gh_err ghi_period_pack(struct ghi_period p, uint32_t *packed)
{
	if (p.from < 0 || p.to < p.from || p.to >= 24 * 60)
		return GH_EMALFORMED;
	if (p.from == 0 && p.to == 0)
		return GH_EUNSUPPORTED;
	*packed = (period_hhmm(p.from) << 16) + period_hhmm(p.to);
	return GH_OK;
}

enum gh_err ghi_doors_read(gh_slice text, bool numbered, uint32_t *mask)
{
	uint64_t v;

	if (ghi_number_parse(gh_slice_trim(text), numbered ? GHI_DOORS_MAX : UINT32_MAX, &v) ||
	    v == 0)
		return GH_EMALFORMED;
	*mask = numbered ? UINT32_C(1) << (v - 1) : (uint32_t)v;
	return GH_OK;
}

void ghi_doors_write(struct ghi_writer *w, uint32_t mask, bool numbered)
{
	unsigned door = 0;

	while (door < GHI_DOORS_MAX && !(mask >> door & 1))
		door++;
	if ((mask == 0 || (numbered && mask != UINT32_C(1) << door)) && w->err == GH_OK)
		w->err = GH_EMALFORMED;
	ghi_put_decimal(w, numbered ? door + 1 : mask);
}

enum { FINGERS = 10, FINGER_DURESS = 16, VALID_DURESS = 3 };

enum gh_err ghi_finger_read(int64_t id, int64_t valid, struct ghi_finger *out)
{
	bool added = id >= FINGER_DURESS;

	if (added)
		id -= FINGER_DURESS;
	if (id < 0 || id >= FINGERS)
		return GH_EMALFORMED;
	*out = (struct ghi_finger){
		.number = (int)id,
		.duress = added || valid == VALID_DURESS,
		.valid = valid == VALID_DURESS ? 1 : (int)valid,
	};
	return GH_OK;
}

void ghi_finger_in_upload(struct ghi_finger f, int64_t *id, int64_t *valid)
{
	*id = f.number + (f.duress ? FINGER_DURESS : 0);
	*valid = f.valid;
}

void ghi_finger_in_command(struct ghi_finger f, int64_t *id, int64_t *valid)
{
	*id = f.number;
	*valid = f.duress ? VALID_DURESS : f.valid;
}

struct ghi_camera_action ghi_camera_action_unpack(uint32_t packed)
{
	return (struct ghi_camera_action){
		.photo = (uint8_t)packed,
		.video = (uint8_t)(packed >> 8),
		.before_s = (uint8_t)(packed >> 16),
		.after_s = (uint8_t)(packed >> 24),
	};
}

uint32_t ghi_camera_action_pack(struct ghi_camera_action a)
{
	return (uint32_t)a.photo | (uint32_t)a.video << 8 | (uint32_t)a.before_s << 16 |
	       (uint32_t)a.after_s << 24;
}

bool ghi_floors_has(const struct ghi_floors *f, unsigned floor)
{
	return floor >= 1 && floor <= GHI_FLOORS &&
	       (f->bits[(floor - 1) / 8] >> (floor - 1) % 8 & 1);
}

void ghi_floors_add(struct ghi_floors *f, unsigned floor)
{
	if (floor >= 1 && floor <= GHI_FLOORS)
		f->bits[(floor - 1) / 8] |= (uint8_t)(1u << (floor - 1) % 8);
}

enum { FLOOR_DIGITS = GHI_FLOORS / 4 };

/* Digit number i counted from the lowest floors, with floor 4i+1 in its lowest bit. */
static unsigned floors_digit(const struct ghi_floors *f, unsigned i)
{
	return f->bits[i / 2] >> i % 2 * 4 & 15u;
}

static void floors_digit_set(struct ghi_floors *f, unsigned i, unsigned value)
{
	f->bits[i / 2] |= (uint8_t)(value << i % 2 * 4);
}

static void floors_digit_put(struct ghi_writer *w, unsigned value)
{
	ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[value & 15]);
}

enum gh_err ghi_floors_read(gh_slice text, struct ghi_floors *out)
{
	struct ghi_floors f = { 0 };

	text = gh_slice_trim(text);
	if (text.n == 0 || text.n > FLOOR_DIGITS)
		return GH_EMALFORMED;
	for (size_t i = 0; i < text.n; i++) {
		int value = ghi_hex_value(text.p[text.n - 1 - i]);

		if (value < 0)
			return GH_EMALFORMED;
		floors_digit_set(&f, (unsigned)i, (unsigned)value);
	}
	*out = f;
	return GH_OK;
}

void ghi_floors_write(struct ghi_writer *w, const struct ghi_floors *f)
{
	unsigned digits = FLOOR_DIGITS;

	while (digits > 1 && floors_digit(f, digits - 1) == 0)
		digits--;
	while (digits--)
		floors_digit_put(w, floors_digit(f, digits));
}

/* A digit with its four bits in the other order. */
static unsigned floors_mirrored(unsigned v)
{
	return (v & 1) << 3 | (v & 2) << 1 | (v & 4) >> 1 | (v & 8) >> 3;
}

enum gh_err ghi_floors_leftmost_read(gh_slice text, struct ghi_floors *out)
{
	struct ghi_floors f = { 0 };

	if (text.n != FLOOR_DIGITS)
		return GH_EMALFORMED;
	for (unsigned i = 0; i < FLOOR_DIGITS; i++) {
		int value = ghi_hex_value(text.p[i]);

		if (value < 0)
			return GH_EMALFORMED;
		floors_digit_set(&f, i, floors_mirrored((unsigned)value));
	}
	*out = f;
	return GH_OK;
}

void ghi_floors_leftmost_write(struct ghi_writer *w, const struct ghi_floors *f)
{
	for (unsigned i = 0; i < FLOOR_DIGITS; i++)
		floors_digit_put(w, floors_mirrored(floors_digit(f, i)));
}

static bool wiegand_is_letters(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = gh_ascii_lower(s.p[i]);

		if (c < 'a' || c > 'z')
			return false;
	}
	return s.n != 0;
}

enum gh_err ghi_wiegand_read(gh_slice text, size_t bits, struct ghi_wiegand *out)
{
	struct ghi_wiegand f;

	if (!gh_slice_cut(text, ':', &f.card, &f.parity) || !wiegand_is_letters(f.card) ||
	    !wiegand_is_letters(f.parity) || f.card.n != f.parity.n ||
	    (bits && f.card.n != bits))
		return GH_EMALFORMED;
	*out = f;
	return GH_OK;
}

void ghi_wiegand_write(struct ghi_writer *w, struct ghi_wiegand f)
{
	ghi_put(w, f.card);
	ghi_put_u8(w, ':');
	ghi_put(w, f.parity);
}
