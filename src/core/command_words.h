/* The words of commands and the meaning of their answers, in the dialect of a device: one table of
 * functions a dialect. A device that showed none yet, or that is called, has those of attendance. */
#ifndef GH_CORE_COMMAND_WORDS_H
#define GH_CORE_COMMAND_WORDS_H

#include "base/writer.h"
#include "model/command_kind.h"
#include "model/device.h"

struct command_words {
	/* Whether the dialect has words for that kind. */
	bool (*exist)(enum command_kind kind);
	/* Bytes that the words have at the most. */
	size_t (*room)(gh_slice arguments);
	/* GH_EUNSUPPORTED in w->err: there are none. */
	void (*write)(struct ghi_writer *w, enum command_kind kind, gh_slice arguments);
	/* What of the words depends on how the device is set; NULL: nothing. */
	void (*operate)(struct ghi_writer *w, enum command_kind kind, gh_slice arguments,
			uint8_t operator_byte);
	/* The words as they may be shown, with secrets hidden. */
	void (*show)(struct ghi_writer *w, gh_slice words);
	/* Whether that code is success; what it means, NULL: not known. */
	bool (*success)(enum command_kind kind, int64_t code);
	const char *(*meaning)(enum command_kind kind, int64_t code);
};

const struct command_words *command_words_of(enum device_dialect dialect);

#endif
