#include "app/message.h"

#include <stdarg.h>
#include <stdio.h>

void message_print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("gatehouse: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
}
