/* Records that units upload with table=tabledata: persons, templates, photos, identity cards, errors
 * (Security PUSH 3.1.2, 7.5 to 7.12). */
#include <stdio.h>

#include "base/base64.h"
#include "base/number.h"
#include "core/access/unit_mirror.h"
#include "model/record.h"
#include "session/access/upload.h"
#include "session/upload_record.h"
#include "wire/access/pack.h"
#include "wire/access/tabledata.h"
#include "wire/attendance/attphoto.h"

#define REASON_MAX 128

/* A row goes to the table that its first word names; nearly always the one of the upload. */
static const struct ghi_tabledata_kind *record_kind(const struct access_upload *u,
						    gh_slice line)
{
	struct ghi_row row = ghi_row_of(line, (gh_slice){ 0 });
	const struct ghi_tabledata_kind *k =
		row.prefix.n ? ghi_tabledata_kind(row.prefix) : NULL;

	return k ? k : ghi_tabledata_kind(u->table);
}

/* Base64 of the record before it, which a line end broke (QUIRKS Q26): a record has '=' within. */
static bool line_continues(gh_slice line)
{
	while (line.n && line.p[line.n - 1] == '=')
		line.n--;
	for (size_t i = 0; i < line.n; i++)
		if (!ghi_base64_is_digit(line.p[i]))
			return false;
	return true;
}

static bool record_next(struct access_upload *u, gh_slice *record)
{
	struct ghi_lines after;
	gh_slice line;

	u->lines.number += u->joined;
	u->joined = 0;
	if (!ghi_lines_next(&u->lines, record))
		return false;
	after = u->lines;
	if (!ghi_tabledata_ends_in_base64(record_kind(u, *record), *record))
		return true;
	while (ghi_lines_next(&after, &line) && line_continues(line)) {
		record->n = (size_t)(line.p + line.n - record->p);
		u->lines.at = after.at;
		u->joined = after.number - u->lines.number;
	}
	return true;
}

static enum gh_err record_parse(struct access_upload *u, gh_slice line,
				const struct ghi_tabledata_kind *k, union model_record *record,
				struct ghi_tabledata_fault *fault)
{
	const struct model_kind *kind = &model_kinds[k->keys.kind];
	size_t field = model_extra(kind), room = sizeof(u->extra);
	struct ghi_writer extra = ghi_writer_on(u->extra, room);
	enum gh_err err = ghi_tabledata_parse(k, line, record, &extra, fault);

	if (err == GH_ESPACE) {
		room = line.n < GHI_RECORD_EXTRA ? line.n : GHI_RECORD_EXTRA;
		uint8_t *more = ghi_arena_alloc(u->piece, room);

		if (more == NULL)
			return GH_ENOMEM;
		extra = ghi_writer_on(more, room);
		err = ghi_tabledata_parse(k, line, record, &extra, fault);
	}
	if (err == GH_OK && field < kind->fields && extra.n) {
		*(gh_slice *)model_at(kind, record, field) = ghi_written(&extra);
		record->present |= UINT64_C(1) << field;
	}
	return err;
}

/* What a unit sends empty it does not show, or does not have; a stored value stays. */
static void empty_texts_drop(const struct model_kind *k, union model_record *record)
{
	for (size_t i = 0; i < k->fields; i++) {
		const gh_slice *text = model_at_const(k, record, i);
		bool is_text =
			k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES;

		if (is_text && text->n == 0)
			record->present &= ~(UINT64_C(1) << i);
	}
}

#define VALIDITY_ROOM 32

/* As clocks write it, "20261201T000000"; empty: no such end. What cannot be read stays as it was sent. */
static void validity_convert(struct access_upload *u, gh_slice *text, bool end)
{
	ghi_civil t;
	char *to;

	if (text->n == 0 || ghi_validity_read(*text, u->packed_validity, end, &t))
		return;
	*text = GH_LIT("");
	to = t == GHI_CIVIL_NONE ? NULL : ghi_arena_alloc(u->piece, VALIDITY_ROOM);
	if (to == NULL)
		return;
	snprintf(to, VALIDITY_ROOM, "%08uT%06u", (unsigned)(t / 1000000),
		 (unsigned)(t % 1000000));
	*text = gh_slice_of(to);
}

static const char *tabledata_finish(struct access_upload *u, enum model_kind_id kind,
				    union model_record *record)
{
	struct person *p = (struct person *)record;

	empty_texts_drop(&model_kinds[kind], record);
	if (kind == KIND_PERSON) {
		validity_convert(u, &p->valid_from, false);
		validity_convert(u, &p->valid_to, true);
	}
	return upload_record_read(&u->row, kind, record, u->piece, &u->unread);
}

