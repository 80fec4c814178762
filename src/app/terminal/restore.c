/* gatehouse terminal HOST restore FILE --yes: users and fingers, nothing else. Users that are
 * not in the backup stay, and punches are never changed. */
#include <glib.h>
#include <string.h>

#include "app/confirm.h"
#include "app/message.h"
#include "app/terminal/archive.h"
#include "app/terminal/contents.h"
#include "app/terminal/terminal.h"

enum { UIDS = 65536, TOLD_MAX = 50 };

struct restore {
	struct terminal *c;
	const char *path;
	GPtrArray *users;	/* struct gh_user, of the file */
	GHashTable *uids;	/* PIN of the file -> uid on the device */
	GHashTable *wanted;	/* fingers, as in contents */
	struct contents before; /* what the device had */
	uint64_t users_written, users_same, fingers_written, fingers_same, differences;
};

__attribute__((format(printf, 2, 3))) static void differs(struct restore *r, const char *format,
							  ...)
{
	va_list ap;

	terminal_progress_end(r->c);
	if (r->differences++ < TOLD_MAX) {
		va_start(ap, format);
		vfprintf(stderr, format, ap);
		va_end(ap);
		fputc('\n', stderr);
	}
}

/* --- the file's side --- */

/* err: of archive_open() or archive_next(). */
static int restore_spoilt(struct restore *r, enum gh_err err, const char *why)
{
	message_print("%s: %s", r->path, why);
	return err == GH_EIO ? TERMINAL_REFUSED : TERMINAL_INCOMPLETE;
}

/* All of it is read and checked before anything is written. */
static int restore_file_read(struct restore *r)
{
	struct archive_record record;
	char *why = NULL;
	struct archive_reader *a = NULL;
	enum gh_err err = archive_open(r->path, &a, &why);
	int end = TERMINAL_OK;

	while (a && (err = archive_next(a, &record)) == GH_OK) {
		if (record.kind == ARCHIVE_USER)
			g_ptr_array_add(r->users, g_memdup2(&record.user, sizeof(record.user)));
		if (record.kind == ARCHIVE_TEMPLATE && record.tmpl.pin[0])
			g_hash_table_replace(r->wanted, contents_key(&record.tmpl),
					     contents_digest(&record.tmpl));
		if (r->users->len >= UIDS) {
			end = restore_spoilt(r, GH_ETOOBIG, "more users than any device holds");
			break;
		}
	}
	if (end == TERMINAL_OK && err != GH_EEND)
		end = restore_spoilt(r, err, a ? archive_why(a) : why);
	if (end == TERMINAL_OK &&
	    !confirm_question(
		    r->c->opt[TERMINAL_yes],
		    "%s holds %u users and %u fingers of the device %s. They replace what "
		    "%s has under the same PINs.",
		    r->path, r->users->len, g_hash_table_size(r->wanted), archive_serial(a),
		    r->c->address))
		end = TERMINAL_USAGE;
	archive_close(a);
	g_free(why);
	return end;
}

/* --- slots: a user keeps the uid its PIN has on the device, else that of the backup where it
 * is free, else gets another --- */

static bool restore_uids_assign(struct restore *r)
{
	uint8_t *used = g_new0(uint8_t, UIDS);
	GHashTableIter all;
	gpointer value;
	unsigned next = 1;

	g_hash_table_iter_init(&all, r->before.users);
	while (g_hash_table_iter_next(&all, NULL, &value))
		used[((struct gh_user *)value)->uid] = 1;
	used[0] = 1;
	for (guint i = 0; i < r->users->len; i++) {
		struct gh_user *u = g_ptr_array_index(r->users, i);
		struct gh_user *there = g_hash_table_lookup(r->before.users, u->pin);

		if (there)
			u->uid = there->uid;
		else if (used[u->uid])
			u->uid = 0;
		else
			used[u->uid] = 1;
	}
	for (guint i = 0; i < r->users->len; i++) {
		struct gh_user *u = g_ptr_array_index(r->users, i);

		while (u->uid == 0 && next < UIDS && used[next])
			next++;
		if (u->uid == 0 && next < UIDS) {
			u->uid = (uint16_t)next;
			used[next] = 1;
		}
		g_hash_table_insert(r->uids, u->pin, GUINT_TO_POINTER(u->uid));
	}
	g_free(used);
	return next < UIDS;
}

