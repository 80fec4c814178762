/* A row of command.def, which the reader and the writer of a command's words work from. */
#ifndef GH_WIRE_ATTENDANCE_COMMAND_ROW_H
#define GH_WIRE_ATTENDANCE_COMMAND_ROW_H

#include "model/command_kind.h"

struct ghi_operlog_tag;

enum command_shape {
	SHAPE_RECORD,
	SHAPE_PAIRS,
	SHAPE_SPLIT_TAB,
	SHAPE_SPLIT_BLANK,
	SHAPE_SPLIT_EQUALS
};

struct words_row {
	enum command_kind kind;
	const char *words;
	enum command_shape shape;
	const char *arguments;
};

extern const struct words_row ghi_words_rows[];
extern const size_t ghi_words_rows_count;

/* The byte between two arguments of the row. */
uint8_t ghi_words_separator(const struct words_row *row);
/* The tag of a RECORD, and the keys behind it. */
const struct ghi_operlog_tag *ghi_words_tag(const struct words_row *row, gh_slice *keys);
/* The keys of the row: of a RECORD those behind its tag. */
gh_slice ghi_words_keys(const struct words_row *row);
/* "KEY:argument" at the front of *keys, or "argument" alone. False: no more. */
bool ghi_words_next(gh_slice *keys, gh_slice *key, enum command_argument_id *id);

#endif
