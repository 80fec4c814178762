/* Words of a command to an access unit: what is read is written as it was, within its room, and as a unit
 * reads it, it is one command. */
#include "fuzz.h"
#include "wire/access/command.h"
#include "wire/access/words.h"

static void words_one(gh_slice words)
{
	size_t cap = words.n + 64;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);
	struct ghi_access_command one = { .id = GH_LIT("1"), .text = words };

	check(text);
	ghi_access_command_write(&w, &one);
	check(w.err == GH_OK);
	gh_slice in = ghi_written(&w);

	check(ghi_access_command_next(&in, &one) == GH_OK);
	check(ghi_access_command_next(&in, &one) == GH_ENOTFOUND);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice text = { data, size };
	size_t cap = GHI_ACCESS_READ_ROOM(size);
	uint8_t *read = malloc(cap), *shown = malloc(8 * size + 64), *words;
	struct ghi_writer w = ghi_writer_on(read, cap), s = ghi_writer_on(shown, 8 * size + 64);
	enum command_kind kind;

	check(read && shown);
	if (ghi_access_words_read(text, &kind, &w) == GH_OK) {
		size_t room = ghi_access_words_room(ghi_written(&w));
		struct ghi_writer again;

		words = malloc(room);
		check(words);
		again = ghi_writer_on(words, room);
		ghi_access_words_write(&again, kind, ghi_written(&w));
		check(again.err == GH_OK);
		check(gh_slice_eq(gh_slice_trim(text), ghi_written(&again)));
		words_one(ghi_written(&again));
		free(words);
	}
	ghi_access_words_show(&s, text);
	check(s.err == GH_OK);
	check(ghi_access_words_hide(text) || gh_slice_eq(ghi_written(&s), text));
	free(read);
	free(shown);
	return 0;
}
