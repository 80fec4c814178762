#include "app/message.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MESSAGE_NAME "gatehouse: "
enum { MESSAGE_NARROW = 20 };

/* Columns of the terminal that standard error is; 0: it is none, and lines stay as they are. */
static unsigned message_width(void)
{
	struct winsize w;

	return isatty(STDERR_FILENO) && ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col
										  : 0;
}

/* The length of the next word. What stands in quotation marks is one, so that a command can be copied. */
static size_t word_length(const char *p)
{
	size_t n = 0;
	char closing = 0;

	if ((*p == '\'' || *p == '"') && strchr(p + 1, *p))
		closing = *p;
	while (p[n] && p[n] != '\n' && (closing || p[n] != ' ')) {
		if (closing && n > 0 && p[n] == closing)
			closing = 0;
		n++;
	}
	return n;
}

/* Between words, instead of anywhere as the terminal does. */
static void text_wrap(const char *text, unsigned width, size_t column)
{
	size_t blanks = 0;

	while (*text) {
		size_t n = word_length(text);
		size_t wide = (size_t)g_utf8_strlen(text, (gssize)n);

		if (blanks && column + blanks + wide > width && column > MESSAGE_NARROW) {
			fputc('\n', stderr);
			column = 0;
			blanks = 0;
		}
		fprintf(stderr, "%*s%.*s", (int)blanks, "", (int)n, text);
		column += blanks + wide;
		text += n;
		if (*text == '\n') {
			fputc(*text++, stderr);
			column = 0;
		}
		for (blanks = 0; *text == ' '; text++)
			blanks++;
	}
}

void message_vprint(const char *format, va_list ap)
{
	unsigned width = message_width();
	char *text = g_strdup_vprintf(format, ap);

	fputs(MESSAGE_NAME, stderr);
	if (width)
		text_wrap(text, width, strlen(MESSAGE_NAME));
	else
		fputs(text, stderr);
	fputc('\n', stderr);
	g_free(text);
}

void message_print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_vprint(format, ap);
	va_end(ap);
}
