#include "wire/punch_file/punch_file.h"

#include "base/csv_read.h"
#include "base/json_read.h"
#include "base/number.h"
#include "model/attendance_status.h"
#include "wire/attendance/attlog.h"

#define DEVICE_NUMBER_MAX 9999999999u
#define USB_PIN_WIDTH 9
#define USB_COLUMNS_LEAST 5

static const char *const column_name[] = {
#define PUNCH_FILE_COLUMN(NAME, name) name,
#include "wire/punch_file/punch_file_column.def"
#undef PUNCH_FILE_COLUMN
};

/* What a record has; an absent field is NULL. */
struct fields {
	gh_slice of[GHI_PUNCH_FILE_COLUMNS];
};

const char *ghi_punch_file_form_word(size_t form)
{
	static const char *const word[] = { "usb", "csv", "ndjson" };

	return form < GHI_PUNCH_FILE_FORMS ? word[form] : NULL;
}

static enum gh_err file_fault(struct ghi_punch_file_fault *fault, enum gh_err err,
			      const char *column, const char *reason)
{
	*fault = (struct ghi_punch_file_fault){ .reason = reason, .column = column };
	return err;
}

static enum ghi_punch_file_column punch_column_of(gh_slice name)
{
	size_t i = 0;

	while (i < GHI_PUNCH_FILE_COLUMNS && !gh_slice_ieq(name, gh_slice_of(column_name[i])))
		i++;
	return (enum ghi_punch_file_column)i;
}

/* --- what the file is --- */

static gh_slice line_without_end(gh_slice s)
{
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

/* Whether its names are those of a CSV with that separator. */
static bool punch_head_read(struct ghi_punch_file *f, gh_slice first, uint8_t *room,
			    char separator)
{
	struct ghi_csv_fields r = { .rest = first, .separator = separator, .to = room };
	gh_slice name;

	memset(f->place, 0, sizeof(f->place));
	memset(f->has, 0, sizeof(f->has));
	for (size_t i = 0; i < GHI_PUNCH_FILE_PLACES && ghi_csv_field_next(&r, &name); i++) {
		enum ghi_punch_file_column c = punch_column_of(gh_slice_trim(name));

		if (c == GHI_PUNCH_FILE_COLUMNS || f->has[c])
			continue;
		f->place[i] = (uint8_t)(c + 1);
		f->has[c] = true;
	}
	f->separator = separator;
	return f->has[GHI_PUNCH_FILE_PIN] && f->has[GHI_PUNCH_FILE_TIME];
}

/* Without one of them a punch would not have the natural key of the one that was pushed. */
static enum gh_err columns_check(const bool has[GHI_PUNCH_FILE_COLUMNS],
				 struct ghi_punch_file_fault *fault)
{
	if (!has[GHI_PUNCH_FILE_PIN])
		return file_fault(fault, GH_EMALFORMED, "pin", "is missing");
	if (!has[GHI_PUNCH_FILE_TIME])
		return file_fault(fault, GH_EMALFORMED, "timestamp", "is missing");
	if (!has[GHI_PUNCH_FILE_STATUS] && !has[GHI_PUNCH_FILE_STATUS_NAME])
		return file_fault(fault, GH_EMALFORMED, "status", "is missing");
	if (!has[GHI_PUNCH_FILE_VERIFY] && !has[GHI_PUNCH_FILE_VERIFY_NAME])
		return file_fault(fault, GH_EMALFORMED, "verifyType", "is missing");
	if (!has[GHI_PUNCH_FILE_WORK_CODE])
		return file_fault(fault, GH_EMALFORMED, "workCode", "is missing");
	return GH_OK;
}

/* "SN=…", "SN:…" before the punches of the extended form. */
static bool usb_serial_read(gh_slice line, gh_slice *serial)
{
	if (!gh_slice_istarts(line, GH_LIT("SN")))
		return false;
	line = gh_slice_from(line, 2);
	while (line.n && memchr("=: ", line.p[0], 3))
		line = gh_slice_from(line, 1);
	*serial = gh_slice_trim(line);
	return true;
}

/* A line that may be damaged is a frame only where one has its place. */
static bool usb_is_frame(gh_slice line, bool first, bool last, struct ghi_punch_file_row *out)
{
	if (line.n == 0 || memchr(line.p, '\t', line.n))
		return false;
	out->what = GHI_PUNCH_FILE_DEVICE;
	if (first && usb_serial_read(line, &out->serial))
		return true;
	out->what = GHI_PUNCH_FILE_SUM;
	return last && gh_ascii_lower(line.p[0]) == 'c';
}

enum gh_err ghi_punch_file_begin(struct ghi_punch_file *f, gh_slice first, uint8_t *room,
				 bool *head, struct ghi_punch_file_fault *fault)
{
	static const char separators[] = ",;\t";
	struct ghi_punch_file_row row = { 0 };

	first = line_without_end(first);
	*head = false;
	if (gh_slice_starts(gh_slice_trim(first), GH_LIT("{"))) {
		f->form = GHI_PUNCH_FILE_NDJSON;
		return GH_OK;
	}
	f->form = GHI_PUNCH_FILE_CSV;
	for (size_t i = 0; i < sizeof(separators) - 1; i++) {
		if (!punch_head_read(f, first, room, separators[i]))
			continue;
		*head = true;
		return columns_check(f->has, fault);
	}
	f->form = GHI_PUNCH_FILE_USB;
	if (usb_is_frame(first, true, false, &row) ||
	    (first.n && memchr(first.p, '\t', first.n)))
		return GH_OK;
	return file_fault(fault, GH_EUNSUPPORTED, "",
			  "is no USB export, and no CSV or NDJSON with the fields pin and "
			  "timestamp");
}

/* --- a record --- */

static bool has_line_end(gh_slice s, bool tabs)
{
	return s.n && (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n) ||
		       (!tabs && memchr(s.p, '\t', s.n)));
}

