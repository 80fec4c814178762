/* The words of commands as people write them, and as they may be shown. */
#include "wire/access/command.h"
#include "wire/access/control.h"
#include "wire/access/table.h"
#include "wire/access/words.h"
#include "wire/push/secret_option.h"

/* --- reading --- */

/* What follows these words, each parted by blanks, letters of either case. */
static bool words_skip(gh_slice text, gh_slice words, gh_slice *rest)
{
	gh_slice word, own;

	while (words.n) {
		gh_slice_cut(words, ' ', &word, &words);
		text = gh_slice_trim(text);
		gh_slice_cut(text, ' ', &own, &text);
		if (!gh_slice_ieq(own, word))
			return false;
	}
	*rest = gh_slice_trim(text);
	return true;
}

/* The table of "tablename=user,fielddesc=…", or the first word. */
static gh_slice words_table(gh_slice rest)
{
	gh_slice table, more;

	if (gh_slice_istarts(rest, GH_LIT("tablename="))) {
		gh_slice_cut(gh_slice_from(rest, sizeof("tablename=") - 1), ',', &table, &more);
		return gh_slice_trim(table);
	}
	gh_slice_cut(rest, ' ', &table, &more);
	return table;
}

static enum command_kind read_table(enum command_kind kind, gh_slice rest, struct ghi_writer *w)
{
	gh_slice table = words_table(rest);

	if (table.n == 0 || memchr(table.p, '\n', table.n) || memchr(table.p, '\t', table.n))
		return COMMAND_KIND_RAW;
	command_argument_put(w, "table", table);
	return kind;
}

static enum command_kind read_option(gh_slice rest, struct ghi_writer *w)
{
	gh_slice name, value, more;

	if (!gh_slice_cut(rest, '=', &name, &value) || name.n == 0 ||
	    memchr(rest.p, '\n', rest.n) || memchr(rest.p, '\t', rest.n))
		return COMMAND_KIND_RAW;
	/* A comma may be one of the value's own. */
	if (gh_slice_cut(value, ',', &more, &more) && memchr(more.p, '=', more.n))
		return COMMAND_KIND_RAW;
	command_argument_put(w, "name", gh_slice_trim(name));
	command_argument_put(w, "value", value);
	return COMMAND_KIND_SET_OPTION;
}

/* Bytes that are no order are no known form, and are refused by their kind. Those that are written
 * otherwise than here go as they were written. */
static enum command_kind read_control(gh_slice digits, struct ghi_writer *w, bool *as_written)
{
	enum command_kind kind;

	if (ghi_access_control_read(digits, &kind, w, as_written) == GH_OK)
		return kind;
	command_argument_put(w, "control", digits);
	return COMMAND_KIND_CONTROL_DEVICE;
}

static enum command_kind read_kind(gh_slice text, struct ghi_writer *w, bool *as_written)
{
	static const struct {
		const char *words;
		enum command_kind kind;
	} of[] = {
		{ "DATA UPDATE", COMMAND_KIND_UPDATE_TABLE },
		{ "DATA DELETE", COMMAND_KIND_DELETE_TABLE },
		{ "DATA COUNT", COMMAND_KIND_COUNT_TABLE },
		{ "DATA QUERY", COMMAND_KIND_QUERY_TABLE },
		{ "SET OPTIONS", COMMAND_KIND_SET_OPTION },
		{ "GET OPTIONS", COMMAND_KIND_GET_OPTIONS },
		{ "CONTROL DEVICE", COMMAND_KIND_CONTROL_DEVICE },
		{ "UPGRADE", COMMAND_KIND_UPGRADE },
	};
	gh_slice rest = { 0 };
	size_t i = 0;

	while (i < sizeof(of) / sizeof(of[0]) &&
	       !words_skip(text, gh_slice_of(of[i].words), &rest))
		i++;
	if (i == sizeof(of) / sizeof(of[0]) || rest.n == 0)
		return COMMAND_KIND_RAW;
	switch (of[i].kind) {
	case COMMAND_KIND_SET_OPTION:
		return read_option(rest, w);
	case COMMAND_KIND_CONTROL_DEVICE:
		if (memchr(rest.p, '\n', rest.n))
			return COMMAND_KIND_RAW;
		return read_control(rest, w, as_written);
	case COMMAND_KIND_GET_OPTIONS:
	case COMMAND_KIND_UPGRADE:
		if (memchr(rest.p, '\n', rest.n))
			return COMMAND_KIND_RAW;
		command_argument_put(w, "options", rest);
		return of[i].kind;
	default:
		return read_table(of[i].kind, rest, w);
	}
}

