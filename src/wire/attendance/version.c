#include "wire/attendance/handshake.h"

#define PARTS (sizeof((struct ghi_version){ 0 }.part) / sizeof(unsigned))
#define PART_MAX 65535

bool ghi_version_parse(gh_slice s, struct ghi_version *out)
{
	struct ghi_version v = { 0 };
	size_t at = 0;

	*out = v;
	for (size_t i = 0; i < PARTS; i++) {
		if (at == s.n || s.p[at] < '0' || s.p[at] > '9')
			return false;
		for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++) {
			v.part[i] = v.part[i] * 10 + (unsigned)(s.p[at] - '0');
			if (v.part[i] > PART_MAX)
				return false;
		}
		/* "3.4.1 2010-06-07": a text may follow the number. */
		if (at == s.n || s.p[at] != '.')
			break;
		at++;
	}
	*out = v;
	return true;
}

int ghi_version_compare(const struct ghi_version *a, const struct ghi_version *b)
{
	for (size_t i = 0; i < PARTS; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}
