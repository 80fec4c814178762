#include "wire/push/record.h"

#include "base/base64.h"
#include "base/civil_time.h"
#include "base/number.h"

bool ghi_record_is_bulk(const struct ghi_record *r, const struct ghi_key *k)
{
	uint8_t type = model_kinds[r->kind].field[k->field].type;

	return (type == MODEL_TEXT || type == MODEL_BYTES) && k->max >= GHI_RECORD_BULK;
}

/* One run of bytes between separators. */
struct piece {
	gh_slice text;
	bool after_line_end; /* CR or LF stood before it, not the separator */
};

static bool record_is_break(uint8_t c, uint8_t separator)
{
	return c == separator || c == '\n' || c == '\r';
}

/* The next run that is not blank. */
static bool record_piece_next(gh_slice line, size_t *at, uint8_t separator, struct piece *out)
{
	size_t i = *at;

	out->after_line_end = false;
	do {
		for (; i < line.n && record_is_break(line.p[i], separator); i++)
			out->after_line_end = line.p[i] != separator;
		size_t start = i;

		while (i < line.n && !record_is_break(line.p[i], separator))
			i++;
		out->text = (gh_slice){ line.p + start, i - start };
	} while (i < line.n && gh_slice_trim(out->text).n == 0);
	*at = i;
	return gh_slice_trim(out->text).n != 0;
}

static const struct ghi_key *record_find_key(const struct ghi_record *r, gh_slice key)
{
	for (size_t i = 0; i < r->keys; i++)
		if (gh_slice_ieq(key, gh_slice_of(r->key[i].key)))
			return &r->key[i];
	return NULL;
}

/* Whether a piece that looks like "key=" is the padded end of a base64 text that was broken:
 * there is only base64 before the sign and at most one sign more behind it, and the text before
 * the piece is not padded and, where only a tab separates the two, not complete. */
static bool record_is_padding(struct piece piece, gh_slice before)
{
	gh_slice head, tail;

	gh_slice_cut(piece.text, '=', &head, &tail);
	if (tail.n > 1 || (tail.n == 1 && tail.p[0] != '=') || before.n == 0 ||
	    before.p[before.n - 1] == '=')
		return false;
	for (size_t i = 0; i < head.n; i++)
		if (!ghi_base64_is_digit(head.p[i]))
			return false;
	return piece.after_line_end || (ghi_base64_count(before) % 4 != 0 &&
					(ghi_base64_count(before) + piece.text.n) % 4 == 0);
}

static enum gh_err record_store(const struct ghi_record *r, const struct ghi_key *k,
				gh_slice value, union model_record *record)
{
	const struct model_kind *kind = &model_kinds[r->kind];
	void *at = model_at(kind, record, k->field);
	enum gh_err err;
	int64_t number;
	ghi_civil time;

	if (gh_slice_eq(gh_slice_trim(value), GH_LIT("null")))
		value.n = 0;
	switch (kind->field[k->field].type) {
	case MODEL_INT:
		value = gh_slice_trim(value);
		if (value.n == 0)
			return GH_OK;
		err = ghi_signed_parse(value, -1, k->max, &number);
		if (err)
			return err;
		memcpy(at, &number, sizeof(number));
		break;
	case MODEL_TIME:
		value = gh_slice_trim(value);
		if (value.n == 0)
			return GH_OK;
		err = ghi_civil_parse(value, &time);
		if (err)
			return err;
		memcpy(at, &time, sizeof(time));
		break;
	default:
		if ((int64_t)value.n > k->max)
			return GH_ETOOBIG;
		if (value.n && memchr(value.p, '\0', value.n))
			return GH_EMALFORMED;
		memcpy(at, &value, sizeof(value));
		break;
	}
	record->present |= UINT64_C(1) << k->field;
	return GH_OK;
}

/* Control characters within the value become blanks. */
static enum gh_err extra_put(struct ghi_writer *w, gh_slice name, gh_slice value)
{
	if (w->n)
		ghi_put_u8(w, '\t');
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	for (size_t i = 0; i < value.n; i++)
		ghi_put_u8(w, value.p[i] < ' ' ? ' ' : value.p[i]);
	return w->err;
}

enum gh_err ghi_record_parse(const struct ghi_record *r, gh_slice line,
			     union model_record *record, struct ghi_writer *extra,
			     struct ghi_record_fault *fault)
{
	const struct ghi_key *current = NULL; /* of the pair in hand, NULL: unknown */
	gh_slice name = { 0 }, value = { 0 };
	struct piece piece;
	size_t at = 0, offset = 0;
	bool more, padded = false; /* the value in hand has its closing '=' */

	memset(record, 0, sizeof(*record));
	do {
		more = record_piece_next(line, &at, r->separator, &piece);
		gh_slice key = { 0 }, rest = { 0 };
		const struct ghi_key *known = NULL;

		if (more) {
			bool pair = gh_slice_cut(piece.text, '=', &key, &rest);

			known = pair ? record_find_key(r, gh_slice_trim(key)) : NULL;
			bool padding = pair && known == NULL && current &&
				       ghi_record_is_bulk(r, current) && !padded &&
				       record_is_padding(piece, value);

			if (current && (!pair || padding)) {
				padded |= padding;
				value.n = (size_t)(piece.text.p + piece.text.n - value.p);
				continue;
			}
			if (!pair && name.p) { /* goes with a value of an unknown key */
				value.n = (size_t)(piece.text.p + piece.text.n - value.p);
				continue;
			}
			if (!pair) {
				*fault = (struct ghi_record_fault){ GH_EMALFORMED, piece.text,
								    (size_t)(piece.text.p -
									     line.p) };
				return GH_EMALFORMED;
			}
		}
		enum gh_err err = GH_OK;

		if (current)
			err = record_store(r, current, value, record);
		else if (name.p && extra)
			err = extra_put(extra, name, value);
		if (err) {
			*fault = (struct ghi_record_fault){ err, name, offset };
			return err;
		}
		if (more) {
			current = known;
			name = gh_slice_trim(key);
			value = rest;
			padded = false;
			offset = (size_t)(piece.text.p - line.p);
		}
	} while (more);
	return GH_OK;
}

static void record_text_write(struct ghi_writer *w, const struct ghi_record *r, gh_slice text)
{
	if (text.n &&
	    (memchr(text.p, '\n', text.n) || memchr(text.p, '\r', text.n) ||
	     memchr(text.p, '\t', text.n) || memchr(text.p, '\0', text.n) ||
	     memchr(text.p, r->separator, text.n)) &&
	    w->err == GH_OK)
		w->err = GH_EMALFORMED;
	ghi_put(w, text);
}

void ghi_record_write(struct ghi_writer *w, const struct ghi_record *r, const void *record)
{
	const struct model_kind *kind = &model_kinds[r->kind];
	bool first = true;

	for (size_t i = 0; i < r->keys; i++) {
		const struct ghi_key *k = &r->key[i];
		const void *at = model_at_const(kind, record, k->field);

		if (k->alias || !model_has(record, k->field))
			continue;
		if (!first)
			ghi_put_u8(w, r->separator);
		first = false;
		ghi_put(w, gh_slice_of(k->key));
		ghi_put_u8(w, '=');
		switch (kind->field[k->field].type) {
		case MODEL_INT:
			ghi_put_signed(w, *(const int64_t *)at);
			break;
		case MODEL_TIME:
			ghi_put_civil(w, *(const ghi_civil *)at);
			break;
		default:
			record_text_write(w, r, *(const gh_slice *)at);
			break;
		}
	}
}
