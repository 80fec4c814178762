/* Messages of all commands on standard error. */
#ifndef GH_APP_MESSAGE_H
#define GH_APP_MESSAGE_H

#include <stdarg.h>

/* A line to standard error, after the program's name; on a terminal, broken between words. */
__attribute__((format(printf, 1, 2))) void message_print(const char *format, ...);
__attribute__((format(printf, 1, 0))) void message_vprint(const char *format, va_list ap);

#endif
