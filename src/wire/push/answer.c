#include "wire/push/answer.h"

#include "base/number.h"

enum answer_key { KEY_ID, KEY_SN, KEY_RETURN, KEY_CMD, KEY_FILENAME, KEY_CONTENT, KEYS };

static const gh_slice key_name[KEYS] = {
	[KEY_ID] = { (const uint8_t *)"ID", 2 },
	[KEY_SN] = { (const uint8_t *)"SN", 2 },
	[KEY_RETURN] = { (const uint8_t *)"Return", 6 },
	[KEY_CMD] = { (const uint8_t *)"CMD", 3 },
	[KEY_FILENAME] = { (const uint8_t *)"FILENAME", 8 },
	[KEY_CONTENT] = { (const uint8_t *)"Content", 7 },
};

/* Splits "key=value"; KEYS when the key is none of ours. */
static enum answer_key answer_split(gh_slice piece, gh_slice *value)
{
	gh_slice key;
	unsigned k = 0;

	if (!gh_slice_cut(piece, '=', &key, value))
		return KEYS;
	key = gh_slice_trim(key);
	while (k < KEYS && !gh_slice_ieq(key, key_name[k]))
		k++;
	return (enum answer_key)k;
}

static void answer_set(struct ghi_answer *a, enum answer_key k, gh_slice value)
{
	switch (k) {
	case KEY_ID:
		a->id = gh_slice_trim(value);
		break;
	case KEY_SN:
		a->sn = gh_slice_trim(value);
		break;
	case KEY_RETURN:
		a->has_return = ghi_signed_parse(gh_slice_trim(value), INT64_MIN, INT64_MAX,
						 &a->return_code) == GH_OK;
		break;
	case KEY_CMD:
		a->cmd = gh_slice_trim(value);
		break;
	case KEY_FILENAME:
		a->file_name = value;
		break;
	case KEY_CONTENT:
	case KEYS:
		break;
	}
}

