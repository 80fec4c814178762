/* Reading the words of a command; command.c writes them. */
#include "wire/attendance/command.h"
#include "wire/attendance/command_row.h"
#include "wire/attendance/operlog.h"

static bool words_begin(gh_slice text, gh_slice words)
{
	return gh_slice_istarts(text, words) &&
	       (text.n == words.n || text.p[words.n] == ' ' || text.p[words.n] == '\t');
}

/* "C:5:CHECK" */
static gh_slice number_cut(gh_slice text)
{
	gh_slice rest = gh_slice_trim(text), number;

	if (!gh_slice_istarts(rest, GH_LIT("C:")) ||
	    !gh_slice_cut(gh_slice_from(rest, 2), ':', &number, &rest) || number.n == 0)
		return text;
	for (size_t i = 0; i < number.n; i++)
		if (number.p[i] < '0' || number.p[i] > '9')
			return text;
	return rest;
}

gh_slice ghi_command_words_tidy(gh_slice text, uint8_t *to)
{
	size_t n = 0;

	text = number_cut(text);
	for (size_t i = 0; i < text.n; i++) {
		bool tab = text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == 't';

		to[n++] = tab ? '\t' : text.p[i];
		i += tab;
	}
	return (gh_slice){ to, n };
}

static const struct words_row *words_row_of(gh_slice text)
{
	const struct words_row *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < ghi_words_rows_count; i++) {
		gh_slice words = gh_slice_of(ghi_words_rows[i].words);

		if (words.n > longest && words_begin(text, words)) {
			best = &ghi_words_rows[i];
			longest = words.n;
		}
	}
	return best;
}

enum command_kind ghi_command_words_kind(gh_slice text, gh_slice *rest)
{
	const struct words_row *row = words_row_of(text);

	*rest = row ? gh_slice_from(text, strlen(row->words)) : text;
	return row ? row->kind : COMMAND_KIND_RAW;
}

/* What the first bad value is, in `text`; empty: none. */
struct words_fault {
	char text[160];
	struct ghi_writer w;
};

static void fault_note(struct words_fault *f, gh_slice key, const char *why)
{
	if (f->w.n)
		return;
	if (key.n > 32)
		key.n = 32;
	for (size_t i = 0; i < key.n; i++)
		ghi_put_u8(&f->w, key.p[i] < 0x20 ? '?' : key.p[i]);
	ghi_put(&f->w, GH_LIT(": "));
	ghi_put(&f->w, gh_slice_of(why));
}

static bool words_have_key(const struct words_row *row, gh_slice name)
{
	gh_slice keys = ghi_words_keys(row), key, after;
	enum command_argument_id id;

	if (row->shape == SHAPE_RECORD) {
		const struct ghi_record *r = ghi_words_tag(row, &after)->command;

		for (size_t i = 0; i < r->keys; i++)
			if (gh_slice_ieq(name, gh_slice_of(r->key[i].key)))
				return true;
	}
	while (ghi_words_next(&keys, &key, &id))
		if (gh_slice_ieq(name, key))
			return true;
	return false;
}

/* Blanks in place of tabs: the first field would take all the others for its value. */
static void words_check_blanks(const struct words_row *row, gh_slice rest,
			       struct words_fault *f)
{
	gh_slice word, name, value;

	if (rest.n == 0 || memchr(rest.p, '\t', rest.n))
		return;
	gh_slice_cut(rest, ' ', &word, &rest);
	while (rest.n) {
		gh_slice_cut(rest, ' ', &word, &rest);
		if (gh_slice_cut(word, '=', &name, &value) && words_have_key(row, name))
			fault_note(f, name,
				   "stands behind a blank; fields are parted by tabs (\\t)");
	}
}

