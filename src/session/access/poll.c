/* getrequest (Security PUSH 3.1.2, 8.1). */
#include "core/metrics.h"
#include "session/access/access.h"

void access_poll(struct exchange *x)
{
	metric_add(&x->server->metrics->polls, 1);
	exchange_ok(x);
}
