/* POST cdata and fdata: what devices upload (Attendance PUSH 2020-03, 8 and 11; PUSH SDK
 * 2013, 3.2.3). Each upload becomes one job of the store, and is answered after its commit. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "core/ingest.h"
#include "core/metrics.h"
#include "model/person.h"
#include "model/photo.h"
#include "model/template.h"
#include "session/attendance/attendance.h"
#include "session/attendance/packed.h"
#include "wire/attendance/attlog.h"
#include "wire/attendance/attphoto.h"
#include "wire/attendance/handshake.h"
#include "wire/attendance/info.h"
#include "wire/attendance/operlog.h"

#define UNPACKED_MAX (64u << 20)
#define STAMP_MAX 32
#define ASIDE_MAX 1000 /* malformed records of one upload that get a row each */
#define REASON_MAX 128

struct upload {
	struct exchange *x;
	struct ingest *in;
	gh_slice table;
	gh_slice body;
	gh_slice unpacked; /* on the heap; body points into it */
	bool gb18030;
	bool plain_ok;	   /* "OK" and nothing else */
	size_t aside;	   /* malformed records */
	size_t raw_lines;  /* of a table without records */
	int64_t rest_line; /* of the first of them that has no row of its own */
	size_t rest_offset;
	struct device_row row;
};

bool attendance_speaks_gb18030(const struct device_row *row)
{
	return gh_slice_ieq(row->charset, GH_LIT("gb18030")) ||
	       (row->charset.n == 0 && gh_slice_eq(row->language, GH_LIT("83")));
}

/* --- what could not be read --- */

/* A body of nothing but malformed lines must not grow into a row for each. */
static enum gh_err put_aside(struct upload *u, int64_t line, size_t offset, gh_slice raw,
			     const char *reason)
{
	if (u->aside++ < ASIDE_MAX) {
		char *why = ghi_arena_text(http_arena(u->x->request), gh_slice_of(reason));

		return why ? ingest_quarantine(u->in, line, (int64_t)offset, raw, why)
			   : GH_ENOMEM;
	}
	if (u->aside == ASIDE_MAX + 1) {
		u->rest_line = line;
		u->rest_offset = offset;
	}
	return GH_OK;
}

/* One row for those beyond the limit; the whole upload is kept as it came. */
static enum gh_err put_rest_aside(struct upload *u)
{
	char *why;

	if (u->aside <= ASIDE_MAX)
		return GH_OK;
	why = ghi_arena_alloc(http_arena(u->x->request), REASON_MAX);
	if (why == NULL)
		return GH_ENOMEM;
	snprintf(why, REASON_MAX,
		 "%zu more malformed records from here on; the whole upload is kept raw",
		 u->aside - ASIDE_MAX);
	enum gh_err err = ingest_quarantine(u->in, u->rest_line, (int64_t)u->rest_offset,
					    gh_slice_from(u->body, u->rest_offset), why);
	return err ? err
		   : ingest_raw(u->in, exchange_shown_target(u->x->request),
				http_body(u->x->request));
}

/* --- the readers, one per kind of table --- */

static enum gh_err read_attlog(struct upload *u)
{
	struct ghi_lines lines = ghi_lines_of(u->body);
	enum gh_err err = GH_OK;
	gh_slice line;

	while (err == GH_OK && ghi_lines_next(&lines, &line)) {
		struct ghi_attlog_fault fault;
		struct punch p;

		if (ghi_attlog_parse(line, &p, &fault) == GH_OK) {
			err = ingest_punch(u->in, &p);
			continue;
		}
		char why[REASON_MAX];
		snprintf(why, sizeof(why), "column %u: %s", fault.column, fault.reason);
		err = put_aside(u, lines.number, lines.start, line, why);
	}
	return err ? err : put_rest_aside(u);
}

/* UTF-8 of a name, message or remark. */
static gh_slice readable(struct upload *u, gh_slice s)
{
	bool forced = gh_slice_ieq(u->row.charset, GH_LIT("gb18030"));
	gh_slice converted;

	if ((!forced && ghi_text_is_utf8(s)) || !(u->gb18030 || u->row.language.n == 0) ||
	    ghi_text_from_gb18030(s, &converted) != GH_OK)
		return s;
	gh_slice kept = ghi_arena_copy(http_arena(u->x->request), converted);
	free((void *)(uintptr_t)converted.p);
	return kept;
}

static gh_slice without_breaks(struct upload *u, gh_slice s)
{
	uint8_t *to = s.n ? ghi_arena_alloc(http_arena(u->x->request), s.n) : NULL;

	return to ? ghi_base64_squeeze(s, to) : s;
}

/* Decoded base64; {NULL,0} when it is none. */
static gh_slice decoded(struct upload *u, gh_slice s)
{
	char *text = ghi_arena_text(http_arena(u->x->request), without_breaks(u, s));
	gsize n = 0;

	if (text == NULL || s.n < 2)
		return (gh_slice){ 0 };
	for (const char *at = text; *at; at++)
		if (!g_ascii_isalnum(*at) && *at != '+' && *at != '/' && *at != '=')
			return (gh_slice){ 0 };
	guchar *bytes = g_base64_decode_inplace(text, &n);
	return (gh_slice){ bytes, n };
}

