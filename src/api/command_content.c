#include "api/command_content.h"
#include "api/command_view.h"

#include <stdlib.h>

#include "api/call.h"
#include "core/commands.h"
#include "wire/push/answer.h"

struct command_content command_content_of(const struct command *c)
{
	struct command_content content = { 0 };
	bool file = c->kind == COMMAND_KIND_GET_FILE;
	struct ghi_answer a;
	gh_slice in = c->result;

	if ((!file && c->kind != COMMAND_KIND_SHELL) || !c->has_return ||
	    ghi_answer_next(&in, &a) || a.content.p == NULL)
		return content;
	content.there = true;
	content.bytes = a.content;
	if (file && c->return_code >= 0 && (uint64_t)c->return_code != a.content.n)
		content.fault = "size";
	else if (!file && c->result.n >= COMMAND_OUTPUT_KEPT)
		content.fault = "cut";
	return content;
}

struct content_copy {
	const struct call *c;
	bool there, hidden;
	uint8_t *bytes;
	size_t n;
};

static bool content_copy(void *ctx, const struct command *c)
{
	struct content_copy *copy = ctx;
	struct command_content content = command_content_of(c);

	copy->there = content.there;
	copy->hidden = !command_device_seen(copy->c, c);
	copy->n = content.bytes.n;
	copy->bytes = malloc(copy->n ? copy->n : 1);
	if (copy->bytes && copy->n)
		memcpy(copy->bytes, content.bytes.p, copy->n);
	return false;
}

static void content_answer(struct call *c, const struct content_copy *copy)
{
	/* Whatever the bytes seem to be: they are what the device has. */
	http_add_header(c->r, "Content-Security-Policy", "default-src 'none'; sandbox");
	http_add_header(c->r, "Content-Disposition", "attachment");
	http_reply_take(c->r, 200, "application/octet-stream",
			(gh_slice){ copy->bytes, copy->n });
}

void handle_command_content(struct call *c)
{
	struct content_copy copy = { .c = c };
	struct store_reader *reader = call_reader(c);
	enum gh_err err;
	int64_t id;

	if (reader == NULL || !call_id(c, &id))
		return;
	/* What is limited to doors sees no files of devices. */
	err = c->doors.n ? GH_ENOTFOUND
			 : c->server->db.ops->command_get(reader, id, content_copy, &copy);
	if (err == GH_OK && copy.hidden)
		err = GH_ENOTFOUND;
	if (err == GH_OK && copy.bytes == NULL)
		err = GH_ENOMEM;
	if (err == GH_OK && copy.there) {
		content_answer(c, &copy);
		return;
	}
	free(copy.bytes);
	if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_command_unknown, "There is no command %lld.", (long long)id);
	else if (err)
		call_fail_err(c, err);
	else
		call_fail(c, ERROR_command_empty,
			  "The answer to command %lld has no file and no output.",
			  (long long)id);
}
