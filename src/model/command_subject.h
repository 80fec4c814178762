/* What a command is about, and which of two waiting commands is superseded. */
#ifndef GH_MODEL_COMMAND_SUBJECT_H
#define GH_MODEL_COMMAND_SUBJECT_H

#include "model/command_kind.h"

#define COMMAND_SUBJECT_MAX 96

/* "pin=7", "name=VOLUME", "door=1", "check": commands about the same have the same text. A
 * command about a door that names none is about door 1, the only one of most devices. Empty: it
 * has none (or one longer than COMMAND_SUBJECT_MAX), and neither replaces others nor is
 * replaced. The text is in `room`. */
gh_slice command_subject(enum command_kind kind, gh_slice arguments,
			 char room[COMMAND_SUBJECT_MAX]);

/* Whether that argument names what a command of the kind is about, so that commands with other values of it are about
 * other things. */
bool command_argument_is_key(enum command_kind kind, gh_slice name);

/* Whether a newer waiting command supersedes an older one with the same subject. A state or a
 * closing command: it is about the same thing, and the newer one names all that the older one
 * names. A command that opens a door supersedes one that closes it, and the other way round; a
 * person who is written or removed, the end of a stay. */
bool command_supersedes(enum command_kind newer, gh_slice newer_arguments,
			enum command_kind older, gh_slice older_arguments);

/* Whether it opens a door: acts, and is about one. */
bool command_opens_door(enum command_kind kind);
/* Whether it closes one. */
bool command_closes_door(enum command_kind kind);

#endif
