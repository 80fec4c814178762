#include "base/base64.h"

bool ghi_base64_is_digit(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/';
}

bool ghi_base64_is_blank(uint8_t c)
{
	return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

size_t ghi_base64_count(gh_slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ghi_base64_is_digit(s.p[i]) || s.p[i] == '=';
	return n;
}

bool ghi_base64_is_text(gh_slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (ghi_base64_is_digit(s.p[i]) || s.p[i] == '=')
			n++;
		else if (!ghi_base64_is_blank(s.p[i]))
			return false;
	}
	return n != 0;
}

bool ghi_base64_is_padded_text(gh_slice s)
{
	bool padded = false;

	for (size_t i = 0; i < s.n; i++) {
		if (ghi_base64_is_blank(s.p[i]))
			continue;
		if (s.p[i] != '=' && (padded || !ghi_base64_is_digit(s.p[i])))
			return false;
		padded |= s.p[i] == '=';
	}
	return true;
}

gh_slice ghi_base64_squeeze(gh_slice s, uint8_t *to)
{
	size_t n = 0;

	while (n < s.n && !ghi_base64_is_blank(s.p[n]))
		n++;
	if (n == s.n)
		return s;
	memmove(to, s.p, n);
	for (size_t i = n; i < s.n; i++)
		if (!ghi_base64_is_blank(s.p[i]))
			to[n++] = s.p[i];
	return (gh_slice){ to, n };
}