/* Comparison pictures of a person have numbers (7.8); without a file's name these part them, where they
 * are not those of the first. */
static void picture_name_make(struct access_upload *u, gh_slice line, struct photo *p)
{
	enum { ROOM = 96 };
	struct ghi_row row = ghi_row_of(line, (gh_slice){ 0 });
	gh_slice no = GH_LIT("0"), index = GH_LIT("0");
	int64_t n = 0, i = 0;
	char *name;

	(void)ghi_row_get(&row, "no", &no);
	(void)ghi_row_get(&row, "index", &index);
	if (p->file_name.n || ghi_signed_parse(gh_slice_trim(no), 0, INT32_MAX, &n) ||
	    ghi_signed_parse(gh_slice_trim(index), 0, INT32_MAX, &i) || n + i == 0)
		return;
	name = ghi_arena_alloc(u->piece, ROOM);
	if (name == NULL)
		return;
	snprintf(name, ROOM, "%.*s-%lld-%lld.jpg", GH_FMT(p->pin), (long long)n, (long long)i);
	p->file_name = gh_slice_of(name);
	p->present |= UINT64_C(1) << PHOTO_file_name;
}

static enum gh_err record_quarantine(struct access_upload *u, gh_slice raw,
				     const struct ghi_tabledata_fault *fault)
{
	gh_slice key = fault->key;
	char why[REASON_MAX];

	if (key.n > 32) /* the content is arbitrary */
		key.n = 32;
	if (key.n)
		snprintf(why, sizeof(why), "%.*s: %s", GH_FMT(key), fault->reason);
	else
		snprintf(why, sizeof(why), "%s", fault->reason);
	return access_quarantine(u, raw, why);
}

enum gh_err access_record_take(struct access_upload *u, gh_slice line)
{
	const struct ghi_tabledata_kind *k = record_kind(u, line);
	struct ghi_tabledata_fault fault = { 0 };
	union model_record record;
	struct unit_row held;
	enum gh_err err = record_parse(u, line, k, &record, &fault);

	access_unit_known(u);

	if (err == GH_ENOMEM)
		return err;
	if (err == GH_OK)
		fault.reason = tabledata_finish(u, k->keys.kind, &record);
	if (fault.reason == NULL && gh_slice_eq(gh_slice_of(k->table), GH_LIT("biophoto")))
		picture_name_make(u, line, (struct photo *)&record);
	if (fault.reason)
		return record_quarantine(u, line, &fault);
	err = ingest_record(u->in, k->keys.kind, &record);
	/* What answers a query is taken with the whole answer; what was kept, is not what the unit holds now. */
	if (err || u->answer || u->again)
		return err;
	if (unit_mirror_row(&u->tables, gh_slice_of(k->table), line, u->piece, &held))
		return ingest_unit_row(u->in, &held);
	return u->piece->failed ? GH_ENOMEM : GH_OK;
}

enum gh_err access_records_read(struct access_upload *u)
{
	enum gh_err err = GH_OK;
	gh_slice line;

	while (err == GH_OK && !access_turn_over(u)) {
		u->ended = !record_next(u, &line);
		if (u->ended)
			break;
		if (gh_slice_trim(line).n == 0)
			continue;
		u->rows++;
		err = access_record_take(u, line);
	}
	return err;
}

/* The form of clocks: a head, NUL, and the picture itself. */
static enum gh_err photo_body_read(struct access_upload *u)
{
	struct ghi_attphoto p;
	const char *reason;

	u->ended = true;
	u->rows++;
	u->lines.number = 1;
	if (ghi_attphoto_parse(u->body, &p, &reason))
		return access_quarantine(u, u->body, reason);
	struct photo photo = {
		.present = (UINT64_C(1) << PHOTO_FIELDS) - 1,
		.pin = p.pin,
		.kind = GH_LIT("attendance"),
		.file_name = p.name,
		.size = p.size,
		.result = p.result,
		.id_number = p.id_number,
		.content = p.base64 ? upload_base64_decode(p.content, u->piece) : p.content,
	};
	if (photo.content.n == 0)
		return access_quarantine(u, u->body, "picture is not base64");
	return ingest_record(u->in, KIND_PHOTO, &photo);
}

enum gh_err access_photos_read(struct access_upload *u)
{
	gh_slice body = u->body;

	return body.n && memchr(body.p, '\0', body.n) && u->rows == 0 ? photo_body_read(u)
								      : access_records_read(u);
}
