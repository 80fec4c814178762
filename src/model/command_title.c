#include "model/command_title.h"

#include <string.h>

#include "base/text.h"
#include "model/command_subject.h"

#define VALUE_SHOWN 40 /* bytes of a value */

/* The beginning of a text, in whole characters; that of one that is no UTF-8 is what is. */
static gh_slice text_head(gh_slice s, size_t most)
{
	s.n = s.n < most ? s.n : most;
	s.n = ghi_text_utf8_prefix(s);
	return s;
}

/* The first part of what a kind does, which is true of each command. */
static gh_slice about_head(const char *about)
{
	return (gh_slice){ (const uint8_t *)about, strcspn(about, ";:") };
}

/* Of the arguments that name what it is about. Pairs are rows of a table. */
static void title_keys_put(struct ghi_writer *w, const struct command *c)
{
	gh_slice rest = c->arguments, name, value;
	bool more = false;

	while (command_argument_next(&rest, &name, &value)) {
		if (value.n == 0 || gh_slice_eq(name, GH_LIT("pairs")) ||
		    !command_argument_is_key(c->kind, name))
			continue;
		ghi_put(w, more ? GH_LIT(", ") : GH_LIT(" ("));
		ghi_put(w, name);
		ghi_put_u8(w, ' ');
		ghi_put(w, text_head(value, VALUE_SHOWN));
		more = true;
	}
	if (more)
		ghi_put_u8(w, ')');
}

gh_slice command_title(const struct command *c, char room[COMMAND_TITLE_MAX])
{
	struct ghi_writer w = ghi_writer_on(room, COMMAND_TITLE_MAX);
	size_t head;

	if (c->kind == COMMAND_KINDS || c->kind == COMMAND_KIND_RAW) {
		ghi_put(&w, text_head(c->shown, COMMAND_TITLE_MAX));
		return ghi_written(&w);
	}
	ghi_put(&w, about_head(command_kind_row(c->kind)->about));
	head = w.n;
	title_keys_put(&w, c);
	if (w.err)
		w.n = head;
	return ghi_written(&w);
}