/* Bring what a line said into the form that is stored. NULL: fine; else what is wrong. */
static const char *finish_record(struct upload *u, enum model_kind_id kind,
				 union model_record *record)
{
	struct person *person = (struct person *)record;
	struct template *template = (struct template *)record;
	struct photo *photo = (struct photo *)record;

	switch (kind) {
	case KIND_PERSON:
		person->name = readable(u, person->name);
		return person->pin.n ? NULL : "PIN is missing";
	case KIND_TEMPLATE:
		template->data = without_breaks(u, template->data);
		return template->pin.n ? NULL : "PIN is missing";
	case KIND_PHOTO: {
		gh_slice content = decoded(u, photo->content);

		if (photo->content.n && content.n == 0)
			return "picture is not base64";
		photo->content = content;
		return photo->pin.n ? NULL : "PIN is missing";
	}
	default:
		return NULL;
	}
}

static enum gh_err quarantine_line(struct upload *u, const struct ghi_operlog_line *line,
				   const char *reason)
{
	gh_slice key = line->key;
	char why[REASON_MAX];

	if (key.n > 32) /* what stands there may be anything */
		key.n = 32;
	if (key.n)
		snprintf(why, sizeof(why), "%.*s: %s", GH_FMT(key), reason);
	else
		snprintf(why, sizeof(why), "%s", reason);
	return put_aside(u, line->number, line->offset, line->text, why);
}

static enum gh_err read_operlog(struct upload *u)
{
	struct ghi_operlog o = ghi_operlog_of(u->body, u->table);
	struct ghi_operlog_line *line =
		ghi_arena_alloc(http_arena(u->x->request), sizeof(*line));
	enum gh_err err = line ? GH_OK : GH_ENOMEM;
	size_t all = 0, photos = 0;

	while (err == GH_OK) {
		enum gh_err found = ghi_operlog_next(&o, line);
		const char *wrong;

		if (found == GH_ENOTFOUND)
			break;
		all++;
		photos += line->tag && !strcmp(line->tag->tag, "BIOPHOTO");
		if (found)
			wrong = line->reason ? line->reason : gh_strerror(found);
		else
			wrong = finish_record(u, line->tag->kind, &line->record);
		err = wrong ? quarantine_line(u, line, wrong)
			    : ingest_record(u->in, line->tag->kind, &line->record);
	}
	/* Comparison photos are answered without a count (Attendance PUSH 2020-03, 11.15). */
	u->plain_ok |= photos && photos == all;
	return err ? err : put_rest_aside(u);
}

static enum gh_err read_photo(struct upload *u)
{
	struct ghi_attphoto p;
	const char *reason;

	if (ghi_attphoto_parse(u->body, &p, &reason) != GH_OK)
		return ingest_quarantine(u->in, 1, 0, u->body, reason);
	struct photo photo = {
		.present = (UINT64_C(1) << PHOTO_FIELDS) - 1,
		.pin = p.pin,
		.kind = GH_LIT("attendance"),
		.file_name = p.name,
		.size = p.size,
		.result = p.result,
		.id_number = p.id_number,
		.content = p.base64 ? decoded(u, p.content) : p.content,
	};
	if (photo.content.n == 0)
		return ingest_quarantine(u->in, 1, 0, u->body, "picture is not base64");
	return ingest_record(u->in, KIND_PHOTO, &photo);
}

static enum gh_err read_options(struct upload *u)
{
	gh_slice in = u->body, key, value;
	enum gh_err err = GH_OK;

	while (err == GH_OK && ghi_setting_next(&in, &key, &value) == GH_OK)
		err = ingest_option(u->in, key, value);
	return err;
}

/* Nobody knows its records; lines are what a device may have counted. */
static enum gh_err read_raw(struct upload *u)
{
	struct ghi_lines lines = ghi_lines_of(u->body);
	gh_slice line;

	while (ghi_lines_next(&lines, &line))
		u->raw_lines++;
	return ingest_raw(u->in, exchange_shown_target(u->x->request), u->body);
}

/* --- which table is read how, and answered how --- */

static const struct table {
	const char *name;
	enum gh_err (*read)(struct upload *u);
	bool plain_ok; /* a count in the reply would be taken for a failure */
} tables[] = {
	{ "ATTLOG", read_attlog, false },   { "OPERLOG", read_operlog, false },
	{ "options", read_options, true },  { "ATTPHOTO", read_photo, true },
	{ "BIODATA", read_operlog, false }, { "IDCARD", read_operlog, false },
	{ "ERRORLOG", read_operlog, true }, { "USERINFO", read_operlog, false },
	{ "USER", read_operlog, false },    { "FINGERTMP", read_operlog, false },
	{ "FP", read_operlog, false },	    { "FACE", read_operlog, false },
	{ "FVEIN", read_operlog, false },   { "USERPIC", read_operlog, false },
	{ "BIOPHOTO", read_operlog, true }, { "WORKCODE", read_operlog, false },
};

