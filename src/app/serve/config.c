/* gatehouse config: the settings of serve as they hold, and where each comes from. */
#include <glib.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/secret.h"
#include "app/serve/serve.h"
#include "app/subcommands.h"
#include "app/table.h"

static const char *origin_name(enum setting_origin origin)
{
	static const char *const name[] = { [ORIGIN_DEFAULT] = "default",
					    [ORIGIN_FILE] = "file",
					    [ORIGIN_CREDENTIAL] = "credential",
					    [ORIGIN_VARIABLE] = "variable",
					    [ORIGIN_FLAG] = "flag" };

	return name[origin];
}

static json_t *settings_rows(const struct settings *s)
{
	json_t *rows = json_array();

	for (int i = 0; i < SETTING_COUNT; i++) {
		enum setting id = (enum setting)i;

		if (s->value[i] == NULL)
			continue;

		char *value = id == SETTING_STORE ? secret_url_hide(s->value[i])
						  : g_strdup(s->value[i]);

		json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "name",
						      setting_row(id)->name, "value", value,
						      "source", origin_name(s->origin[i])));
		g_free(value);
	}
	return rows;
}

/* --json is this command's own; what is left are options of serve. */
static bool json_flag_take(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--json") != 0)
			continue;
		memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof(*argv));
		--*argc;
		return true;
	}
	return false;
}

int cmd_config(int argc, char **argv)
{
	static const struct column columns[] = { { "SETTING", "name", CELL_ID },
						 { "VALUE", "value", CELL_TEXT },
						 { "SOURCE", "source", CELL_ID },
						 { 0 } };
	struct settings s;
	bool json = json_flag_take(&argc, argv);
	int status = settings_parse(&s, argc, argv);
	json_t *rows;

	if (status)
		return status;
	rows = settings_rows(&s);
	if (json) {
		json_dumpf(rows, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		table_print(stdout, rows, columns, table_terminal());
	}
	json_decref(rows);
	settings_clear(&s);
	return 0;
}
