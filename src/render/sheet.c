#include "render/sheet.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/buffer.h"
#include "base/text.h"
#include "render/field.h"

/* A cell holds so many letters, and we no more bytes. */
#define CELL_BYTES 32767
/* Numbers up to it are exact in a cell, which is a double. */
#define NUMBER_MOST (INT64_C(1) << 53)
/* The spreadsheets' calendar has a day too many before it. */
#define FIRST_DAY 19000301
/* SHEET_ROOM is looked at before so many rows. The library does not report a write that fails. */
#define ROOM_ROWS 4096

struct sheet {
	char *folder;
	const char *name;
	const struct fields *fields;
	lxw_workbook *book;
	lxw_worksheet *page;
	lxw_format *head, *time, *day;
	int file; /* of the finished workbook; it has no name */
	char path[40];
	uint32_t pages, rows, limit; /* of the page: rows so far, and at most */
	uint64_t bytes;		     /* of the pages before, not compressed */
	struct buffer text;	     /* of a cell */
	enum gh_err err;
};

static enum gh_err sheet_err(lxw_error e)
{
	switch (e) {
	case LXW_NO_ERROR:
		return GH_OK;
	case LXW_ERROR_MEMORY_MALLOC_FAILED:
		return GH_ENOMEM;
	default:
		return GH_EIO;
	}
}

static void sheet_note(struct sheet *s, lxw_error e)
{
	if (s->err == GH_OK)
		s->err = sheet_err(e);
}

/* --- room --- */

/* GH_EFULL: there is none for so many bytes besides. */
static enum gh_err sheet_room(const struct sheet *s, uint64_t besides)
{
	struct statvfs fs;

	if (statvfs(s->folder, &fs))
		return GH_EIO;
	return (uint64_t)fs.f_bavail * fs.f_frsize < SHEET_ROOM + besides ? GH_EFULL : GH_OK;
}

/* --- pages --- */

static uint16_t sheet_width(const struct field *f)
{
	switch (f->kind) {
	case VALUE_INT:
	case VALUE_BOOL:
	case VALUE_DAY:
		return 11;
	case VALUE_CIVIL:
	case VALUE_UTC:
		return 20;
	case VALUE_UTC_MS:
		return 25;
	default:
		return 17;
	}
}

/* Its rows are in a file by now, the last one excepted. */
static void sheet_page_end(struct sheet *s)
{
	FILE *rows = s->page->optimize_tmpfile;
	off_t n;

	if (rows == NULL)
		return;
	n = ftello(rows);
	if (fflush(rows) || ferror(rows) || n < 0)
		s->err = GH_EIO;
	else
		s->bytes += (uint64_t)n;
}

/* The next page, with the names of the fields at its head. */
static void sheet_page_begin(struct sheet *s)
{
	char name[32];
	const struct field *f;
	size_t at = 0;
	uint16_t column = 0;

	if (s->pages++)
		snprintf(name, sizeof(name), "%s %u", s->name, s->pages);
	else
		snprintf(name, sizeof(name), "%s", s->name);
	s->rows = 0;
	s->page = workbook_add_worksheet(s->book, name);
	if (s->page == NULL) {
		s->err = GH_ENOMEM;
		return;
	}
	while ((f = fields_next(s->fields, &at))) {
		sheet_note(s,
			   worksheet_set_column(s->page, column, column, sheet_width(f), NULL));
		sheet_note(s, worksheet_write_string(s->page, 0, column, f->name, s->head));
		column++;
	}
	worksheet_freeze_panes(s->page, 1, 0);
}

/* --- cells --- */

/* "_x0041_" would be read as an A. */
static bool is_escape(gh_slice s)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (s.n < 7 || s.p[0] != '_' || s.p[1] != 'x' || s.p[6] != '_')
		return false;
	for (size_t i = 2; i < 6; i++)
		if (s.p[i] == 0 || strchr(hex, s.p[i]) == NULL)
			return false;
	return true;
}

/* Without what XML cannot hold and what would be read otherwise; at most as long as a cell. */
static void cell_text_put(struct buffer *to, gh_slice s)
{
	const gh_slice other = GH_LIT("\xEF\xBF\xBD");

	while (s.n && to->n < CELL_BYTES - 8) {
		size_t n = ghi_utf8_length(s);

		if (is_escape(s))
			buffer_add(to, GH_LIT("_x005F"));
		if (n == 0 || (s.p[0] < 0x20 && s.p[0] != '\t' && s.p[0] != '\n') ||
		    (n == 3 && s.p[0] == 0xEF && s.p[1] == 0xBF && s.p[2] >= 0xBE))
			buffer_add(to, other);
		else
			buffer_add(to, (gh_slice){ s.p, n });
		s = gh_slice_from(s, n ? n : 1);
	}
	buffer_add(to, (gh_slice){ (const uint8_t *)"", 1 });
}

static void cell_text(struct sheet *s, uint16_t column, gh_slice text)
{
	if (text.n == 0)
		return;
	buffer_empty(&s->text);
	cell_text_put(&s->text, text);
	if (s->text.err)
		s->err = s->text.err;
	else
		sheet_note(s, worksheet_write_string(s->page, s->rows + 1, column,
						     (const char *)s->text.p, NULL));
}

static void cell_as_text(struct sheet *s, uint16_t column, const struct value *v)
{
	struct buffer text = buffer_with_limit((size_t)1 << 20);

	value_plain(&text, v);
	if (text.err == GH_ENOMEM)
		s->err = text.err;
	else
		cell_text(s, column, buffer_text(&text));
	buffer_clear(&text);
}