/* As a unit reads it, it is one command. */
static bool text_is_one(gh_slice text)
{
	struct ghi_access_command one;
	gh_slice rest = text, line;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		gh_slice at = line;

		if (ghi_access_command_next(&at, &one) == GH_OK)
			return false;
	}
	return true;
}

enum gh_err ghi_access_words_read(gh_slice text, enum command_kind *kind, struct ghi_writer *w)
{
	bool more = true; /* it goes as it is written */
	gh_slice line;

	text = gh_slice_trim(text);
	if (text.n == 0 || memchr(text.p, '\r', text.n) || memchr(text.p, '\0', text.n) ||
	    !text_is_one(text))
		return GH_EINVALID;
	*kind = read_kind(text, w, &more);
	while (more) {
		more = gh_slice_cut(text, '\n', &line, &text);
		command_argument_put(w, "written", line);
	}
	return w->err;
}

/* --- what may be shown --- */

bool ghi_access_key_is_secret(gh_slice key)
{
	/* PassCode, QRCodeDecryptKey and authKey are settings as well. */
	return gh_slice_ieq(key, GH_LIT("Template")) || gh_slice_ieq(key, GH_LIT("Tmp")) ||
	       gh_slice_ieq(key, GH_LIT("Content")) || gh_slice_ieq(key, GH_LIT("photo")) ||
	       ghi_option_is_secret(key);
}

/* Of "DATA UPDATE user Password" the key is "Password". */
static gh_slice words_key_of(gh_slice head)
{
	head = gh_slice_trim(head);
	for (size_t i = head.n; i > 0; i--)
		if (head.p[i - 1] == ' ')
			return gh_slice_from(head, i);
	return head;
}

/* Where the next piece ends: at a tab, a line end of either kind, or a comma. */
static size_t piece_end(gh_slice in)
{
	size_t i = 0;

	while (i < in.n && in.p[i] != '\t' && in.p[i] != '\n' && in.p[i] != '\r' &&
	       in.p[i] != ',')
		i++;
	return i;
}

/* Whether the line that begins here names a parameter that is secret: then what is in its Value is. */
static bool line_parameter_is_secret(gh_slice line)
{
	gh_slice pair, name, value;
	bool more = true;

	gh_slice_cut(line, '\n', &line, &pair);
	while (more) {
		more = gh_slice_cut(line, '\t', &pair, &line);
		if (gh_slice_cut(pair, '=', &name, &value) &&
		    gh_slice_ieq(words_key_of(name), GH_LIT("Name")) &&
		    ghi_access_key_is_secret(value))
			return true;
	}
	return false;
}

/* The table that a line is about, by the word before its first key, as in "C:1:DATA UPDATE user Pin=1" and in
 * "user uid=1"; `before`: that of the line before, where this one names none. */
static const struct ghi_access_table *line_table(gh_slice line,
						 const struct ghi_access_table *before)
{
	const struct ghi_access_table *t = NULL;
	gh_slice head, rest, word, last = { 0 };

	gh_slice_cut(line, '\n', &line, &rest);
	/* An order for another unit: "DataType=1,SN=…,CmdDesc=C:1:DATA UPDATE user Pin=1". */
	while (gh_slice_cut(line, '=', &head, &rest) && memchr(head.p, ' ', head.n) == NULL &&
	       memchr(head.p, '\t', head.n) == NULL)
		line = rest;
	while (gh_slice_cut(head, ' ', &word, &head)) {
		last = word;
	}
	if (last.n)
		t = ghi_access_table_find(last, NULL);
	return t ? t : before;
}

/* Whether the field that begins here is text of a row which the unit keeps as it is, as a name: no secret is in it,
 * whatever it looks like. Where there is a carriage return, another unit may end the line. */
static bool field_is_plain(const struct ghi_access_table *t, gh_slice field)
{
	gh_slice name, value;
	int i;

	if (t == NULL || ghi_table_parameter_field(t) >= 0 ||
	    !gh_slice_cut(field, '=', &name, &value) || memchr(value.p, '\r', value.n))
		return false;
	i = ghi_table_field_find(t, name);
	return i >= 0 && t->field[i].type == GHI_FIELD_TEXT &&
	       !(t->field[i].flags & (GHI_FIELD_KEY | GHI_FIELD_SECRET | GHI_FIELD_PAIRS));
}

