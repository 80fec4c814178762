#include "wire/attendance/command.h"

#include "wire/attendance/operlog.h"
#include "wire/push/secret_option.h"

enum command_shape {
	SHAPE_RECORD,
	SHAPE_PAIRS,
	SHAPE_SPLIT_TAB,
	SHAPE_SPLIT_BLANK,
	SHAPE_SPLIT_EQUALS
};

struct words_row {
	enum command_kind kind;
	const char *words;
	enum command_shape shape;
	const char *arguments;
};

static const struct words_row rows[] = {
#define GHI_COMMAND(KIND, words, shape, arguments) \
	{ COMMAND_KIND_##KIND, words, SHAPE_##shape, arguments },
#include "wire/attendance/command.def"
#undef GHI_COMMAND
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static uint8_t row_separator(const struct words_row *row)
{
	switch (row->shape) {
	case SHAPE_SPLIT_BLANK:
		return ' ';
	case SHAPE_SPLIT_EQUALS:
		return '=';
	default:
		return '\t';
	}
}

/* "KEY:argument" at the front of *keys, or "argument" alone. False: no more. */
static bool row_next(gh_slice *keys, gh_slice *key, enum command_argument_id *id)
{
	gh_slice word, name;

	if (keys->n == 0)
		return false;
	gh_slice_cut(*keys, ' ', &word, keys);
	if (!gh_slice_cut(word, ':', key, &name)) {
		name = *key;
		*key = (gh_slice){ 0 };
	}
	*id = command_argument_of(name);
	return *id < ARGUMENTS;
}

/* --- writing --- */

static void words_write_record(struct ghi_writer *w, const struct words_row *row,
			       gh_slice arguments)
{
	const struct ghi_operlog_tag *tag = ghi_operlog_tag(gh_slice_of(row->arguments));
	union model_record record;

	if (command_record(row->kind, arguments, &record)) {
		if (w->err == GH_OK)
			w->err = GH_EMALFORMED;
		return;
	}
	if (record.present == 0)
		return;
	ghi_put_u8(w, ' ');
	ghi_operlog_write_pairs(w, tag, &record);
}

static void words_write_rest(struct ghi_writer *w, const struct words_row *row,
			     gh_slice arguments)
{
	gh_slice keys = gh_slice_of(row->arguments), key, value;
	enum command_argument_id id, last = ARGUMENTS;
	uint8_t before = ' ';

	while (row_next(&keys, &key, &id)) {
		/* A second key of the same argument is read, never written. */
		if (id == last || !command_argument(arguments, id, &value))
			continue;
		last = id;
		ghi_put_u8(w, before);
		before = row_separator(row);
		ghi_put(w, key);
		if (key.n)
			ghi_put_u8(w, '=');
		ghi_put(w, value);
	}
}

#define WORDS_MAX 32 /* of words in the table, and the blank behind them */
#define KEY_EXTRA 16 /* by which a key is longer than its argument's name, '=' and separator */

size_t ghi_command_words_room(gh_slice arguments)
{
	gh_slice written, name, value;

	if (command_argument(arguments, ARGUMENT_written, &written))
		return written.n;
	size_t room = WORDS_MAX + arguments.n;

	while (command_argument_next(&arguments, &name, &value))
		room += KEY_EXTRA;
	return room;
}

static const struct words_row *words_row_for(enum command_kind kind)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind == kind)
			return &rows[i];
	return NULL;
}

bool ghi_command_words_exist(enum command_kind kind)
{
	return kind == COMMAND_KIND_RAW || words_row_for(kind);
}

void ghi_command_words_write(struct ghi_writer *w, enum command_kind kind, gh_slice arguments)
{
	const struct words_row *row = words_row_for(kind);
	gh_slice written;

	if (command_argument(arguments, ARGUMENT_written, &written)) {
		ghi_put(w, written);
		return;
	}
	if (row == NULL) {
		if (w->err == GH_OK)
			w->err = GH_EUNSUPPORTED;
		return;
	}
	ghi_put(w, gh_slice_of(row->words));
	if (row->shape == SHAPE_RECORD)
		words_write_record(w, row, arguments);
	else
		words_write_rest(w, row, arguments);
}

/* --- reading --- */

static bool words_begin(gh_slice text, gh_slice words)
{
	return gh_slice_istarts(text, words) &&
	       (text.n == words.n || text.p[words.n] == ' ' || text.p[words.n] == '\t');
}

static const struct words_row *words_row_of(gh_slice text)
{
	const struct words_row *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < ROWS; i++) {
		gh_slice words = gh_slice_of(rows[i].words);

		if (words.n > longest && words_begin(text, words)) {
			best = &rows[i];
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

static void words_read_record(const struct words_row *row, gh_slice rest, struct ghi_writer *w,
			      struct words_fault *f)
{
	const struct ghi_operlog_tag *tag = ghi_operlog_tag(gh_slice_of(row->arguments));
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
	const char *why;

	if (command_value_check(a->type, value, &why))
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
	gh_slice keys = gh_slice_of(row->arguments), key, value;
	enum command_argument_id id, last = ARGUMENTS;

	while (row_next(&keys, &key, &id)) {
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

	while (more && row_next(&keys, &key, &id)) {
		if (keys.n == 0) {
			value = rest;
			more = false;
		} else {
			more = gh_slice_cut(rest, row_separator(row), &value, &rest);
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
		gh_slice keys = gh_slice_of(row->arguments), key, value;
		enum command_argument_id id = ARGUMENTS;

		if (!p.required || command_argument(arguments, p.id, &value))
			continue;
		while (id != p.id && row_next(&keys, &key, &id))
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
		if (row->shape == SHAPE_RECORD)
			words_read_record(row, rest, w, &f);
		else if (row->shape == SHAPE_PAIRS)
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

/* --- what may be shown --- */

static bool record_key_is_secret(const struct words_row *row, gh_slice key)
{
	const struct ghi_record *r = ghi_operlog_tag(gh_slice_of(row->arguments))->command;

	for (size_t i = 0; i < r->keys; i++)
		if ((model_kinds[r->kind].field[r->key[i].field].flags & MODEL_SECRET) &&
		    gh_slice_ieq(key, gh_slice_of(r->key[i].key)))
			return true;
	return false;
}

static bool key_is_secret(gh_slice key)
{
	enum command_argument_id id;
	gh_slice keys, of;

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].shape == SHAPE_RECORD && record_key_is_secret(&rows[i], key))
			return true;
		if (rows[i].shape != SHAPE_PAIRS)
			continue;
		keys = gh_slice_of(rows[i].arguments);
		while (row_next(&keys, &of, &id))
			if ((command_arguments[id].flags & MODEL_SECRET) &&
			    gh_slice_ieq(key, of))
				return true;
	}
	return ghi_option_is_secret(key);
}

/* Of "DATA UPDATE USERINFO PIN" the key is "PIN". */
static gh_slice command_key_of(gh_slice head)
{
	head = gh_slice_trim(head);
	for (size_t i = head.n; i > 0; i--)
		if (head.p[i - 1] == ' ')
			return gh_slice_from(head, i);
	return head;
}

void ghi_command_words_show(struct ghi_writer *w, gh_slice words)
{
	gh_slice rest = words, pair, head, value;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		if (gh_slice_cut(pair, '=', &head, &value) &&
		    key_is_secret(command_key_of(head))) {
			ghi_put(w, head);
			pair = GH_LIT("=***");
		}
		ghi_put(w, pair);
		if (more)
			ghi_put_u8(w, '\t');
	}
}
