/* Records of uploads: the first line is the table's name. Texts are borrowed, and a record reads back as it is
 * written. */
#include "records.h"
#include "wire/access/tabledata.h"
#include "wire/push/lines.h"

static void reads_back(const struct ghi_tabledata_kind *k, const union model_record *r,
		       size_t size)
{
	size_t cap = size + 1024;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);
	struct ghi_tabledata_fault fault;
	union model_record again;

	check(text);
	ghi_tabledata_write(&w, k, r);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		check(ghi_tabledata_parse(k, ghi_written(&w), &again, NULL, &fault) == GH_OK);
		for (size_t i = 0; i < model_kinds[k->keys.kind].fields; i++)
			check(!model_has(&again, i) || model_has(r, i));
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice table, body, line;
	const struct ghi_tabledata_kind *k;
	struct ghi_lines l;

	gh_slice_cut((gh_slice){ data, size }, '\n', &table, &body);
	k = ghi_tabledata_kind(table);
	l = ghi_lines_of(body);
	while (k && ghi_lines_next(&l, &line)) {
		uint8_t *room = malloc(line.n + 1);
		struct ghi_writer extra = ghi_writer_on(room, line.n + 1);
		struct ghi_tabledata_fault fault = { 0 };
		union model_record r;
		enum gh_err err;

		check(room);
		err = ghi_tabledata_parse(k, line, &r, &extra, &fault);
		check(err != GH_ESPACE);
		check(err == GH_OK || fault.reason);
		if (err == GH_OK) {
			for (size_t i = 0; i < model_kinds[k->keys.kind].fields; i++) {
				if (!model_has(&r, i) ||
				    !is_text(&model_kinds[k->keys.kind], i))
					continue;
				gh_slice s = text_at(&model_kinds[k->keys.kind], &r, i);

				check(fuzz_inside(s, line) ||
				      s.p == (const uint8_t *)k->source);
			}
			reads_back(k, &r, line.n);
		}
		free(room);
	}
	return 0;
}
