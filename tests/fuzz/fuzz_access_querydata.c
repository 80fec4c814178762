/* POST querydata: the first line has the parameters, parted by '&'; the rest is the body. What is read is inside
 * the input, places make sense, and an address reads back as it is written. */
#include "fuzz.h"

#include <string.h>

#include "wire/access/querydata.h"

static gh_slice head_param(void *ctx, const char *name)
{
	gh_slice rest = *(gh_slice *)ctx, part, key, value;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, '&', &part, &rest);
		if (gh_slice_cut(part, '=', &key, &value) &&
		    gh_slice_eq(key, gh_slice_of(name)))
			return value;
	}
	return (gh_slice){ 0 };
}

static void head_reads_back(const struct ghi_querydata *q)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_querydata again;
	gh_slice head;

	if (q->table.n > 2048 || (q->table.n && memchr(q->table.p, '&', q->table.n)))
		return;
	ghi_querydata_write(&w, q);
	check(w.err == GH_OK);
	head = ghi_written(&w);
	ghi_querydata_read(head_param, &head, &again);
	check(again.type == (q->virtual ? GHI_QUERYDATA_ROWS : q->type));
	check(again.command == q->command && again.count == q->count);
	check(gh_slice_eq(again.table, q->table) && again.packed == q->packed &&
	      again.numbered);
	if (!q->packed)
		check(again.packets == q->packets && again.number == q->number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice in = { data, size }, head, body;
	struct ghi_querydata q;
	struct ghi_querydata_body b;
	uint64_t count;

	gh_slice_cut(in, '\n', &head, &body);
	ghi_querydata_read(head_param, &head, &q);
	check(q.command >= 0 && fuzz_inside(q.table, head));
	if (q.numbered) {
		check(q.number >= 1 && q.number <= q.packets && q.packets <= INT32_MAX);
		head_reads_back(&q);
	}
	b = ghi_querydata_body_of(body, q.packed);
	check(fuzz_inside(b.name, body) && fuzz_inside(b.content, body));
	check(b.packed || (b.content.p == body.p && b.content.n == body.n));
	check(!q.packed || b.packed);
	if (ghi_querydata_count(body, &count) == GH_OK)
		check(count <= INT64_MAX);
	return 0;
}
