/* Commands about files: GetFile, PutFile, UPGRADE, SHELL. The files of the
 * simulator's machine are neither read, written nor run. */
#include "base/base64.h"
#include "base/number.h"
#include "sim/attendance/command.h"
#include "sim/attendance/execution.h"
#include "sim/attendance/pack.h"
#include "sim/attendance/settings.h"

#include <stdio.h>
#include <stdlib.h>

#define PACKAGE_LIMIT ((size_t)4 << 20)
#define URL_LIMIT 400

/* One key a line (PUSH SDK 2013, 3.2.4-1, 13; Attendance PUSH 2020-03, 12.5, 12.8.1). */
static void files_answer_block(struct sim_device *d, gh_slice id, int64_t code, const char *cmd,
			       gh_slice file, gh_slice content)
{
	char text[1024];
	bool get = !strcmp(cmd, "GetFile");
	int n = snprintf(text, sizeof(text), "ID=%.*s\nSN=%s\n", GH_FMT(id), d->sn);

	if (get)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "FILENAME=%.*s\nCMD=GetFile\nReturn=%lld\nContent=", GH_FMT(file),
			      (long long)code);
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "Return=%lld\nCMD=%s\nFILENAME=%.*s\nContent=", (long long)code,
			      cmd, GH_FMT(file));
	if (!sim_command_put(d, (gh_slice){ (const uint8_t *)text, (size_t)n }))
		return;
	sim_command_put(d, content);
	d->answers++;
	d->statistics->results++;
}

void sim_command_get_file(struct sim_device *d, const struct sim_command *o)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	gh_slice name, rest = o->args;

	while (gh_slice_cut(rest, '/', &name, &rest))
		;
	if (o->args.n > 256 || !gh_slice_ieq(name, GH_LIT("options.cfg"))) {
		sim_command_answer(d, o->id, RETURN_ACCESS, "GetFile", "");
		return;
	}
	settings_put_all(&w, d, "\n");
	files_answer_block(d, o->id, (int64_t)w.n, "GetFile", o->args, ghi_written(&w));
}

void sim_command_shell(struct sim_device *d, const struct sim_command *o)
{
	char text[64];
	ghi_civil now = ghi_civil_from_seconds(sim_device_clock_s(d));
	gh_slice output = GH_LIT("");
	int64_t code = 0;

	if (o->args.n == 0) {
		sim_command_answer(d, o->id, RETURN_PARAMETER, "Shell", "");
		return;
	}
	if (gh_slice_eq(o->args, GH_LIT("date"))) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_put_civil(&w, now);
		ghi_put_u8(&w, '\n');
		output = ghi_written(&w);
	} else if (gh_slice_eq(o->args, GH_LIT("uname"))) {
		output = GH_LIT("Linux\n");
	} else if (gh_slice_eq(o->args, GH_LIT("ls"))) {
		output = GH_LIT("main\noptions.cfg\nssruser.dat\n");
	} else {
		code = 127;
		output = GH_LIT("sh: not found\n");
	}
	files_answer_block(d, o->id, code, "Shell", GH_LIT("shellout.txt"), output);
}

/* The path of a URL; what is not complete stands below /iclock/ (PUSH SDK 2013, 3.2.4-14). */
static bool path_of(gh_slice url, char *to, size_t cap)
{
	gh_slice host, path;
	int n;

	bool https = gh_slice_istarts(url, GH_LIT("https://"));

	if (https || gh_slice_istarts(url, GH_LIT("http://"))) {
		url = gh_slice_from(url, https ? strlen("https://") : strlen("http://"));
		gh_slice_cut(url, '/', &host, &path);
		n = snprintf(to, cap, "/%.*s", GH_FMT(path));
	} else {
		n = snprintf(to, cap, "/iclock/%.*s", GH_FMT(url));
	}
	return url.n && n > 0 && (size_t)n < cap;
}

static bool fetch_start(struct sim_device *d, const struct sim_command *o, gh_slice url)
{
	struct sim_fetch f = { .active = true, .size = -1 };

	if (!path_of(url, f.path, sizeof(f.path)))
		return false;
	snprintf(f.id, sizeof(f.id), "%.*s", GH_FMT(o->id));
	d->fetch = f;
	return true;
}

