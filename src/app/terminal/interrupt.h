/* Ctrl-C and SIGTERM: the call that runs is cancelled, and the command goes on to put the
 * device in order. A second one ends the program at once. */
#ifndef GH_APP_TERMINAL_INTERRUPT_H
#define GH_APP_TERMINAL_INTERRUPT_H

#include <gatehouse/terminal.h>

struct interrupt;

/* From now on the two signals are taken by a thread of its own. NULL: no such thread could be
 * made. */
struct interrupt *interrupt_start(void);
void interrupt_stop(struct interrupt *i);

/* The handle to cancel, NULL: none. It must be taken back before it is freed. */
void interrupt_watch(struct interrupt *i, struct gh_terminal *device);
bool interrupt_seen(const struct interrupt *i);

#endif
