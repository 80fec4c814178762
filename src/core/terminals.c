#include "core/terminals.h"

const char *terminal_link_name(enum terminal_link link)
{
	static const char *const name[TERMINAL_LINKS] = {
		[TERMINAL_NONE] = "none",
		[TERMINAL_WAITING] = "waiting",
		[TERMINAL_CONNECTING] = "connecting",
		[TERMINAL_READING] = "reading",
		[TERMINAL_LISTENING] = "listening",
		[TERMINAL_FAILED] = "failed",
	};

	return link < TERMINAL_LINKS ? name[link] : "unknown";
}
