#include "wire/access/control.h"

#include "base/hex.h"
#include "base/number.h"

static const struct access_control {
	enum command_kind kind;
	const char *form;
	int bit;
} controls[] = {
#define GHI_ACCESS_CONTROL(KIND, LANE, form, bit) { COMMAND_KIND_##KIND, form, bit },
#include "wire/access/control.def"
#undef GHI_ACCESS_CONTROL
};
#define CONTROLS (sizeof(controls) / sizeof(controls[0]))

#define HOLD 0xFF
#define CONTROL_BYTES 40 /* more than the longest form */

int ghi_access_control_bit(enum command_kind kind)
{
	for (size_t i = 0; i < CONTROLS; i++)
		if (controls[i].kind == kind)
			return controls[i].bit;
	return -1;
}

/* --- a part of a form --- */

enum control_part_kind { PART_BYTE, PART_NUMBER, PART_CHOICE, PART_HOLD, PART_DIGITS };

struct control_part {
	enum control_part_kind kind;
	gh_slice name;
	unsigned byte;		    /* BYTE */
	int64_t least, most, usual; /* NUMBER; usual -1: it must be there */
	unsigned yes, no;	    /* CHOICE */
	size_t bytes;		    /* DIGITS */
};

static int64_t part_number(gh_slice text)
{
	uint64_t n;

	return ghi_number_parse(text, 1000, &n) ? -1 : (int64_t)n;
}

static unsigned part_byte(gh_slice text)
{
	return text.n == 2 ? (unsigned)ghi_hex_byte(text.p) : 0;
}

/* The next one; *form moves on. False: no more. */
static bool part_next(gh_slice *form, struct control_part *out)
{
	gh_slice word, rest, part;

	if (form->n == 0)
		return false;
	gh_slice_cut(*form, ' ', &word, form);
	*out = (struct control_part){ .kind = PART_BYTE };
	if (gh_slice_eq(word, GH_LIT("hold"))) {
		out->kind = PART_HOLD;
	} else if (gh_slice_cut(word, ':', &part, &rest) && !memchr(part.p, '?', part.n)) {
		gh_slice most, usual;

		out->kind = PART_NUMBER;
		out->name = part;
		gh_slice_cut(rest, ':', &part, &rest);
		gh_slice_cut(rest, ':', &most, &usual);
		out->least = part_number(part);
		out->most = part_number(most);
		out->usual = part_number(usual);
	} else if (gh_slice_cut(word, '?', &out->name, &rest)) {
		out->kind = PART_CHOICE;
		gh_slice_cut(rest, ':', &part, &rest);
		out->yes = part_byte(part);
		out->no = part_byte(rest);
	} else if (gh_slice_cut(word, '#', &out->name, &rest)) {
		out->kind = PART_DIGITS;
		out->bytes = (size_t)part_number(rest);
	} else {
		out->byte = part_byte(word);
	}
	return true;
}

/* --- writing --- */

static void control_fail(struct ghi_writer *w)
{
	if (w->err == GH_OK)
		w->err = GH_EMALFORMED;
}

void ghi_access_control_byte_write(struct ghi_writer *w, unsigned value)
{
	ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[value >> 4 & 15]);
	ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[value & 15]);
}

static void control_part_digits_put(struct ghi_writer *w, const struct control_part *p,
				    gh_slice arguments)
{
	gh_slice text = { 0 };

	(void)command_argument(arguments, command_argument_of(p->name), &text);
	if (text.n != 2 * p->bytes) {
		control_fail(w);
		return;
	}
	for (size_t i = 0; i < text.n; i += 2) {
		int byte = ghi_hex_byte(text.p + i);

		if (byte < 0)
			control_fail(w);
		else
			ghi_access_control_byte_write(w, (unsigned)byte);
	}
}

static void control_part_number_put(struct ghi_writer *w, const struct control_part *p,
				    gh_slice arguments)
{
	int64_t value;

	if (!command_argument_number(arguments, command_argument_of(p->name), &value))
		value = p->usual;
	if (value < p->least || value > p->most)
		control_fail(w);
	else
		ghi_access_control_byte_write(w, (unsigned)value);
}

