/* devicecmd: the results of commands, the same in both dialects (Attendance PUSH 2020-03, 13;
 * Security PUSH 3.1.2, 7.4). */
#ifndef GH_SESSION_ANSWERS_H
#define GH_SESSION_ANSWERS_H

#include "session/dialect.h"

void answers_serve(struct exchange *x);

#endif
