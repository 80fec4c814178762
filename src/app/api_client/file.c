/* gatehouse file …: files that devices fetch by a command. */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/confirm.h"
#include "app/message.h"
#include "app/subcommands.h"

#define FILE_BYTES_MAX ((goffset)16 << 20) /* as the server takes them */

static const struct column list_columns[] = {
	{ "NAME", "name", CELL_ID },
	{ "SIZE", "size", CELL_ID },
	{ "MODEL", "model", CELL_TEXT },
	{ "MD5", "md5", CELL_ID | CELL_DROP(1) },
	{ "CREATED", "createdAt", CELL_TIME | CELL_DROP(2) },
	{ 0 },
};

static const struct column show_columns[] = {
	{ "Name", "name", CELL_TEXT },
	{ "Size", "size", CELL_TEXT },
	{ "For model", "model", CELL_TEXT },
	{ "MD5", "md5", CELL_TEXT },
	{ "SHA-256", "sha256", CELL_TEXT },
	{ "Published", "createdAt", CELL_TIME },
	{ "Fetched from", "url", CELL_TEXT },
	{ "By PutFile", "putFileUrl", CELL_TEXT },
	{ 0 },
};

/* The whole of it, g_free() it; NULL: a message was printed. */
static char *file_read(const char *path, gsize *n)
{
	GStatBuf s;
	char *bytes = NULL;
	GError *bad = NULL;

	if (g_stat(path, &s)) {
		message_print("%s: %s", path, g_strerror(errno));
		return NULL;
	}
	if (!S_ISREG(s.st_mode)) {
		message_print("%s: is no file", path);
		return NULL;
	}
	if (s.st_size == 0 || s.st_size > FILE_BYTES_MAX) {
		message_print("%s: has %lld bytes; a file for devices has 1 byte to 16 MiB",
			      path, (long long)s.st_size);
		return NULL;
	}
	if (!g_file_get_contents(path, &bytes, n, &bad)) {
		message_print("%s", bad->message);
		g_error_free(bad);
		return NULL;
	}
	return bytes;
}

static int file_put(struct cmd *c)
{
	gsize n = 0;
	char *bytes = file_read(c->argv[0], &n), *own = g_path_get_basename(c->argv[0]);
	char *path = client_path(&c->client, "/api/files/%s",
				 c->opt[CMD_name] ? c->opt[CMD_name] : own);
	char *model = c->opt[CMD_model]
			      ? client_path(&c->client, "?model=%s", c->opt[CMD_model])
			      : g_strdup("");
	char *whole = g_strconcat(path, model, NULL);
	json_t *reply = NULL;
	int end = CMD_FAILED;

	if (bytes)
		end = client_upload(&c->client, "PUT", whole, bytes, n, c->json, &reply);
	if (end == CMD_OK && !c->json)
		table_print_object(json_object_get(reply, "data"), show_columns);
	json_decref(reply);
	g_free(whole);
	g_free(model);
	g_free(path);
	g_free(own);
	g_free(bytes);
	return end;
}

static int file_list(struct cmd *c)
{
	json_t *reply = NULL, *list;
	int end = client_call(&c->client, "GET", "/api/files", NULL, false, &reply);

	if (end)
		return end;
	list = json_pack("{s:b,s:O}", "success", 1, "data",
			 json_object_get(json_object_get(reply, "data"), "files"));
	end = cmd_list_print(c, list);
	json_decref(list);
	json_decref(reply);
	return end;
}

static int file_show(struct cmd *c)
{
	char *path = client_path(&c->client, "/api/files/%s", c->argv[0]);
	json_t *reply = NULL;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json)
		table_print_object(json_object_get(reply, "data"), show_columns);
	json_decref(reply);
	g_free(path);
	return end;
}

static int file_delete(struct cmd *c)
{
	if (!confirm_question(c->opt[CMD_yes] != NULL,
			      "Devices that have not fetched %s yet will not get %s.",
			      c->argc == 1 ? c->argv[0] : "these files",
			      c->argc == 1 ? "it" : "them"))
		return CMD_USAGE;
	return cmd_each(c);
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "columns format",
	  .help = "Files that are published for devices",
	  .run = file_list,
	  .columns = list_columns },
	{ .word = "show",
	  .args = "NAME",
	  .least = 1,
	  .most = 1,
	  .options = "",
	  .help = "One of them, and where devices fetch it",
	  .examples = "emfw.cfg",
	  .run = file_show },
	{ .word = "put",
	  .args = "FILE",
	  .least = 1,
	  .most = 1,
	  .options = "name model",
	  .help = "Publish a file, in place of one of the same name",
	  .examples = "emfw.cfg --model 'inBio260 Pro'\nphotos/1024.jpg\nbuild/main.tgz --name "
		      "main-8.tgz",
	  .run = file_put },
	{ .word = "delete",
	  .args = "NAME...",
	  .least = 1,
	  .most = -1,
	  .options = "yes",
	  .help = "Publish files no longer",
	  .examples = "emfw.cfg --yes",
	  .run = file_delete,
	  .method = "DELETE",
	  .path = "/api/files/%s",
	  .done = "published no longer" },
	{ 0 },
};

int cmd_file(int argc, char **argv)
{
	static const struct noun noun = { "file", "Files that devices fetch by a command",
					  verbs };

	return cmd_run(&noun, argc, argv);
}
