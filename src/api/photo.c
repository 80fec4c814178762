/* GET /api/photos/{id}: a picture's bytes. */
#include "model/record.h"

#include <stdlib.h>

#include "api/call.h"
#include "api/photo.h"

struct picture {
	uint8_t *bytes;
	size_t n;
	bool there;
	const struct call *c;
	bool hidden; /* its device is outside of the caller's areas */
};

static bool picture_copy(void *ctx, const struct record_row *row)
{
	const struct photo *photo = row->record;
	struct picture *p = ctx;

	if (p->c->areas) {
		struct device *d = call_device_find(p->c, row->serial);

		p->hidden = d == NULL;
		device_unref(d);
	}
	if (p->hidden || !model_has(photo, PHOTO_content) || photo->content.n == 0)
		return false;
	p->there = true;
	p->bytes = malloc(photo->content.n);
	if (p->bytes) {
		memcpy(p->bytes, photo->content.p, photo->content.n);
		p->n = photo->content.n;
	}
	return false;
}

const char *picture_type(gh_slice s)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *type;
	} row[] = {
		{ "\xFF\xD8\xFF", 3, "image/jpeg" },
		{ "\x89PNG\r\n\x1A\n", 8, "image/png" },
		{ "GIF8", 4, "image/gif" },
		{ "BM", 2, "image/bmp" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (s.n > row[i].n && memcmp(s.p, row[i].magic, row[i].n) == 0)
			return row[i].type;
	if (s.n > 12 && memcmp(s.p, "RIFF", 4) == 0 && memcmp(s.p + 8, "WEBP", 4) == 0)
		return "image/webp";
	return NULL;
}

static void picture_answer(struct call *c, const struct picture *p)
{
	gh_slice s = { p->bytes, p->n };
	const char *type = picture_type(s);

	http_add_header(c->r, "Content-Security-Policy", "default-src 'none'; sandbox");
	if (type == NULL)
		http_add_header(c->r, "Content-Disposition", "attachment");
	http_reply_take(c->r, 200, type ? type : "application/octet-stream", s);
}

void handle_photo_get(struct call *c)
{
	struct picture p = { .c = c };
	struct store_reader *reader = call_reader(c);
	enum gh_err err;
	int64_t id;

	if (reader == NULL || !call_id(c, &id))
		return;
	err = c->server->db.ops->record_get(reader, KIND_PHOTO, id, picture_copy, &p);
	if (err == GH_ENOTFOUND || p.hidden)
		call_fail(c, ERROR_photo_unknown, "There is no photo %lld.", (long long)id);
	else if (err)
		call_fail_err(c, err);
	else if (!p.there)
		call_fail(c, ERROR_photo_empty, "Photo %lld has no content.", (long long)id);
	else if (p.bytes == NULL)
		call_fail_err(c, GH_ENOMEM);
	else
		picture_answer(c, &p);
}
