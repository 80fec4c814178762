#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

size_t ghi_utf8_length(gh_slice s)
{
	const uint8_t *p = s.p;
	uint8_t low = 0x80, high = 0xBF;
	size_t n;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return p[0] != 0;
	if (p[0] >= 0xC2 && p[0] <= 0xDF)
		n = 2;
	else if (p[0] >= 0xE0 && p[0] <= 0xEF)
		n = 3;
	else if (p[0] >= 0xF0 && p[0] <= 0xF4)
		n = 4;
	else
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (s.n < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

size_t ghi_text_utf8_prefix(gh_slice s)
{
	size_t at = 0, step;

	for (;;) {
		while (at < s.n && s.p[at] && s.p[at] < 0x80)
			at++;
		if (at == s.n || (step = ghi_utf8_length(gh_slice_from(s, at))) == 0)
			return at;
		at += step;
	}
}

bool ghi_text_is_utf8(gh_slice s)
{
	return ghi_text_utf8_prefix(s) == s.n;
}

enum gh_err ghi_text_convert(const char *to, const char *from, gh_slice s, gh_slice *out)
{
	size_t cap = s.n * 4 + 4, left = cap, in_left = s.n;
	char *buf = malloc(cap), *at = buf, *in = (char *)(uintptr_t)s.p;
	enum gh_err err = GH_OK;

	if (buf == NULL)
		return GH_ENOMEM;
	iconv_t cd = iconv_open(to, from);
	if (cd == (iconv_t)-1) {
		err = errno == EINVAL ? GH_EUNSUPPORTED : GH_ENOMEM;
		free(buf);
		return err;
	}
	if (s.n && iconv(cd, &in, &in_left, &at, &left) == (size_t)-1)
		err = GH_EMALFORMED;
	iconv_close(cd);
	if (err) {
		free(buf);
		return err;
	}
	*out = (gh_slice){ (uint8_t *)buf, cap - left };
	return GH_OK;
}

bool ghi_text_charset_fits(const char *charset)
{
	gh_slice sample = GH_LIT("PIN=1\tName=az AZ~\r\n"), out;
	bool fits;

	if (ghi_text_convert(charset, "UTF-8", sample, &out))
		return false;
	fits = gh_slice_eq(out, sample);
	free((void *)(uintptr_t)out.p);
	return fits;
}

enum gh_err ghi_text_from_gb18030(gh_slice s, gh_slice *out)
{
	return ghi_text_convert("UTF-8", "GB18030", s, out);
}

enum gh_err ghi_text_to_gb18030(gh_slice s, gh_slice *out)
{
	return ghi_text_convert("GB18030", "UTF-8", s, out);
}
