#include "app/settings/configuration.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "app/nearest.h"

struct configuration {
	GKeyFile *file;
	const char *path;
};

/* --- what it may hold; anything else would be a setting that silently does nothing --- */

static void unknown_group(const struct configuration *c, const char *group)
{
	const char *words[SETTING_GROUPS];
	GString *all = g_string_new(NULL);
	const char *near;
	size_t n = 0;

	for (int i = 0; i < SETTING_GROUPS; i++) {
		const char *name = setting_group_name((enum setting_group)i);

		if (name == NULL)
			continue;
		words[n++] = name;
		g_string_append_printf(all, "%s[%s]", all->len ? ", " : "", name);
	}
	near = word_nearest(group, words, n);
	fprintf(stderr, "gatehouse: %s: [%s]: no such group; ", c->path, group);
	if (near)
		fprintf(stderr, "did you mean [%s]?\n", near);
	else
		fprintf(stderr, "expected %s\n", all->str);
	g_string_free(all, TRUE);
}

static void unknown_key(const struct configuration *c, const char *group, const char *key)
{
	const char *words[SETTING_COUNT], *near;
	char *value = g_key_file_get_value(c->file, group, key, NULL);
	size_t n = 0;

	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = setting_row((enum setting)i);

		if (g_strcmp0(setting_group_name(row->group), group) == 0)
			words[n++] = row->name;
	}
	near = word_nearest(key, words, n);
	fprintf(stderr, "gatehouse: %s: [%s] %s = %s: no such setting; ", c->path, group, key,
		value ? value : "");
	if (near)
		fprintf(stderr, "did you mean %s?\n", near);
	else
		fprintf(stderr, "expected one of those in gatehouse-serve(8)\n");
	g_free(value);
}

static bool configuration_is_group(const char *group)
{
	for (int i = 0; i < SETTING_GROUPS; i++)
		if (g_strcmp0(setting_group_name((enum setting_group)i), group) == 0)
			return true;
	return false;
}

static bool configuration_is_key(const char *group, const char *key)
{
	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = setting_row((enum setting)i);

		if (g_strcmp0(setting_group_name(row->group), group) == 0 &&
		    strcmp(row->name, key) == 0)
			return true;
	}
	return false;
}

static bool configuration_keys_check(const struct configuration *c, const char *group)
{
	char **keys = g_key_file_get_keys(c->file, group, NULL, NULL);
	bool ok = true;

	for (char **key = keys; key && *key; key++)
		if (!configuration_is_key(group, *key)) {
			unknown_key(c, group, *key);
			ok = false;
		}
	g_strfreev(keys);
	return ok;
}

bool configuration_check(const struct configuration *c)
{
	char **groups = g_key_file_get_groups(c->file, NULL);
	bool ok = true;

	for (char **group = groups; *group; group++) {
		if (configuration_is_group(*group)) {
			ok &= configuration_keys_check(c, *group);
		} else {
			unknown_group(c, *group);
			ok = false;
		}
	}
	g_strfreev(groups);
	return ok;
}

struct configuration *configuration_open(const char *path)
{
	struct configuration *c = g_new0(struct configuration, 1);
	GError *error = NULL;

	c->file = g_key_file_new();
	c->path = path;
	if (path && !g_key_file_load_from_file(c->file, path, G_KEY_FILE_NONE, &error)) {
		fprintf(stderr, "gatehouse: %s: %s\n", path, error->message);
		g_error_free(error);
		configuration_close(c);
		return NULL;
	}
	return c;
}

void configuration_close(struct configuration *c)
{
	g_key_file_free(c->file);
	g_free(c);
}

char *configuration_value(const struct configuration *c, enum setting id)
{
	const struct setting_row *row = setting_row(id);
	const char *group = setting_group_name(row->group);
	char *text = group ? g_key_file_get_value(c->file, group, row->name, NULL) : NULL;
	size_t n = text ? strlen(text) : 0;

	if (n >= 2 && text[0] == '"' && text[n - 1] == '"') {
		memmove(text, text + 1, n - 2);
		text[n - 2] = '\0';
	}
	return text;
}
