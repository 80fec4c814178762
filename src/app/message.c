#include "app/message.h"

#include <stdio.h>

void message_vprint(const char *format, va_list ap)
{
	fputs("gatehouse: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

void message_print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_vprint(format, ap);
	va_end(ap);
}
