/* Commands from the words people write, for tests. */
#ifndef GH_TESTS_WORDS_H
#define GH_TESTS_WORDS_H

#include <stdlib.h>

#include "wire/attendance/command.h"

/* A kind and its arguments, which are on the heap. */
struct words {
	enum command_kind kind;
	uint8_t *room;
	gh_slice arguments;
};

static inline enum gh_err words_read(gh_slice text, struct words *out)
{
	size_t n = GHI_COMMAND_READ_ROOM(text.n);

	out->room = malloc(n);
	if (out->room == NULL)
		return GH_ENOMEM;
	struct ghi_writer w = ghi_writer_on(out->room, n);
	enum gh_err err = ghi_command_words_read(text, &out->kind, &w);

	out->arguments = ghi_written(&w);
	if (err)
		free(out->room);
	return err;
}

/* COMMAND_KINDS: no command. */
static inline enum command_kind words_kind(const char *text)
{
	struct words w;

	if (words_read(gh_slice_of(text), &w))
		return COMMAND_KINDS;
	free(w.room);
	return w.kind;
}

#endif
