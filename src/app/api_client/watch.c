#include "app/api_client/watch.h"

#include <glib.h>
#include <string.h>

#include "app/message.h"

/* A live server sends something every 15 seconds. */
#define STREAM_PATIENCE 60L

struct watch {
	struct cmd *c;
	const struct watch_column *column;
	size_t columns;
	GString *line;
	char *last; /* id of the latest event shown */
	char *id;   /* of the one being read */
	bool shown; /* the one being read is printed */
	bool met;   /* the server answered once */
};

static void event_show(struct watch *w, const char *data)
{
	json_t *row;

	if (w->c->json) {
		puts(data);
	} else {
		row = json_loads(data, 0, NULL);
		for (size_t i = 0; i < w->columns; i++) {
			struct column cell = { "", w->column[i].field, CELL_TEXT };
			char *text = table_cell(row, &cell);
			int pad = w->column[i].width - (int)table_width(text);

			printf("%s%*s%s", text, pad > 0 ? pad : 0, "",
			       w->column[i].width ? "  " : "\n");
			g_free(text);
		}
		json_decref(row);
	}
	fflush(stdout);
}

static void event_line_read(struct watch *w, const char *line)
{
	if (*line == '\0') {
		g_clear_pointer(&w->id, g_free);
		w->shown = false;
	} else if (g_str_has_prefix(line, "id: ")) {
		g_free(w->id);
		w->id = g_strdup(line + 4);
	} else if (g_str_has_prefix(line, "event: ")) {
		/* The first one identifies the ledger. */
		w->shown = strcmp(line, "event: ledger") != 0;
	} else if (w->shown && g_str_has_prefix(line, "data: ")) {
		event_show(w, line + 6);
		if (w->id == NULL)
			return;
		g_free(w->last);
		w->last = w->id;
		w->id = NULL;
	}
}

static bool watch_take(void *ctx, const char *p, size_t n)
{
	struct watch *w = ctx;

	w->met = true;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			g_string_append_c(w->line, p[i]);
			continue;
		}
		event_line_read(w, w->line->str);
		g_string_truncate(w->line, 0);
	}
	return w->line->len < (1 << 20) && !ferror(stdout);
}

int cmd_watch(struct cmd *c, const char *of, const struct watch_column *column, size_t columns)
{
	char *path = cmd_query(c, of);
	struct watch w = {
		.c = c, .column = column, .columns = columns, .line = g_string_new(NULL)
	};
	bool again;
	int end;

	do {
		end = client_stream(&c->client, path, w.last, STREAM_PATIENCE, watch_take, &w);
		g_string_truncate(w.line, 0);
		again = w.met && end != CMD_DENIED && !c->client.conflict && !ferror(stdout);
		if (again) {
			message_print("the stream ended; trying again");
			g_usleep(2 * G_USEC_PER_SEC);
		}
	} while (again);
	g_string_free(w.line, TRUE);
	g_free(w.last);
	g_free(w.id);
	g_free(path);
	return end ? end : CMD_FAILED;
}
