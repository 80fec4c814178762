/* gatehouse terminal HOST user … */
#include <glib.h>
#include <string.h>

#include "app/terminal/terminal.h"

static const struct out_column columns[] = {
	{ "pin", "PIN", CELL_ID },
	{ "uid", "UID", CELL_ID | CELL_DROP(2) },
	{ "name", "NAME", CELL_TEXT },
	{ "privilege", "PRIVILEGE", CELL_TEXT | CELL_DROP(3) },
	{ "card", "CARD", CELL_ID | CELL_DROP(4) },
	{ "group", "GROUP", CELL_TEXT | CELL_DROP(1) },
	{ "role", NULL, CELL_TEXT },
	{ 0 },
};

static const struct out_column columns_with_passwords[] = {
	{ "pin", "PIN", CELL_ID },
	{ "uid", "UID", CELL_ID | CELL_DROP(2) },
	{ "name", "NAME", CELL_TEXT },
	{ "privilege", "PRIVILEGE", CELL_TEXT | CELL_DROP(3) },
	{ "card", "CARD", CELL_ID | CELL_DROP(4) },
	{ "group", "GROUP", CELL_TEXT | CELL_DROP(1) },
	{ "role", NULL, CELL_TEXT },
	{ "password", "PASSWORD", CELL_ID },
	{ 0 },
};

static struct out *user_rows_open(struct terminal *c, unsigned how)
{
	return terminal_out(
		c, c->opt[TERMINAL_show_passwords] ? columns_with_passwords : columns, how);
}

static bool user_print(struct out *o, const struct gh_user *u)
{
	const char *role = gh_terminal_privilege_text(u->privilege);
	char shown[32];

	/* The number has both in it. */
	g_snprintf(shown, sizeof(shown), "%s%s", role ? role : "",
		   u->privilege & GH_PRIVILEGE_DISABLED ? ", disabled" : "");
	const struct out_value values[] = {
		out_text(u->pin),
		out_number(u->uid),
		out_text(u->name),
		out_named(u->privilege, role ? shown : NULL),
		out_number((int64_t)u->card),
		out_number(u->group),
		role ? out_text(role) : (struct out_value){ 0 },
		out_text(u->password),
	};

	return out_row(o, values);
}

int terminal_user_list(struct terminal *c)
{
	struct gh_terminal_users *it;
	struct gh_user u;
	struct out *o;
	uint64_t rows = 0;
	enum gh_err err;
	int end = terminal_open(c);

	if (end)
		return end;
	if (gh_terminal_users_open(c->device, &it))
		return terminal_failed(c);
	o = user_rows_open(c, 0);
	while ((err = gh_terminal_users_next(it, &u)) == GH_OK && user_print(o, &u)) {
		rows++;
		terminal_progress(c, "reading the users");
	}
	terminal_progress_end(c);
	end = err == GH_OK || err == GH_EEND ? TERMINAL_OK : terminal_broke_off(c, rows);
	gh_terminal_users_close(it);
	return terminal_out_end(o, end);
}

int terminal_user_get(struct terminal *c)
{
	struct gh_user u;
	struct out *o;
	int end = terminal_pin(c->argv[0]);

	if (end == TERMINAL_OK)
		end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_user_get(c->device, c->argv[0], &u))
		return terminal_failed(c);
	o = user_rows_open(c, OUT_ONE);
	user_print(o, &u);
	return terminal_out_end(o, TERMINAL_OK);
}

/* --- set --- */

static int user_privilege(const char *text, uint8_t *out)
{
	uint64_t n;

	for (unsigned level = 0; level <= GH_PRIVILEGE_LEVEL; level += 2) {
		const char *name = gh_terminal_privilege_text(level);

		if (name && !g_ascii_strcasecmp(name, text)) {
			*out = (uint8_t)level;
			return TERMINAL_OK;
		}
	}
	if (!g_ascii_isdigit(*text))
		return terminal_misuse("--privilege %s: user, enroller, manager, admin or a "
				       "number is expected",
				       text);
	if (terminal_number(text, "a privilege", UINT8_MAX, &n))
		return TERMINAL_USAGE;
	*out = (uint8_t)n;
	return TERMINAL_OK;
}

static int user_copy_option(const char *option, const char *text, char *out, size_t size)
{
	if (strlen(text) >= size)
		return terminal_misuse("--%s: %zu bytes at most", option, size - 1);
	memset(out, 0, size);
	memcpy(out, text, strlen(text));
	return TERMINAL_OK;
}

/* What was given, into u. */
static int user_options_merge(struct terminal *c, struct gh_user *u)
{
	uint64_t n;
	int end = TERMINAL_OK;

	if (c->opt[TERMINAL_name]) {
		memset(u->name_raw, 0, sizeof(u->name_raw));
		end = user_copy_option("name", c->opt[TERMINAL_name], u->name, sizeof(u->name));
	}
	if (!end && c->opt[TERMINAL_privilege])
		end = user_privilege(c->opt[TERMINAL_privilege], &u->privilege);
	if (!end && c->opt[TERMINAL_password])
		end = user_copy_option("password", c->opt[TERMINAL_password], u->password,
				       sizeof(u->password));
	if (!end && c->opt[TERMINAL_card]) {
		end = terminal_number(c->opt[TERMINAL_card], "a card", UINT64_MAX >> 24, &n);
		if (!end)
			u->card = n;
	}
	if (!end && c->opt[TERMINAL_group]) {
		end = terminal_number(c->opt[TERMINAL_group], "a group", UINT8_MAX, &n);
		if (!end)
			u->group = (uint8_t)n;
	}
	return end;
}

int terminal_user_set(struct terminal *c)
{
	struct gh_user u = { 0 };
	enum gh_err err;
	bool known;
	int end = terminal_pin(c->argv[0]);

	if (!end)
		end = user_options_merge(c, &u); /* mistakes are reported before any request */
	if (!end)
		end = terminal_open(c);
	if (end)
		return end;
	u = (struct gh_user){ .group = 1 };
	memcpy(u.pin, c->argv[0], strlen(c->argv[0]));
	err = gh_terminal_user_get(c->device, c->argv[0], &u);
	known = err == GH_OK;
	if (err && err != GH_ENOTFOUND)
		return terminal_failed(c);
	/* A name that stays is written back byte by byte. */
	if (u.name_raw[0])
		u.name[0] = 0;
	end = user_options_merge(c, &u);
	if (end)
		return end;
	if (gh_terminal_user_set(c->device, &u))
		return terminal_failed(c);
	terminal_done(c, "%s: %s", u.pin, known ? "changed" : "created");
	return TERMINAL_OK;
}

int terminal_user_delete(struct terminal *c)
{
	int end = terminal_pin(c->argv[0]);

	if (end == TERMINAL_OK)
		end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_user_delete(c->device, c->argv[0]))
		return terminal_failed(c);
	terminal_done(c, "%s: deleted", c->argv[0]);
	return TERMINAL_OK;
}
