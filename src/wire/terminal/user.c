#include "wire/terminal/user.h"

#include "base/reader.h"
#include "wire/terminal/text.h"

/* The likelier first. */
static const uint8_t sizes[] = { 72, 28, 16 };

bool ghi_terminal_user_size_known(size_t size)
{
	return memchr(sizes, (int)size, sizeof(sizes)) != NULL && size <= GHI_TERMINAL_USER_MAX;
}

static void user_72_parse(struct ghi_reader *r, struct gh_user *u)
{
	ghi_terminal_text_get(ghi_bytes(r, 8).p, 8, u->password, sizeof(u->password));
	ghi_terminal_text_get(ghi_bytes(r, 24).p, 24, u->name_raw, sizeof(u->name_raw));
	u->card = ghi_u32(r);
	u->group = ghi_u8(r);
	u->own_zones = (uint8_t)ghi_u16(r);
	for (int i = 0; i < 3; i++)
		u->zones[i] = ghi_u16(r);
	ghi_terminal_text_get(ghi_bytes(r, 24).p, 24, u->pin, sizeof(u->pin));
}

static void user_28_parse(struct ghi_reader *r, struct gh_user *u)
{
	ghi_terminal_text_get(ghi_bytes(r, 5).p, 5, u->password, sizeof(u->password));
	ghi_terminal_text_get(ghi_bytes(r, 8).p, 8, u->name_raw, sizeof(u->name_raw));
	u->card = ghi_u32(r);
	u->card |= (uint64_t)ghi_u8(r) << 32;
	u->group = ghi_u8(r);
	u->zones[0] = ghi_u16(r);
	ghi_terminal_text_decimal(ghi_u32(r), u->pin, sizeof(u->pin));
}

static void user_16_parse(struct ghi_reader *r, struct gh_user *u)
{
	ghi_terminal_text_get(ghi_bytes(r, 5).p, 5, u->password, sizeof(u->password));
	ghi_terminal_text_get(ghi_bytes(r, 8).p, 8, u->name_raw, sizeof(u->name_raw));
	ghi_terminal_text_decimal(u->uid, u->pin, sizeof(u->pin));
}

enum gh_err ghi_terminal_user_parse(gh_slice record, struct gh_user *out)
{
	struct ghi_reader r = ghi_reader_on(record);
	struct gh_user u = { 0 };

	if (!ghi_terminal_user_size_known(record.n))
		return GH_EMALFORMED;
	u.record_size = (uint8_t)record.n;
	u.uid = ghi_u16(&r);
	u.privilege = ghi_u8(&r);
	if (record.n == 72)
		user_72_parse(&r, &u);
	else if (record.n == 28)
		user_28_parse(&r, &u);
	else
		user_16_parse(&r, &u);
	*out = u;
	return GH_OK;
}

static void user_fail(struct ghi_writer *w, enum gh_err err)
{
	if (w->err == GH_OK)
		w->err = err;
}

static void user_72_write(struct ghi_writer *w, const struct gh_user *u)
{
	ghi_terminal_text_put(w, u->password, sizeof(u->password), 8);
	ghi_terminal_text_put(w, u->name_raw, sizeof(u->name_raw), 24);
	if (u->card > UINT32_MAX)
		user_fail(w, GH_ETOOBIG);
	ghi_put_u32(w, (uint32_t)u->card);
	ghi_put_u8(w, u->group);
	ghi_put_u16(w, u->own_zones);
	for (int i = 0; i < 3; i++)
		ghi_put_u16(w, u->zones[i]);
	ghi_terminal_text_put(w, u->pin, sizeof(u->pin), 24);
}

static void user_28_write(struct ghi_writer *w, const struct gh_user *u)
{
	uint32_t pin = 0;

	if (!ghi_terminal_text_number(u->pin, &pin))
		user_fail(w, GH_EINVALID);
	ghi_terminal_text_put(w, u->password, sizeof(u->password), 5);
	ghi_terminal_text_put(w, u->name_raw, sizeof(u->name_raw), 8);
	if (u->card >> 40)
		user_fail(w, GH_ETOOBIG);
	ghi_put_u32(w, (uint32_t)u->card);
	ghi_put_u8(w, (uint8_t)(u->card >> 32));
	ghi_put_u8(w, u->group);
	ghi_put_u16(w, u->zones[0]);
	ghi_put_u32(w, pin);
}

static void user_16_write(struct ghi_writer *w, const struct gh_user *u)
{
	uint32_t pin = u->uid;

	if (u->pin[0] && (!ghi_terminal_text_number(u->pin, &pin) || pin != u->uid))
		user_fail(w, GH_EINVALID);
	if (u->card)
		user_fail(w, GH_ETOOBIG);
	ghi_terminal_text_put(w, u->password, sizeof(u->password), 5);
	ghi_terminal_text_put(w, u->name_raw, sizeof(u->name_raw), 8);
}

void ghi_terminal_user_write(struct ghi_writer *w, const struct gh_user *u, size_t size)
{
	ghi_put_u16(w, u->uid);
	ghi_put_u8(w, u->privilege);
	if (size == 72)
		user_72_write(w, u);
	else if (size == 28)
		user_28_write(w, u);
	else if (size == 16)
		user_16_write(w, u);
	else
		user_fail(w, GH_EINVALID);
}

/* A PIN field holds letters and digits up to its NUL; a record read at the wrong offset
 * hardly ever does. */
static bool user_is_plausible(gh_slice record)
{
	struct gh_user u;

	if (ghi_terminal_user_parse(record, &u) || u.uid == 0 || u.pin[0] == 0)
		return false;
	if (u.privilege & 0xF0)
		return false;
	for (const char *c = u.pin; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F)
			return false;
	return record.n != 28 || strlen(u.pin) <= 10;
}

size_t ghi_terminal_user_size_of(gh_slice first, size_t bytes, int32_t count)
{
	size_t best = 0;
	unsigned best_score = 0;

	if (bytes == 0)
		return 72;
	for (size_t i = 0; i < sizeof(sizes); i++) {
		size_t n = 0, good = 0, size = sizes[i];
		unsigned score;

		for (size_t at = 0; n < 64 && at + size <= first.n && at + size <= bytes;
		     at += size, n++)
			good += user_is_plausible((gh_slice){ first.p + at, size });
		if (n == 0)
			continue;
		score = (unsigned)(good * 100 / n) * 4;
		if (score == 0 && bytes % size)
			continue;
		score += bytes % size == 0 ? 60 : 0;
		score += count > 0 && bytes == size * (size_t)count ? 90 : 0;
		if (score > best_score) {
			best_score = score;
			best = size;
		}
	}
	return best;
}
