/* A request target: everything is borrowed from it, a scheme and host in front change nothing,
 * and decoding never lengthens. */
#include "base/percent.h"
#include "fuzz.h"
#include "wire/push/target.h"

static void with_origin(gh_slice raw, const struct ghi_target *t)
{
	gh_slice origin = GH_LIT("http://192.168.0.1:8080");
	uint8_t *text = malloc(origin.n + raw.n);
	struct ghi_target again;

	check(text);
	memcpy(text, origin.p, origin.n);
	memcpy(text + origin.n, raw.p, raw.n);
	check(!ghi_target_parse((gh_slice){ text, origin.n + raw.n }, &again));
	check(again.endpoint == t->endpoint && again.params == t->params);
	check(gh_slice_eq(again.path, t->path) && gh_slice_eq(again.rest, t->rest));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice raw = { data, size }, value;
	uint8_t *to = malloc(size ? size : 1);
	struct ghi_target t;

	check(to);
	gh_slice decoded = ghi_percent_decode(raw, to);
	check(decoded.n <= size);
	free(to);
	if (ghi_target_parse(raw, &t))
		return 0;
	check(fuzz_inside(t.path, raw) && fuzz_inside(t.rest, t.path) &&
	      fuzz_inside(t.query, raw));
	check(t.params <= GHI_TARGET_PARAMS);
	check(t.rest.n == 0 || t.endpoint == GHI_ENDPOINT_NONE);
	for (size_t i = 0; i < t.params; i++)
		check(fuzz_inside(t.param[i].key, t.query) &&
		      fuzz_inside(t.param[i].value, t.query));
	if (ghi_target_get(&t, "SN", &value))
		check(fuzz_inside(value, t.query));
	if (raw.p[0] == '/')
		with_origin(raw, &t);
	return 0;
}