/* The line at the front of `s`, without CR; *rest starts after its LF. */
static gh_slice answer_line_of(gh_slice s, gh_slice *rest)
{
	gh_slice line;

	if (!gh_slice_cut(s, '\n', &line, rest))
		*rest = gh_slice_from(s, s.n);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static gh_slice answer_blanks_skip(gh_slice s)
{
	while (s.n && (s.p[0] == '\n' || s.p[0] == '\r' || s.p[0] == ' ' || s.p[0] == '\t'))
		s = gh_slice_from(s, 1);
	return s;
}

static bool answer_has_amp(gh_slice line)
{
	return line.n && memchr(line.p, '&', line.n);
}

/* "ID=5&…&Return=0…" */
static bool answer_is_single_line(gh_slice line)
{
	static const char mark[] = "&return=";

	if (!gh_slice_istarts(line, GH_LIT("ID=")))
		return false;
	while (line.n >= sizeof(mark) - 1) {
		if (gh_slice_istarts(line, GH_LIT("&return=")))
			return true;
		line = gh_slice_from(line, 1);
	}
	return false;
}

/* "ID=5" with another key of an answer on the line after it. */
static bool answer_is_block(gh_slice line, gh_slice after)
{
	gh_slice value, rest;

	if (answer_split(line, &value) != KEY_ID)
		return false;
	switch (answer_split(answer_line_of(after, &rest), &value)) {
	case KEY_SN:
	case KEY_RETURN:
	case KEY_CMD:
	case KEY_FILENAME:
		return true;
	default:
		return false;
	}
}

/* Lines up to the next answer, one of which may be a setting that is itself named ID. */
static gh_slice answer_settings(gh_slice s)
{
	gh_slice rest = s, after;

	while (rest.n) {
		gh_slice line = answer_line_of(rest, &after);

		if (answer_is_single_line(line) || answer_is_block(line, after))
			break;
		rest = after;
	}
	return (gh_slice){ s.p, s.n - rest.n };
}

/* The bytes of a file: everything, unless Return gives a size after which another answer or
 * nothing but a line end follows. */
static gh_slice answer_file(const struct ghi_answer *a, gh_slice s)
{
	if (!gh_slice_ieq(a->cmd, GH_LIT("GetFile")) || !a->has_return || a->return_code < 0 ||
	    (uint64_t)a->return_code >= s.n)
		return s;
	gh_slice after = answer_blanks_skip(gh_slice_from(s, (size_t)a->return_code));

	if (after.n == 0 || gh_slice_istarts(after, GH_LIT("ID=")))
		s.n = (size_t)a->return_code;
	return s;
}

static gh_slice without_line_end(gh_slice s)
{
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

/* Everything between the start of the answer and what is left of the body. Only a file may
 * end in line ends of its own. */
static void answer_finish(struct ghi_answer *a, gh_slice body, gh_slice left)
{
	a->rest = (gh_slice){ body.p, body.n - left.n };
	if (a->content.n == 0 || a->content.p + a->content.n != left.p)
		a->rest = without_line_end(a->rest);
}

/* Pairs joined by '&'. Returns what follows the line. */
static gh_slice single_line(gh_slice body, struct ghi_answer *a)
{
	gh_slice left, line = answer_line_of(body, &left), piece, value;
	unsigned seen = 0;
	bool more = true;

	while (more) {
		more = gh_slice_cut(line, '&', &piece, &line);
		enum answer_key k = answer_split(piece, &value);

		if (k == KEYS || seen >> k & 1)
			continue;
		seen |= 1u << k;
		answer_set(a, k, value);
		if (k == KEY_CONTENT) {
			gh_slice tail = { value.p, (size_t)(body.p + body.n - value.p) };

			a->content = answer_file(a, tail);
			return gh_slice_from(tail, a->content.n);
		}
	}
	if (gh_slice_ieq(a->cmd, GH_LIT("INFO"))) {
		a->content = answer_settings(left);
		left = gh_slice_from(left, a->content.n);
		a->content = without_line_end(a->content);
	}
	return left;
}

/* A pair a line. Returns what follows the block. */
static gh_slice answer_block(gh_slice body, struct ghi_answer *a)
{
	gh_slice left = body, after, value;
	unsigned seen = 0;

	while (left.n) {
		gh_slice line = answer_line_of(left, &after);
		enum answer_key k = answer_split(line, &value);

		/* The same key again, or a single line, begins the next answer. */
		if (k != KEYS && seen >> k & 1)
			break;
		if (left.p != body.p && answer_has_amp(line) &&
		    (k == KEY_ID || answer_is_single_line(line)))
			break;
		if (k == KEYS) {
			left = after;
			continue;
		}
		seen |= 1u << k;
		answer_set(a, k, value);
		if (k == KEY_CONTENT) {
			gh_slice tail = { value.p, (size_t)(body.p + body.n - value.p) };

			a->content = answer_file(a, tail);
			return gh_slice_from(tail, a->content.n);
		}
		left = after;
		if (k == KEY_CMD && gh_slice_ieq(a->cmd, GH_LIT("INFO")) && a->id.n) {
			a->content = answer_settings(left);
			left = gh_slice_from(left, a->content.n);
			a->content = without_line_end(a->content);
			return left;
		}
	}
	return left;
}

enum gh_err ghi_answer_next(gh_slice *in, struct ghi_answer *out)
{
	struct ghi_answer a = { 0 };
	gh_slice body = answer_blanks_skip(*in), after, value;

	if (body.n == 0) {
		*in = body;
		return GH_ENOTFOUND;
	}
	gh_slice line = answer_line_of(body, &after);
	enum answer_key first = answer_split(line, &value);

	if (answer_has_amp(line) && first != KEY_CONTENT)
		after = single_line(body, &a);
	else if (first != KEYS)
		after = answer_block(body, &a);
	*in = after;
	if (a.id.n == 0)
		return GH_EMALFORMED;
	answer_finish(&a, body, after);
	*out = a;
	return GH_OK;
}

void ghi_answer_write(struct ghi_writer *w, gh_slice id, int64_t return_code, gh_slice cmd)
{
	static const char forbidden[] = { '&', '\n', '\r', '\0' };

	for (size_t i = 0; i < sizeof(forbidden); i++)
		if (w->err == GH_OK && ((id.n && memchr(id.p, forbidden[i], id.n)) ||
					(cmd.n && memchr(cmd.p, forbidden[i], cmd.n))))
			w->err = GH_EMALFORMED;
	ghi_put(w, GH_LIT("ID="));
	ghi_put(w, id);
	ghi_put(w, GH_LIT("&Return="));
	ghi_put_signed(w, return_code);
	if (cmd.n) {
		ghi_put(w, GH_LIT("&CMD="));
		ghi_put(w, cmd);
	}
	ghi_put_u8(w, '\n');
}

bool ghi_answer_value(gh_slice answer, gh_slice key, gh_slice *value)
{
	while (answer.n) {
		gh_slice piece, name;
		size_t n = 0;

		while (n < answer.n && answer.p[n] != '&' && answer.p[n] != '\n')
			n++;
		piece = (gh_slice){ answer.p, n };
		answer = gh_slice_from(answer, n < answer.n ? n + 1 : n);
		if (!gh_slice_cut(piece, '=', &name, value) ||
		    !gh_slice_ieq(gh_slice_trim(name), key))
			continue;
		*value = gh_slice_trim(*value);
		return true;
	}
	return false;
}
