/* Commands about files: GetFile, PutFile, UPGRADE, SHELL. Nothing of the machine the
 * simulator runs on is read, written or run. */
#include "base/base64.h"
#include "base/number.h"
#include "sim/attendance/execute.h"
#include "sim/attendance/order.h"
#include "sim/attendance/pack.h"
#include "sim/attendance/settings.h"

#include <stdio.h>
#include <stdlib.h>

#define PACKAGE_LIMIT ((size_t)4 << 20)
#define URL_LIMIT 400

/* One key a line (PUSH SDK 2013, 3.2.4-1, 13; Attendance PUSH 2020-03, 12.5, 12.8.1). */
static void answer_block(struct unit *u, gh_slice id, int64_t code, const char *cmd,
			 gh_slice file, gh_slice content)
{
	char text[1024];
	bool get = !strcmp(cmd, "GetFile");
	int n = snprintf(text, sizeof(text), "ID=%.*s\nSN=%s\n", GH_FMT(id), u->sn);

	if (get)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "FILENAME=%.*s\nCMD=GetFile\nReturn=%lld\nContent=", GH_FMT(file),
			      (long long)code);
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "Return=%lld\nCMD=%s\nFILENAME=%.*s\nContent=", (long long)code,
			      cmd, GH_FMT(file));
	if (!order_put(u, (gh_slice){ (const uint8_t *)text, (size_t)n }))
		return;
	order_put(u, content);
	u->answers++;
	u->account->results++;
}

void order_get_file(struct unit *u, const struct order *o)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	gh_slice name, rest = o->args;

	while (gh_slice_cut(rest, '/', &name, &rest))
		;
	if (o->args.n > 256 || !gh_slice_ieq(name, GH_LIT("options.cfg"))) {
		order_answer(u, o->id, RETURN_ACCESS, "GetFile", "");
		return;
	}
	settings_put_all(&w, u, "\n");
	answer_block(u, o->id, (int64_t)w.n, "GetFile", o->args, ghi_written(&w));
}

void order_shell(struct unit *u, const struct order *o)
{
	char text[64];
	ghi_civil now = ghi_civil_from_seconds(unit_clock_s(u));
	gh_slice output = GH_LIT("");
	int64_t code = 0;

	if (o->args.n == 0) {
		order_answer(u, o->id, RETURN_PARAMETER, "Shell", "");
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
	answer_block(u, o->id, code, "Shell", GH_LIT("shellout.txt"), output);
}

/* The path of a URL; what is not complete stands below /iclock/ (PUSH SDK 2013, 3.2.4-14). */
static bool path_of(gh_slice url, char *to, size_t cap)
{
	gh_slice host, path;
	int n;

	if (gh_slice_istarts(url, GH_LIT("http://"))) {
		url = gh_slice_from(url, strlen("http://"));
		gh_slice_cut(url, '/', &host, &path);
		n = snprintf(to, cap, "/%.*s", GH_FMT(path));
	} else {
		n = snprintf(to, cap, "/iclock/%.*s", GH_FMT(url));
	}
	return url.n && n > 0 && (size_t)n < cap;
}

static bool fetch(struct unit *u, const struct order *o, gh_slice url)
{
	struct unit_fetch f = { .active = true, .size = -1 };

	if (!path_of(url, f.path, sizeof(f.path)))
		return false;
	snprintf(f.id, sizeof(f.id), "%.*s", GH_FMT(o->id));
	u->fetch = f;
	return true;
}

void order_put_file(struct unit *u, const struct order *o)
{
	gh_slice url, rest, action, table;

	gh_slice_cut(o->args, '\t', &url, &rest);
	if (!fetch(u, o, gh_slice_trim(url))) {
		order_answer(u, o->id, RETURN_PARAMETER, "PutFile", "");
		return;
	}
	if (!pair_get(rest, "Action", &action))
		return;
	u->fetch.replace = gh_slice_ieq(gh_slice_trim(action), GH_LIT("SyncData"));
	u->fetch.apply =
		u->fetch.replace || gh_slice_ieq(gh_slice_trim(action), GH_LIT("AppendData"));
	u->fetch.table = pair_get(rest, "TableName", &table) ? table_named(gh_slice_trim(table))
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

void order_upgrade(struct unit *u, const struct order *o)
{
	gh_slice url, text;
	uint64_t size;

	if (!upgrade_arg(o->args, "url", &url) || url.n > URL_LIMIT || !fetch(u, o, url)) {
		order_answer(u, o->id, RETURN_PARAMETER, "UPGRADE", "");
		return;
	}
	u->fetch.upgrade = true;
	snprintf(u->fetch.path, sizeof(u->fetch.path), "/iclock/file?SN=%s&url=%.*s", u->sn,
		 GH_FMT(url));
	if (upgrade_arg(o->args, "size", &text) && !ghi_number_parse(text, INT32_MAX, &size))
		u->fetch.size = (int64_t)size;
	u->fetch.base64 = !upgrade_arg(o->args, "type", &text);
	if (upgrade_arg(o->args, "checksum", &text))
		snprintf(u->fetch.checksum, sizeof(u->fetch.checksum), "%.*s", GH_FMT(text));
}

/* Size and MD5 of what came, decoded when it was sent as text (method 1). */
static int64_t upgrade_check(const struct unit_fetch *f, gh_slice file)
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
static int64_t apply(struct unit *u, const struct unit_fetch *f, gh_slice file)
{
	gh_slice text;
	int64_t done;

	if (pack_read(file, PACKAGE_LIMIT, &text))
		return RETURN_BAD_FORMAT;
	done = execute_package(u, text, f->replace, f->table);
	free((void *)(uintptr_t)text.p);
	return done;
}

void execute_fetched(struct unit *u, gh_slice file)
{
	struct unit_fetch f = u->fetch;
	gh_slice id = gh_slice_of(f.id);
	char block[128];
	int64_t code;
	int n;

	u->fetch.active = false;
	if (file.p == NULL) {
		order_answer(u, id, RETURN_NOT_FETCHED, f.upgrade ? "UPGRADE" : "PutFile", "");
	} else if (f.upgrade) {
		code = upgrade_check(&f, file);
		order_answer(u, id, code, "UPGRADE", "");
		u->reboot = code == RETURN_OK;
	} else {
		code = f.apply ? apply(u, &f, file) : (int64_t)file.n;
		n = snprintf(block, sizeof(block), "ID=%s\nReturn=%lld\nCMD=PutFile\n", f.id,
			     (long long)code);
		u->answers += order_put(u, (gh_slice){ (const uint8_t *)block, (size_t)n });
		u->account->results++;
	}
}
