/* Questions before something is done that does not come back. */
#ifndef GH_APP_CONFIRM_H
#define GH_APP_CONFIRM_H

#include <stdbool.h>

/* Whether it may be done: --yes was given (`yes`), or the answer at the terminal is yes. `what` is a
 * sentence about what is lost. Without a terminal the message names --yes instead. */
__attribute__((format(printf, 2, 3))) bool confirm_question(bool yes, const char *what, ...);

#endif