/* --- writing --- */

/* Which of its fields the device has otherwise; NULL: none. */
static const char *user_difference(const struct gh_user *a, const struct gh_user *b)
{
	if (b == NULL)
		return "it is missing";
	if (strcmp(a->name_raw, b->name_raw) != 0)
		return "the name differs";
	if (a->privilege != b->privilege)
		return "the privilege differs";
	if (strcmp(a->password, b->password) != 0)
		return "the password differs";
	if (a->card != b->card)
		return "the card differs";
	if (a->group != b->group)
		return "the group differs";
	return NULL;
}

/* Whether to go on with the next one. */
static bool restore_tolerates(struct restore *r, enum gh_err err, const char *pin)
{
	if (!terminal_is_refusal(err) && err != GH_ETOOBIG && err != GH_EINVALID &&
	    err != GH_EFULL)
		return false;
	differs(r, "PIN %s: %s", pin, gh_terminal_error(r->c->device)->text);
	r->differences--; /* it is counted when the device is read again */
	return true;
}

static int restore_users_write(struct restore *r)
{
	for (guint i = 0; i < r->users->len; i++) {
		struct gh_user u = *(struct gh_user *)g_ptr_array_index(r->users, i);
		enum gh_err err;

		terminal_progress_count(r->c, "writing the users", i, r->users->len);
		if (user_difference(&u, g_hash_table_lookup(r->before.users, u.pin)) == NULL) {
			r->users_same++;
			continue;
		}
		err = gh_terminal_user_set(r->c->device, &u);
		if (err == GH_OK)
			r->users_written++;
		else if (!restore_tolerates(r, err, u.pin))
			return terminal_failed(r->c);
	}
	return TERMINAL_OK;
}

static int restore_finger_write(struct restore *r, struct gh_template *t)
{
	gpointer uid = g_hash_table_lookup(r->uids, t->pin);
	char *key = contents_key(t), *sum = contents_digest(t);
	const char *there = g_hash_table_lookup(r->before.fingers, key);
	bool same = there && !strcmp(there, sum);
	enum gh_err err = GH_OK;

	g_free(key);
	g_free(sum);
	if (uid == NULL) {
		differs(r, "a finger of %s%s is left out: the backup does not have that user",
			t->pin[0] ? "PIN " : "an unknown user", t->pin);
		return TERMINAL_OK;
	}
	if (same) {
		r->fingers_same++;
		return TERMINAL_OK;
	}
	t->uid = (uint16_t)GPOINTER_TO_UINT(uid);
	/* Some firmware keeps the finger it has. */
	if (there)
		err = gh_terminal_template_delete(r->c->device, t->pin, t->finger);
	if (err == GH_OK || terminal_is_refusal(err))
		err = gh_terminal_template_set(r->c->device, t);
	if (err == GH_OK)
		r->fingers_written++;
	else if (!restore_tolerates(r, err, t->pin))
		return terminal_failed(r->c);
	return TERMINAL_OK;
}

/* The file once more; it was found good, but may have been changed since. */
static int restore_fingers_write(struct restore *r)
{
	struct archive_record record;
	char *why = NULL;
	struct archive_reader *a = NULL;
	uint64_t n = 0;
	enum gh_err err = archive_open(r->path, &a, &why);
	int end = TERMINAL_OK;

	while (a && end == TERMINAL_OK && (err = archive_next(a, &record)) == GH_OK) {
		if (record.kind != ARCHIVE_TEMPLATE)
			continue;
		terminal_progress_count(r->c, "writing the templates", n++,
					g_hash_table_size(r->wanted));
		end = restore_finger_write(r, &record.tmpl);
	}
	if (end == TERMINAL_OK && err != GH_EEND)
		end = restore_spoilt(r, err, a ? archive_why(a) : why);
	archive_close(a);
	g_free(why);
	return end;
}

