/* gatehouse device trace. */
#include <glib.h>
#include <string.h>

#include "app/api_client/device.h"

/* A body with indented lines, and a note when it was cut. */
static void device_body_print(const char *title, json_t *row, const char *key,
			      const char *encoding)
{
	const char *text = json_string_value(json_object_get(row, key));
	const char *how = json_string_value(json_object_get(row, encoding));
	char **line, *one;

	if (text == NULL || *text == 0)
		return;
	printf("  %s%s\n", title, how && !strcmp(how, "base64") ? " (base64)" : "");
	line = g_strsplit(text, "\n", -1);
	for (char **l = line; *l; l++) {
		struct column k = { "", "l", CELL_TEXT };
		json_t *cell = json_pack("{s:s}", "l", *l);

		one = table_cell(cell, &k);
		if (*one || l[1])
			printf("    %s\n", one);
		g_free(one);
		json_decref(cell);
	}
	g_strfreev(line);
}

int cmd_device_trace(struct cmd *c)
{
	static const struct column at = { "", "at", CELL_TIME }, peer = { "", "peer", 0 },
				   method = { "", "method", 0 }, target = { "", "target", 0 },
				   status = { "", "status", 0 }, note = { "", "note", 0 };
	char *one = c->argc ? client_path(&c->client, "/api/devices/%s/trace", c->argv[0])
			    : g_strdup("/api/trace");
	char *path = cmd_query(c, one);
	json_t *reply = NULL, *rows;
	int end;

	if (c->json || c->opt[CMD_format] || c->opt[CMD_columns] || c->opt[CMD_total]) {
		end = cmd_list_call(c, "GET", one, NULL);
		g_free(path);
		g_free(one);
		return end;
	}
	end = client_call(&c->client, "GET", path, NULL, false, &reply);
	rows = json_object_get(reply, "data");
	/* Read like a log: the latest at the bottom. */
	for (size_t i = json_array_size(rows); end == CMD_OK && i > 0; i--) {
		json_t *row = json_array_get(rows, i - 1);
		char *cell[] = { table_cell(row, &at),	   table_cell(row, &peer),
				 table_cell(row, &method), table_cell(row, &target),
				 table_cell(row, &status), table_cell(row, &note) };

		printf("%s  %s  %s %s  -> %s%s%s\n", cell[0], cell[1], cell[2], cell[3],
		       cell[4], *cell[5] ? ": " : "", cell[5]);
		for (size_t k = 0; k < sizeof(cell) / sizeof(cell[0]); k++)
			g_free(cell[k]);
		device_body_print("headers", row, "headers", "");
		device_body_print("body", row, "body", "bodyEncoding");
		device_body_print("reply", row, "reply", "replyEncoding");
	}
	json_decref(reply);
	g_free(path);
	g_free(one);
	return end;
}