/* To the next tab or line end. */
static gh_slice field_of(gh_slice words)
{
	gh_slice field, rest;

	gh_slice_cut(words, '\n', &field, &rest);
	gh_slice_cut(field, '\t', &field, &rest);
	return field;
}

static bool field_is_secret(const struct ghi_access_table *t, gh_slice name)
{
	int i = t ? ghi_table_field_find(t, name) : -1;

	return i >= 0 && ghi_table_value_is_secret(t, (size_t)i, (gh_slice){ 0 });
}

static bool field_is_pairs(const struct ghi_access_table *t, gh_slice name)
{
	int i = t ? ghi_table_field_find(t, name) : -1;

	return i >= 0 && t->field[i].flags & GHI_FIELD_PAIRS;
}

/* What is read of the words so far. */
struct shown_words {
	const struct ghi_access_table *table; /* NULL: unknown */
	bool parameter;			      /* the line names one that is secret */
	bool hiding;			      /* the value before is not shown */
	bool whole;			      /* nor is what follows it in the field */
	bool inside;			      /* of a line: its first field is behind it */
	bool hid;			      /* anything */
};

static void shown_line(struct shown_words *s, gh_slice line)
{
	s->parameter = line_parameter_is_secret(line);
	s->table = line_table(line, s->table);
	s->inside = false;
}

static void shown_key(struct shown_words *s, gh_slice key)
{
	s->whole = field_is_secret(s->table, key);
	s->hiding = s->whole || ghi_access_key_is_secret(key) ||
		    (s->parameter && gh_slice_ieq(key, GH_LIT("Value")));
}

/* A pair, or what follows a comma in its value. */
static void shown_piece(struct shown_words *s, struct ghi_writer *w, gh_slice piece)
{
	gh_slice head, value, inner, rest;

	if (s->whole || !gh_slice_cut(piece, '=', &head, &value)) {
		if (!s->hiding)
			ghi_put(w, piece);
		s->hid = s->hid || (s->hiding && piece.n);
		return;
	}
	shown_key(s, words_key_of(head));
	/* The pair is behind "CmdDesc=C:1:DATA UPDATE user " of an order for another unit, or is the first of a field. */
	while (!s->hiding && gh_slice_cut(value, '=', &inner, &rest) &&
	       ((!s->inside && memchr(inner.p, ' ', inner.n)) ||
		field_is_pairs(s->table, words_key_of(head)))) {
		ghi_put(w, head);
		ghi_put_u8(w, '=');
		head = inner;
		value = rest;
		shown_key(s, words_key_of(head));
	}
	ghi_put(w, head);
	ghi_put_u8(w, '=');
	ghi_put(w, s->hiding && value.n ? GH_LIT("***") : value);
	s->hid = s->hid || (s->hiding && value.n);
}

/* w NULL: whether anything is hidden, only. */
static bool words_show(struct ghi_writer *w, gh_slice words)
{
	struct ghi_writer none = ghi_writer_on(NULL, 0);
	struct shown_words s = { 0 };
	bool begins = true; /* a field, or a line */

	shown_line(&s, words);
	while (words.n && (w || !s.hid)) {
		gh_slice field = field_of(words);
		bool plain = begins && s.inside && field_is_plain(s.table, field);
		size_t end = plain ? field.n : piece_end(words);

		if (plain)
			ghi_put(w ? w : &none, field);
		else
			shown_piece(&s, w ? w : &none, (gh_slice){ words.p, end });
		if (end == words.n)
			break;
		/* A comma without a pair behind it is of the value. */
		begins = words.p[end] != ',';
		s.hiding = s.hiding && !begins;
		s.whole = s.whole && !begins;
		s.inside = s.inside || words.p[end] == '\t';
		ghi_put_u8(w ? w : &none, words.p[end]);
		if (words.p[end] == '\n')
			shown_line(&s, gh_slice_from(words, end + 1));
		words = gh_slice_from(words, end + 1);
	}
	return s.hid;
}

void ghi_access_words_show(struct ghi_writer *w, gh_slice words)
{
	words_show(w, words);
}

bool ghi_access_words_hide(gh_slice words)
{
	return words_show(NULL, words);
}
