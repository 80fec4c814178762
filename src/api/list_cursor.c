#include "api/list_cursor.h"

#include "base/hex.h"
#include "base/number.h"

/* FNV-1a. */
static uint32_t hash_add(uint32_t hash, gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ s.p[i]) * UINT32_C(16777619);
	return (hash ^ '\n') * UINT32_C(16777619);
}

static void tag_put(struct ghi_writer *w, gh_slice list, gh_slice order)
{
	uint32_t hash = hash_add(hash_add(UINT32_C(2166136261), list), order);

	for (int shift = 28; shift >= 0; shift -= 4)
		ghi_put_u8(w, (uint8_t)ghi_hex_digit(hash >> shift & 15));
}

void cursor_write(struct ghi_writer *w, gh_slice list, gh_slice order,
		  const struct store_key *key)
{
	tag_put(w, list, order);
	ghi_put_u8(w, '.');
	ghi_put_signed(w, key->number);
	ghi_put_u8(w, '.');
	if (!key->value.is_text) {
		ghi_put_u8(w, 'i');
		ghi_put_signed(w, key->value.i);
		return;
	}
	ghi_put_u8(w, 't');
	for (size_t i = 0; i < key->value.s.n; i++) {
		ghi_put_u8(w, (uint8_t)ghi_hex_digit(key->value.s.p[i] >> 4));
		ghi_put_u8(w, (uint8_t)ghi_hex_digit(key->value.s.p[i] & 15));
	}
}

static enum gh_err cursor_text_read(gh_slice digits, struct arena *a, gh_slice *out)
{
	uint8_t *to;

	if (digits.n % 2)
		return GH_EMALFORMED;
	to = ghi_arena_alloc(a, digits.n / 2 + 1);
	if (to == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < digits.n; i += 2) {
		int byte = ghi_hex_byte(digits.p + i);

		if (byte < 0)
			return GH_EMALFORMED;
		to[i / 2] = (uint8_t)byte;
	}
	*out = (gh_slice){ to, digits.n / 2 };
	return GH_OK;
}

enum gh_err cursor_read(gh_slice text, gh_slice list, gh_slice order, struct arena *a,
			struct store_key *key)
{
	uint8_t tag[8];
	struct ghi_writer w = ghi_writer_on(tag, sizeof(tag));
	struct store_key found = { 0 };
	gh_slice had, number, value;
	uint8_t kind;

	if (text.n > CURSOR_MAX || !gh_slice_cut(text, '.', &had, &text) ||
	    !gh_slice_cut(text, '.', &number, &value) || had.n != sizeof(tag) || value.n == 0 ||
	    ghi_signed_parse(number, 0, INT64_MAX, &found.number))
		return GH_EMALFORMED;
	tag_put(&w, list, order);
	if (!gh_slice_eq(had, ghi_written(&w)))
		return GH_EINVALID;
	kind = value.p[0];
	found.value.is_text = kind == 't';
	value = gh_slice_from(value, 1);
	if (found.value.is_text) {
		enum gh_err err = cursor_text_read(value, a, &found.value.s);

		if (err)
			return err;
	} else if (kind != 'i' ||
		   ghi_signed_parse(value, INT64_MIN, INT64_MAX, &found.value.i)) {
		return GH_EMALFORMED;
	}
	*key = found;
	return GH_OK;
}
