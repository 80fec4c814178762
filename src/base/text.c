#include "base/text.h"

#include <glib.h>
#include <iconv.h>
#include <stdlib.h>

bool text_is_utf8(gh_slice s)
{
	return s.n == 0 || g_utf8_validate_len((const char *)s.p, s.n, NULL);
}

static enum gh_err convert(const char *to, const char *from, gh_slice s, gh_slice *out)
{
	size_t cap = s.n * 4 + 4, left = cap, in_left = s.n;
	char *buf = malloc(cap), *at = buf, *in = (char *)(uintptr_t)s.p;
	enum gh_err err = GH_OK;

	if (buf == NULL)
		return GH_ENOMEM;
	iconv_t cd = iconv_open(to, from);
	if (cd == (iconv_t)-1) {
		free(buf);
		return GH_EUNSUPPORTED;
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

enum gh_err text_from_gb18030(gh_slice s, gh_slice *out)
{
	return convert("UTF-8", "GB18030", s, out);
}

enum gh_err text_to_gb18030(gh_slice s, gh_slice *out)
{
	return convert("GB18030", "UTF-8", s, out);
}