/* Words become the number of theirs, written into `digits`. */
static enum gh_err word_number(const struct ghi_punch_file *f, struct fields *r,
			       enum ghi_punch_file_column number,
			       enum ghi_punch_file_column name, uint8_t digits[12],
			       struct ghi_punch_file_fault *fault)
{
	struct ghi_writer w = ghi_writer_on(digits, 12);
	gh_slice words = r->of[name];
	uint64_t given;
	int32_t found;
	bool known;

	if (r->of[number].p || words.n == 0)
		return GH_OK;
	if (ghi_number_parse(words, INT32_MAX, &given) == GH_OK) {
		r->of[number] = words; /* one without a name was exported as itself */
		return GH_OK;
	}
	known = name == GHI_PUNCH_FILE_STATUS_NAME
			? attendance_status_number(words, &found)
			: verify_mode_number(words, f->generation, &found);
	if (!known)
		return file_fault(fault, GH_EMALFORMED, column_name[name],
				  "is not the name of one number: export without --excel");
	ghi_put_signed(&w, found);
	r->of[number] = ghi_written(&w);
	return GH_OK;
}

/* The column of a pushed line that a fault is in. */
static const char *pushed_column(unsigned column)
{
	static const enum ghi_punch_file_column of[] = {
		GHI_PUNCH_FILE_PIN,    GHI_PUNCH_FILE_TIME,	 GHI_PUNCH_FILE_STATUS,
		GHI_PUNCH_FILE_VERIFY, GHI_PUNCH_FILE_WORK_CODE, GHI_PUNCH_FILE_EXTRA
	};

	return column_name[of[column >= 1 && column <= 6 ? column - 1 : 5]];
}

static bool flags_have(gh_slice flags, gh_slice flag)
{
	while (flags.n >= flag.n) {
		if (gh_slice_starts(flags, flag))
			return true;
		flags = gh_slice_from(flags, 1);
	}
	return false;
}