static void control_part_put(struct ghi_writer *w, const struct control_part *p,
			     gh_slice arguments)
{
	gh_slice text;
	int64_t value;

	switch (p->kind) {
	case PART_BYTE:
		ghi_access_control_byte_write(w, p->byte);
		break;
	case PART_NUMBER:
		control_part_number_put(w, p, arguments);
		break;
	case PART_CHOICE:
		if (!command_argument(arguments, command_argument_of(p->name), &text))
			text = GH_LIT("1");
		ghi_access_control_byte_write(w,
					      gh_slice_eq(text, GH_LIT("0")) ? p->no : p->yes);
		break;
	case PART_HOLD:
		if (!command_argument_number(arguments, ARGUMENT_seconds, &value))
			value = HOLD;
		else if (value < 1 || value >= HOLD)
			control_fail(w);
		ghi_access_control_byte_write(w, (unsigned)value);
		break;
	case PART_DIGITS:
		control_part_digits_put(w, p, arguments);
		break;
	}
}

void ghi_access_control_write(struct ghi_writer *w, const char *form, gh_slice arguments)
{
	gh_slice rest = gh_slice_of(form);
	struct control_part p;

	while (part_next(&rest, &p))
		control_part_put(w, &p, arguments);
}

/* --- reading --- */

static void argument_number_put(struct ghi_writer *w, gh_slice name, int64_t value)
{
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	ghi_put_signed(w, value);
	ghi_put_u8(w, '\n');
}

/* Upper case, as it is written. */
static void argument_digits_put(struct ghi_writer *w, gh_slice name, gh_slice digits)
{
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	for (size_t i = 0; i < digits.n; i += 2)
		ghi_access_control_byte_write(w, (unsigned)ghi_hex_byte(digits.p + i));
	ghi_put_u8(w, '\n');
}

/* Whether the digits at the front fit the part; they are taken. */
static bool control_part_read(gh_slice *digits, const struct control_part *p,
			      struct ghi_writer *w)
{
	size_t n = p->kind == PART_DIGITS ? 2 * p->bytes : 2;
	gh_slice own = { digits->p, n };

	if (digits->n < n)
		return false;
	for (size_t i = 0; i < n; i += 2)
		if (ghi_hex_byte(own.p + i) < 0)
			return false;
	int64_t value = ghi_hex_byte(own.p);

	*digits = gh_slice_from(*digits, n);
	switch (p->kind) {
	case PART_BYTE:
		return value == p->byte;
	case PART_NUMBER:
		if (value || p->usual)
			argument_number_put(w, p->name, value);
		return value >= p->least && value <= p->most;
	case PART_CHOICE:
		argument_number_put(w, p->name, value == p->yes);
		return value == p->yes || value == p->no;
	case PART_HOLD:
		if (value != HOLD)
			argument_number_put(w, GH_LIT("seconds"), value);
		return value > 0;
	case PART_DIGITS:
		argument_digits_put(w, p->name, own);
		return true;
	}
	return false;
}

static bool control_form_read(gh_slice *digits, const char *form, struct ghi_writer *w)
{
	gh_slice rest = gh_slice_of(form);
	struct control_part p;

	while (part_next(&rest, &p))
		if (!control_part_read(digits, &p, w))
			return false;
	return true;
}

/* Whether the kind is written as these digits, the operator's left out. */
static bool control_is_written_so(enum command_kind kind, gh_slice arguments, gh_slice digits)
{
	uint8_t room[2 * CONTROL_BYTES];
	struct ghi_writer w = ghi_writer_on(room, sizeof(room));
	size_t i = 0;

	while (i < CONTROLS && controls[i].kind != kind)
		i++;
	ghi_access_control_write(&w, controls[i].form, arguments);
	return w.err == GH_OK && gh_slice_ieq(ghi_written(&w), digits);
}

enum gh_err ghi_access_control_read(gh_slice digits, enum command_kind *kind,
				    struct ghi_writer *w, bool *as_written)
{
	const struct ghi_writer before = *w;

	for (size_t i = 0; i < CONTROLS; i++) {
		gh_slice rest = digits;

		*w = before;
		if (!control_form_read(&rest, controls[i].form, w))
			continue;
		/* A fifth byte names the operator. */
		if (rest.n != 0 && (rest.n != 2 || ghi_hex_byte(rest.p) < 0))
			continue;
		*kind = controls[i].kind;
		*as_written = !control_is_written_so(
			*kind, gh_slice_from(ghi_written(w), before.n), digits);
		return w->err;
	}
	*w = before;
	return GH_EINVALID;
}
