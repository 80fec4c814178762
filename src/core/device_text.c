#include "core/device_text.h"

#include <stdlib.h>

#include "base/text.h"
#include "core/problems.h"
#include "model/kind.h"

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

static const struct own_text own_texts[] = {
#define OWN_TEXT(KIND, field) { KIND_##KIND, KIND##_##field, KIND##_##field##_bytes },
#include "model/own_text.def"
};

const struct own_text *device_own_texts(enum model_kind_id kind, size_t *n)
{
	size_t first = 0, all = sizeof(own_texts) / sizeof(own_texts[0]);

	*n = 0;
	while (first < all && own_texts[first].kind != kind)
		first++;
	while (first + *n < all && own_texts[first + *n].kind == kind)
		++*n;
	return &own_texts[first];
}

static void own_text_read(const struct device_row *row, const struct model_kind *k,
			  const struct own_text *own, void *record, struct arena *a)
{
	gh_slice *text = model_at(k, record, own->text),
		 *bytes = model_at(k, record, own->bytes);
	uint64_t present;

	memcpy(&present, record, sizeof(present));
	present |= UINT64_C(1) << own->bytes;
	memcpy(record, &present, sizeof(present));
	*bytes = text_is_ascii(*text) ? (gh_slice){ 0 } : *text;
	*text = device_text_read(row, *text, a);
}

size_t device_record_read(const struct device_row *row, enum model_kind_id kind, void *record,
			  struct arena *a)
{
	const struct model_kind *k = &model_kinds[kind];
	size_t n, unread = 0;
	const struct own_text *own = device_own_texts(kind, &n);

	for (size_t i = 0; i < n; i++) {
		if (!model_has(record, own[i].text))
			continue;
		own_text_read(row, k, &own[i], record, a);
		unread += !ghi_text_is_utf8(
			*(const gh_slice *)model_at_const(k, record, own[i].text));
	}
	return unread;
}

void device_unread_judge(struct server *server, struct device *d, size_t texts)
{
	gh_slice sn = device_sn(d);

	if (texts)
		problem_raise(server, PROBLEM_NAMES_UNREADABLE, sn,
			      "%zu names or texts of its latest upload; gatehouse device set "
			      "%.*s charset=CP1256, or what it is",
			      texts, GH_FMT(sn));
}
