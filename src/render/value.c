#include "render/value.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"

static const char *word_of(const struct value *v, size_t bit)
{
	return v->word ? v->word(bit) : NULL;
}

struct value value_encoding(gh_slice s)
{
	return value_text(ghi_text_is_utf8(s) ? GH_LIT("text") : GH_LIT("base64"));
}

/* The text it is written as; *own is to be freed, and NULL where s itself is the text.
 * GH_ENOMEM. */
static enum gh_err raw_text(gh_slice s, gh_slice *text, uint8_t **own)
{
	*own = NULL;
	*text = s;
	if (ghi_text_is_utf8(s))
		return GH_OK;
	*own = s.n < INT32_MAX / 2 ? malloc(BASE64_ROOM(s.n)) : NULL;
	if (*own == NULL)
		return GH_ENOMEM;
	*text = base64_encode(s, (char *)*own);
	return GH_OK;
}

static void raw_json(struct json *j, gh_slice s)
{
	gh_slice text;
	uint8_t *own;

	if (raw_text(s, &text, &own))
		j->err = j->err ? j->err : GH_ENOMEM;
	else
		json_string(j, text);
	free(own);
}

static void path_json(struct json *j, const struct value *v)
{
	uint8_t text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, v->s);
	ghi_put_signed(&w, v->i);
	json_string(j, ghi_written(&w));
}

void value_json(struct json *j, const struct value *v)
{
	uint8_t text[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	switch (v->kind) {
	case VALUE_INT:
		json_int(j, v->i);
		break;
	case VALUE_BOOL:
		json_bool(j, v->i != 0);
		break;
	case VALUE_TEXT:
		json_string(j, v->s);
		break;
	case VALUE_ID:
		ghi_put_signed(&w, v->i);
		json_string(j, ghi_written(&w));
		break;
	case VALUE_CIVIL:
		if (v->i < 0) {
			json_null(j);
			break;
		}
		ghi_put_civil(&w, v->i);
		json_string(j, ghi_written(&w));
		break;
	case VALUE_UTC:
		json_utc(j, v->i);
		break;
	case VALUE_UTC_MS:
		json_utc_ms(j, v->i);
		break;
	case VALUE_FLAGS:
		json_array(j);
		for (size_t bit = 0; word_of(v, bit); bit++)
			if (v->i >> bit & 1)
				json_string(j, gh_slice_of(word_of(v, bit)));
		json_array_end(j);
		break;
	case VALUE_JSON:
		json_raw(j, v->s);
		break;
	case VALUE_RAW:
		raw_json(j, v->s);
		break;
	case VALUE_PATH:
		path_json(j, v);
		break;
	default:
		json_null(j);
	}
}

/* json_raw() with the comma switched off appends bytes as they are, under the same ceiling. */
static void csv_append(struct json *to, gh_slice s)
{
	to->comma = false;
	if (s.n)
		json_raw(to, s);
}

static void csv_text(struct json *to, gh_slice s)
{
	bool formula = s.n && memchr("=+-@\t\r", s.p[0], 6), quote = false;

	for (size_t i = 0; i < s.n; i++)
		quote |= s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r';
	csv_append(to, quote ? GH_LIT("\"") : GH_LIT(""));
	csv_append(to, formula ? GH_LIT("'") : GH_LIT(""));
	if (!quote) {
		csv_append(to, s);
		return;
	}
	while (s.n) {
		gh_slice head;
		bool cut = gh_slice_cut(s, '"', &head, &s);

		csv_append(to, head);
		if (cut)
			csv_append(to, GH_LIT("\"\""));
	}
	csv_append(to, GH_LIT("\""));
}

static void csv_raw(struct json *to, gh_slice s)
{
	gh_slice text;
	uint8_t *own;

	if (raw_text(s, &text, &own))
		to->err = to->err ? to->err : GH_ENOMEM;
	else
		csv_text(to, text);
	free(own);
}

static void csv_flags(struct json *to, const struct value *v)
{
	bool more = false;

	for (size_t bit = 0; word_of(v, bit); bit++) {
		if (!(v->i >> bit & 1))
			continue;
		if (more)
			csv_append(to, GH_LIT(" "));
		csv_append(to, gh_slice_of(word_of(v, bit)));
		more = true;
	}
}

void value_csv(struct json *to, const struct value *v)
{
	struct json cell = json_with_limit(256);
	gh_slice s;

	switch (v->kind) {
	case VALUE_NULL:
		return;
	case VALUE_TEXT:
	case VALUE_JSON:
		csv_text(to, v->s);
		return;
	case VALUE_FLAGS:
		csv_flags(to, v);
		return;
	case VALUE_RAW:
		csv_raw(to, v->s);
		return;
	default:
		break;
	}
	/* Numbers, booleans, times and paths: as in JSON, without the quotes. */
	value_json(&cell, v);
	s = json_text(&cell);
	if (gh_slice_eq(s, GH_LIT("null")))
		s.n = 0;
	if (s.n >= 2 && s.p[0] == '"')
		s = (gh_slice){ s.p + 1, s.n - 2 };
	csv_append(to, s);
	if (cell.err && to->err == GH_OK)
		to->err = cell.err;
	json_clear(&cell);
}