/* A moment of the calendar as a date of the spreadsheet; false: it is none. */
static bool cell_date(struct sheet *s, uint16_t column, int64_t day, int64_t time,
		      lxw_format *format)
{
	lxw_datetime t = {
		.year = (int)(day / 10000),
		.month = (int)(day / 100 % 100),
		.day = (int)(day % 100),
		.hour = (int)(time / 10000),
		.min = (int)(time / 100 % 100),
		.sec = (double)(time % 100),
	};

	if (day < FIRST_DAY || !ghi_civil_valid(day * 1000000 + time))
		return false;
	sheet_note(s, worksheet_write_datetime(s->page, s->rows + 1, column, &t, format));
	return true;
}

static void cell_put(struct sheet *s, uint16_t column, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		return;
	case VALUE_TEXT:
		cell_text(s, column, v->s);
		return;
	case VALUE_BOOL:
		sheet_note(s, worksheet_write_boolean(s->page, s->rows + 1, column, v->i != 0,
						      NULL));
		return;
	case VALUE_INT:
		if (v->i > NUMBER_MOST || v->i < -NUMBER_MOST)
			break;
		sheet_note(s, worksheet_write_number(s->page, s->rows + 1, column, (double)v->i,
						     NULL));
		return;
	case VALUE_CIVIL:
		if (cell_date(s, column, v->i / 1000000, v->i % 1000000, s->time))
			return;
		break;
	case VALUE_DAY:
		if (cell_date(s, column, v->i, 0, s->day))
			return;
		break;
	default:
		break;
	}
	cell_as_text(s, column, v);
}

enum gh_err sheet_row(struct sheet *s, const void *row)
{
	const struct field *f;
	size_t at = 0;
	uint16_t column = 0;

	if (s->err == GH_OK && s->rows % ROOM_ROWS == 0)
		s->err = sheet_room(s, 0);
	if (s->err == GH_OK && s->rows == s->limit) {
		sheet_page_end(s);
		if (s->err == GH_OK)
			sheet_page_begin(s);
	}
	while (s->err == GH_OK && (f = fields_next(s->fields, &at))) {
		struct value v = field_value(f, row);

		cell_put(s, column++, &v);
	}
	s->rows++;
	return s->err;
}

/* --- the file --- */

static enum gh_err sheet_open(struct sheet *s)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	char *template = NULL, *folder = strdup(s->folder);

	if (folder == NULL || asprintf(&template, "%s/.export-XXXXXX", s->folder) < 0) {
		free(folder);
		return GH_ENOMEM;
	}
	s->file = mkostemp(template, O_CLOEXEC);
	if (s->file >= 0)
		unlink(template);
	free(template);
	snprintf(s->path, sizeof(s->path), "/proc/self/fd/%d", s->file);
	options.tmpdir = folder;
	if (s->file >= 0)
		s->book = workbook_new_opt(s->path, &options);
	free(folder);
	return s->file < 0 ? GH_EIO : s->book ? GH_OK : GH_ENOMEM;
}

enum gh_err sheet_new(const char *folder, const char *name, const struct fields *fields,
		      struct sheet **out)
{
	struct sheet *s = calloc(1, sizeof(*s));
	enum gh_err err;

	if (s == NULL)
		return GH_ENOMEM;
	*s = (struct sheet){ .folder = strdup(folder),
			     .name = name,
			     .fields = fields,
			     .limit = SHEET_ROWS,
			     .file = -1,
			     .text = buffer_with_limit(CELL_BYTES + 16) };
	err = s->folder ? sheet_room(s, 0) : GH_ENOMEM;
	if (err == GH_OK)
		err = sheet_open(s);
	if (err == GH_OK) {
		s->head = workbook_add_format(s->book);
		s->time = workbook_add_format(s->book);
		s->day = workbook_add_format(s->book);
		if (s->head == NULL || s->time == NULL || s->day == NULL)
			err = GH_ENOMEM;
	}
	if (err == GH_OK) {
		format_set_bold(s->head);
		format_set_num_format(s->time, "yyyy-mm-dd hh:mm:ss");
		format_set_num_format(s->day, "yyyy-mm-dd");
		sheet_page_begin(s);
		err = s->err;
	}
	if (err)
		sheet_free(s);
	else
		*out = s;
	return err;
}

void sheet_rows_limit(struct sheet *s, uint32_t rows)
{
	s->limit = rows;
}

enum gh_err sheet_end(struct sheet *s)
{
	lxw_workbook *book = s->book;

	if (s->err == GH_OK)
		sheet_page_end(s);
	/* The pages once more, and compressed. */
	if (s->err == GH_OK)
		s->err = sheet_room(s, s->bytes + s->bytes / 4);
	if (s->err)
		return s->err;
	/* Freed by it, whatever comes. */
	s->book = NULL;
	s->err = sheet_err(workbook_close(book));
	/* What failed, or was not reported, may have failed because there was no room. */
	if (s->err == GH_OK || s->err == GH_EIO) {
		enum gh_err room = sheet_room(s, 0);

		s->err = room ? room : s->err;
	}
	return s->err;
}

int64_t sheet_read(const struct sheet *s, uint64_t at, uint8_t *to, size_t n)
{
	return pread(s->file, to, n, (off_t)at);
}

/* The library closes the files of rows only when it puts the workbook together. */
static void sheet_discard(struct sheet *s)
{
	lxw_worksheet *page;

	STAILQ_FOREACH(page, s->book->worksheets, list_pointers)
	if (page->optimize_tmpfile)
		fclose(page->optimize_tmpfile);
	lxw_workbook_free(s->book);
}

void sheet_free(struct sheet *s)
{
	if (s == NULL)
		return;
	if (s->book)
		sheet_discard(s);
	if (s->file >= 0)
		close(s->file);
	buffer_clear(&s->text);
	free(s->folder);
	free(s);
}
