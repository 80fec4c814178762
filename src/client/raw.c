/* For what the library has no call for. */
#include <stdlib.h>

#include "client/handle.h"
#include "wire/terminal/code.h"

enum { SEND_MAX = 65000 };

enum gh_err gh_terminal_command(struct gh_terminal *t, uint16_t command, const void *data,
				size_t size, struct gh_reply *out)
{
	struct ghi_answer a;
	enum gh_err err = ghi_call_begin(t, "send a command");

	if (!err && size > SEND_MAX)
		err = ghi_call_fail(t, GH_ETOOBIG, "too much for one packet");
	if (!err)
		err = ghi_call_request(t, command, (gh_slice){ data, size }, &a);
	if (err)
		return err;
	*out = (struct gh_reply){ a.code, a.field, a.data.p, a.data.n };
	return GH_OK;
}

struct gh_terminal_data {
	struct gh_terminal *t;
	enum gh_err over;
};

static void raw_abandon(void *it)
{
	gh_terminal_data_close(it);
}

enum gh_err gh_terminal_data_open(struct gh_terminal *t, uint16_t command, uint32_t table,
				  uint32_t extra, struct gh_terminal_data **out)
{
	struct gh_terminal_data *it;
	enum ghi_conversation_event event;
	struct ghi_conversation_details details;
	enum gh_err err = ghi_call_begin(t, "read a table");

	if (!err && !t->connected)
		err = ghi_connection_reopen(t);
	if (err)
		return err;
	err = ghi_conversation_read(&t->conversation, command, table, extra, ghi_clock_now());
	if (err)
		return ghi_call_fail(t, err, NULL);
	err = ghi_call_next_event(t, &event, &details);
	if (err)
		return err;
	if (event == GHI_CONVERSATION_REPLY)
		return ghi_call_fail_reply(t, ghi_terminal_reply_err(details.code), command,
					   details.code);
	it = calloc(1, sizeof(*it));
	if (it == NULL) {
		ghi_conversation_drop(&t->conversation);
		return ghi_call_fail(t, GH_ENOMEM, NULL);
	}
	t->done = 0;
	t->total = details.total;
	it->t = t;
	ghi_iterator_hold(t, it, raw_abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_data_next(struct gh_terminal_data *it, const uint8_t **data,
				  size_t *size)
{
	enum ghi_conversation_event event = GHI_CONVERSATION_NOTHING;
	struct ghi_conversation_details details;

	while (!it->over && event != GHI_CONVERSATION_DATA) {
		it->over = ghi_call_next_event(it->t, &event, &details);
		if (!it->over && event == GHI_CONVERSATION_END)
			it->over = GH_EEND;
	}
	if (it->over)
		return it->over;
	it->t->done += details.data.n;
	*data = details.data.p;
	*size = details.data.n;
	return GH_OK;
}

void gh_terminal_data_close(struct gh_terminal_data *it)
{
	struct ghi_answer ignored;
	struct gh_terminal *t;

	if (it == NULL)
		return;
	t = it->t;
	ghi_iterator_release(t);
	if (t->connected && !ghi_conversation_idle(&t->conversation)) {
		ghi_conversation_drop(&t->conversation);
		if (ghi_call_request(t, GH_CMD_FREE_DATA, (gh_slice){ 0 }, &ignored) &&
		    t->connected)
			ghi_connection_close(t);
	}
	free(it);
}
