/* Ctrl-C and SIGTERM: what runs is cancelled, and the command goes on to put things in order. A
 * second one ends the program at once. */
#ifndef GH_APP_INTERRUPT_H
#define GH_APP_INTERRUPT_H

#include <stdbool.h>

#define INTERRUPT_STATUS 130 /* the exit status of a command that was interrupted */

struct interrupt;

/* From now on the two signals are taken by a thread of its own. NULL: no such thread could be
 * made. */
struct interrupt *interrupt_start(void);
/* They end the program again. NULL is fine. */
void interrupt_stop(struct interrupt *i);

/* What to call on that thread with `what`, the first time; at once if it came before. `what` NULL:
 * nothing. It must be taken back before it is freed. */
void interrupt_watch(struct interrupt *i, void (*cancel)(void *what), void *what);
bool interrupt_seen(const struct interrupt *i);

#endif
