#include "base/csv.h"

void csv_next(struct buffer *to, bool *first)
{
	if (!*first)
		buffer_add(to, GH_LIT(","));
	*first = false;
}

static bool csv_needs_quotes(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r')
			return true;
	return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

static bool csv_is_formula(gh_slice s)
{
	return s.n && memchr("=+-@\t\r", s.p[0], 6);
}

void csv_text(struct buffer *to, gh_slice s, enum csv_guard guard)
{
	bool quotes = csv_needs_quotes(s);

	if (quotes)
		buffer_add(to, GH_LIT("\""));
	if (guard == CSV_NO_FORMULA && csv_is_formula(s))
		buffer_add(to, GH_LIT("'"));
	while (quotes && s.n) {
		gh_slice head;
		bool mark = gh_slice_cut(s, '"', &head, &s);

		buffer_add(to, head);
		if (mark)
			buffer_add(to, GH_LIT("\"\""));
	}
	buffer_add(to, s);
	if (quotes)
		buffer_add(to, GH_LIT("\""));
}
