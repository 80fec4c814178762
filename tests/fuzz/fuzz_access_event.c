/* Rows of access events: text is borrowed, an event reads back from both of its forms with the same
 * natural key, and CR LF changes nothing. */
#include "fuzz.h"
#include "wire/access/event.h"
#include "wire/access/state.h"
#include "wire/push/lines.h"

static void texts_are_borrowed(const struct access_event *e, gh_slice line)
{
	for (size_t i = 0; i < ACCESS_EVENT_FIELDS; i++) {
		gh_slice s;

		if (access_event_field[i].type != MODEL_TEXT)
			continue;
		memcpy(&s, (const uint8_t *)e + access_event_field[i].offset, sizeof(s));
		check(fuzz_inside(s, line));
	}
}

static void reads_back(const struct access_event *e, bool stored)
{
	uint8_t text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct access_event again;
	struct ghi_event_fault fault;
	enum ghi_event_row row;

	if (stored)
		ghi_event_write_stored(&w, e);
	else
		ghi_event_write_live(&w, e);
	/* Digits that no packed second holds are in live rows only. */
	check(w.err == GH_OK || (stored && (w.err == GH_EMALFORMED || w.err == GH_ETOOBIG)));
	if (w.err)
		return;
	check(ghi_event_parse(ghi_written(&w), &again, &row, &fault) == GH_OK);
	check(access_event_same(e, &again));
	check(again.event == e->event && again.door == e->door && again.reader == e->reader);
	check(again.verify == e->verify && again.verify_form == e->verify_form);
	check(again.flags == e->flags && again.linkage_trigger == e->linkage_trigger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size }, line, line2;
	gh_slice crlf = with_crlf(body);
	struct ghi_lines l = ghi_lines_of(body), l2 = ghi_lines_of(crlf);

	while (ghi_lines_next(&l, &line)) {
		struct access_event e, e2;
		struct ghi_event_fault fault = { 0 }, fault2;
		enum ghi_event_row row, row2;
		enum gh_err err = ghi_event_parse(line, &e, &row, &fault);

		check(err == GH_OK || err == GH_EMALFORMED || err == GH_ETOOBIG);
		check(err == GH_OK || fault.reason);
		check(ghi_lines_next(&l2, &line2));
		check(ghi_event_parse(line2, &e2, &row2, &fault2) == err);
		if (err)
			continue;
		texts_are_borrowed(&e, line);
		if (row == GHI_EVENT_ROW_STATE)
			continue;
		check(row == row2 && access_event_same(&e, &e2));
		check((e.event == ACCESS_ABSENT) == !!(e.flags & ACCESS_ODD_EVENT));
		reads_back(&e, false);
		reads_back(&e, true);
	}
	fuzz_release(crlf);
	return 0;
}
