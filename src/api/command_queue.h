/* Queueing a command for handlers of other paths. */
#ifndef GH_API_COMMAND_QUEUE_H
#define GH_API_COMMAND_QUEUE_H

#include "api/body.h"

struct call;
struct queueing;

#define ORDER_KEY 200 /* bytes of an Idempotency-Key at the most */

/* Queue the command of a body, and answer. On a reader thread (ORDER_ROUTE). `type` is the type
 * of command; empty: the body names it, or has words. The body has `deviceSerial`, and lives in
 * the request's arena. */
void call_queue_command(struct call *c, const struct body *b, gh_slice type);

/* Room for n orders of the call, which are queued and answered once the handler returns. NULL and
 * answered when there is no memory. On a reader thread. */
struct queueing *call_queueing_new(struct call *c, size_t n);

#endif
