/* Requests whether a person may pass, and replies: what is read is borrowed, a request that is written again
 * reads as itself, and a reply opens a door with success alone. */
#include "fuzz.h"
#include "wire/access/identification.h"

static void reply_reads_back(const struct ghi_auth_reply *r, gh_slice body)
{
	uint8_t text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_auth_reply again;

	check(r->auth < GHI_AUTHS && fuzz_inside(r->record, body) &&
	      fuzz_inside(r->tips, body));
	check(r->auth == GHI_AUTH_SUCCESS || (r->door == 0 && r->seconds == 0));
	check(r->door <= 254 && r->seconds <= 254);
	ghi_auth_reply_write(&w, r);
	if (w.err || r->record.n == 0)
		return;
	check(ghi_auth_reply_read(ghi_written(&w), &again) == GH_OK);
	check(again.auth == r->auth && again.door == r->door && again.seconds == r->seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size };
	struct ghi_event_fault fault = { 0 };
	struct ghi_identification r, again;
	struct ghi_auth_reply reply;
	uint8_t text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (ghi_identification_read(body, &r, &fault) == GH_OK) {
		check(fuzz_inside(r.record, body) && fuzz_inside(r.event.pin, body));
		ghi_identification_write(&w, &r.event, r.address_type);
		if (w.err == GH_OK && ghi_civil_valid(r.event.time)) {
			check(ghi_identification_read(ghi_written(&w), &again, &fault) ==
			      GH_OK);
			check(gh_slice_eq(again.event.pin, r.event.pin));
			check(again.event.address == r.event.address);
			check(again.event.record_index == 0);
		}
	} else {
		check(fault.reason != NULL);
	}
	if (ghi_auth_reply_read(body, &reply) == GH_OK)
		reply_reads_back(&reply, body);
	return 0;
}
