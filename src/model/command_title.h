/* What a command is for, in one line for people. */
#ifndef GH_MODEL_COMMAND_TITLE_H
#define GH_MODEL_COMMAND_TITLE_H

#include "model/command.h"

#define COMMAND_TITLE_MAX 200

/* "Write a person to the device (pin 7)": what its kind does, and what the command is about. Of words of no known kind
 * the words as they may be shown. UTF-8, cut at COMMAND_TITLE_MAX bytes; the text is in `room`. */
gh_slice command_title(const struct command *c, char room[COMMAND_TITLE_MAX]);

#endif
