#include "base/csv.h"

/* A text in a formula of Excel is no longer. */
#define EXCEL_TEXT 255

static char csv_separator(const struct csv *c)
{
	return c->form.separator ? c->form.separator : ',';
}

static void csv_put(struct csv *c, char letter)
{
	buffer_add(c->to, (gh_slice){ (const uint8_t *)&letter, 1 });
}

void csv_next(struct csv *c)
{
	if (c->begun)
		csv_put(c, csv_separator(c));
	c->begun = true;
}

void csv_row_end(struct csv *c, gh_slice end)
{
	buffer_add(c->to, end);
	c->begun = false;
}

static bool csv_needs_quotes(const struct csv *c, gh_slice s)
{
	char separator = csv_separator(c);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == (uint8_t)separator || s.p[i] == '\n' ||
		    s.p[i] == '\r')
			return true;
	return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

static bool csv_is_formula(gh_slice s)
{
	return s.n && memchr("=+-@\t\r", s.p[0], 6);
}

/* Or that looks as if it was prefixed: read again, it would lose an apostrophe of its own. */
static bool csv_is_prefixed(gh_slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\'')
		n++;
	return csv_is_formula(gh_slice_from(s, n));
}

static bool csv_is_word(gh_slice s, const char *word)
{
	size_t i = 0;

	while (i < s.n && word[i] && (s.p[i] | 0x20) == (uint8_t)word[i])
		i++;
	return i == s.n && word[i] == 0;
}

/* Whether Excel might read another value than this text. */
static bool csv_is_read_otherwise(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return s.n <= EXCEL_TEXT;
	return csv_is_word(s, "true") || csv_is_word(s, "false");
}

/* Every quotation mark becomes `mark`. */
static void csv_quoted(struct csv *c, gh_slice s, gh_slice mark)
{
	gh_slice head;

	while (s.n) {
		bool more = gh_slice_cut(s, '"', &head, &s);

		buffer_add(c->to, head);
		if (more)
			buffer_add(c->to, mark);
	}
}

void csv_text(struct csv *c, gh_slice s, enum csv_guard guard)
{
	bool guarded = guard == CSV_NO_FORMULA, formula = guarded && csv_is_prefixed(s);
	bool quotes = csv_needs_quotes(c, s);

	if (guarded && !formula && c->form.excel && csv_is_read_otherwise(s)) {
		/* ="text" as a field: its quotation marks twice, those of the text four times. */
		buffer_add(c->to, GH_LIT("\"=\"\""));
		csv_quoted(c, s, GH_LIT("\"\"\"\""));
		buffer_add(c->to, GH_LIT("\"\"\""));
		return;
	}
	buffer_add(c->to, quotes ? GH_LIT("\"") : GH_LIT(""));
	buffer_add(c->to, formula ? GH_LIT("'") : GH_LIT(""));
	csv_quoted(c, s, GH_LIT("\"\""));
	buffer_add(c->to, quotes ? GH_LIT("\"") : GH_LIT(""));
}
