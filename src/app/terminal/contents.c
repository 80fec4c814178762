#include "app/terminal/contents.h"

char *contents_key(const struct gh_template *t)
{
	return g_strdup_printf("%u %s", t->finger, t->pin);
}

char *contents_digest(const struct gh_template *t)
{
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, t->data, t->size);
}

void contents_clear(struct contents *s)
{
	g_clear_pointer(&s->users, g_hash_table_unref);
	g_clear_pointer(&s->fingers, g_hash_table_unref);
}

static enum gh_err contents_users_take(struct terminal *c, GHashTable *to)
{
	struct gh_terminal_users *it;
	struct gh_user u;
	enum gh_err err = gh_terminal_users_open(c->device, &it);

	if (err)
		return err;
	while ((err = gh_terminal_users_next(it, &u)) == GH_OK) {
		struct gh_user *copy = g_memdup2(&u, sizeof(u));

		g_hash_table_replace(to, copy->pin, copy);
		terminal_progress(c, "reading the users");
	}
	gh_terminal_users_close(it);
	return err == GH_EEND ? GH_OK : err;
}

static bool contents_template_take(void *context, const struct gh_template *t)
{
	GHashTable *to = context;

	g_hash_table_replace(to, contents_key(t), contents_digest(t));
	return true;
}

enum gh_err contents_read(struct terminal *c, struct contents *out)
{
	enum gh_err err;

	out->users = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	out->fingers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	err = contents_users_take(c, out->users);
	if (err)
		return err;
	err = terminal_each_template(c, contents_template_take, out->fingers);
	/* A device without fingers at all has none of them. */
	return terminal_is_refusal(err) ? GH_OK : err;
}
