#include "api/value.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/text.h"

static const char *const no_names[] = { NULL };

/* No NUL in text: much that reads JSON is written in C. */
static bool is_text(gh_slice s)
{
	return ghi_text_is_utf8(s) && (s.n == 0 || memchr(s.p, 0, s.n) == NULL);
}

struct value value_encoding(gh_slice s)
{
	return value_text(is_text(s) ? GH_LIT("text") : GH_LIT("base64"));
}

static void put_raw(struct json *j, gh_slice s)
{
	uint8_t *to;

	if (is_text(s)) {
		json_string(j, s);
		return;
	}
	to = s.n < INT32_MAX / 2 ? malloc(s.n / 3 * 4 + 5) : NULL;
	if (to == NULL) {
		j->err = j->err ? j->err : GH_ENOMEM;
		return;
	}
	json_string(j, (gh_slice){ to, (size_t)EVP_EncodeBlock(to, s.p, (int)s.n) });
	free(to);
}

void value_json(struct json *j, const struct value *v)
{
	const char *const *name = v->names ? v->names : no_names;
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
		for (unsigned bit = 0; name[bit]; bit++)
			if (v->i >> bit & 1)
				json_string(j, gh_slice_of(name[bit]));
		json_array_end(j);
		break;
	case VALUE_JSON:
		json_raw(j, v->s);
		break;
	case VALUE_RAW:
		put_raw(j, v->s);
		break;
	default:
		json_null(j);
	}
}

/* json_raw() with the comma switched off appends bytes as they are, under the same ceiling. */
static void append(struct json *to, gh_slice s)
{
	to->comma = false;
	if (s.n)
		json_raw(to, s);
}

static void csv_text(struct json *to, gh_slice s)
{
	bool quote = false;

	for (size_t i = 0; i < s.n; i++)
		quote |= s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r';
	if (!quote) {
		append(to, s);
		return;
	}
	append(to, GH_LIT("\""));
	while (s.n) {
		gh_slice head;
		bool cut = gh_slice_cut(s, '"', &head, &s);

		append(to, head);
		if (cut)
			append(to, GH_LIT("\"\""));
	}
	append(to, GH_LIT("\""));
}

static void csv_flags(struct json *to, const struct value *v)
{
	const char *const *name = v->names ? v->names : no_names;
	bool more = false;

	for (unsigned bit = 0; name[bit]; bit++) {
		if (!(v->i >> bit & 1))
			continue;
		if (more)
			append(to, GH_LIT(" "));
		append(to, gh_slice_of(name[bit]));
		more = true;
	}
}

void value_csv(struct json *to, const struct value *v)
{
	struct json cell = json_with_limit(64);
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
	default:
		break;
	}
	/* Numbers, booleans and times: as in JSON, without the quotes. */
	value_json(&cell, v);
	s = json_text(&cell);
	if (gh_slice_eq(s, GH_LIT("null")))
		s.n = 0;
	if (s.n >= 2 && s.p[0] == '"')
		s = (gh_slice){ s.p + 1, s.n - 2 };
	append(to, s);
	if (cell.err && to->err == GH_OK)
		to->err = cell.err;
	json_clear(&cell);
}

void fields_json_inner(struct json *j, const struct fields *f, const void *row)
{
	for (size_t i = 0; i < f->n; i++) {
		struct value v = f->field[i].get(row);

		json_key(j, f->field[i].name);
		value_json(j, &v);
	}
}

void fields_json(struct json *j, const struct fields *f, const void *row)
{
	json_object(j);
	fields_json_inner(j, f, row);
	json_object_end(j);
}

void fields_csv_head(struct json *to, const struct fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		append(to, i ? GH_LIT(",") : GH_LIT(""));
		csv_text(to, gh_slice_of(f->field[i].name));
	}
	append(to, GH_LIT("\r\n"));
}

void fields_csv(struct json *to, const struct fields *f, const void *row)
{
	for (size_t i = 0; i < f->n; i++) {
		struct value v = f->field[i].get(row);

		append(to, i ? GH_LIT(",") : GH_LIT(""));
		value_csv(to, &v);
	}
	append(to, GH_LIT("\r\n"));
}
