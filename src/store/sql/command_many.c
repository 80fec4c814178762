/* Many commands in one statement, where a database gains by it. */
#include <stdlib.h>

#include "store/sql/rows.h"
#include "store/sql/value_list.h"

/* --- queued commands about the same --- */

static enum gh_err about_one(struct store *s, const struct command_about *of, size_t i,
			     store_about_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(s->sql, SQL_COMMAND_ABOUT);
	bool more = true;

	sql_put_int(&q, of[i].device);
	sql_put_text(&q, of[i].subject);
	while (more && sql_next(&q)) {
		struct command c = sql_command_of(&q);

		more = fn(ctx, i, &c);
	}
	return sql_end(&q);
}

static void about_texts(struct buffer *devices, struct buffer *subjects,
			const struct command_about *of, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		value_list_number(devices, i, of[i].device);
		value_list_text(subjects, i, of[i].subject);
	}
}

static enum gh_err about_rows_read(struct store *s, gh_slice devices, gh_slice subjects,
				   store_about_fn *fn, void *ctx)
{
	struct sql_call q = sql_call_locking(
		s->sql, gh_slice_of(s->sql->engine->commands_about), " FOR UPDATE OF c");
	int64_t over = 0; /* the place of which no more are taken */

	sql_put_text(&q, devices);
	sql_put_text(&q, subjects);
	while (sql_next(&q)) {
		struct command c = sql_command_of(&q);
		int64_t place = sql_int(&q, COMMAND_WIDTH);

		if (place != over && !fn(ctx, (size_t)place - 1, &c))
			over = place;
	}
	return sql_end(&q);
}

enum gh_err sql_commands_about(struct store *s, const struct command_about *of, size_t n,
			       store_about_fn *fn, void *ctx)
{
	struct buffer devices = buffer_with_limit(VALUE_LIST_BYTES);
	struct buffer subjects = buffer_with_limit(VALUE_LIST_BYTES);
	enum gh_err err = GH_OK;

	if (s->sql->engine->commands_about == NULL) {
		for (size_t i = 0; i < n && err == GH_OK; i++)
			err = about_one(s, of, i, fn, ctx);
		return err;
	}
	about_texts(&devices, &subjects, of, n);
	err = devices.err ? devices.err : subjects.err;
	if (err == GH_OK && n)
		err = about_rows_read(s, buffer_text(&devices), buffer_text(&subjects), fn,
				      ctx);
	buffer_clear(&devices);
	buffer_clear(&subjects);
	return err;
}

/* --- new ones --- */

enum add_list {
	ADD_DEVICE,
	ADD_CREATED,
	ADD_EXPIRES,
	ADD_KIND,
	ADD_ARGUMENTS,
	ADD_TEXT,
	ADD_REQUESTED_BY,
	ADD_SUBJECT,
	ADD_LISTS
};

static void add_texts(struct buffer list[ADD_LISTS], struct command *const *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		value_list_number(&list[ADD_DEVICE], i, c[i]->device);
		value_list_number(&list[ADD_CREATED], i, c[i]->created_ms);
		value_list_number(&list[ADD_EXPIRES], i, c[i]->expires_ms);
		value_list_text(&list[ADD_KIND], i,
				gh_slice_of(command_kind_row(c[i]->kind)->name));
		value_list_text(&list[ADD_ARGUMENTS], i, c[i]->arguments);
		value_list_text(&list[ADD_TEXT], i, c[i]->shown);
		value_list_text(&list[ADD_REQUESTED_BY], i, c[i]->requested_by);
		value_list_text(&list[ADD_SUBJECT], i, c[i]->subject);
	}
}

/* The rows come back in their order. */
static enum gh_err add_run(struct store *s, const struct buffer list[ADD_LISTS],
			   struct command *const *c, size_t n, int64_t at_ms)
{
	struct sql_call q = sql_call_once(s->sql, gh_slice_of(s->sql->engine->commands_add));
	size_t got = 0;

	for (size_t i = 0; i < ADD_LISTS; i++)
		sql_put_text(&q, buffer_text(&list[i]));
	sql_put_int(&q, at_ms);
	for (; sql_next(&q) && got < n; got++)
		c[got]->id = sql_int(&q, 0);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && got < n ? GH_EIO : err;
}

static bool number_is_among(int64_t v, const int64_t *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (of[i] == v)
			return true;
	return false;
}

static enum gh_err add_devices_find(struct store *s, struct command *const *c, size_t n)
{
	int64_t *device = malloc(n * sizeof(*device));
	size_t devices = 0;

	if (device == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (!number_is_among(c[i]->device, device, devices))
			device[devices++] = c[i]->device;
	enum gh_err err = sql_for_devices(s, device, devices);

	free(device);
	return err;
}

static enum gh_err add_each(struct store *s, struct command *const *c, size_t n, int64_t at_ms)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		c[i]->id = 0;
		err = sql_command_put(s, c[i], at_ms, (gh_slice){ 0 });
	}
	return err;
}

enum gh_err sql_commands_add(struct store *s, struct command *const *c, size_t n, int64_t at_ms)
{
	struct buffer list[ADD_LISTS];
	enum gh_err err;

	if (s->sql->engine->commands_add == NULL || n <= 1)
		return add_each(s, c, n, at_ms);
	err = add_devices_find(s, c, n);
	if (err)
		return err;
	for (size_t i = 0; i < ADD_LISTS; i++)
		list[i] = buffer_with_limit(VALUE_LIST_BYTES);
	add_texts(list, c, n);
	for (size_t i = 0; i < ADD_LISTS && err == GH_OK; i++)
		err = list[i].err;
	if (err == GH_OK)
		err = add_run(s, list, c, n, at_ms);
	for (size_t i = 0; i < ADD_LISTS; i++)
		buffer_clear(&list[i]);
	return err;
}
