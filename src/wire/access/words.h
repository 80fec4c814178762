/* Commands in the words of the access dialect: what stands behind "C:<id>:" (the line itself is
 * command.h), from one table, words.def. */
#ifndef GH_WIRE_ACCESS_WORDS_H
#define GH_WIRE_ACCESS_WORDS_H

#include "base/writer.h"
#include "model/command_kind.h"

/* Commands of a lane keep their order, and one of them is on its way at a time; lanes do not wait for each
 * other. Of those that are ready the first lane goes first. */
enum ghi_access_lane {
	GHI_LANE_DOOR,
	GHI_LANE_SETTINGS,
	GHI_LANE_DATA,
	GHI_LANE_UPLOAD, /* what the unit is to send */
	GHI_LANE_UPGRADE,
	GHI_LANES
};

/* Of a kind without words: that of settings. */
enum ghi_access_lane ghi_access_lane(enum command_kind kind);

/* Whether the dialect has words for that kind. */
bool ghi_access_words_exist(enum command_kind kind);
/* Bytes that the words for these arguments have at the most. */
size_t ghi_access_words_room(gh_slice arguments);
/* Append the words of a command; several records are lines, parted by LF. GH_EUNSUPPORTED in w->err: the
 * dialect has none for the kind. GH_EMALFORMED: an argument it cannot express. */
void ghi_access_words_write(struct ghi_writer *w, enum command_kind kind, gh_slice arguments);

/* Append the fifth byte of CONTROL DEVICE, the operator's (9.4), to such words; nothing to others, nor to those that a
 * person wrote. What the number means is not stated. */
void ghi_access_operator_write(struct ghi_writer *w, enum command_kind kind, gh_slice arguments,
			       uint8_t operator_byte);

/* Room for the arguments of a text of n bytes. */
#define GHI_ACCESS_READ_ROOM(n) (12 * (n) + 256)
/* Read words that a person wrote; the unit gets them as they are written. Lines of one command are its
 * records. Words of no known kind become COMMAND_KIND_RAW, and so do several options at once. GH_EINVALID:
 * no words at all, a CR or NUL in them, or a line that a unit takes for another command. */
GH_MUST_CHECK enum gh_err ghi_access_words_read(gh_slice text, enum command_kind *kind,
						struct ghi_writer *w);

/* Whether the value of a field, a parameter or an option of that name is never shown. */
bool ghi_access_key_is_secret(gh_slice key);
/* Whether ghi_access_words_show hides anything of them. */
bool ghi_access_words_hide(gh_slice words);
/* The same words as they may be shown: a value that is secret, and not empty, is "***". */
void ghi_access_words_show(struct ghi_writer *w, gh_slice words);

#endif
