/* Percent encoding, base64 and UTF-8: what is read is no longer than the text, stays in its
 * buffer, and is the same when it is written and read again. */
#include "base/base64.h"
#include "base/percent.h"
#include "base/text.h"
#include "fuzz.h"

static void percent_fuzz(gh_slice raw, uint8_t *to)
{
	gh_slice strict;
	gh_slice lenient = ghi_percent_decode(raw, to);

	check(lenient.n <= raw.n);
	if (ghi_percent_decode_strict(raw, false, to, &strict) == GH_OK) {
		uint8_t *again = malloc(raw.n + 1);

		check(again && strict.n <= raw.n);
		check(strict.n == 0 || !memchr(strict.p, 0, strict.n));
		check(gh_slice_eq(ghi_percent_decode(raw, again), strict));
		free(again);
	}
}

static void base64_fuzz(gh_slice raw, uint8_t *to)
{
	char *text = malloc(BASE64_ROOM(raw.n));
	uint8_t *back = malloc(BASE64_ROOM(raw.n) + 1);
	gh_slice bytes, made = base64_encode(raw, text);

	check(text && back && made.n == BASE64_SIZE(raw.n));
	check(ghi_base64_count(made) == made.n && ghi_base64_is_padded_text(made));
	if (raw.n)
		check(base64_decode(made, back, &bytes) == GH_OK && gh_slice_eq(bytes, raw));
	if (base64_decode(raw, to, &bytes) == GH_OK) {
		check(ghi_base64_is_text(raw));
		check(bytes.p == to && bytes.n <= raw.n / 4 * 3 + 3);
	}
	free(text);
	free(back);
}

static void utf8_fuzz(gh_slice raw)
{
	size_t prefix = ghi_text_utf8_prefix(raw);

	check(prefix <= raw.n && ghi_text_is_utf8((gh_slice){ raw.p, prefix }));
	check(prefix == raw.n || ghi_utf8_length(gh_slice_from(raw, prefix)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice raw = { data, size };
	uint8_t *to = malloc(size + 1);

	check(to);
	percent_fuzz(raw, to);
	base64_fuzz(raw, to);
	utf8_fuzz(raw);
	free(to);
	return 0;
}
