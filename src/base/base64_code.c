#include <glib.h>

#include "base/base64.h"

gh_slice base64_encode(gh_slice bytes, char *to)
{
	gint state = 0, save = 0;
	gsize n =
		bytes.n ? g_base64_encode_step(bytes.p, bytes.n, FALSE, to, &state, &save) : 0;

	n += g_base64_encode_close(FALSE, to + n, &state, &save);
	return (gh_slice){ (const uint8_t *)to, n };
}

gh_slice base64_encode_url(gh_slice bytes, char *to)
{
	gh_slice text = base64_encode(bytes, to);

	while (text.n && to[text.n - 1] == '=')
		text.n--;
	for (size_t i = 0; i < text.n; i++)
		to[i] = (char)(to[i] == '+' ? '-' : to[i] == '/' ? '_' : to[i]);
	return text;
}

enum gh_err base64_decode(gh_slice text, uint8_t *to, gh_slice *out)
{
	gh_slice squeezed = ghi_base64_squeeze(text, to);
	gsize n = 0;

	if (squeezed.n < 2 || ghi_base64_count(squeezed) != squeezed.n)
		return GH_EMALFORMED;
	if (squeezed.p != to)
		memcpy(to, squeezed.p, squeezed.n);
	to[squeezed.n] = '\0';
	g_base64_decode_inplace((gchar *)to, &n);
	if (n == 0)
		return GH_EMALFORMED;
	*out = (gh_slice){ to, n };
	return GH_OK;
}
