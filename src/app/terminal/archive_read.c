#include "app/terminal/archive.h"

#include <errno.h>
#include <glib.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"

enum { LINE_LIMIT = 96 << 20, PIECE = 65536 };

struct archive_reader {
	FILE *from;
	GChecksum *sum;
	GString *line;
	uint64_t number; /* of the line */
	json_t *head, *record;
	uint8_t *data;
	struct archive_counts counts;
	char why[256];
};

__attribute__((format(printf, 2, 3))) static enum gh_err bad(struct archive_reader *r,
							     const char *format, ...)
{
	va_list ap;
	int n = g_snprintf(r->why, sizeof(r->why),
			   "line %llu: ", (unsigned long long)r->number);

	va_start(ap, format);
	g_vsnprintf(r->why + n, sizeof(r->why) - (gulong)n, format, ap);
	va_end(ap);
	return GH_ECORRUPT;
}

/* GH_EEND: there is no other line. */
static enum gh_err archive_line_read(struct archive_reader *r)
{
	char piece[PIECE];

	g_string_truncate(r->line, 0);
	r->number++;
	while (fgets(piece, sizeof(piece), r->from)) {
		g_string_append(r->line, piece);
		if (r->line->len && r->line->str[r->line->len - 1] == '\n')
			return GH_OK;
		if (r->line->len > LINE_LIMIT)
			return bad(r, "it is too long");
	}
	if (ferror(r->from))
		return bad(r, "%s", strerror(errno));
	return r->line->len ? bad(r, "the file ends in the middle of it") : GH_EEND;
}

static enum gh_err archive_line_parse(struct archive_reader *r)
{
	enum gh_err err = archive_line_read(r);
	json_error_t e;

	if (err == GH_EEND)
		return bad(r, "the end is missing: this backup is incomplete");
	if (err)
		return err;
	json_decref(r->record);
	r->record = json_loadb(r->line->str, r->line->len, JSON_REJECT_DUPLICATES, &e);
	if (!json_is_object(r->record))
		return bad(r, "this is no record of a backup");
	return GH_OK;
}

/* --- members --- */

static const char *string_of(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static bool number_of(json_t *o, const char *key, uint64_t max, uint64_t *out)
{
	json_t *v = json_object_get(o, key);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 0 || (uint64_t)n > max)
		return false;
	*out = (uint64_t)n;
	return true;
}

/* The bytes of a base64 text on the heap; {NULL, 0}: absent, empty, or no base64. */
static gh_slice record_base64(json_t *o, const char *key)
{
	gh_slice text = gh_slice_of(string_of(o, key)), bytes = { 0 };
	uint8_t *to = g_malloc(text.n + 1);

	if (base64_decode(text, to, &bytes))
		g_free(to);
	return bytes;
}

static bool bytes_of(json_t *o, const char *key, char *out, size_t size)
{
	gh_slice bytes = record_base64(o, key);
	bool fits = bytes.n < size && (bytes.n || *string_of(o, key) == '\0');

	memset(out, 0, size);
	if (fits && bytes.n)
		memcpy(out, bytes.p, bytes.n);
	g_free((void *)(uintptr_t)bytes.p);
	return fits;
}

static bool archive_pin_of(json_t *o, char out[GH_PIN_SIZE])
{
	const char *pin = string_of(o, "pin");
	size_t n = strlen(pin);

	if (n >= GH_PIN_SIZE)
		return false;
	memset(out, 0, GH_PIN_SIZE);
	memcpy(out, pin, n);
	return true;
}

static bool archive_user_of(json_t *o, struct gh_user *out)
{
	struct gh_user u = { 0 };
	json_t *zones = json_object_get(o, "zones");
	uint64_t uid, privilege, group, own;

	if (!archive_pin_of(o, u.pin) || u.pin[0] == 0 ||
	    !number_of(o, "uid", UINT16_MAX, &uid) ||
	    !number_of(o, "privilege", UINT8_MAX, &privilege) ||
	    !number_of(o, "group", UINT8_MAX, &group) ||
	    !number_of(o, "own_zones", UINT8_MAX, &own) ||
	    !number_of(o, "card", INT64_MAX, &u.card) ||
	    !bytes_of(o, "name_raw", u.name_raw, sizeof(u.name_raw)) ||
	    !bytes_of(o, "password_raw", u.password, sizeof(u.password)))
		return false;
	u.uid = (uint16_t)uid;
	u.privilege = (uint8_t)privilege;
	u.group = (uint8_t)group;
	u.own_zones = (uint8_t)own;
	for (size_t i = 0; i < G_N_ELEMENTS(u.zones); i++)
		u.zones[i] = (uint16_t)json_integer_value(json_array_get(zones, i));
	*out = u;
	return true;
}

