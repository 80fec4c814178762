/* For what the library has no call for. */
#include <stdlib.h>

#include "client/handle.h"
#include "wire/terminal/code.h"

enum { SEND_MAX = 65000 };

enum gh_err gh_terminal_command(struct gh_terminal *t, uint16_t command, const void *data,
				size_t size, struct gh_reply *out)
{
	struct ghi_answer a;
	enum gh_err err = ghi_begin(t, "send a command");

	if (!err && size > SEND_MAX)
		err = ghi_fail(t, GH_ETOOBIG, "too much for one packet");
	if (!err)
		err = ghi_ask(t, command, (gh_slice){ data, size }, &a);
	if (err)
		return err;
	*out = (struct gh_reply){ a.code, a.field, a.data.p, a.data.n };
	return GH_OK;
}

struct gh_terminal_data {
	struct gh_terminal *t;
	enum gh_err over;
};

static void abandon(void *it)
{
	gh_terminal_data_close(it);
}

enum gh_err gh_terminal_data_open(struct gh_terminal *t, uint16_t command, uint32_t table,
				  uint32_t extra, struct gh_terminal_data **out)
{
	struct gh_terminal_data *it;
	enum ghi_said said;
	struct ghi_news news;
	enum gh_err err = ghi_begin(t, "read a table");

	if (!err && !t->connected)
		err = ghi_relink(t);
	if (err)
		return err;
	err = ghi_conversation_read(&t->conversation, command, table, extra, ghi_clock_now());
	if (err)
		return ghi_fail(t, err, NULL);
	err = ghi_news(t, &said, &news);
	if (err)
		return err;
	if (said == GHI_SAID_REPLY)
		return ghi_fail_reply(t, ghi_terminal_reply_err(news.code), command, news.code);
	it = calloc(1, sizeof(*it));
	if (it == NULL) {
		ghi_conversation_drop(&t->conversation);
		return ghi_fail(t, GH_ENOMEM, NULL);
	}
	t->done = 0;
	t->total = news.total;
	it->t = t;
	ghi_hold(t, it, abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_data_next(struct gh_terminal_data *it, const uint8_t **data,
				  size_t *size)
{
	enum ghi_said said = GHI_SAID_NOTHING;
	struct ghi_news news;

	while (!it->over && said != GHI_SAID_DATA) {
		it->over = ghi_news(it->t, &said, &news);
		if (!it->over && said == GHI_SAID_END)
			it->over = GH_EEND;
	}
	if (it->over)
		return it->over;
	it->t->done += news.data.n;
	*data = news.data.p;
	*size = news.data.n;
	return GH_OK;
}

void gh_terminal_data_close(struct gh_terminal_data *it)
{
	struct ghi_answer ignored;
	struct gh_terminal *t;

	if (it == NULL)
		return;
	t = it->t;
	ghi_release(t);
	if (t->connected && !ghi_conversation_idle(&t->conversation)) {
		ghi_conversation_drop(&t->conversation);
		if (ghi_ask(t, GH_CMD_FREE_DATA, (gh_slice){ 0 }, &ignored) && t->connected)
			ghi_unlink(t);
	}
	free(it);
}
