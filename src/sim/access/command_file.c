/* UPGRADE, by its three methods (Security PUSH 3.1.2, 9.4.1), and the fetching of any file. */
#include "base/base64.h"
#include "base/number.h"
#include "sim/access/command.h"
#include "wire/access/parameters.h"

#include <stdio.h>
#include <stdlib.h>

#define FETCH_PART ((size_t)1 << 20)
#define FETCH_MAX ((size_t)64 << 20)

enum { METHOD_TEXT = 1, METHOD_RAW = 2, METHOD_PARTS = 3, METHOD_PHOTO = 4 };

static void fetch_text(char *to, size_t room, gh_slice text)
{
	snprintf(to, room, "%.*s", GH_FMT(text));
}

void unit_fetch_begin(struct unit *u)
{
	struct unit_fetch *f = &u->fetch;
	struct acc_post *p =
		acc_outbox_add(&u->outbox, ACC_POST_FETCH, f->path, "", (gh_slice){ 0 });

	if (p && f->method == METHOD_PARTS)
		snprintf(p->range, sizeof(p->range), "Range: bytes=%u-%zu\r\n", f->bytes->len,
			 f->bytes->len + FETCH_PART - 1);
}

static void fetch_end(struct unit *u, int64_t code)
{
	const struct unit_command c = { .id = gh_slice_of(u->fetch.id),
					.words = u->fetch.words };

	u->fetch.active = false;
	unit_answer(u, &c, code, "");
}

/* Method 1 sends the file as text. */
static int64_t fetch_decode(struct unit_fetch *f)
{
	gh_slice text = { f->bytes->data, f->bytes->len }, out;
	uint8_t *to;
	enum gh_err err;

	if (f->method != METHOD_TEXT)
		return UNIT_OK;
	to = malloc(text.n + 1);
	err = to ? base64_decode(text, to, &out) : GH_ENOMEM;
	if (err == GH_OK) {
		g_byte_array_set_size(f->bytes, 0);
		g_byte_array_append(f->bytes, out.p, (guint)out.n);
	}
	free(to);
	return err ? UNIT_BASE64 : UNIT_OK;
}

static int64_t fetch_check(const struct unit_fetch *f)
{
	char *sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, f->bytes->data, f->bytes->len);
	bool same = g_ascii_strcasecmp(sum, f->checksum) == 0;

	g_free(sum);
	if (f->size >= 0 && f->size != f->bytes->len)
		return UNIT_LENGTH;
	return same ? UNIT_OK : UNIT_CHECKSUM;
}

/* --- what is in it --- */

/* No document has the form of firmware; this is the simulator's own. What does not begin with the first line is
 * installed as it is:
 *   [firmware]
 *   flag=emfw
 *   name=emfw.cfg
 *   platform=F20/M
 *   version=8.0.2 */
static const char firmware_head[] = "[firmware]\n";

static gh_slice firmware_value(gh_slice text, const char *key)
{
	gh_slice line, name, value;

	while (text.n) {
		gh_slice_cut(text, '\n', &line, &text);
		if (gh_slice_cut(line, '=', &name, &value) &&
		    gh_slice_eq(name, gh_slice_of(key)))
			return gh_slice_trim(value);
	}
	return (gh_slice){ 0 };
}

/* The next number of a version, -1 behind the last. Words before the first digit are passed over. */
static int64_t version_part(gh_slice *text, bool first)
{
	uint64_t n = 0;
	size_t digits = 0;

	while (first && text->n && !g_ascii_isdigit(text->p[0]))
		*text = gh_slice_from(*text, 1);
	if (!first && text->n && text->p[0] == '.')
		*text = gh_slice_from(*text, 1);
	while (digits < text->n && g_ascii_isdigit(text->p[digits]))
		digits++;
	if (digits == 0 || ghi_number_parse((gh_slice){ text->p, digits }, INT32_MAX, &n))
		return -1;
	*text = gh_slice_from(*text, digits);
	return (int64_t)n;
}

static bool version_is_older(gh_slice a, gh_slice b)
{
	int64_t x, y;
	bool first = true;

	do {
		x = version_part(&a, first);
		y = version_part(&b, first);
		first = false;
	} while (x == y && x >= 0);
	return x < y;
}

static int64_t firmware_check(struct unit *u, gh_slice file)
{
	const char *platform = panel_option(&u->panel, GH_LIT("~Platform")),
		   *version = panel_option(&u->panel, GH_LIT("FirmVer"));
	gh_slice newer = firmware_value(file, "version");

	if (!gh_slice_starts(file, gh_slice_of(firmware_head)))
		return UNIT_OK;
	if (!gh_slice_eq(firmware_value(file, "flag"), GH_LIT("emfw")))
		return UNIT_WRONG_FLAG;
	if (!gh_slice_eq(firmware_value(file, "name"), GH_LIT("emfw.cfg")))
		return UNIT_WRONG_NAME;
	if (platform == NULL || *platform == '\0')
		return UNIT_NO_PLATFORM;
	if (!gh_slice_eq(firmware_value(file, "platform"), gh_slice_of(platform)))
		return UNIT_OTHER_PLATFORM;
	if (version_is_older(newer, gh_slice_of(version ? version : "")))
		return UNIT_OLDER;
	/* What it reports when it registers next. */
	return panel_option_set(&u->panel, GH_LIT("FirmVer"), newer) ? UNIT_NOT_SAVED : UNIT_OK;
}

