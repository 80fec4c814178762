#include "client/upload.h"

#include <stdlib.h>

#include "client/user.h"
#include "wire/terminal/request.h"
#include "wire/terminal/upload.h"
#include "wire/terminal/user.h"

enum { TRIES = 5 };

static enum gh_err upload_pieces_send(struct gh_terminal *t, gh_slice buffer)
{
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err = ghi_call_command(t, GH_CMD_FREE_DATA, (gh_slice){ 0 }, NULL);

	ghi_terminal_announce_write(&w, (uint32_t)buffer.n, 0);
	if (!err)
		err = ghi_call_command(t, GH_CMD_PREPARE_DATA, ghi_written(&w), NULL);
	for (size_t at = 0; !err && at < buffer.n;) {
		size_t n = buffer.n - at;

		n = n < GHI_TERMINAL_UPLOAD_PIECE ? n : GHI_TERMINAL_UPLOAD_PIECE;
		err = ghi_call_command(t, GH_CMD_DATA, (gh_slice){ buffer.p + at, n }, NULL);
		at += n;
		t->done = at;
	}
	return err;
}

enum gh_err ghi_upload(struct gh_terminal *t, gh_slice buffer, bool checksum, uint16_t command,
		       gh_slice data)
{
	struct ghi_answer ignored;
	struct gh_terminal_error saved;
	gh_ms usual = t->conversation.options.reply_ms;
	enum gh_err err = GH_ETIMEOUT;

	t->done = 0;
	t->total = buffer.n;
	for (int i = 0; err == GH_ETIMEOUT && i < (t->transport.tcp ? 1 : TRIES); i++) {
		t->silent = 0;
		/* A piece cannot be requested again, so a long wait for each is useless. */
		if (!t->transport.tcp && usual > TRIES)
			t->conversation.options.reply_ms = usual / TRIES;
		err = upload_pieces_send(t, buffer);
		if (t->connected)
			t->conversation.options.reply_ms = usual;
	}
	if (!err && checksum) /* firmware without it is none the worse */
		err = ghi_call_request(t, GH_CMD_CHECKSUM_BUFFER, (gh_slice){ 0 }, &ignored);
	if (!err)
		err = ghi_call_command(t, command, data, NULL);
	saved = t->error;
	if (t->connected &&
	    ghi_call_request(t, GH_CMD_FREE_DATA, (gh_slice){ 0 }, &ignored) == GH_OK && !err)
		return ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
	t->error = err ? saved : t->error;
	return err ? err : t->error.err;
}

static enum gh_err upload_check(struct gh_terminal *t, const struct gh_user *users, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (users[i].uid == 0 || users[i].pin[0] == 0)
			return ghi_call_fail(t, GH_EINVALID,
					     "every user needs a uid and a PIN");
	return GH_OK;
}

static enum gh_err upload_prepare(struct gh_terminal *t, struct gh_user *users, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = ghi_user_ready(t, &users[i]);
	return err;
}

enum gh_err gh_terminal_users_save(struct gh_terminal *t, const struct gh_user *users,
				   size_t n_users, const struct gh_template *templates,
				   size_t n_templates)
{
	uint8_t b[8], *buffer = NULL;
	struct ghi_writer save = ghi_writer_on(b, sizeof(b)), w;
	struct gh_user *copy = NULL;
	size_t size;
	int record;
	enum gh_err err = gh_terminal_user_record_size(t, &record);

	t->attempt = "write users and templates";
	if (!err)
		err = upload_check(t, users, n_users);
	if (!err && record == 16)
		err = ghi_call_fail(t, GH_EUNSUPPORTED, "not with 16-byte user records");
	if (err)
		return err;
	size = ghi_terminal_upload_size(n_users, (size_t)record, templates, n_templates);
	if (size > GHI_DATA_MAX)
		return ghi_call_fail(t, GH_ETOOBIG, "too much for one upload");
	copy = malloc(n_users ? n_users * sizeof(*copy) : 1);
	buffer = malloc(size);
	if (copy == NULL || buffer == NULL) {
		err = ghi_call_fail(t, GH_ENOMEM, NULL);
		goto out;
	}
	if (n_users)
		memcpy(copy, users, n_users * sizeof(*copy));
	err = upload_prepare(t, copy, n_users);
	if (err)
		goto out;
	w = ghi_writer_on(buffer, size);
	ghi_terminal_upload_write(&w, copy, n_users, (size_t)record, templates, n_templates);
	if (w.err) {
		err = ghi_call_fail(t, w.err, "a user or a template does not fit this device");
		goto out;
	}
	ghi_terminal_upload_save_write(&save);
	err = ghi_upload(t, ghi_written(&w), false, GH_CMD_SAVE_USERTEMPS, ghi_written(&save));
out:
	free(buffer);
	free(copy);
	return err;
}
