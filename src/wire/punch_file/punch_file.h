/* Files of punches, as people bring them: what a clock copies to a USB stick, and the exports of this program,
 * CSV (each form of it) and NDJSON. Text is UTF-8; base/utf16.h reads others. One record at a time; each is read
 * as the line that a device would have pushed (attlog.h), so that its natural key is the same.
 *
 * The export to a USB stick, "1_attlog.dat", "SN_attlog.dat" (menu USB Manager, Download, Attendance Data; the
 * columns are those of GetAttLogFromDat() in the UDisk example of the zkemkeeper SDK): a line a punch, CR LF,
 * six columns separated by tabs: PIN, right-aligned with blanks; YYYY-MM-DD HH:MM:SS; number of the device;
 * status; verify mode; work code. The extended form of black-and-white clocks has a line with the serial number
 * before them and one with a check sum behind them; how these are written is unverified: a line without a tab
 * is taken for one where it begins with SN before the first punch, or with C at the end. */
#ifndef GH_WIRE_PUNCH_FILE_PUNCH_FILE_H
#define GH_WIRE_PUNCH_FILE_PUNCH_FILE_H

#include "base/err.h"
#include "base/writer.h"
#include "model/punch.h"
#include "model/verify_mode.h"

enum ghi_punch_file_form {
	GHI_PUNCH_FILE_USB,
	GHI_PUNCH_FILE_CSV,
	GHI_PUNCH_FILE_NDJSON,
	GHI_PUNCH_FILE_FORMS
};
/* "usb" …; NULL: there is no such form. */
const char *ghi_punch_file_form_word(size_t form);

enum ghi_punch_file_column {
#define PUNCH_FILE_COLUMN(NAME, name) GHI_PUNCH_FILE_##NAME,
#include "wire/punch_file/punch_file_column.def"
#undef PUNCH_FILE_COLUMN
	GHI_PUNCH_FILE_COLUMNS
};

#define GHI_PUNCH_FILE_PLACES 64 /* columns of a CSV that are looked at */

struct ghi_punch_file {
	enum verify_generation generation; /* of the device: whose words verify modes are */
	enum ghi_punch_file_form form;
	char separator; /* of CSV */
	uint8_t place
		[GHI_PUNCH_FILE_PLACES]; /* of CSV: enum ghi_punch_file_column + 1; 0: another */
	bool has[GHI_PUNCH_FILE_COLUMNS]; /* of CSV */
	bool punched;			  /* set by the caller: a punch was read */
	bool last; /* set by the caller: nothing follows the record but blanks */
};

struct ghi_punch_file_fault {
	const char *reason; /* static, for a person to read, behind the name of the column */
	const char *column; /* static; empty: the whole record */
};

/* A record: a line, or of CSV one with line ends between quotation marks; longer ones are no punch. */
#define GHI_PUNCH_FILE_RECORD 65536
/* Room that a record of n bytes needs. */
#define GHI_PUNCH_FILE_ROOM(n) (3 * (n) + 96)

/* Find out by the first record that is not blank what the file is; `generation` is set before. *head: it has the
 * names of columns, and no punch. GH_EUNSUPPORTED: none of the forms. GH_EMALFORMED: a CSV that lacks a
 * column. Either way *fault has the reason. */
GH_MUST_CHECK enum gh_err ghi_punch_file_begin(struct ghi_punch_file *f, gh_slice first,
					       uint8_t *room, bool *head,
					       struct ghi_punch_file_fault *fault);

enum ghi_punch_file_what {
	GHI_PUNCH_FILE_PUNCH,
	GHI_PUNCH_FILE_DEVICE, /* the serial number of the device whose export it is */
	GHI_PUNCH_FILE_SUM,    /* its check sum */
};

struct ghi_punch_file_row {
	enum ghi_punch_file_what what;
	struct punch p;	 /* as ghi_attlog_parse() leaves it; its texts are in `room` */
	gh_slice serial; /* of the device that the record names; empty: it names none */
};

/* A record, without the mark of the file's encoding. GH_EMALFORMED, GH_ETOOBIG: *fault has the reason. */
GH_MUST_CHECK enum gh_err ghi_punch_file_read(const struct ghi_punch_file *f, gh_slice record,
					      uint8_t *room, struct ghi_punch_file_row *out,
					      struct ghi_punch_file_fault *fault);

/* The line of a USB export, CR LF included, as a clock writes it. */
void ghi_punch_file_usb_write(struct ghi_writer *w, const struct punch *p, uint32_t device);

#endif
