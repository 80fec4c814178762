/* The tables attendance devices upload: the reader of each (Attendance PUSH 2020-03, 11; PUSH
 * SDK 2013, 3.2.3), and its reply. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/record.h"
#include "session/attendance/upload.h"
#include "session/upload_record.h"
#include "wire/attendance/attlog.h"
#include "wire/attendance/attphoto.h"
#include "wire/attendance/info.h"
#include "wire/attendance/operlog.h"

#define REASON_MAX 128

static enum gh_err attlog_read(struct upload *u)
{
	enum gh_err err = GH_OK;
	gh_slice line;

	while (err == GH_OK && !upload_turn_over(u)) {
		struct ghi_attlog_fault fault;
		struct punch p;

		u->ended = !ghi_lines_next(&u->lines, &line);
		if (u->ended)
			break;
		if (ghi_attlog_parse(line, &p, &fault) == GH_OK) {
			err = ingest_punch(u->in, &p);
			continue;
		}
		char why[REASON_MAX];
		snprintf(why, sizeof(why), "column %u: %s", fault.column, fault.reason);
		err = upload_quarantine(u, u->lines.number, u->lines.start, line, why);
	}
	return err;
}

/* Convert the values of a line to the stored form. NULL: no error; otherwise the reason. */
static const char *record_finish(struct upload *u, enum model_kind_id kind,
				 union model_record *record)
{
	const struct person *person = (const struct person *)record;
	const struct template *template = (const struct template *)record;
	const struct photo *photo = (const struct photo *)record;
	const char *wrong = upload_record_read(&u->row, kind, record, u->piece, &u->unread);

	if (wrong)
		return wrong;
	switch (kind) {
	case KIND_PERSON:
		return person->pin.n ? NULL : "PIN is missing";
	case KIND_TEMPLATE:
		return template->pin.n ? NULL : "PIN is missing";
	case KIND_PHOTO:
		return photo->pin.n ? NULL : "PIN is missing";
	default:
		return NULL;
	}
}

static enum gh_err line_quarantine(struct upload *u, const struct ghi_operlog_line *line,
				   const char *reason)
{
	gh_slice key = line->key;
	char why[REASON_MAX];

	if (key.n > 32) /* the content is arbitrary */
		key.n = 32;
	if (key.n)
		snprintf(why, sizeof(why), "%.*s: %s", GH_FMT(key), reason);
	else
		snprintf(why, sizeof(why), "%s", reason);
	return upload_quarantine(u, line->number, line->offset, line->text, why);
}

/* A record with many bytes of unknown pairs has room for them made. */
static enum gh_err operlog_next(struct upload *u)
{
	struct ghi_operlog_line *line = u->line;
	enum gh_err err = ghi_operlog_next(&u->operlog, line);
	size_t size = line->text.n < GHI_RECORD_EXTRA ? line->text.n : GHI_RECORD_EXTRA;
	uint8_t *room = err == GH_ESPACE ? ghi_arena_alloc(u->piece, size) : NULL;

	if (room)
		err = ghi_operlog_again(line, room, size);
	if (err == GH_ESPACE)
		line->reason = "fields that are not known have more than 65536 bytes";
	return err;
}

static enum gh_err operlog_read(struct upload *u)
{
	struct ghi_operlog_line *line = u->line;
	enum gh_err err = GH_OK;

	while (err == GH_OK && !upload_turn_over(u)) {
		enum gh_err found = operlog_next(u);
		const char *wrong;

		u->ended = found == GH_ENOTFOUND;
		if (u->ended)
			break;
		/* A record may extend over several lines (QUIRKS Q26). */
		if (upload_more_comes(u) && u->operlog.at >= u->body.n) {
			upload_stop_at(u, line->offset);
			break;
		}
		u->all++;
		u->photos += line->tag && !strcmp(line->tag->tag, "BIOPHOTO");
		if (found)
			wrong = line->reason ? line->reason : gh_strerror(found);
		else
			wrong = record_finish(u, line->tag->kind, &line->record);
		err = wrong ? line_quarantine(u, line, wrong)
			    : ingest_record(u->in, line->tag->kind, &line->record);
	}
	/* Comparison photos are answered without a count (Attendance PUSH 2020-03, 11.15). */
	u->plain_ok |= u->ended && u->photos && u->photos == u->all;
	return err;
}

static enum gh_err photo_read(struct upload *u)
{
	struct ghi_attphoto p;
	const char *reason;

	if (upload_more_comes(u)) {
		upload_stop_at(u, 0);
		return GH_OK;
	}
	u->ended = true;
	if (ghi_attphoto_parse(u->body, &p, &reason) != GH_OK)
		return upload_quarantine(u, 1, 0, u->body, reason);
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
		return upload_quarantine(u, 1, 0, u->body, "picture is not base64");
	return ingest_record(u->in, KIND_PHOTO, &photo);
}

static enum gh_err options_read(struct upload *u)
{
	enum gh_err err = GH_OK;
	gh_slice key, value;

	while (err == GH_OK && !upload_turn_over(u)) {
		u->ended = ghi_setting_next(&u->settings, &key, &value) != GH_OK;
		if (u->ended)
			break;
		if (ghi_setting_is_network(key))
			device_mobile_note(u->x->server, u->x->device,
					   ghi_setting_is_mobile(value));
		err = ingest_option(u->in, key, value);
	}
	return err;
}

/* A table without records: store it unchanged, packed or not. The reply has the number of lines,
 * which a device may have counted. */
enum gh_err upload_read_raw(struct upload *u)
{
	struct ghi_lines lines = ghi_lines_of(u->body);
	gh_slice line;

	u->ended = true;
	while (ghi_lines_next(&lines, &line))
		u->raw_lines++;
	u->keep_raw = true;
	return GH_OK;
}

const struct dialect_table attendance_tables[ATTENDANCE_TABLES] = {
	{ "ATTLOG", attlog_read, false },   { "OPERLOG", operlog_read, false },
	{ "options", options_read, true },  { "ATTPHOTO", photo_read, true },
	{ "BIODATA", operlog_read, false }, { "IDCARD", operlog_read, false },
	{ "ERRORLOG", operlog_read, true }, { "USERINFO", operlog_read, false },
	{ "USER", operlog_read, false },    { "FINGERTMP", operlog_read, false },
	{ "FP", operlog_read, false },	    { "FACE", operlog_read, false },
	{ "FVEIN", operlog_read, false },   { "USERPIC", operlog_read, false },
	{ "BIOPHOTO", operlog_read, true }, { "WORKCODE", operlog_read, false },
};