/* The digits of one that sent seconds since 1970 are those of UTC. */
static enum gh_err epoch_read(const struct fields *r, struct punch *p,
			      struct ghi_punch_file_fault *fault)
{
	if (p->flags & PUNCH_EPOCH || !flags_have(r->of[GHI_PUNCH_FILE_FLAGS], GH_LIT("epoch")))
		return GH_OK;
	if (!ghi_civil_valid(p->time))
		return file_fault(fault, GH_EMALFORMED, "timestamp",
				  "is no moment, and has the flag epoch");
	p->flags |= PUNCH_EPOCH;
	p->utc = ghi_civil_to_seconds(p->time);
	return GH_OK;
}

/* The line that a device would have pushed, at `to`. */
static enum gh_err fields_read(const struct ghi_punch_file *f, struct fields *r, uint8_t *to,
			       size_t room, struct ghi_punch_file_row *out,
			       struct ghi_punch_file_fault *fault)
{
	static const enum ghi_punch_file_column pushed[] = {
		GHI_PUNCH_FILE_PIN, GHI_PUNCH_FILE_TIME, GHI_PUNCH_FILE_STATUS,
		GHI_PUNCH_FILE_VERIFY, GHI_PUNCH_FILE_WORK_CODE
	};
	struct ghi_writer w = ghi_writer_on(to, room);
	struct ghi_attlog_fault why = { 0 };
	uint8_t status[12], verify[12];
	enum gh_err err = word_number(f, r, GHI_PUNCH_FILE_STATUS, GHI_PUNCH_FILE_STATUS_NAME,
				      status, fault);

	if (err == GH_OK)
		err = word_number(f, r, GHI_PUNCH_FILE_VERIFY, GHI_PUNCH_FILE_VERIFY_NAME,
				  verify, fault);
	if (err)
		return err;
	for (size_t i = 0; i < sizeof(pushed) / sizeof(pushed[0]); i++) {
		if (has_line_end(r->of[pushed[i]], false))
			return file_fault(fault, GH_EMALFORMED, column_name[pushed[i]],
					  "has a tab or a line end in it");
		ghi_put(&w, r->of[pushed[i]]);
		ghi_put_u8(&w, '\t');
	}
	if (has_line_end(r->of[GHI_PUNCH_FILE_EXTRA], true))
		return file_fault(fault, GH_EMALFORMED, "extra", "has a line end in it");
	ghi_put(&w, r->of[GHI_PUNCH_FILE_EXTRA]);
	if (w.err)
		return file_fault(fault, w.err, "", "is too long");
	err = ghi_attlog_parse(ghi_written(&w), &out->p, &why);
	if (err)
		return file_fault(fault, err, pushed_column(why.column), why.reason);
	out->serial = r->of[GHI_PUNCH_FILE_SERIAL];
	return epoch_read(r, &out->p, fault);
}

static enum gh_err usb_read(gh_slice line, struct fields *r, struct ghi_punch_file_fault *fault)
{
	/* The third is the number of the device, which its serial number stands for. */
	enum { DEVICE = 2, LAST = 5 };
	static const enum ghi_punch_file_column of[] = {
		GHI_PUNCH_FILE_PIN,    GHI_PUNCH_FILE_TIME,   GHI_PUNCH_FILE_COLUMNS,
		GHI_PUNCH_FILE_STATUS, GHI_PUNCH_FILE_VERIFY, GHI_PUNCH_FILE_WORK_CODE
	};
	gh_slice value;
	uint64_t device;
	bool more = true;
	size_t n = 0;

	for (; more && n <= LAST; n++) {
		more = gh_slice_cut(line, '\t', &value, &line);
		value = gh_slice_trim(value);
		if (n != DEVICE)
			r->of[of[n]] = value;
		else if (ghi_number_parse(value, DEVICE_NUMBER_MAX, &device))
			return file_fault(fault, GH_EMALFORMED, "",
					  "has no number of a device in its third column");
	}
	if (n < USB_COLUMNS_LEAST)
		return file_fault(fault, GH_EMALFORMED, "",
				  "has less than the columns of a USB export: PIN, time, "
				  "device number, status, verify mode, work code");
	r->of[GHI_PUNCH_FILE_EXTRA] = line;
	return GH_OK;
}

