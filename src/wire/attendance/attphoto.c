#include "wire/attendance/attphoto.h"

#include "base/base64.h"
#include "base/number.h"

#define PICTURE_MAX (8 << 20)
#define TIME_DIGITS 14

/* What stands before the picture, and the picture. Older devices part them by a NUL; some put
 * a text "content=" on a line of its own instead, or in front of the picture (QUIRKS Q29). */
static bool attphoto_split(gh_slice body, gh_slice *head, gh_slice *content)
{
	static const char key[] = "content=";
	bool found = gh_slice_cut(body, '\0', head, content);
	gh_slice rest = *head, line;

	while (rest.n) {
		const uint8_t *start = rest.p;

		gh_slice_cut(rest, '\n', &line, &rest);
		if (!gh_slice_istarts(line, GH_LIT("content=")))
			continue;
		*head = (gh_slice){ body.p, (size_t)(start - body.p) };
		*content = gh_slice_from(body, head->n + sizeof(key) - 1);
		return true;
	}
	if (found && gh_slice_istarts(*content, GH_LIT("content=")))
		*content = gh_slice_from(*content, sizeof(key) - 1);
	return found;
}

static void attphoto_head_read(gh_slice head, struct ghi_attphoto *p)
{
	gh_slice line, pair, key, value;
	uint64_t size;

	while (head.n) {
		gh_slice_cut(head, '\n', &line, &head);
		while (line.n) {
			gh_slice_cut(line, '\t', &pair, &line);
			if (!gh_slice_cut(pair, '=', &key, &value))
				continue;
			key = gh_slice_trim(key);
			value = gh_slice_trim(value);
			if (gh_slice_ieq(key, GH_LIT("PIN")))
				p->name = value;
			else if (gh_slice_ieq(key, GH_LIT("SN")))
				p->sn = value;
			else if (gh_slice_ieq(key, GH_LIT("CMD")))
				p->cmd = value;
			else if (gh_slice_ieq(key, GH_LIT("size")) &&
				 ghi_number_parse(value, INT64_MAX, &size) == GH_OK)
				p->size = (int64_t)size;
		}
	}
}

/* "<time>", "<time>-<pin>" or, of an identity card, "<time>-<kind>-<pin>-<number>". A PIN may
 * hold a dash itself. */
static void attphoto_name_read(struct ghi_attphoto *p)
{
	gh_slice name = p->name, time, kind, pin, number, rest;
	uint64_t digits;

	if (name.n > 4 && gh_slice_ieq(gh_slice_from(name, name.n - 4), GH_LIT(".jpg")))
		name.n -= 4;
	bool more = gh_slice_cut(name, '-', &time, &rest);

	if (time.n != TIME_DIGITS || ghi_number_parse(time, UINT64_MAX, &digits) != GH_OK)
		return;
	p->time = (ghi_civil)digits; /* the digits in a row are what a ghi_civil is */
	if (!more)
		return;
	if (gh_slice_cut(rest, '-', &kind, &pin) && gh_slice_cut(pin, '-', &pin, &number) &&
	    kind.n == 1 && kind.p[0] >= '0' && kind.p[0] <= '4' && number.n &&
	    !memchr(number.p, '-', number.n)) {
		p->result = kind.p[0] - '0';
		p->pin = pin;
		p->id_number = number;
		return;
	}
	p->pin = rest;
}

enum gh_err ghi_attphoto_parse(gh_slice body, struct ghi_attphoto *out, const char **reason)
{
	struct ghi_attphoto p = { .size = -1, .time = GHI_CIVIL_NONE, .result = -1 };
	gh_slice head = body;
	bool found = attphoto_split(body, &head, &p.content);

	attphoto_head_read(head, &p);
	if (p.name.n == 0) {
		*reason = "no PIN line before the picture";
		return GH_EMALFORMED;
	}
	if (!found || p.content.n == 0) {
		*reason = "no picture";
		return GH_EMALFORMED;
	}
	if (p.content.n > PICTURE_MAX) {
		*reason = "picture is larger than 8 MiB";
		return GH_ETOOBIG;
	}
	attphoto_name_read(&p);
	p.base64 = ghi_base64_is_text(p.content);
	*out = p;
	return GH_OK;
}

static void attphoto_line_put(struct ghi_writer *w, gh_slice key, gh_slice value)
{
	if (w->err == GH_OK && value.n &&
	    (memchr(value.p, '\n', value.n) || memchr(value.p, '\r', value.n) ||
	     memchr(value.p, '\t', value.n) || memchr(value.p, '\0', value.n)))
		w->err = GH_EMALFORMED;
	ghi_put(w, key);
	ghi_put(w, value);
}

void ghi_attphoto_write(struct ghi_writer *w, const struct ghi_attphoto *photo)
{
	attphoto_line_put(w, GH_LIT("PIN="), photo->name);
	attphoto_line_put(w, GH_LIT("\nSN="), photo->sn);
	if (photo->size >= 0) {
		ghi_put(w, GH_LIT("\nsize="));
		ghi_put_signed(w, photo->size);
	}
	attphoto_line_put(w, GH_LIT("\nCMD="), photo->cmd);
	ghi_put_u8(w, '\0');
	ghi_put(w, photo->content);
}