static const struct table *table_of(gh_slice name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (gh_slice_ieq(name, gh_slice_of(tables[i].name)))
			return &tables[i];
	return NULL;
}

/* Old clients name the table only by the name of its stamp (QUIRKS Q14). */
static gh_slice table_name(struct exchange *x)
{
	static const struct {
		const char *param, *table;
	} implied[] = {
		{ "PhotoStamp", "ATTPHOTO" },
		{ "OpStamp", "OPERLOG" },
		{ "Stamp", "ATTLOG" },
	};
	gh_slice name = gh_slice_trim(exchange_param(x, "table"));

	if (name.n)
		return name;
	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++)
		if (exchange_has_param(x, implied[i].param))
			return gh_slice_of(implied[i].table);
	return x->target.endpoint == GHI_ENDPOINT_FDATA ? GH_LIT("ATTPHOTO") : name;
}

/* The mark comes under several names; it is opaque, and "0" marks the answer to a query, which
 * must not move the stored mark back (PUSH SDK 2013, 3.2.4-7-9). */
static void note_stamp(struct upload *u)
{
	static const char *const names[] = { "Stamp", "OpStamp", "PhotoStamp" };
	gh_slice stamp = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && stamp.n == 0; i++)
		stamp = exchange_param(u->x, names[i]);
	if (stamp.n == 0 || stamp.n > STAMP_MAX || gh_slice_eq(stamp, GH_LIT("0")))
		return;
	for (size_t i = 0; i < stamp.n; i++)
		if (stamp.p[i] <= ' ' || stamp.p[i] >= 0x7F)
			return;
	ingest_stamp(u->in, u->table, stamp);
}

static void stored(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct upload *u = ctx;
	struct exchange *x = u->x;
	char text[32];

	free((void *)(uintptr_t)u->unpacked.p);
	if (err) {
		exchange_store_failed(x, err);
	} else if (u->plain_ok) {
		exchange_ok(x);
	} else {
		snprintf(text, sizeof(text), "OK:%zu",
			 result->accepted + u->aside + u->raw_lines);
		exchange_text(x, gh_slice_of(text));
	}
}

static void give_up(struct upload *u, enum gh_err err)
{
	ingest_free(u->in);
	free((void *)(uintptr_t)u->unpacked.p);
	exchange_store_failed(u->x, err);
}

void attendance_upload(struct exchange *x, gh_slice name)
{
	struct upload *u = ghi_arena_alloc(http_arena(x->request), sizeof(*u));
	struct ghi_version version, counts = { .part = { 2, 2, 14, 0 } };

	if (u == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	const struct table *table = table_of(name);
	*u = (struct upload){ .x = x, .table = name, .body = http_body(x->request) };
	device_row(x->device, http_arena(x->request), &u->row);
	u->gb18030 = attendance_speaks_gb18030(&u->row);
	/* Older devices look for a bare "OK" (PUSH SDK 2013, 3.2.3). */
	u->plain_ok = (table && table->plain_ok) ||
		      !ghi_version_parse(u->row.push_version, &version) ||
		      ghi_version_compare(&version, &counts) < 0;
	if (gh_slice_ieq(exchange_param(x, "ContentType"), GH_LIT("tgz")) &&
	    packed_open(u->body, UNPACKED_MAX, &u->unpacked) == GH_OK)
		u->body = u->unpacked;
	u->in = ingest_new(x->server, x->device, http_arena(x->request), name);
	if (u->in == NULL) {
		give_up(u, GH_ENOMEM);
		return;
	}
	note_stamp(u);
	enum gh_err err = table ? table->read(u) : read_raw(u);
	if (err) {
		give_up(u, err);
		return;
	}
	exchange_defer(x);
	err = ingest_put(u->in, stored, u);
	if (err)
		give_up(u, err);
}

/* --- cdata, whatever its method: some firmware sends an empty POST as GET (QUIRKS Q2) --- */

void attendance_cdata(struct exchange *x)
{
	gh_slice table = table_name(x);
	bool post = http_body(x->request).n > 0 ||
		    gh_slice_eq(http_method(x->request), GH_LIT("POST"));

	if (!post && (exchange_has_param(x, "options") ||
		      (table.n == 0 && !exchange_has_param(x, "PIN")))) {
		attendance_handshake(x);
	} else if (!post && exchange_has_param(x, "PIN")) {
		attendance_remote(x);
	} else if (exchange_has_param(x, "AuthType")) {
		/* Not a verdict we can give, and OK would be none (PUSH SDK 2013, 3.2.5-2). */
		exchange_text(x, GH_LIT("AUTH=Failed\n"));
	} else if (http_body(x->request).n == 0 ||
		   gh_slice_ieq(exchange_param(x, "type"), GH_LIT("PostVerifyData"))) {
		exchange_ok(x);
	} else {
		attendance_upload(x, table);
	}
}
