/* What the answer to a command brings besides its return code: the bytes of a file (GetFile), the output of a system
 * command (SHELL). */
#ifndef GH_API_COMMAND_CONTENT_H
#define GH_API_COMMAND_CONTENT_H

#include "model/command.h"

#define COMMAND_RESULT_SHOWN 4096 /* bytes of such an answer that are part of the command */

struct command_content {
	bool there;
	gh_slice bytes; /* borrowed from the command */
	const char *
		fault; /* NULL; "size": the device reported another length; "cut": more came than is kept */
};

struct command_content command_content_of(const struct command *c);

#endif
