/* gatehouse terminal HOST backup FILE */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/message.h"
#include "app/terminal/archive.h"
#include "app/terminal/terminal.h"

struct backup {
	struct terminal *c;
	struct archive_writer *to;
	struct gh_terminal_info info;
	GPtrArray *users; /* struct slot */
};

struct slot {
	char pin[GH_PIN_SIZE];
	uint16_t uid;
};

/* Read a table to its end: open, `put` each record, close. The result is that of `next`. */
#define EACH(table, type, what, put)                                       \
	struct gh_terminal_##table *it;                                    \
	struct type record;                                                \
	enum gh_err err = gh_terminal_##table##_open(b->c->device, &it);   \
                                                                           \
	if (err)                                                           \
		return err;                                                \
	while ((err = gh_terminal_##table##_next(it, &record)) == GH_OK && \
	       !archive_failed(b->to)) {                                   \
		terminal_progress(b->c, what);                             \
		put;                                                       \
	}                                                                  \
	gh_terminal_##table##_close(it);                                   \
	return err == GH_EEND ? GH_OK : err

static void note_user(struct backup *b, const struct gh_user *u)
{
	struct slot *slot = g_new0(struct slot, 1);

	memcpy(slot->pin, u->pin, sizeof(slot->pin));
	slot->uid = u->uid;
	g_ptr_array_add(b->users, slot);
	archive_put_user(b->to, u);
}

static enum gh_err save_users(struct backup *b)
{
	EACH(users, gh_user, "saving the users", note_user(b, &record));
}

static bool save_template(void *context, const struct gh_template *t)
{
	struct backup *b = context;

	archive_put_template(b->to, t);
	return !archive_failed(b->to);
}

static enum gh_err save_templates(struct backup *b)
{
	return terminal_each_template(b->c, save_template, b);
}

static enum gh_err save_faces(struct backup *b)
{
	EACH(faces, gh_face, "saving the faces",
	     archive_put_blob(b->to, ARCHIVE_FACE, record.pin, record.uid, record.data,
			      record.size));
}

static enum gh_err save_punches(struct backup *b)
{
	EACH(punches, gh_punch, "saving the punches", archive_put_punch(b->to, &record));
}

static enum gh_err save_oplogs(struct backup *b)
{
	EACH(oplogs, gh_oplog, "saving the operation log", archive_put_oplog(b->to, &record));
}

static enum gh_err save_options(struct backup *b)
{
	static const char *const names[] = {
#define SAVED_OPTION(name) name,
#include "app/terminal/archive.def"
#undef SAVED_OPTION
	};
	char value[4096];

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		enum gh_err err =
			gh_terminal_option_get(b->c->device, names[i], value, sizeof(value));

		terminal_progress_count(b->c, "saving the options", i, G_N_ELEMENTS(names));
		if (err == GH_OK)
			archive_put_option(b->to, names[i], value);
		else if (!terminal_is_refusal(err))
			return err;
	}
	return GH_OK;
}

static enum gh_err save_photos(struct backup *b)
{
	const uint8_t *data;
	size_t size;

	/* A request for each of its users would take long, and find nothing. */
	if (b->info.photo_on == 0)
		return GH_OK;
	for (guint i = 0; i < b->users->len; i++) {
		const struct slot *slot = g_ptr_array_index(b->users, i);
		enum gh_err err = gh_terminal_photo(b->c->device, slot->pin, &data, &size);

		terminal_progress_count(b->c, "saving the photos", i, b->users->len);
		if (err == GH_OK)
			archive_put_blob(b->to, ARCHIVE_PHOTO, slot->pin, slot->uid, data,
					 size);
		else if (err != GH_ENOTFOUND)
			return err;
	}
	return GH_OK;
}

static const struct {
	enum archive_kind what;
	enum gh_err (*save)(struct backup *b);
	bool needed; /* no device lacks it, so a refusal is a failure */
} tables[] = {
	{ ARCHIVE_OPTION, save_options, true },	     { ARCHIVE_USER, save_users, true },
	{ ARCHIVE_TEMPLATE, save_templates, false }, { ARCHIVE_FACE, save_faces, false },
	{ ARCHIVE_PHOTO, save_photos, false },	     { ARCHIVE_PUNCH, save_punches, false },
	{ ARCHIVE_OPLOG, save_oplogs, false },
};