static void csv_read(const struct ghi_punch_file *f, gh_slice record, uint8_t *room,
		     struct fields *r)
{
	struct ghi_csv_fields c = { .rest = record, .separator = f->separator, .to = room };
	uint8_t *plain = room + record.n;
	gh_slice value;

	for (size_t i = 0; i < GHI_PUNCH_FILE_PLACES && ghi_csv_field_next(&c, &value); i++) {
		if (f->place[i] == 0)
			continue;
		r->of[f->place[i] - 1] = ghi_csv_unguarded(value, plain);
		plain += value.n;
	}
}

static enum gh_err json_read(gh_slice record, uint8_t *room, struct fields *r,
			     struct ghi_punch_file_fault *fault)
{
	struct ghi_json_members m = ghi_json_members_of(record, room);
	bool has[GHI_PUNCH_FILE_COLUMNS] = { false };
	struct ghi_json_member one;
	enum gh_err err;

	while ((err = ghi_json_member_next(&m, &one)) == GH_OK) {
		enum ghi_punch_file_column c = punch_column_of(one.name);

		if (c == GHI_PUNCH_FILE_COLUMNS)
			continue;
		has[c] = true;
		r->of[c] = one.kind == GHI_JSON_WORD ? (gh_slice){ 0 } : one.value;
	}
	if (err != GH_EEND)
		return file_fault(fault, GH_EMALFORMED, "", "is no object of JSON");
	return columns_check(has, fault);
}

enum gh_err ghi_punch_file_read(const struct ghi_punch_file *f, gh_slice record, uint8_t *room,
				struct ghi_punch_file_row *out,
				struct ghi_punch_file_fault *fault)
{
	struct ghi_punch_file_row row = { .what = GHI_PUNCH_FILE_PUNCH };
	struct fields r = { 0 };
	enum gh_err err = GH_OK;
	size_t n = record.n;

	if (n > GHI_PUNCH_FILE_RECORD)
		return file_fault(fault, GH_ETOOBIG, "", "is too long");
	record = line_without_end(record);
	switch (f->form) {
	case GHI_PUNCH_FILE_USB:
		if (usb_is_frame(record, !f->punched, f->last, &row)) {
			*out = row;
			return GH_OK;
		}
		row = (struct ghi_punch_file_row){ .what = GHI_PUNCH_FILE_PUNCH };
		err = usb_read(record, &r, fault);
		break;
	case GHI_PUNCH_FILE_CSV:
		csv_read(f, record, room, &r);
		break;
	default:
		err = json_read(record, room, &r, fault);
	}
	if (err == GH_OK)
		err = fields_read(f, &r, room + 2 * n, GHI_PUNCH_FILE_ROOM(n) - 2 * n, &row,
				  fault);
	if (err == GH_OK)
		*out = row;
	return err;
}

/* --- the other end --- */

static void usb_code_put(struct ghi_writer *w, int32_t code)
{
	ghi_put_signed(w, code);
	ghi_put_u8(w, '\t');
}

void ghi_punch_file_usb_write(struct ghi_writer *w, const struct punch *p, uint32_t device)
{
	if (w->err == GH_OK &&
	    (has_line_end(p->pin, false) || has_line_end(p->work_code, false)))
		w->err = GH_EMALFORMED;
	for (size_t n = p->pin.n; n < USB_PIN_WIDTH; n++)
		ghi_put_u8(w, ' ');
	ghi_put(w, p->pin);
	ghi_put_u8(w, '\t');
	ghi_put_civil(w, p->time);
	ghi_put_u8(w, '\t');
	ghi_put_decimal(w, device);
	ghi_put_u8(w, '\t');
	usb_code_put(w, p->status);
	usb_code_put(w, p->verify);
	ghi_put(w, p->work_code.n ? p->work_code : GH_LIT("0"));
	ghi_put(w, GH_LIT("\r\n"));
}