static void words_read_record(const struct words_row *row, gh_slice rest, struct ghi_writer *w,
			      struct words_fault *f)
{
	gh_slice keys;
	const struct ghi_operlog_tag *tag = ghi_words_tag(row, &keys);
	struct ghi_record_fault fault;
	union model_record record;
	struct ghi_writer before = *w;
	enum gh_err err = ghi_record_parse(tag->command, rest, &record, NULL, &fault);

	if (err) {
		fault_note(f, fault.key, gh_strerror(err));
		return;
	}
	if (!model_has(&record, tag->required))
		fault_note(f, gh_slice_of(command_kind_row(row->kind)->name), tag->without);
	command_record_put(w, row->kind, &record);
	/* Base64 that was broken at a tab or a line end. */
	if (w->err == GH_EMALFORMED) {
		*w = before;
		fault_note(f, GH_LIT("line"), gh_strerror(GH_EMALFORMED));
	}
}

static void argument_read(enum command_argument_id id, gh_slice key, gh_slice value,
			  struct ghi_writer *w, struct words_fault *f)
{
	const struct command_argument_row *a = &command_arguments[id];
	char why[COMMAND_WHY];

	if (command_value_check(&a->rule, value, why))
		fault_note(f, key.n ? key : gh_slice_of(a->name), why);
	else
		command_argument_put(w, a->name, value);
}

static bool pair_find(gh_slice rest, gh_slice wanted, gh_slice *value)
{
	gh_slice pair, key;

	while (rest.n) {
		gh_slice_cut(rest, '\t', &pair, &rest);
		if (gh_slice_cut(pair, '=', &key, value) &&
		    gh_slice_ieq(gh_slice_trim(key), wanted)) {
			*value = gh_slice_trim(*value);
			return true;
		}
	}
	return false;
}

static void words_read_pairs(const struct words_row *row, gh_slice rest, struct ghi_writer *w,
			     struct words_fault *f)
{
	gh_slice keys = ghi_words_keys(row), key, value;
	enum command_argument_id id, last = ARGUMENTS;

	while (ghi_words_next(&keys, &key, &id)) {
		if (id == last || !pair_find(rest, key, &value))
			continue;
		last = id;
		argument_read(id, key, value, w, f);
	}
}

static void words_read_split(const struct words_row *row, gh_slice rest, struct ghi_writer *w,
			     struct words_fault *f)
{
	gh_slice keys = gh_slice_of(row->arguments), key, value;
	enum command_argument_id id;
	bool more = rest.n != 0;

	while (more && ghi_words_next(&keys, &key, &id)) {
		if (keys.n == 0) {
			value = rest;
			more = false;
		} else {
			more = gh_slice_cut(rest, ghi_words_separator(row), &value, &rest);
		}
		argument_read(id, key, value, w, f);
	}
}

/* What the kind must have and the words have not, by the key that the words would name it with. */
static void words_check_missing(const struct words_row *row, gh_slice arguments,
				struct words_fault *f)
{
	const char *at = command_kind_row(row->kind)->arguments;
	struct command_parameter p;

	while (command_parameter_next(&at, &p)) {
		gh_slice keys = ghi_words_keys(row), key, value;
		enum command_argument_id id = ARGUMENTS;

		if (!p.required || p.lenient || command_argument(arguments, p.id, &value))
			continue;
		while (id != p.id && ghi_words_next(&keys, &key, &id))
			;
		fault_note(f,
			   id == p.id && key.n ? key
					       : gh_slice_of(command_arguments[p.id].name),
			   "is missing");
	}
}

/* Whether the writer gives `text` again for what was read into w behind `from`. What is left of
 * w is the place for it. */
static bool words_same(const struct ghi_writer *w, size_t from, enum command_kind kind,
		       gh_slice text)
{
	struct ghi_writer again = ghi_writer_on(w->p + w->n, w->cap - w->n);

	ghi_command_words_write(&again, kind, (gh_slice){ w->p + from, w->n - from });
	return again.err == GH_OK && gh_slice_eq(ghi_written(&again), text);
}

