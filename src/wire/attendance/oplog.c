#include "wire/attendance/oplog.h"

#include "base/number.h"

#define TEXT_MAX 64
#define VALUES 4

#define BIT(field) (UINT64_C(1) << (field))

static bool oplog_value_is_empty(gh_slice s)
{
	while (s.n && (s.p[0] == '\t' || s.p[0] == ' ' || s.p[0] == '0'))
		s = gh_slice_from(s, 1);
	return s.n == 0;
}

/* Up to the next tab; the whole of the rest for the last value. */
static enum gh_err text_column(gh_slice *line, bool last, gh_slice *out, const char **reason,
			       gh_slice *column)
{
	gh_slice text, rest;

	gh_slice_cut(*line, '\t', &text, &rest);
	if (last && !oplog_value_is_empty(rest)) {
		text = *line;
		while (text.p[text.n - 1] == '\t' || text.p[text.n - 1] == ' ')
			text.n--;
	}
	*line = rest;
	*column = text;
	if (text.n && memchr(text.p, '\0', text.n)) {
		*reason = "NUL byte in a value";
		return GH_EMALFORMED;
	}
	if (text.n > TEXT_MAX) {
		*reason = "value is longer than 64 bytes";
		return GH_ETOOBIG;
	}
	if (gh_slice_eq(text, GH_LIT("null")))
		text.n = 0;
	*out = text;
	return GH_OK;
}

enum gh_err ghi_oplog_parse(gh_slice line, struct oplog *out, const char **reason,
			    gh_slice *column)
{
	struct oplog o = { .present = BIT(OPLOG_op) | BIT(OPLOG_time) };
	gh_slice *const value[VALUES] = { &o.value1, &o.value2, &o.value3, &o.value4 };
	enum gh_err err = GH_OK;

	gh_slice_cut(line, '\t', column, &line);
	if (ghi_signed_parse(gh_slice_trim(*column), 0, INT32_MAX, &o.op)) {
		*reason = "operation is not a number";
		return GH_EMALFORMED;
	}
	err = text_column(&line, false, &o.admin, reason, column);
	if (err)
		return err;
	o.present |= BIT(OPLOG_admin);
	gh_slice_cut(line, '\t', column, &line);
	if (ghi_civil_parse(gh_slice_trim(*column), &o.time)) {
		*reason = "no readable time";
		return GH_EMALFORMED;
	}
	for (unsigned i = 0; i < VALUES && line.n; i++) {
		err = text_column(&line, i == VALUES - 1, value[i], reason, column);
		if (err)
			return err;
		o.present |= BIT(OPLOG_value1 + i);
	}
	*out = o;
	return GH_OK;
}

static void oplog_text_put(struct ghi_writer *w, gh_slice s)
{
	ghi_put_u8(w, '\t');
	if (w->err == GH_OK && s.n &&
	    (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n) || memchr(s.p, '\t', s.n) ||
	     memchr(s.p, '\0', s.n)))
		w->err = GH_EMALFORMED;
	ghi_put(w, s);
}

void ghi_oplog_write(struct ghi_writer *w, const struct oplog *o)
{
	ghi_put_signed(w, o->op);
	oplog_text_put(w, o->admin);
	ghi_put_u8(w, '\t');
	ghi_put_civil(w, o->time);
	oplog_text_put(w, o->value1);
	oplog_text_put(w, o->value2);
	oplog_text_put(w, o->value3);
	oplog_text_put(w, o->value4);
}
