/* gatehouse device get-file: a file of a device, into one here. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/api_client/device.h"
#include "app/api_client/person.h"
#include "app/message.h"

#define WAIT_S 60 /* for the device's answer, unless --wait is given */
#define PATIENCE 60
#define PART ".XXXXXX"

struct file_fetch {
	char *part; /* the file, until it is whole */
	FILE *to;
	uint64_t bytes;
	int why; /* errno of what could not be written */
};

static bool fetch_take(void *ctx, const char *p, size_t n)
{
	struct file_fetch *f = ctx;

	f->bytes += n;
	if (fwrite(p, 1, n, f->to) == n)
		return true;
	f->why = errno;
	return false;
}

static int fetch_failed(const char *name, int why)
{
	message_print("%s cannot be written: %s", name, g_strerror(why));
	return CMD_FAILED;
}

/* A new file beside the target, for its owner only, as the files of backups and archives are. */
static bool fetch_part_open(struct file_fetch *f, const char *name)
{
	int fd;

	f->part = g_strconcat(name, PART, NULL);
	fd = g_mkstemp_full(f->part, O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return false;
	f->to = fdopen(fd, "w");
	if (f->to)
		return true;
	f->why = errno;
	close(fd);
	g_unlink(f->part);
	errno = f->why;
	return false;
}

/* Written beside the file, and in its place when it is whole. */
static int fetch_content(struct cmd *c, struct file_fetch *f, const char *id)
{
	char *path = client_path(&c->client, "/api/commands/%s/content", id);
	int end = client_stream(&c->client, path, NULL, PATIENCE, fetch_take, f);
	if (f->why == 0 && end == CMD_OK && (fflush(f->to) || fsync(fileno(f->to))))
		f->why = errno;
	if (fclose(f->to) && f->why == 0)
		f->why = errno;
	g_free(path);
	return f->why ? fetch_failed(f->part, f->why) : end;
}

/* No file is replaced without --force. */
static bool fetch_may_write(const struct cmd *c, const char *name)
{
	if (c->opt[CMD_force] || !g_file_test(name, G_FILE_TEST_EXISTS))
		return true;
	message_print("%s is there already; --force replaces it", name);
	return false;
}

static int fetch_to_file(struct cmd *c, const char *id, uint64_t *bytes)
{
	const char *name = c->opt[CMD_output];
	struct file_fetch f = { 0 };
	int end = fetch_part_open(&f, name) ? fetch_content(c, &f, id)
					    : fetch_failed(name, errno);

	/* One may have come meanwhile. */
	if (end == CMD_OK && !fetch_may_write(c, name))
		end = CMD_FAILED;
	if (end == CMD_OK && g_rename(f.part, name))
		end = fetch_failed(name, errno);
	if (end && f.to)
		g_unlink(f.part);
	g_free(f.part);
	*bytes = f.bytes;
	return end;
}

static const char *answer_text(json_t *command, const char *key)
{
	const char *text = json_string_value(json_object_get(command, key));

	return text ? text : "";
}

/* What became of the order, where that is no file. */
static int fetch_none(json_t *command)
{
	const char *status = answer_text(command, "status"),
		   *meaning = answer_text(command, "meaning");

	if (cmd_may_be_answered(status))
		message_print("the device has not answered yet; command %s is %s. When it is "
			      "acknowledged, GET /api/commands/%s/content has the file",
			      answer_text(command, "commandId"), status,
			      answer_text(command, "commandId"));
	else
		message_print("command %s is %s%s%s; there is no file",
			      answer_text(command, "commandId"), status, *meaning ? ": " : "",
			      meaning);
	return CMD_FAILED;
}

static int fetch_answered(struct cmd *c, json_t *reply)
{
	json_t *command = json_object_get(reply, "data");
	const char *fault = answer_text(command, "contentFault");
	uint64_t bytes = 0;
	int end;

	if (strcmp(answer_text(command, "status"), "acknowledged") != 0)
		return fetch_none(command);
	end = fetch_to_file(c, answer_text(command, "commandId"), &bytes);
	if (end)
		return end;
	if (c->json) {
		json_dumpf(reply, stdout, JSON_COMPACT);
		printf("\n");
	} else {
		printf("%s: %llu bytes\n", c->opt[CMD_output], (unsigned long long)bytes);
	}
	if (*fault == '\0')
		return CMD_OK;
	message_print("%s: what the device sent is not as it declared it (%s)",
		      c->opt[CMD_output], fault);
	return CMD_FAILED;
}

static int fetch_order(struct cmd *c, char **id)
{
	json_t *reply = NULL, *body = json_pack("{s:s,s:s,s:s}", "type", "get_file",
						"deviceSerial", c->argv[0], "path", c->argv[1]);
	int end = CMD_USAGE;

	if (body == NULL) {
		message_print("the path is not UTF-8");
		return end;
	}
	if (c->opt[CMD_ttl])
		json_object_set_new(body, "ttl",
				    json_integer(g_ascii_strtoll(c->opt[CMD_ttl], NULL, 10)));
	end = client_call(&c->client, "POST", "/api/commands", body, false, &reply);
	*id = g_strdup(json_string_value(json_object_get(reply, "commandId")));
	json_decref(reply);
	json_decref(body);
	return end;
}

int cmd_device_get_file(struct cmd *c)
{
	double seconds = c->opt[CMD_wait] ? g_ascii_strtod(c->opt[CMD_wait], NULL) : WAIT_S;
	json_t *reply = NULL;
	char *id = NULL;
	int end;

	if (c->opt[CMD_output] == NULL)
		return cmd_order_verb(c);
	if (strpbrk(c->argv[0], ",*?")) {
		message_print("--output is for a file of one device; %s may be several",
			      c->argv[0]);
		return CMD_USAGE;
	}
	if (!fetch_may_write(c, c->opt[CMD_output]))
		return CMD_USAGE;
	end = fetch_order(c, &id);
	if (end == CMD_OK && id)
		end = cmd_wait_read(c, id, seconds, &reply);
	if (end == CMD_OK)
		end = fetch_answered(c, reply);
	json_decref(reply);
	g_free(id);
	return end;
}