enum gh_err ghi_command_words_read(gh_slice text, enum command_kind *kind, struct ghi_writer *w)
{
	gh_slice words = gh_slice_trim(text);
	struct words_fault f = { .w.n = 0 };
	size_t from = w->n;

	if (words.n == 0 || memchr(text.p, '\n', text.n) || memchr(text.p, '\r', text.n) ||
	    memchr(text.p, '\0', text.n))
		return GH_EINVALID;
	const struct words_row *row = words_row_of(words);

	if (row) {
		gh_slice rest = gh_slice_from(words, strlen(row->words));

		f.w = ghi_writer_on(f.text, sizeof(f.text));
		if (rest.n)
			rest = gh_slice_from(rest, 1);
		if (row->shape == SHAPE_RECORD || row->shape == SHAPE_PAIRS)
			words_check_blanks(row, rest, &f);
		if (row->shape == SHAPE_RECORD)
			words_read_record(row, rest, w, &f);
		if (row->shape == SHAPE_RECORD || row->shape == SHAPE_PAIRS)
			words_read_pairs(row, rest, w, &f);
		else
			words_read_split(row, rest, w, &f);
		words_check_missing(row, (gh_slice){ w->p + from, w->n - from }, &f);
	}
	if (w->err)
		return w->err;
	enum command_kind read = row ? row->kind : COMMAND_KIND_RAW;

	if (row == NULL || !words_same(w, from, read, text))
		command_argument_put(w, command_arguments[ARGUMENT_written].name, text);
	if (f.w.n)
		command_argument_put(w, command_arguments[ARGUMENT_fault].name,
				     ghi_written(&f.w));
	if (w->err)
		return w->err;
	*kind = read;
	return GH_OK;
}

/* The number of what a key of the row means; false: no key of it. */
static bool words_key_find(const struct words_row *row, gh_slice key, size_t *meaning)
{
	gh_slice keys = ghi_words_keys(row), known, after;
	enum command_argument_id id, last = ARGUMENTS;
	size_t at = 0;

	if (row->shape == SHAPE_RECORD) {
		const struct ghi_record *r = ghi_words_tag(row, &after)->command;

		for (size_t i = 0; i < r->keys; i++) {
			if (!gh_slice_ieq(key, gh_slice_of(r->key[i].key)))
				continue;
			*meaning = r->key[i].field;
			return true;
		}
		at = model_kinds[r->kind].fields;
	}
	/* Two keys of one argument mean the same. */
	for (; ghi_words_next(&keys, &known, &id); last = id) {
		at += id != last;
		if (!gh_slice_ieq(key, known))
			continue;
		*meaning = at;
		return true;
	}
	return false;
}

/* Whether a value holds a blank and, behind it, what looks like another pair. */
static bool value_holds_pair(gh_slice value)
{
	gh_slice word;

	if (!gh_slice_cut(value, ' ', &word, &value))
		return false;
	return value.n && memchr(value.p, '=', value.n);
}

bool ghi_command_words_plain(gh_slice text, gh_slice *odd)
{
	gh_slice words = gh_slice_trim(text), key, value;
	const struct words_row *row = words_row_of(words);
	uint64_t seen = 0;

	*odd = (gh_slice){ 0 };
	if (row == NULL || (row->shape != SHAPE_RECORD && row->shape != SHAPE_PAIRS))
		return true;
	gh_slice rest = gh_slice_trim(gh_slice_from(words, strlen(row->words)));

	while (rest.n) {
		size_t meaning;

		gh_slice_cut(rest, '\t', odd, &rest);
		if (!gh_slice_cut(*odd, '=', &key, &value) ||
		    !words_key_find(row, gh_slice_trim(key), &meaning) || seen >> meaning & 1 ||
		    value_holds_pair(value))
			return false;
		seen |= UINT64_C(1) << meaning;
	}
	*odd = (gh_slice){ 0 };
	return true;
}
