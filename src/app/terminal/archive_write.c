#include "app/terminal/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"

enum { LINE_LIMIT = 96 << 20 };

const char *const archive_word[ARCHIVE_KINDS] = {
#define ARCHIVE_KIND(id, word) word,
#include "app/terminal/archive.def"
#undef ARCHIVE_KIND
};

struct archive_writer {
	FILE *to;
	GChecksum *sum;
	struct json line;
	struct archive_counts counts;
	int failed; /* errno */
};

/* --- members --- */

static void line_text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_string(j, gh_slice_of(value));
}

static void line_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

static void line_base64(struct json *j, const char *key, const void *data, size_t size)
{
	char *made = g_malloc(BASE64_ROOM(size));

	json_key(j, key);
	json_string(j, base64_encode((gh_slice){ data, size }, made));
	g_free(made);
}

static void line_moment(struct json *j, const struct gh_time *t, uint32_t code)
{
	char shown[GH_TIME_TEXT];

	gh_time_format(t, shown);
	line_text(j, "time", shown);
	line_number(j, "time_code", code);
}

/* --- lines --- */

static struct json *begin_line(struct archive_writer *w, const char *type)
{
	buffer_empty(&w->line.text);
	json_begin(&w->line);
	json_object(&w->line);
	line_text(&w->line, "type", type);
	return &w->line;
}

static struct json *record_begin(struct archive_writer *w, enum archive_kind kind)
{
	w->counts.n[kind]++;
	return begin_line(w, archive_word[kind]);
}

static void record_end(struct archive_writer *w)
{
	json_object_end(&w->line);
	buffer_add(&w->line.text, GH_LIT("\n"));
	if (w->line.text.err && !w->failed)
		w->failed = w->line.text.err == GH_ENOMEM ? ENOMEM : EFBIG;
	if (w->failed)
		return;
	g_checksum_update(w->sum, w->line.text.p, (gssize)w->line.text.n);
	if (fwrite(w->line.text.p, 1, w->line.text.n, w->to) != w->line.text.n)
		w->failed = errno ? errno : EIO;
}

struct archive_writer *archive_create(const char *path, const struct gh_terminal_info *device)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
	struct archive_writer *w;
	struct json *j;

	if (to == NULL) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	w = g_new0(struct archive_writer, 1);
	w->to = to;
	w->sum = g_checksum_new(G_CHECKSUM_SHA256);
	w->line = json_with_limit(LINE_LIMIT);
	j = begin_line(w, ARCHIVE_FORMAT);
	line_number(j, "version", ARCHIVE_VERSION);
	json_key(j, "created");
	json_utc(j, ghi_clock_wall_ms() / 1000);
	line_text(j, "serial", device->serial);
	line_text(j, "name", device->name);
	line_text(j, "firmware", device->firmware);
	record_end(w);
	return w;
}

void archive_put_option(struct archive_writer *w, const char *name, const char *value)
{
	struct json *j = record_begin(w, ARCHIVE_OPTION);

	line_text(j, "name", name);
	line_text(j, "value", value);
	record_end(w);
}

void archive_put_user(struct archive_writer *w, const struct gh_user *u)
{
	struct json *j = record_begin(w, ARCHIVE_USER);

	line_text(j, "pin", u->pin);
	line_number(j, "uid", u->uid);
	line_text(j, "name", u->name);
	line_base64(j, "name_raw", u->name_raw, strlen(u->name_raw));
	line_base64(j, "password_raw", u->password, strlen(u->password));
	line_number(j, "privilege", u->privilege);
	line_number(j, "card", u->card);
	line_number(j, "group", u->group);
	line_number(j, "own_zones", u->own_zones);
	json_key(j, "zones");
	json_array(j);
	for (size_t i = 0; i < G_N_ELEMENTS(u->zones); i++)
		json_int(j, u->zones[i]);
	json_array_end(j);
	record_end(w);
}

void archive_put_template(struct archive_writer *w, const struct gh_template *t)
{
	struct json *j = record_begin(w, ARCHIVE_TEMPLATE);

	line_text(j, "pin", t->pin);
	line_number(j, "uid", t->uid);
	line_number(j, "finger", t->finger);
	line_number(j, "flag", t->flag);
	line_base64(j, "data", t->data, t->size);
	record_end(w);
}

void archive_put_blob(struct archive_writer *w, enum archive_kind kind, const char *pin,
		      uint16_t uid, const uint8_t *data, size_t size)
{
	struct json *j = record_begin(w, kind);

	line_text(j, "pin", pin);
	line_number(j, "uid", uid);
	line_base64(j, "data", data, size);
	record_end(w);
}

void archive_put_punch(struct archive_writer *w, const struct gh_punch *p)
{
	struct json *j = record_begin(w, ARCHIVE_PUNCH);

	line_text(j, "pin", p->pin);
	line_number(j, "uid", p->uid);
	line_moment(j, &p->time, p->time_code);
	line_number(j, "status", p->status);
	line_number(j, "verify", p->verify);
	line_number(j, "work_code", p->work_code);
	record_end(w);
}

void archive_put_oplog(struct archive_writer *w, const struct gh_oplog *l)
{
	struct json *j = record_begin(w, ARCHIVE_OPLOG);

	line_number(j, "admin", l->admin);
	line_number(j, "op", l->op);
	line_moment(j, &l->time, l->time_code);
	line_base64(j, "raw", l->raw, sizeof(l->raw));
	record_end(w);
}

void archive_put_missing(struct archive_writer *w, enum archive_kind what, const char *why)
{
	struct json *j = record_begin(w, ARCHIVE_MISSING);

	line_text(j, "what", archive_word[what]);
	line_text(j, "why", why);
	record_end(w);
}

static void last_line(struct archive_writer *w)
{
	/* The sum takes in this line too, but is not read afterwards. */
	GChecksum *so_far = g_checksum_copy(w->sum);
	struct json *j = begin_line(w, "end");

	json_key(j, "counts");
	json_object(j);
	for (int i = 0; i < ARCHIVE_KINDS; i++)
		line_number(j, archive_word[i], w->counts.n[i]);
	json_object_end(j);
	line_text(j, "sha256", g_checksum_get_string(so_far));
	record_end(w);
	g_checksum_free(so_far);
}

bool archive_failed(const struct archive_writer *w)
{
	return w->failed != 0;
}

int archive_finish(struct archive_writer *w, bool complete, struct archive_counts *counts)
{
	int failed;

	if (complete)
		last_line(w);
	if (!w->failed && complete && (fflush(w->to) || fsync(fileno(w->to))))
		w->failed = errno;
	if (fclose(w->to) && !w->failed)
		w->failed = errno;
	failed = w->failed;
	*counts = w->counts;
	json_clear(&w->line);
	g_checksum_free(w->sum);
	g_free(w);
	return failed;
}
