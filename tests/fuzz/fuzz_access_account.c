/* The overview of ACCOUNT: what is read is written alike; and the events of its files, a line each. */
#include "fuzz.h"

#include <string.h>

#include "wire/access/account.h"
#include "wire/access/event.h"

static void overview_fuzz(gh_slice body)
{
	struct ghi_account_overview o, again;
	uint8_t text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (ghi_account_overview_parse(body, &o) || o.name.n + o.type.n > 256)
		return;
	if ((o.name.n && memchr(o.name.p, '\r', o.name.n)) ||
	    (o.type.n && memchr(o.type.p, '\r', o.type.n)))
		return;
	ghi_account_overview_write(&w, &o);
	check(w.err == GH_OK);
	check(ghi_account_overview_parse(ghi_written(&w), &again) == GH_OK);
	check(again.records == o.records && again.files == o.files);
	check(gh_slice_eq(again.name, o.name) && gh_slice_eq(again.type, o.type));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice rest = { data, size }, line;
	bool more = true;

	overview_fuzz(rest);
	while (more) {
		struct ghi_event_fault fault = { 0 };
		struct access_event e;
		enum ghi_event_row row;

		more = gh_slice_cut(rest, '\n', &line, &rest);
		if (ghi_event_parse(line, &e, &row, &fault))
			check(fault.reason);
	}
	return 0;
}
