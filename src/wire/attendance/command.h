/* Commands in the words of the attendance dialect: what stands behind "C:<id>:" (the line itself
 * is wire/push/command.h). Reader and writer work from one table, command.def. */
#ifndef GH_WIRE_ATTENDANCE_COMMAND_H
#define GH_WIRE_ATTENDANCE_COMMAND_H

#include "base/writer.h"
#include "model/command_kind.h"

/* Room for the arguments of a text of n bytes, scratch space included. */
#define GHI_COMMAND_READ_ROOM(n) (3 * (n) + 4096)
/* Bytes that the words for these arguments have at the most. */
size_t ghi_command_words_room(gh_slice arguments);

/* Read words that a person wrote. Letters of the words and keys may be of either case. Words of
 * no known kind become COMMAND_KIND_RAW. What was read is appended to *w. Where the writer would
 * not give the same bytes again (another order, keys that no table has, an older spelling), the
 * words themselves are the argument `written`; an invalid value is left out, and `fault`
 * describes it; the device gets the words as they were written. GH_EINVALID: no words at all, or
 * a line end or NUL in them; GH_ESPACE: too little room. */
GH_MUST_CHECK enum gh_err ghi_command_words_read(gh_slice text, enum command_kind *kind,
						 struct ghi_writer *w);

/* What people copy from pages, as it is meant: without the "C:5:" that the server puts before it, and
 * with a tab where it has a backslash and a t. `to` needs text.n bytes. */
gh_slice ghi_command_words_tidy(gh_slice text, uint8_t *to);

/* The kind of a text by its words, letters of either case, and what follows them.
 * COMMAND_KIND_RAW with all of the text: no known one. */
enum command_kind ghi_command_words_kind(gh_slice text, gh_slice *rest);

/* Whether each pair of the words has a key of the tables, and each key is there once: then a
 * device cannot find in them what the reader did not. Otherwise *odd is the first pair of which that is not
 * so. Of words that are not pairs: true. */
bool ghi_command_words_plain(gh_slice text, gh_slice *odd);

/* Whether the dialect has words for that kind at all. */
bool ghi_command_words_exist(enum command_kind kind);
/* Append the words of a command. GH_EUNSUPPORTED in w->err: the dialect has none for it. */
void ghi_command_words_write(struct ghi_writer *w, enum command_kind kind, gh_slice arguments);

/* The same words as they may be shown: a value that is secret by the tables is "***". A hidden
 * value counts by its key, also in words of no known kind. */
void ghi_command_words_show(struct ghi_writer *w, gh_slice words);

#endif
