/* What a unit gets when it begins: everything lies in the reply, and what is written again reads alike. */
#include "fuzz.h"
#include "wire/access/handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size }, code;
	struct ghi_server_options o, again;
	size_t cap = size + 2048;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	if (ghi_registry_code_parse(body, &code) == GH_OK)
		check(code.n && fuzz_inside(code, body));
	if (ghi_server_options_parse(body, true, &o) == GH_OK) {
		check(o.registry_code.n && fuzz_inside(o.registry_code, body));
		ghi_server_options_write(&w, &o);
		check(w.err == GH_OK || w.err == GH_EMALFORMED);
		if (w.err == GH_OK) {
			check(ghi_server_options_parse(ghi_written(&w), true, &again) == GH_OK);
			check(gh_slice_eq(o.registry_code, again.registry_code));
			check(o.error_delay_s == again.error_delay_s);
			check(gh_slice_eq(o.session_id, again.session_id));
		}
	}
	(void)!ghi_server_options_parse(body, false, &o);
	free(text);
	return 0;
}
