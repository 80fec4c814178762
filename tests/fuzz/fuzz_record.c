/* A record of pairs, behind DATA UPDATE and in an upload: texts are borrowed from the line,
 * what is written reads back the same, and what is absent stays absent. The first byte chooses
 * the table. */
#include "records.h"
#include "wire/attendance/operlog.h"

static const char *const tag[] = { "USER",    "FP",	  "FACE",   "FVEIN",	"BIODATA",
				   "USERPIC", "BIOPHOTO", "IDCARD", "ERRORLOG", "WORKCODE" };
#define TAGS (sizeof(tag) / sizeof(tag[0]))

static void round_trip(const struct ghi_record *r, gh_slice line)
{
	const struct model_kind *k = &model_kinds[r->kind];
	struct ghi_record_fault fault;
	union model_record a, b;

	if (ghi_record_parse(r, line, &a, NULL, &fault)) {
		check(fault.err == GH_EMALFORMED || fault.err == GH_ETOOBIG);
		check(fuzz_inside(fault.key, line) && fault.offset <= line.n);
		return;
	}
	for (size_t i = 0; i < k->fields; i++)
		if (model_has(&a, i) && is_text(k, i))
			check(fuzz_inside(text_at(k, &a, i), line));

	size_t cap = line.n + 1024;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	ghi_record_write(&w, r, &a);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		check(!ghi_record_parse(r, ghi_written(&w), &b, NULL, &fault));
		a.present &= written_fields(r);
		check(same_record(k, &a, &b, false));
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct ghi_operlog_tag *t = ghi_operlog_tag(gh_slice_of(tag[data[0] % TAGS]));

	round_trip(t->record, (gh_slice){ data + 1, size - 1 });
	round_trip(t->command, (gh_slice){ data + 1, size - 1 });
	return 0;
}
