/* The requests of attendance devices, each by one function; the device is known, approved,
 * and its key is right. */
#ifndef GH_SESSION_ATTENDANCE_H
#define GH_SESSION_ATTENDANCE_H

#include "session/exchange.h"

#define ROUTE(endpoint, methods, handler) void handler(struct exchange *x);
#include "session/route.def"
#undef ROUTE

void attendance_handshake(struct exchange *x);
void attendance_upload(struct exchange *x, gh_slice table);
void attendance_remote(struct exchange *x);

/* Whether its names are GB18030: the administrator says so, or its language is Chinese
 * (Attendance PUSH 2020-03, 1.2; QUIRKS Q28). */
bool attendance_speaks_gb18030(const struct device_row *row);

#endif
