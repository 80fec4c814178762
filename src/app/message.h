/* Messages of all commands on standard error. */
#ifndef GH_APP_MESSAGE_H
#define GH_APP_MESSAGE_H

/* A line to standard error, after the program's name. */
__attribute__((format(printf, 1, 2))) void message_print(const char *format, ...);

#endif
