#include "base/json_read.h"

static void blanks_skip(gh_slice *s)
{
	while (s->n &&
	       (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\r' || s->p[0] == '\n'))
		*s = gh_slice_from(*s, 1);
}

/* One letter, with the blanks before it. */
static bool letter_take(gh_slice *s, uint8_t letter)
{
	blanks_skip(s);
	if (s->n == 0 || s->p[0] != letter)
		return false;
	*s = gh_slice_from(*s, 1);
	return true;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = gh_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind "\u". */
static bool unit_take(gh_slice *s, uint32_t *out)
{
	uint32_t v = 0;

	if (s->n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(s->p[i]);

		if (digit < 0)
			return false;
		v = v << 4 | (uint32_t)digit;
	}
	*s = gh_slice_from(*s, 4);
	*out = v;
	return true;
}

static size_t code_put(uint8_t *to, uint32_t c)
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--) {
		to[i] = (uint8_t)(0x80 | (c & 63));
		c >>= 6;
	}
	to[0] = (uint8_t)(lead[n > 1 ? n : 0] | c);
	return n;
}

/* Behind the backslash; an escape has at least as many bytes as what it stands for. */
static bool escape_take(gh_slice *s, uint8_t *to, size_t *n)
{
	static const char letter[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	uint32_t c, low;
	uint8_t is;
	const char *at;

	if (s->n == 0)
		return false;
	is = s->p[0];
	*s = gh_slice_from(*s, 1);
	if (is != 'u') {
		at = is ? memchr(letter, is, sizeof(letter) - 1) : NULL;
		if (at)
			to[(*n)++] = (uint8_t)meant[at - letter];
		return at != NULL;
	}
	if (!unit_take(s, &c))
		return false;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!gh_slice_starts(*s, GH_LIT("\\u")))
			return false;
		*s = gh_slice_from(*s, 2);
		if (!unit_take(s, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
	} else if (c >= 0xdc00 && c < 0xe000) {
		return false;
	}
	*n += code_put(to + *n, c);
	return true;
}

/* Behind the first quotation mark. */
static bool text_take(struct ghi_json_members *m, gh_slice *out)
{
	size_t n = 0;

	while (m->rest.n) {
		uint8_t c = m->rest.p[0];

		m->rest = gh_slice_from(m->rest, 1);
		if (c == '"') {
			*out = (gh_slice){ m->to, n };
			m->to += n;
			return true;
		}
		if (c < ' ')
			return false;
		if (c != '\\')
			m->to[n++] = c;
		else if (!escape_take(&m->rest, m->to, &n))
			return false;
	}
	return false;
}

/* An array or an object: what its brackets and texts enclose; what is in it is not looked at further. */
static bool parts_take(gh_slice *s)
{
	uint8_t open[GHI_JSON_DEPTH];
	size_t depth = 0, i = 0;
	bool text = false;

	for (; i < s->n; i++) {
		uint8_t c = s->p[i];

		if (text) {
			i += c == '\\';
			text = c != '"';
		} else if (c == '"') {
			text = true;
		} else if (c == '[' || c == '{') {
			if (depth == GHI_JSON_DEPTH)
				return false;
			open[depth++] = c == '[' ? ']' : '}';
		} else if (c == ']' || c == '}') {
			if (c != open[--depth])
				return false;
			if (depth == 0)
				break;
		}
	}
	if (i >= s->n)
		return false;
	*s = gh_slice_from(*s, i + 1);
	return true;
}

static bool word_is_known(gh_slice s)
{
	return gh_slice_eq(s, GH_LIT("null")) || gh_slice_eq(s, GH_LIT("true")) ||
	       gh_slice_eq(s, GH_LIT("false"));
}

/* A number, or a word. */
static bool bare_take(gh_slice *s, struct ghi_json_member *out)
{
	size_t n = 0;

	while (n < s->n && memchr(",]} \t\r\n", s->p[n], 7) == NULL)
		n++;
	out->value = (gh_slice){ s->p, n };
	*s = gh_slice_from(*s, n);
	out->kind = n && (out->value.p[0] == '-' ||
			  (out->value.p[0] >= '0' && out->value.p[0] <= '9'))
			    ? GHI_JSON_NUMBER
			    : GHI_JSON_WORD;
	return out->kind == GHI_JSON_NUMBER || word_is_known(out->value);
}

static bool value_take(struct ghi_json_members *m, struct ghi_json_member *out)
{
	const uint8_t *start;

	blanks_skip(&m->rest);
	if (m->rest.n == 0)
		return false;
	start = m->rest.p;
	if (letter_take(&m->rest, '"')) {
		out->kind = GHI_JSON_TEXT;
		return text_take(m, &out->value);
	}
	if (*start != '[' && *start != '{')
		return bare_take(&m->rest, out);
	if (!parts_take(&m->rest))
		return false;
	out->kind = GHI_JSON_PARTS;
	out->value = (gh_slice){ start, (size_t)(m->rest.p - start) };
	return true;
}

enum gh_err ghi_json_member_next(struct ghi_json_members *m, struct ghi_json_member *out)
{
	bool first = !m->begun;

	if (first && !letter_take(&m->rest, '{'))
		return GH_EMALFORMED;
	m->begun = true;
	if (letter_take(&m->rest, '}')) {
		blanks_skip(&m->rest);
		return m->rest.n ? GH_EMALFORMED : GH_EEND;
	}
	if (!first && !letter_take(&m->rest, ','))
		return GH_EMALFORMED;
	if (!letter_take(&m->rest, '"') || !text_take(m, &out->name) ||
	    !letter_take(&m->rest, ':') || !value_take(m, out))
		return GH_EMALFORMED;
	return GH_OK;
}