/* --- checking --- */

static int restore_compare(struct restore *r)
{
	struct contents now = { 0 };
	int end = contents_read(r->c, &now) ? terminal_failed(r->c) : TERMINAL_OK;
	GHashTableIter all;
	gpointer key, sum;

	for (guint i = 0; end == TERMINAL_OK && i < r->users->len; i++) {
		struct gh_user *u = g_ptr_array_index(r->users, i);
		const char *what = user_difference(u, g_hash_table_lookup(now.users, u->pin));

		if (what)
			differs(r, "PIN %s: %s", u->pin, what);
	}
	g_hash_table_iter_init(&all, r->wanted);
	while (end == TERMINAL_OK && g_hash_table_iter_next(&all, &key, &sum)) {
		const char *there = g_hash_table_lookup(now.fingers, key);

		if (there == NULL || strcmp(there, sum) != 0)
			differs(r, "PIN %s: finger %c %s", (char *)key + 2, *(char *)key,
				there ? "differs" : "is missing");
	}
	contents_clear(&now);
	return end;
}

static int restore_report(struct restore *r)
{
	static const struct out_column columns[] = {
		{ "users_written", "Users written", CELL_TEXT },
		{ "users_unchanged", "Users that were so already", CELL_TEXT },
		{ "fingers_written", "Fingers written", CELL_TEXT },
		{ "fingers_unchanged", "Fingers that were so already", CELL_TEXT },
		{ "differences", "Differences now", CELL_TEXT },
		{ 0 },
	};
	const struct out_value values[] = { out_number((int64_t)r->users_written),
					    out_number((int64_t)r->users_same),
					    out_number((int64_t)r->fingers_written),
					    out_number((int64_t)r->fingers_same),
					    out_number((int64_t)r->differences) };
	struct out *o = terminal_out(r->c, columns, OUT_ONE);
	int end = r->differences ? TERMINAL_INCOMPLETE : TERMINAL_OK;

	out_row(o, values);
	if (r->differences)
		message_print("%s does not have all that is in %s: %llu differences",
			      r->c->address, r->path, (unsigned long long)r->differences);
	return out_close(o, true) ? TERMINAL_INCOMPLETE : end;
}

static int restore_write(struct restore *r)
{
	enum gh_err err;
	int end = restore_file_read(r);

	if (!end)
		end = terminal_open(r->c);
	if (!end)
		end = contents_read(r->c, &r->before) ? terminal_failed(r->c) : TERMINAL_OK;
	if (end)
		return end;
	if (!restore_uids_assign(r)) {
		message_print("%s has no room for more users", r->c->address);
		return TERMINAL_REFUSED;
	}
	/* It must not be used while it changes. The end of the connection enables it. */
	err = gh_terminal_disable(r->c->device, 0);
	if (err && !terminal_is_refusal(err))
		return terminal_failed(r->c);
	end = restore_users_write(r);
	if (!end)
		end = restore_fingers_write(r);
	if (!end)
		end = restore_compare(r);
	terminal_progress_end(r->c);
	if (end) {
		message_print("only %llu users and %llu fingers were written",
			      (unsigned long long)r->users_written,
			      (unsigned long long)r->fingers_written);
		return end;
	}
	return restore_report(r);
}

int terminal_restore(struct terminal *c)
{
	struct restore r = { .c = c, .path = c->argv[0] };
	int end;

	r.users = g_ptr_array_new_with_free_func(g_free);
	r.uids = g_hash_table_new(g_str_hash, g_str_equal);
	r.wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	end = restore_write(&r);
	contents_clear(&r.before);
	g_hash_table_unref(r.wanted);
	g_hash_table_unref(r.uids);
	g_ptr_array_free(r.users, TRUE);
	return end;
}
