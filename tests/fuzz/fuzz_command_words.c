/* Words of a command as people write them: a refused text has a line end or no words; what is
 * read is written again byte for byte, and has one argument per line. */
#include "fuzz.h"
#include "wire/attendance/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice text = { data, size }, rest, name, value;
	size_t room = GHI_COMMAND_READ_ROOM(size);
	uint8_t *read = malloc(room), *again, *shown;
	struct ghi_writer r = ghi_writer_on(read, room), w, s;
	enum command_kind kind = COMMAND_KINDS;
	union model_record record;
	gh_slice odd;

	check(read);
	if (!ghi_command_words_plain(text, &odd))
		check(odd.n == 0 || fuzz_inside(odd, text));
	check(ghi_command_words_tidy(text, read).n <= size);
	enum gh_err err = ghi_command_words_read(text, &kind, &r);

	if (err) {
		check(err == GH_EINVALID && kind == COMMAND_KINDS);
		check(gh_slice_trim(text).n == 0 || memchr(data, '\n', size) ||
		      memchr(data, '\r', size) || memchr(data, 0, size));
		free(read);
		return 0;
	}
	check(kind < COMMAND_KINDS);
	rest = ghi_written(&r);
	room = ghi_command_words_room(rest);
	again = malloc(room);
	shown = malloc(4 * size + 4);
	check(again && shown);
	w = ghi_writer_on(again, room);
	s = ghi_writer_on(shown, 4 * size + 4);
	ghi_command_words_write(&w, kind, rest);
	check(w.err == GH_OK && gh_slice_eq(ghi_written(&w), text));
	ghi_command_words_show(&s, text);
	check(s.err == GH_OK);
	if (command_kind_row(kind)->record != KIND_COUNT)
		check(command_record(kind, rest, &record) == GH_OK);
	while (command_argument_next(&rest, &name, &value))
		check(name.n && fuzz_inside(value, ghi_written(&r)));
	free(again);
	free(shown);
	free(read);
	return 0;
}
