#include "render/value.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/text.h"
#include "model/text_list.h"

static const char *word_of(const struct value *v, size_t bit)
{
	return v->word ? v->word(bit) : NULL;
}

enum value_encoding { ENCODING_TEXT, ENCODING_BASE64, ENCODINGS };

const char *value_encoding_word(size_t i)
{
	static const char *const word[ENCODINGS] = { "text", "base64" };

	return i < ENCODINGS ? word[i] : NULL;
}

struct value value_encoding(gh_slice s)
{
	enum value_encoding e = ghi_text_is_utf8(s) ? ENCODING_TEXT : ENCODING_BASE64;

	return value_text(gh_slice_of(value_encoding_word(e)));
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
		buffer_fail(&j->text, GH_ENOMEM);
	else
		json_string(j, text);
	free(own);
}

static void path_write(struct ghi_writer *w, const struct value *v)
{
	ghi_put(w, v->s);
	ghi_put_signed(w, v->i);
}

static void day_write(struct ghi_writer *w, const struct value *v)
{
	uint8_t text[GHI_CIVIL_TEXT];
	struct ghi_writer digits = ghi_writer_on(text, sizeof(text));

	ghi_put_civil(&digits, v->i * 1000000);
	ghi_put(w, (gh_slice){ text, sizeof("YYYY-MM-DD") - 1 });
}

static void path_json(struct json *j, const struct value *v)
{
	uint8_t text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	path_write(&w, v);
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
	case VALUE_DAY:
		day_write(&w, v);
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
	case VALUE_LIST:
	case VALUE_TEXTS:
	case VALUE_NUMBERS:
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

static void raw_plain(struct buffer *to, gh_slice s)
{
	gh_slice text;
	uint8_t *own;

	if (raw_text(s, &text, &own))
		buffer_fail(to, GH_ENOMEM);
	else
		buffer_add(to, text);
	free(own);
}

static void flags_plain(struct buffer *to, const struct value *v)
{
	bool more = false;

	for (size_t bit = 0; word_of(v, bit); bit++) {
		if (!(v->i >> bit & 1))
			continue;
		if (more)
			buffer_add(to, GH_LIT(" "));
		buffer_add(to, gh_slice_of(word_of(v, bit)));
		more = true;
	}
}

/* Numbers, booleans, times and paths: as in JSON, without the quotes; a moment that has no text is
 * empty. */
static void number_plain(struct buffer *to, const struct value *v)
{
	uint8_t text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	switch (v->kind) {
	case VALUE_BOOL:
		ghi_put(&w, v->i ? GH_LIT("true") : GH_LIT("false"));
		break;
	case VALUE_CIVIL:
		if (v->i >= 0)
			ghi_put_civil(&w, v->i);
		break;
	case VALUE_DAY:
		day_write(&w, v);
		break;
	case VALUE_UTC:
		ghi_put_utc(&w, v->i);
		break;
	case VALUE_UTC_MS:
		ghi_put_utc_ms(&w, v->i);
		break;
	case VALUE_PATH:
		path_write(&w, v);
		break;
	default:
		ghi_put_signed(&w, v->i);
	}
	if (w.err == GH_OK)
		buffer_add(to, ghi_written(&w));
	else if (w.err != GH_ETOOBIG)
		buffer_fail(to, w.err);
}

/* A list in a cell: 1;2;3. */
static void joined_plain(struct buffer *to, const struct value *v)
{
	gh_slice rest = v->s, text;
	int64_t number;
	bool more = false, mark;

	if (v->kind == VALUE_TEXTS) {
		for (; text_list_next(&rest, &text, &mark); more = true) {
			buffer_add(to, more ? GH_LIT(";") : GH_LIT(""));
			buffer_add(to, text);
		}
		return;
	}
	for (; number_list_next(&rest, &number, &mark); more = true) {
		buffer_add(to, more ? GH_LIT(";") : GH_LIT(""));
		buffer_add_signed(to, number);
	}
}

static void joined_csv(struct csv *to, const struct value *v)
{
	struct buffer text = buffer_with_limit(SIZE_MAX);

	joined_plain(&text, v);
	if (text.err)
		buffer_fail(to->to, text.err);
	csv_text(to, buffer_text(&text), CSV_NO_FORMULA);
	buffer_clear(&text);
}

void value_plain(struct buffer *to, const struct value *v)
{
	if (v->joined) {
		joined_plain(to, v);
		return;
	}
	switch (v->kind) {
	case VALUE_NULL:
		return;
	case VALUE_TEXT:
	case VALUE_JSON:
	case VALUE_LIST:
	case VALUE_TEXTS:
	case VALUE_NUMBERS:
		buffer_add(to, v->s);
		return;
	case VALUE_FLAGS:
		flags_plain(to, v);
		return;
	case VALUE_RAW:
		raw_plain(to, v->s);
		return;
	default:
		number_plain(to, v);
	}
}

static void raw_csv(struct csv *to, gh_slice s)
{
	gh_slice text;
	uint8_t *own;

	if (raw_text(s, &text, &own))
		buffer_fail(to->to, GH_ENOMEM);
	else
		csv_text(to, text, CSV_NO_FORMULA);
	free(own);
}

void value_csv(struct csv *to, const struct value *v)
{
	if (v->joined) {
		joined_csv(to, v);
		return;
	}
	switch (v->kind) {
	case VALUE_TEXT:
	case VALUE_JSON:
	case VALUE_LIST:
	case VALUE_TEXTS:
	case VALUE_NUMBERS:
		csv_text(to, v->s, CSV_NO_FORMULA);
		return;
	case VALUE_RAW:
		raw_csv(to, v->s);
		return;
	default:
		value_plain(to->to, v);
	}
}
