#include "core/device_text.h"

#include <stdlib.h>

#include "base/text.h"

#define LANGUAGE_CHINESE GH_LIT("83")

const char *device_charset(const struct device_row *row, char room[DEVICE_CHARSET])
{
	gh_slice s = row->charset;

	if (s.n == 0)
		return gh_slice_eq(row->attendance.language, LANGUAGE_CHINESE) ? "GB18030"
									       : NULL;
	if (gh_slice_ieq(s, GH_LIT("utf-8")) || gh_slice_ieq(s, GH_LIT("utf8")) ||
	    s.n >= DEVICE_CHARSET)
		return NULL;
	memcpy(room, s.p, s.n);
	room[s.n] = '\0';
	return room;
}

/* iconv reads "//" and what follows as orders. */
bool device_charset_valid(gh_slice charset)
{
	char room[DEVICE_CHARSET];

	if (charset.n == 0)
		return true;
	if (charset.n >= sizeof(room) || memchr(charset.p, '/', charset.n) ||
	    memchr(charset.p, '\0', charset.n))
		return false;
	memcpy(room, charset.p, charset.n);
	room[charset.n] = '\0';
	return ghi_text_charset_fits(room);
}

static bool text_is_ascii(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

static gh_slice text_convert(const char *to, const char *from, gh_slice s, struct arena *a)
{
	gh_slice converted, copy;

	if (ghi_text_convert(to, from, s, &converted))
		return s;
	copy = ghi_arena_copy(a, converted);
	free((void *)(uintptr_t)converted.p);
	return copy.n ? copy : s;
}

gh_slice device_text_read(const struct device_row *row, gh_slice bytes, struct arena *a)
{
	char room[DEVICE_CHARSET];
	const char *charset = device_charset(row, room);

	if (charset == NULL || ghi_text_is_utf8(bytes))
		return bytes;
	return text_convert("UTF-8", charset, bytes, a);
}

gh_slice device_text_write(const struct device_row *row, gh_slice text, struct arena *a)
{
	char room[DEVICE_CHARSET];
	const char *charset = device_charset(row, room);

	if (charset == NULL || text_is_ascii(text) || !ghi_text_is_utf8(text))
		return text;
	return text_convert(charset, "UTF-8", text, a);
}

void device_name_read(const struct device_row *row, struct person *p, struct arena *a)
{
	if (!model_has(p, PERSON_name))
		return;
	p->present |= UINT64_C(1) << PERSON_name_bytes;
	p->name_bytes = text_is_ascii(p->name) ? (gh_slice){ 0 } : p->name;
	p->name = device_text_read(row, p->name, a);
}
