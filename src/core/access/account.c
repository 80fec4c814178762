#include "core/access/account.h"

#include "core/commands.h"
#include "core/device_private.h"
#include "core/server_clock.h"

static void account_queried(void *ctx, enum gh_err err, const struct command *c)
{
	(void)ctx;
	(void)err;
	(void)c;
}

void account_query(struct server *server, struct device *d)
{
	struct command_request query = { .kind = COMMAND_KIND_QUERY_TABLE,
					 .arguments = GH_LIT("table=transaction\n"),
					 .requested_by = COMMAND_BY_SERVER };
	int64_t now_ms = server_monotonic_ms(server), before;

	before = atomic_load(&d->account_query_ms);
	if (before && now_ms - before < ACCOUNT_QUERY_MS)
		return;
	if (!atomic_compare_exchange_strong(&d->account_query_ms, &before,
					    now_ms > 0 ? now_ms : 1))
		return;
	LOG(server->log, LOG_WARNING,
	    "packed events of a unit are not complete; they are queried",
	    { "sn", device_sn(d) });
	if (command_queue(server, d, &query, account_queried, NULL))
		atomic_store(&d->account_query_ms, 0);
}
