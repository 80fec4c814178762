#include "wire/access/command.h"

#include "base/number.h"

static bool command_word_is_plain(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = gh_ascii_lower(s.p[i]);

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')))
			return false;
	}
	return s.n > 0;
}

static gh_slice command_line_cut(gh_slice *in)
{
	gh_slice line;

	gh_slice_cut(*in, '\n', &line, in);
	return line;
}

/* "C : <id> : <text>" */
static bool command_head_cut(gh_slice line, gh_slice *id, gh_slice *text)
{
	gh_slice c, rest;

	return gh_slice_cut(line, ':', &c, &rest) &&
	       gh_slice_eq(gh_slice_trim(c), GH_LIT("C")) &&
	       gh_slice_cut(rest, ':', id, text) &&
	       (*id = gh_slice_trim(*id), command_word_is_plain(*id));
}

/* The value of a key that stands before CmdDesc. */
static gh_slice command_format_value(gh_slice head, gh_slice key)
{
	while (head.n) {
		gh_slice part, name, value;

		gh_slice_cut(head, ',', &part, &head);
		if (gh_slice_cut(part, '=', &name, &value) &&
		    gh_slice_ieq(gh_slice_trim(name), key))
			return gh_slice_trim(value);
	}
	return (gh_slice){ 0 };
}

/* Whether a line begins a command; *out is that command with what the line has of its text. */
static bool command_begins(gh_slice line, struct ghi_access_command *out)
{
	static const char mark[] = "CmdDesc=";
	const uint8_t *at;
	gh_slice head;
	uint64_t n;

	*out = (struct ghi_access_command){ 0 };
	if (command_head_cut(line, &out->id, &out->text))
		return true;
	if (!gh_slice_istarts(gh_slice_trim(line), GH_LIT("DataType")))
		return false;
	at = memmem(line.p, line.n, mark, sizeof(mark) - 1);
	if (at == NULL)
		return false;
	head = (gh_slice){ line.p, (size_t)(at - line.p) };
	if (!command_head_cut(gh_slice_from(line, head.n + sizeof(mark) - 1), &out->id,
			      &out->text))
		return false;
	out->unit = command_format_value(head, GH_LIT("SN"));
	if (ghi_number_parse(command_format_value(head, GH_LIT("Priority")), INT32_MAX, &n) ==
	    GH_OK)
		out->priority = (int64_t)n;
	return true;
}

enum gh_err ghi_access_command_next(gh_slice *in, struct ghi_access_command *out)
{
	gh_slice line;

	do {
		if (in->n == 0)
			return GH_ENOTFOUND;
		line = command_line_cut(in);
	} while (gh_slice_trim(line).n == 0 || gh_slice_eq(gh_slice_trim(line), GH_LIT("OK")));
	if (!command_begins(line, out))
		return GH_EMALFORMED;
	while (in->n) {
		struct ghi_access_command other;
		gh_slice rest = *in, next = command_line_cut(&rest);

		if (command_begins(next, &other))
			break;
		out->text.n = (size_t)(next.p + next.n - out->text.p);
		*in = rest;
	}
	while (out->text.n &&
	       (out->text.p[out->text.n - 1] == '\n' || out->text.p[out->text.n - 1] == '\r'))
		out->text.n--;
	return GH_OK;
}

static bool command_text_fits(gh_slice text)
{
	struct ghi_access_command other;

	if (text.n && (memchr(text.p, 0, text.n) || memchr(text.p, '\r', text.n)))
		return false;
	command_line_cut(&text);
	while (text.n)
		if (command_begins(command_line_cut(&text), &other))
			return false;
	return true;
}

void ghi_access_command_write(struct ghi_writer *w, const struct ghi_access_command *c)
{
	if (!command_word_is_plain(c->id) || (c->unit.n && !command_word_is_plain(c->unit)) ||
	    !command_text_fits(c->text))
		w->err = w->err ? w->err : GH_EMALFORMED;
	if (c->unit.n) {
		ghi_put(w, GH_LIT("DataType=1,SN="));
		ghi_put(w, c->unit);
		ghi_put(w, GH_LIT(",Priority="));
		ghi_put_signed(w, c->priority);
		ghi_put(w, GH_LIT(",CmdID="));
		ghi_put(w, c->id);
		ghi_put(w, GH_LIT(",CmdDesc="));
	}
	ghi_put(w, GH_LIT("C:"));
	ghi_put(w, c->id);
	ghi_put_u8(w, ':');
	ghi_put(w, c->text);
	ghi_put_u8(w, '\n');
}
