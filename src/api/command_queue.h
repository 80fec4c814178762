/* Queueing a command for a handler that knows what it shall do. */
#ifndef GH_API_COMMAND_QUEUE_H
#define GH_API_COMMAND_QUEUE_H

#include "api/body.h"

struct call;

/* Queue what a body asks for, and answer. On a reader thread (READ_ROUTE). `type` is the type of
 * command; empty: the body names it, or has words. The body has `deviceSerial`, and lives in the
 * request's arena. */
void call_queue_command(struct call *c, const struct body *b, gh_slice type);

#endif
