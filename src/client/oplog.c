/* The operation log, streamed. */
#include <stdlib.h>

#include "client/reading.h"
#include "wire/terminal/oplog.h"

struct gh_terminal_oplogs {
	struct ghi_reading reading;
	struct gh_terminal *t;
};

static const struct ghi_source source = {
	.command = GH_CMD_OPLOG_RRQ,
	.direct = GH_CMD_OPLOG_RRQ,
};

static void oplog_abandon(void *it)
{
	gh_terminal_oplogs_close(it);
}

enum gh_err gh_terminal_oplogs_open(struct gh_terminal *t, struct gh_terminal_oplogs **out)
{
	static const char attempt[] = "read the operation log";
	enum gh_err err;
	struct gh_terminal_oplogs *it = ghi_iterator_new(t, attempt, sizeof(*it), &err);

	if (it == NULL)
		return err;
	it->t = t;
	err = ghi_reading_open(&it->reading, t, attempt, &source, GHI_TERMINAL_OPLOG_SIZE);
	if (err) {
		free(it);
		return err;
	}
	it->reading.table.stride = GHI_TERMINAL_OPLOG_SIZE;
	ghi_iterator_hold(t, it, oplog_abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_oplogs_next(struct gh_terminal_oplogs *it, struct gh_oplog *out)
{
	gh_slice record;
	enum gh_err err = ghi_reading_next(&it->reading, &record);

	if (!err)
		ghi_terminal_oplog_parse(record.p, out);
	return err;
}

void gh_terminal_oplogs_close(struct gh_terminal_oplogs *it)
{
	if (it == NULL)
		return;
	ghi_reading_close(&it->reading);
	ghi_iterator_release(it->t);
	free(it);
}

enum gh_err gh_terminal_oplogs_clear(struct gh_terminal *t)
{
	return ghi_call_simple(t, "erase the operation log", GH_CMD_CLEAR_OPLOG);
}