static int save_all(struct backup *b)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		enum gh_err err = tables[i].save(b);
		const char *why = gh_terminal_error(b->c->device)->text;

		if (err == GH_OK)
			continue;
		if (tables[i].needed || !terminal_is_refusal(err))
			return terminal_failed(b->c);
		terminal_progress_end(b->c);
		message_print("not saved: %s", why);
		archive_put_missing(b->to, tables[i].what, why);
	}
	return TERMINAL_OK;
}

/* Read it as restore will. */
static int backup_check(struct terminal *c, const char *path,
			const struct archive_counts *written)
{
	struct archive_record record;
	char *why = NULL;
	struct archive_reader *r = NULL;
	enum gh_err err = archive_open(path, &r, &why);

	if (r)
		while ((err = archive_next(r, &record)) == GH_OK &&
		       !interrupt_seen(c->interrupt))
			terminal_progress_count(c, "checking the file",
						archive_counted(r)->n[ARCHIVE_PUNCH],
						written->n[ARCHIVE_PUNCH]);
	terminal_progress_end(c);
	if (err == GH_OK)
		message_print("interrupted");
	else if (err != GH_EEND)
		message_print("%s was written, but does not read back: %s", path,
			      r ? archive_why(r) : why);
	g_free(why);
	archive_close(r);
	return err == GH_EEND ? TERMINAL_OK
	       : err == GH_OK ? TERMINAL_INTERRUPTED
			      : TERMINAL_INCOMPLETE;
}

static int backup_report(struct terminal *c, const char *path, const struct archive_counts *n)
{
	static const struct out_column columns[] = {
		{ "file", "File", CELL_TEXT },
		{ "option", "Options", CELL_TEXT },
		{ "user", "Users", CELL_TEXT },
		{ "template", "Fingers", CELL_TEXT },
		{ "face", "Faces", CELL_TEXT },
		{ "photo", "Photos", CELL_TEXT },
		{ "punch", "Punches", CELL_TEXT },
		{ "oplog", "Operations", CELL_TEXT },
		{ "missing", "Tables this device cannot give", CELL_TEXT },
		{ 0 },
	};
	struct out_value values[1 + ARCHIVE_KINDS] = { out_text(path) };
	struct out *o = terminal_out(c, columns, OUT_ONE);

	for (int i = 0; i < ARCHIVE_KINDS; i++)
		values[i + 1] = out_number((int64_t)n->n[i]);
	out_row(o, values);
	return terminal_out_end(o, TERMINAL_OK);
}

int terminal_backup(struct terminal *c)
{
	struct backup b = { .c = c };
	struct archive_counts counts;
	char *partial;
	int end = terminal_open(c), failed;

	if (end)
		return end;
	if (gh_terminal_info(c->device, &b.info))
		return terminal_failed(c);
	/* An older backup of that name stays until this one is known to be good. */
	partial = g_strconcat(c->argv[0], ".partial", NULL);
	b.to = archive_create(partial, &b.info);
	if (b.to == NULL) {
		message_print("%s: %s", partial, strerror(errno));
		g_free(partial);
		return TERMINAL_REFUSED;
	}
	b.users = g_ptr_array_new_with_free_func(g_free);
	end = save_all(&b);
	g_ptr_array_free(b.users, TRUE);
	failed = archive_finish(b.to, end == TERMINAL_OK, &counts);
	terminal_progress_end(c);
	if (end == TERMINAL_OK && failed) {
		message_print("%s: %s", partial, strerror(failed));
		end = TERMINAL_REFUSED;
	}
	if (end == TERMINAL_OK)
		end = backup_check(c, partial, &counts);
	if (end == TERMINAL_OK && rename(partial, c->argv[0])) {
		message_print("%s: %s", c->argv[0], strerror(errno));
		end = TERMINAL_REFUSED;
	}
	if (end)
		unlink(partial);
	else
		end = backup_report(c, c->argv[0], &counts);
	g_free(partial);
	return end;
}
