#include "wire/attendance/attlog.h"

#include "base/number.h"

#define PIN_MAX 24
#define WORK_CODE_MAX 64
#define EXTRA_MAX 512
/* Nine and ten digits: 1973 to 2286. */
#define EPOCH_MIN 100000000
#define EPOCH_MAX 9999999999

enum column { COLUMN_PIN = 1, COLUMN_TIME, COLUMN_STATUS, COLUMN_VERIFY, COLUMN_WORK_CODE };

static enum gh_err attlog_fail(struct ghi_attlog_fault *fault, enum gh_err err, unsigned column,
			       const char *reason)
{
	fault->reason = reason;
	fault->column = column;
	return err;
}

/* The next column; *rest stays where it was when there is none left. */
static gh_slice attlog_column(gh_slice *rest)
{
	gh_slice head;

	gh_slice_cut(*rest, '\t', &head, rest);
	return head;
}

/* Digits, or seconds since 1970 as some firmware sends (QUIRKS Q25). */
static bool attlog_time_read(gh_slice s, struct punch *p)
{
	uint64_t seconds;

	s = gh_slice_trim(s);
	if (ghi_civil_parse(s, &p->time) == GH_OK) {
		if (!ghi_civil_valid(p->time))
			p->flags |= PUNCH_IMPOSSIBLE;
		return true;
	}
	if (ghi_number_parse(s, EPOCH_MAX, &seconds) != GH_OK || seconds < EPOCH_MIN ||
	    s.p[0] == '0')
		return false;
	p->utc = (int64_t)seconds;
	p->time = ghi_civil_from_seconds(p->utc);
	p->flags |= PUNCH_EPOCH;
	return true;
}

/* Absent, empty, "null" (QUIRKS Q27) and -1 are the same. */
static enum gh_err attlog_code_read(gh_slice s, int32_t *out)
{
	int64_t v = PUNCH_ABSENT;

	s = gh_slice_trim(s);
	if (s.n && !gh_slice_eq(s, GH_LIT("null"))) {
		enum gh_err err = ghi_signed_parse(s, PUNCH_ABSENT, INT32_MAX, &v);

		if (err)
			return err;
	}
	*out = (int32_t)v;
	return GH_OK;
}

/* Reserved columns: stored when they contain anything but blanks and zeros. */
static gh_slice attlog_extra_read(gh_slice s)
{
	bool is_more = false;

	while (s.n && (s.p[s.n - 1] == '\t' || s.p[s.n - 1] == ' '))
		s.n--;
	for (size_t i = 0; i < s.n && !is_more; i++)
		is_more = s.p[i] != '\t' && s.p[i] != ' ' && s.p[i] != '0';
	return is_more ? s : (gh_slice){ 0 };
}

static bool attlog_has_nul(gh_slice s)
{
	return s.n && memchr(s.p, '\0', s.n);
}

enum gh_err ghi_attlog_parse(gh_slice line, struct punch *out, struct ghi_attlog_fault *fault)
{
	struct punch p = { .utc = PUNCH_NO_UTC };
	enum gh_err err;

	while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n'))
		line.n--;
	p.pin = attlog_column(&line);
	if (attlog_has_nul(p.pin))
		return attlog_fail(fault, GH_EMALFORMED, COLUMN_PIN, "NUL byte in the PIN");
	if (gh_slice_trim(p.pin).n == 0)
		return attlog_fail(fault, GH_EMALFORMED, COLUMN_PIN, "no PIN");
	if (p.pin.n > PIN_MAX)
		return attlog_fail(fault, GH_ETOOBIG, COLUMN_PIN,
				   "PIN is longer than 24 bytes");
	if (!attlog_time_read(attlog_column(&line), &p))
		return attlog_fail(fault, GH_EMALFORMED, COLUMN_TIME, "no readable time");
	err = attlog_code_read(attlog_column(&line), &p.status);
	if (err)
		return attlog_fail(fault, err, COLUMN_STATUS,
				   "status is no number, or out of range");
	err = attlog_code_read(attlog_column(&line), &p.verify);
	if (err)
		return attlog_fail(fault, err, COLUMN_VERIFY,
				   "verify mode is no number, or out of range");
	p.work_code = attlog_column(&line);
	if (attlog_has_nul(p.work_code))
		return attlog_fail(fault, GH_EMALFORMED, COLUMN_WORK_CODE,
				   "NUL byte in the work code");
	if (p.work_code.n > WORK_CODE_MAX)
		return attlog_fail(fault, GH_ETOOBIG, COLUMN_WORK_CODE,
				   "work code is longer than 64 bytes");
	if (gh_slice_eq(p.work_code, GH_LIT("null")))
		p.work_code.n = 0;
	p.extra = attlog_extra_read(line);
	if (attlog_has_nul(p.extra))
		return attlog_fail(fault, GH_EMALFORMED, COLUMN_WORK_CODE + 1,
				   "NUL byte after the work code");
	if (p.extra.n > EXTRA_MAX)
		return attlog_fail(fault, GH_ETOOBIG, COLUMN_WORK_CODE + 1,
				   "more than 512 bytes after the work code");
	*out = p;
	return GH_OK;
}

static void attlog_text_put(struct ghi_writer *w, gh_slice s, bool tabs)
{
	if (w->err == GH_OK && s.n &&
	    (attlog_has_nul(s) || memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n) ||
	     (!tabs && memchr(s.p, '\t', s.n))))
		w->err = GH_EMALFORMED;
	ghi_put(w, s);
}

static void attlog_code_put(struct ghi_writer *w, int32_t code)
{
	if (code != PUNCH_ABSENT)
		ghi_put_signed(w, code);
	ghi_put_u8(w, '\t');
}

void ghi_attlog_write(struct ghi_writer *w, const struct punch *p)
{
	attlog_text_put(w, p->pin, false);
	ghi_put_u8(w, '\t');
	if (p->flags & PUNCH_EPOCH)
		ghi_put_signed(w, p->utc);
	else
		ghi_put_civil(w, p->time);
	ghi_put_u8(w, '\t');
	attlog_code_put(w, p->status);
	attlog_code_put(w, p->verify);
	attlog_text_put(w, p->work_code, false);
	ghi_put_u8(w, '\t');
	if (p->extra.n)
		attlog_text_put(w, p->extra, true);
	else
		ghi_put(w, GH_LIT("0\t0"));
	ghi_put_u8(w, '\n');
}
