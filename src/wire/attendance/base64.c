#include "wire/attendance/operlog.h"

static bool to_drop(uint8_t c)
{
	return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

gh_slice ghi_base64_squeeze(gh_slice s, uint8_t *to)
{
	size_t n = 0;

	while (n < s.n && !to_drop(s.p[n]))
		n++;
	if (n == s.n)
		return s;
	memcpy(to, s.p, n);
	for (size_t i = n; i < s.n; i++)
		if (!to_drop(s.p[i]))
			to[n++] = s.p[i];
	return (gh_slice){ to, n };
}