void unit_fetched(struct unit *u, const struct sim_reply *reply)
{
	struct unit_fetch *f = &u->fetch;
	gh_slice body = sim_reply_body(reply);
	int64_t code;

	if (!f->active)
		return;
	if (reply->status / 100 == 4 || body.n > FETCH_MAX - f->bytes->len) {
		fetch_end(u, UNIT_NO_DOWNLOAD);
		return;
	}
	g_byte_array_append(f->bytes, body.p, (guint)body.n);
	if (f->method == METHOD_PHOTO && body.n == 0) {
		fetch_end(u, UNIT_NO_DOWNLOAD);
		return;
	}
	if (f->method == METHOD_PHOTO) {
		f->active = false;
		unit_photo_fetched(u, body);
		return;
	}
	if (reply->status == 206 && body.n == FETCH_PART &&
	    (f->size < 0 || f->bytes->len < (guint)f->size)) {
		unit_fetch_begin(u);
		return;
	}
	code = fetch_decode(f);
	if (code == UNIT_OK)
		code = fetch_check(f);
	if (code == UNIT_OK)
		code = firmware_check(u, (gh_slice){ f->bytes->data, f->bytes->len });
	/* The new firmware starts. */
	u->reboot = code == UNIT_OK;
	fetch_end(u, code);
}

/* The path below the server's prefix: of an address, what stands behind the host. */
static bool fetch_path(struct unit *u, gh_slice url)
{
	struct unit_fetch *f = &u->fetch;

	if (f->method < METHOD_PARTS) {
		/* Not percent-encoded (A59). */
		int n = snprintf(f->path, sizeof(f->path), "/iclock/file?SN=%s&url=%.*s", u->sn,
				 GH_FMT(url));

		return n > 0 && (size_t)n < sizeof(f->path) &&
		       memchr(url.p, ' ', url.n) == NULL;
	}
	if (gh_slice_istarts(url, GH_LIT("http://")) ||
	    gh_slice_istarts(url, GH_LIT("https://"))) {
		gh_slice scheme, host;

		gh_slice_cut(url, ':', &scheme, &url);
		gh_slice_cut(gh_slice_from(url, 2), '/', &host, &url);
	}
	while (url.n && url.p[0] == '/')
		url = gh_slice_from(url, 1);
	if (url.n == 0 || url.n + 2 > sizeof(f->path) || memchr(url.p, ' ', url.n))
		return false;
	snprintf(f->path, sizeof(f->path), "/%.*s", GH_FMT(url));
	return true;
}

/* What it had of the latest fetch is over. */
static void fetch_open(struct unit *u, const struct unit_command *c, const char *words,
		       int method)
{
	struct unit_fetch *f = &u->fetch;

	unit_fetch_free(u);
	*f = (struct unit_fetch){
		.words = words, .bytes = g_byte_array_new(), .size = -1, .method = method
	};
	fetch_text(f->id, sizeof(f->id), c->id);
}

void unit_fetch_free(struct unit *u)
{
	GByteArray *held[] = { u->fetch.bytes, u->fetch.row, u->fetch.rest };

	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (held[i])
			g_byte_array_unref(held[i]);
	u->fetch = (struct unit_fetch){ 0 };
}

static GByteArray *fetch_copy(gh_slice text)
{
	return g_byte_array_append(g_byte_array_new(), text.p, (guint)text.n);
}

bool unit_photo_fetch(struct unit *u, const struct unit_command *c, enum panel_table_id t,
		      gh_slice row, gh_slice rest)
{
	gh_slice url = unit_pair(row, "url");
	GByteArray *kept = fetch_copy(row), *behind = fetch_copy(rest);

	/* `rest` may be of the fetch before. */
	fetch_open(u, c, "DATA UPDATE", METHOD_PHOTO);
	u->fetch.row = kept;
	u->fetch.rest = behind;
	u->fetch.table = (int)t;
	u->fetch.active = u->serving == NULL && fetch_path(u, url);
	if (u->fetch.active)
		unit_fetch_begin(u);
	return u->fetch.active;
}

void unit_command_upgrade(struct unit *u, const struct unit_command *c)
{
	struct unit_fetch *f = &u->fetch;
	gh_slice url, sum, size, type;
	uint64_t n = 0;

	fetch_open(u, c, "UPGRADE", METHOD_TEXT);
	if (ghi_parameters_number(c->args, "supportsubcontracting", 0) == 1)
		f->method = METHOD_PARTS;
	else if (ghi_parameters_get(c->args, "type", &type) && gh_slice_eq(type, GH_LIT("1")))
		f->method = METHOD_RAW;
	if (!ghi_parameters_get(c->args, "url", &url) || !fetch_path(u, url) ||
	    !ghi_parameters_get(c->args, "checksum", &sum)) {
		unit_answer(u, c, UNIT_URL, "");
		return;
	}
	fetch_text(f->checksum, sizeof(f->checksum), sum);
	if (ghi_parameters_get(c->args, "size", &size) &&
	    ghi_number_parse(size, FETCH_MAX, &n) == GH_OK)
		f->size = (int64_t)n;
	f->active = true;
	unit_fetch_begin(u);
}
