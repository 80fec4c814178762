#include "client/name.h"

#include <stdlib.h>

#include "base/text.h"

static bool name_copy(gh_slice s, char *out, size_t size)
{
	if (s.n >= size)
		return false;
	memset(out, 0, size);
	if (s.n)
		memcpy(out, s.p, s.n);
	return true;
}

static void name_from_latin1(gh_slice raw, char *out, size_t size)
{
	size_t n = 0;

	memset(out, 0, size);
	for (size_t i = 0; i < raw.n && n + 2 < size; i++) {
		if (raw.p[i] < 0x80) {
			out[n++] = (char)raw.p[i];
		} else {
			out[n++] = (char)(0xC0 | raw.p[i] >> 6);
			out[n++] = (char)(0x80 | (raw.p[i] & 0x3F));
		}
	}
}

static bool name_convert(gh_slice raw, const char *from, char *out, size_t size)
{
	gh_slice text;
	bool done;

	if (ghi_text_convert("UTF-8", from, raw, &text))
		return false;
	done = ghi_text_is_utf8(text) && name_copy(text, out, size);
	free((void *)(uintptr_t)text.p);
	return done;
}

/* Whether the name fills its field, so that its last character may be cut. */
static bool name_fills_field(const struct gh_user *u, size_t n)
{
	return n + 1 >= (u->record_size == 28 || u->record_size == 16 ? 8 : 24);
}

/* Whether what follows the first `whole` bytes of a full field is the beginning of a UTF-8
 * character whose end found no room. */
static bool cut_at_end(gh_slice raw, size_t whole)
{
	size_t n = raw.n - whole;
	uint8_t lead = raw.p[whole];
	size_t needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

	if (lead < 0xC2 || lead > 0xF4 || n >= needed)
		return false;
	for (size_t i = 1; i < n; i++)
		if ((raw.p[whole + i] & 0xC0) != 0x80)
			return false;
	return true;
}

void ghi_name_decode(struct gh_user *u, const char *encoding)
{
	gh_slice raw = gh_slice_of(u->name_raw);
	size_t whole = ghi_text_utf8_prefix(raw);
	const char *from = encoding ? encoding : "GB18030";

	if (whole == raw.n || (name_fills_field(u, raw.n) && cut_at_end(raw, whole))) {
		name_copy((gh_slice){ raw.p, whole }, u->name, sizeof(u->name));
		return;
	}
	if (name_convert(raw, from, u->name, sizeof(u->name)) ||
	    (name_fills_field(u, raw.n) &&
	     name_convert((gh_slice){ raw.p, raw.n - 1 }, from, u->name, sizeof(u->name))))
		return;
	name_from_latin1(raw, u->name, sizeof(u->name));
}

enum gh_err ghi_name_encode(struct gh_user *u, const char *encoding, size_t room)
{
	gh_slice name = gh_slice_of(u->name), out = name;
	char raw[GH_NAME_RAW_SIZE];
	enum gh_err err = GH_OK;

	if (!ghi_text_is_utf8(name))
		return GH_EINVALID;
	if (encoding) {
		err = ghi_text_convert(encoding, "UTF-8", name, &out);
		if (err)
			return err == GH_ENOMEM ? err : GH_EINVALID;
	}
	if (out.n > room || !name_copy(out, raw, sizeof(raw)))
		err = GH_ETOOBIG;
	if (encoding)
		free((void *)(uintptr_t)out.p);
	if (err == GH_OK)
		memcpy(u->name_raw, raw, sizeof(raw));
	return err;
}