void sim_command_put_file(struct sim_device *d, const struct sim_command *o)
{
	gh_slice url, rest, action, table;

	gh_slice_cut(o->args, '\t', &url, &rest);
	if (!fetch_start(d, o, gh_slice_trim(url))) {
		sim_command_answer(d, o->id, RETURN_PARAMETER, "PutFile", "");
		return;
	}
	if (!pair_get(rest, "Action", &action))
		return;
	d->fetch.replace = gh_slice_ieq(gh_slice_trim(action), GH_LIT("SyncData"));
	d->fetch.apply =
		d->fetch.replace || gh_slice_ieq(gh_slice_trim(action), GH_LIT("AppendData"));
	d->fetch.table = pair_get(rest, "TableName", &table) ? table_named(gh_slice_trim(table))
							     : TABLES;
}

/* "type=1,checksum=…,size=…,url=…" in any order. */
static bool upgrade_arg(gh_slice args, const char *key, gh_slice *value)
{
	gh_slice piece, name;

	while (args.n) {
		gh_slice_cut(args, ',', &piece, &args);
		if (gh_slice_cut(piece, '=', &name, value) &&
		    gh_slice_ieq(gh_slice_trim(name), gh_slice_of(key)))
			return true;
	}
	return false;
}

void sim_command_upgrade(struct sim_device *d, const struct sim_command *o)
{
	gh_slice url, text;
	uint64_t size;

	if (!upgrade_arg(o->args, "url", &url) || url.n > URL_LIMIT ||
	    !fetch_start(d, o, url)) {
		sim_command_answer(d, o->id, RETURN_PARAMETER, "UPGRADE", "");
		return;
	}
	d->fetch.upgrade = true;
	snprintf(d->fetch.path, sizeof(d->fetch.path), "/iclock/file?SN=%s&url=%.*s", d->sn,
		 GH_FMT(url));
	if (upgrade_arg(o->args, "size", &text) && !ghi_number_parse(text, INT32_MAX, &size))
		d->fetch.size = (int64_t)size;
	d->fetch.base64 = !upgrade_arg(o->args, "type", &text);
	if (upgrade_arg(o->args, "checksum", &text))
		snprintf(d->fetch.checksum, sizeof(d->fetch.checksum), "%.*s", GH_FMT(text));
}

/* Size and MD5 of what came, decoded when it was sent as text (method 1). */
static int64_t upgrade_check(const struct sim_fetch *f, gh_slice file)
{
	uint8_t *decoded = NULL;
	gchar *sum;
	bool good;

	if (f->base64) {
		decoded = g_malloc(file.n + 1);
		if (base64_decode(file, decoded, &file))
			file = (gh_slice){ 0 };
	}
	sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, file.p, file.n);
	good = (f->size < 0 || (size_t)f->size == file.n) &&
	       (f->checksum[0] == 0 || !g_ascii_strcasecmp(sum, f->checksum));
	g_free(sum);
	g_free(decoded);
	return good ? RETURN_OK : RETURN_PARAMETER;
}

/* The commands of a data package (Attendance PUSH 2020-03, 12.5.2). */
static int64_t fetch_apply_package(struct sim_device *d, const struct sim_fetch *f,
				   gh_slice file)
{
	gh_slice text;
	int64_t done;

	if (pack_read(file, PACKAGE_LIMIT, &text))
		return RETURN_BAD_FORMAT;
	done = execution_package(d, text, f->replace, f->table);
	free((void *)(uintptr_t)text.p);
	return done;
}

void execution_fetched(struct sim_device *d, gh_slice file)
{
	struct sim_fetch f = d->fetch;
	gh_slice id = gh_slice_of(f.id);
	char block[128];
	int64_t code;
	int n;

	d->fetch.active = false;
	if (file.p == NULL) {
		sim_command_answer(d, id, RETURN_NOT_FETCHED, f.upgrade ? "UPGRADE" : "PutFile",
				   "");
	} else if (f.upgrade) {
		code = upgrade_check(&f, file);
		sim_command_answer(d, id, code, "UPGRADE", "");
		d->reboot = code == RETURN_OK;
	} else {
		code = f.apply ? fetch_apply_package(d, &f, file) : (int64_t)file.n;
		n = snprintf(block, sizeof(block), "ID=%s\nReturn=%lld\nCMD=PutFile\n", f.id,
			     (long long)code);
		d->answers +=
			sim_command_put(d, (gh_slice){ (const uint8_t *)block, (size_t)n });
		d->statistics->results++;
	}
}
