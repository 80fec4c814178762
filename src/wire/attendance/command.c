#include "wire/attendance/command.h"

#include "wire/attendance/command_row.h"
#include "wire/attendance/operlog.h"
#include "wire/push/secret_option.h"

const struct words_row ghi_words_rows[] = {
#define GHI_COMMAND(KIND, words, shape, arguments) \
	{ COMMAND_KIND_##KIND, words, SHAPE_##shape, arguments },
#include "wire/attendance/command.def"
#undef GHI_COMMAND
};

const size_t ghi_words_rows_count = sizeof(ghi_words_rows) / sizeof(ghi_words_rows[0]);

uint8_t ghi_words_separator(const struct words_row *row)
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

bool ghi_words_next(gh_slice *keys, gh_slice *key, enum command_argument_id *id)
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

const struct ghi_operlog_tag *ghi_words_tag(const struct words_row *row, gh_slice *keys)
{
	gh_slice tag;

	gh_slice_cut(gh_slice_of(row->arguments), ' ', &tag, keys);
	return ghi_operlog_tag(tag);
}

gh_slice ghi_words_keys(const struct words_row *row)
{
	gh_slice keys = gh_slice_of(row->arguments);

	if (row->shape == SHAPE_RECORD)
		(void)ghi_words_tag(row, &keys);
	return keys;
}

/* --- writing --- */

static void words_write_keys(struct ghi_writer *w, const struct words_row *row, gh_slice keys,
			     gh_slice arguments, uint8_t before)
{
	gh_slice key, value;
	enum command_argument_id id, last = ARGUMENTS;

	while (ghi_words_next(&keys, &key, &id)) {
		/* A second key of the same argument is read, never written. */
		if (id == last || !command_argument(arguments, id, &value))
			continue;
		last = id;
		ghi_put_u8(w, before);
		before = ghi_words_separator(row);
		ghi_put(w, key);
		if (key.n)
			ghi_put_u8(w, '=');
		ghi_put(w, value);
	}
}

static void words_write_record(struct ghi_writer *w, const struct words_row *row,
			       gh_slice arguments)
{
	gh_slice keys;
	const struct ghi_operlog_tag *tag = ghi_words_tag(row, &keys);
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
	words_write_keys(w, row, keys, arguments, '\t');
}

static void words_write_rest(struct ghi_writer *w, const struct words_row *row,
			     gh_slice arguments)
{
	gh_slice pairs;

	/* Of a row that was stored before the kind had keys. */
	if (row->shape == SHAPE_PAIRS && command_argument(arguments, ARGUMENT_pairs, &pairs)) {
		ghi_put_u8(w, ' ');
		ghi_put(w, pairs);
		return;
	}
	words_write_keys(w, row, gh_slice_of(row->arguments), arguments, ' ');
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
	for (size_t i = 0; i < ghi_words_rows_count; i++)
		if (ghi_words_rows[i].kind == kind)
			return &ghi_words_rows[i];
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

/* --- what may be shown --- */

static bool record_key_is_secret(const struct words_row *row, gh_slice key)
{
	gh_slice keys;
	const struct ghi_record *r = ghi_words_tag(row, &keys)->command;

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

	for (size_t i = 0; i < ghi_words_rows_count; i++) {
		if (ghi_words_rows[i].shape == SHAPE_RECORD &&
		    record_key_is_secret(&ghi_words_rows[i], key))
			return true;
		if (ghi_words_rows[i].shape != SHAPE_PAIRS)
			continue;
		keys = gh_slice_of(ghi_words_rows[i].arguments);
		while (ghi_words_next(&keys, &of, &id))
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
