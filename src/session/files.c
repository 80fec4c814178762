/* GET file?url=TOKEN/NAME, or file/TOKEN/NAME: a published file, or a part of it (Security PUSH 3.1.2, 9.4.1; PUSH
 * SDK 2013, 3.2.4-14). A device that shows its serial number is approved; that it has the address is what lets it
 * have the file. */
#include "session/files.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/number.h"
#include "core/published.h"

#define FILE_PART_MAX ((size_t)1 << 20)

struct file_range {
	bool wanted;
	uint64_t from, to;
};

/* The last byte of a range; absent, or with more digits than any file is long: the end. Several ranges, parted
 * by commas, are none that is served: then the file is, as a server may (RFC 9110, 14.2). */
static bool file_range_end(gh_slice text, uint64_t *to)
{
	*to = INT64_MAX;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	if (text.n && ghi_number_parse(text, INT64_MAX, to))
		*to = INT64_MAX;
	return true;
}

static void file_range_read(void *ctx, gh_slice name, gh_slice value)
{
	struct file_range *r = ctx;
	gh_slice from, to;

	if (!gh_slice_ieq(name, GH_LIT("Range")))
		return;
	value = gh_slice_trim(value);
	if (gh_slice_istarts(value, GH_LIT("bytes=")))
		value = gh_slice_from(value, sizeof("bytes=") - 1);
	if (!gh_slice_cut(value, '-', &from, &to) ||
	    ghi_number_parse(gh_slice_trim(from), INT64_MAX, &r->from))
		return;
	r->wanted = file_range_end(gh_slice_trim(to), &r->to) && r->to >= r->from;
}

void files_target_read(struct ghi_target *t)
{
	static const gh_slice folder = { (const uint8_t *)"file/", 5 };

	if (t->endpoint != GHI_ENDPOINT_NONE || !gh_slice_istarts(t->rest, folder))
		return;
	t->endpoint = GHI_ENDPOINT_FILE;
	t->rest = gh_slice_from(t->rest, folder.n);
}

/* The path below "file/", or everything behind "url=": that is not percent-encoded. */
static gh_slice file_url(const struct exchange *x)
{
	static const gh_slice key = { (const uint8_t *)"url=", 4 };

	if (x->target.rest.n)
		return x->target.rest;
	for (gh_slice at = x->target.query; at.n; at = gh_slice_from(at, 1))
		if (gh_slice_istarts(at, key) && (at.p == x->target.query.p || at.p[-1] == '&'))
			return gh_slice_from(at, key.n);
	return (gh_slice){ 0 };
}

static void file_part_send(struct exchange *x, const struct published *f,
			   const struct file_range *r)
{
	size_t last = r->to < f->size - 1 ? (size_t)r->to : f->size - 1, from = (size_t)r->from;
	char shown[96];

	if (last - from >= FILE_PART_MAX)
		last = from + FILE_PART_MAX - 1;
	snprintf(shown, sizeof(shown), "bytes %zu-%zu/%zu", from, last, f->size);
	x->transport->add_header(x->link, "Content-Range", shown);
	exchange_bytes(x, 206, (gh_slice){ f->bytes + from, last - from + 1 });
}

static void file_text_send(struct exchange *x, const struct published *f)
{
	char *text = ghi_arena_alloc(x->arena, BASE64_ROOM(f->size));

	if (text == NULL)
		exchange_refuse(x, 503, "the memory for requests is exhausted, send it again");
	else
		exchange_bytes(x, 200, base64_encode((gh_slice){ f->bytes, f->size }, text));
}

void files_serve(struct exchange *x)
{
	gh_slice url = file_url(x), token, name;
	bool text = false;
	struct file_range r = { 0 };

	while (url.n && url.p[0] == '/')
		url = gh_slice_from(url, 1);
	gh_slice_cut(url, '/', &token, &name);
	if (gh_slice_istarts(name, GH_LIT("base64/"))) {
		text = true;
		name = gh_slice_from(name, sizeof("base64/") - 1);
	}
	const struct published *f = published_by_token(x->server->published, token);

	x->transport->each_header(x->link, file_range_read, &r);
	if (f == NULL || !gh_slice_eq(name, gh_slice_of(f->name)))
		exchange_refuse(x, 404, "there is no such file here");
	else if (text)
		file_text_send(x, f);
	else if (r.wanted && r.from >= f->size)
		exchange_refuse(x, 416, "the file ends before that");
	else if (r.wanted)
		file_part_send(x, f, &r);
	else
		exchange_bytes(x, 200, (gh_slice){ f->bytes, f->size });
	published_unref(f);
}
