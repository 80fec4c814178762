#include "app/confirm.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/message.h"

bool confirm_question(bool yes, const char *what, ...)
{
	char answer[16] = "", *text;
	va_list ap;

	if (yes)
		return true;
	va_start(ap, what);
	text = g_strdup_vprintf(what, ap);
	va_end(ap);
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		fprintf(stderr, "%s\nDo it? [y/N] ", text);
		if (fgets(answer, sizeof(answer), stdin) == NULL)
			fputc('\n', stderr);
		g_strstrip(answer);
		yes = !g_ascii_strcasecmp(answer, "y") || !g_ascii_strcasecmp(answer, "yes");
		if (!yes)
			message_print("nothing was done");
	} else {
		message_print("%s\nAdd --yes to do it", text);
	}
	g_free(text);
	return yes;
}
