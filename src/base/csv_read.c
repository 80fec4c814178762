#include "base/csv_read.h"

size_t ghi_csv_record_length(gh_slice s, bool whole)
{
	size_t line = 0; /* the length of the first line; 0: it is not whole */
	bool quoted = false;

	for (size_t i = 0; i < s.n && (i < GHI_CSV_RECORD || line == 0); i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		if (s.p[i] != '\n')
			continue;
		if (!quoted)
			return i + 1;
		line = line ? line : i + 1;
	}
	if (s.n >= GHI_CSV_RECORD || whole)
		return line ? line : whole ? s.n : 0;
	return 0;
}

/* Up to the mark that ends it; two marks are one. */
static size_t quoted_read(struct ghi_csv_fields *r, uint8_t *to)
{
	size_t i = 1, n = 0;

	while (i < r->rest.n) {
		if (r->rest.p[i] == '"' && (i + 1 == r->rest.n || r->rest.p[i + 1] != '"'))
			break;
		i += r->rest.p[i] == '"';
		to[n++] = r->rest.p[i++];
	}
	r->rest = gh_slice_from(r->rest, i < r->rest.n ? i + 1 : i);
	return n;
}

bool ghi_csv_field_next(struct ghi_csv_fields *r, gh_slice *field)
{
	uint8_t *to = r->to;
	gh_slice head;
	size_t n = 0;
	bool quoted;

	if (r->ended)
		return false;
	quoted = r->rest.n && r->rest.p[0] == '"';
	if (quoted)
		n = quoted_read(r, to);
	r->ended = !gh_slice_cut(r->rest, (uint8_t)r->separator, &head, &r->rest);
	*field = head;
	if (quoted) {
		if (head.n)
			memmove(to + n, head.p, head.n);
		*field = (gh_slice){ to, n + head.n };
		r->to += n + head.n;
	}
	return true;
}

gh_slice ghi_csv_unguarded(gh_slice s, uint8_t *to)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\'')
		n++;
	if (n > 0 && n < s.n && memchr("=+-@\t\r", s.p[n], 6))
		return gh_slice_from(s, 1);
	n = 0;
	if (s.n < 3 || !gh_slice_starts(s, GH_LIT("=\"")) || s.p[s.n - 1] != '"')
		return s;
	for (size_t i = 2; i + 1 < s.n; i++) {
		to[n++] = s.p[i];
		i += s.p[i] == '"' && s.p[i + 1] == '"' && i + 2 < s.n;
	}
	return (gh_slice){ to, n };
}