static bool archive_template_of(struct archive_reader *r, struct gh_template *out)
{
	struct gh_template t = { 0 };
	uint64_t uid, finger, flag;
	gh_slice bytes;

	if (!archive_pin_of(r->record, t.pin) ||
	    !number_of(r->record, "uid", UINT16_MAX, &uid) ||
	    !number_of(r->record, "finger", GH_FINGERS - 1, &finger) ||
	    !number_of(r->record, "flag", UINT8_MAX, &flag))
		return false;
	g_free(r->data);
	bytes = record_base64(r->record, "data");
	r->data = (uint8_t *)(uintptr_t)bytes.p;
	if (bytes.n == 0 || bytes.n > UINT16_MAX)
		return false;
	t.uid = (uint16_t)uid;
	t.finger = (uint8_t)finger;
	t.flag = (uint8_t)flag;
	t.size = (uint16_t)bytes.n;
	t.data = r->data;
	*out = t;
	return true;
}

/* --- the file --- */

static enum gh_err archive_head_read(struct archive_reader *r)
{
	uint64_t version;
	enum gh_err err = archive_line_parse(r);

	if (err || strcmp(string_of(r->record, "type"), ARCHIVE_FORMAT) != 0)
		return bad(r, "this is no backup of a terminal");
	if (!number_of(r->record, "version", INT32_MAX, &version) || version != ARCHIVE_VERSION)
		return bad(r, "this backup is of a version this program does not support");
	g_checksum_update(r->sum, (const guchar *)r->line->str, (gssize)r->line->len);
	r->head = json_incref(r->record);
	return GH_OK;
}

enum gh_err archive_open(const char *path, struct archive_reader **out, char **why)
{
	FILE *from = fopen(path, "re");
	struct archive_reader *r;

	if (from == NULL) {
		*why = g_strdup(strerror(errno));
		return GH_EIO;
	}
	r = g_new0(struct archive_reader, 1);
	r->from = from;
	r->sum = g_checksum_new(G_CHECKSUM_SHA256);
	r->line = g_string_new(NULL);
	if (archive_head_read(r)) {
		*why = g_strdup(r->why);
		archive_close(r);
		return GH_ECORRUPT;
	}
	*out = r;
	return GH_OK;
}

void archive_close(struct archive_reader *r)
{
	if (r == NULL)
		return;
	fclose(r->from);
	g_checksum_free(r->sum);
	g_string_free(r->line, TRUE);
	json_decref(r->head);
	json_decref(r->record);
	g_free(r->data);
	g_free(r);
}

static enum gh_err archive_end_check(struct archive_reader *r)
{
	json_t *counts = json_object_get(r->record, "counts");
	uint64_t n;

	if (strcmp(string_of(r->record, "sha256"), g_checksum_get_string(r->sum)) != 0)
		return bad(r, "the checksum does not fit: the file was changed or damaged");
	for (int i = 0; i < ARCHIVE_KINDS; i++)
		if (!number_of(counts, archive_word[i], INT64_MAX, &n) || n != r->counts.n[i])
			return bad(r,
				   "there are %llu records of type %s, which is not the "
				   "count in the last line",
				   (unsigned long long)r->counts.n[i], archive_word[i]);
	if (archive_line_read(r) != GH_EEND)
		return bad(r, "something follows the end");
	return GH_EEND;
}

enum gh_err archive_next(struct archive_reader *r, struct archive_record *out)
{
	enum gh_err err = archive_line_parse(r);
	const char *type = string_of(r->record, "type");

	if (err)
		return err;
	if (!strcmp(type, "end"))
		return archive_end_check(r);
	g_checksum_update(r->sum, (const guchar *)r->line->str, (gssize)r->line->len);
	for (int i = 0; i < ARCHIVE_KINDS; i++) {
		if (strcmp(type, archive_word[i]) != 0)
			continue;
		if ((i == ARCHIVE_USER && !archive_user_of(r->record, &out->user)) ||
		    (i == ARCHIVE_TEMPLATE && !archive_template_of(r, &out->tmpl)))
			return bad(r, "this is no valid %s", type);
		r->counts.n[i]++;
		out->kind = (enum archive_kind)i;
		return GH_OK;
	}
	return bad(r, "no backup has records of type %s", type);
}

const char *archive_why(const struct archive_reader *r)
{
	return r->why;
}

const char *archive_serial(const struct archive_reader *r)
{
	return string_of(r->head, "serial");
}

const struct archive_counts *archive_counted(const struct archive_reader *r)
{
	return &r->counts;
}
