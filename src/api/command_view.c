#include "api/command_view.h"

#include <stdlib.h>

#include "base/writer.h"
#include "wire/push/command.h"

static gh_slice meaning_of(const struct command *c)
{
	return c->has_return ? gh_slice_of(ghi_return_meaning(c->text, c->return_code))
			     : (gh_slice){ 0 };
}

static gh_slice first_word(gh_slice text)
{
	gh_slice word, rest;

	gh_slice_cut(text, ' ', &word, &rest);
	return word;
}

#define FIELD(name, kind, null, about, expression) \
	FIELD_GETTER(struct command_view, command, name, expression)
#include "api/command.def"
#undef FIELD

static const struct field field[] = {
#define FIELD(name, kind, null, about, expression) FIELD_ROW(command, name, kind, null, about),
#include "api/command.def"
#undef FIELD
};

const struct fields command_fields = { "Command", field, sizeof(field) / sizeof(field[0]),
				       NULL };

/* Keys whose values are nobody's business but the device's (Attendance PUSH 2020-03, 12.1.1,
 * 12.4.1). */
static bool is_secret(gh_slice key)
{
	static const char *const secret[] = {
		"Passwd",  "Password",	  "TMP",    "Content",	   "Photo",	  "ComKey",
		"CommKey", "PushCommKey", "ComPwd", "FPTemplate1", "FPTemplate2",
	};

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (gh_slice_ieq(key, gh_slice_of(secret[i])))
			return true;
	return false;
}

/* Of "DATA UPDATE USERINFO PIN=1" the key is "PIN". */
static gh_slice key_of(gh_slice pair)
{
	gh_slice key, value;

	if (!gh_slice_cut(pair, '=', &key, &value))
		return (gh_slice){ 0 };
	for (size_t i = key.n; i > 0; i--)
		if (key.p[i - 1] == ' ')
			return gh_slice_from(key, i);
	return key;
}

enum gh_err command_view_init(struct command_view *v, const struct command *c)
{
	struct ghi_writer w;
	gh_slice rest = c->text, pair;
	bool secret = false, more = true;

	*v = (struct command_view){ .c = c, .shown = c->text };
	while (rest.n) {
		gh_slice_cut(rest, '\t', &pair, &rest);
		secret |= is_secret(key_of(pair));
	}
	if (!secret)
		return GH_OK;
	/* "***" may be longer than what it hides: at most 3 bytes for each tab. */
	v->own = malloc(c->text.n * 4 + 4);
	if (v->own == NULL)
		return GH_ENOMEM;
	w = ghi_writer_on(v->own, c->text.n * 4 + 4);
	for (rest = c->text; more;) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		if (is_secret(key_of(pair))) {
			gh_slice_cut(pair, '=', &pair, &(gh_slice){ 0 });
			ghi_put(&w, pair);
			pair = GH_LIT("=***");
		}
		ghi_put(&w, pair);
		if (more)
			ghi_put_u8(&w, '\t');
	}
	v->shown = ghi_written(&w);
	return GH_OK;
}

void command_view_clear(struct command_view *v)
{
	free(v->own);
	*v = (struct command_view){ 0 };
}
