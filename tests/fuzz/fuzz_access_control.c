/* Orders that act on doors, from both sides. The first line is the digits of CONTROL DEVICE as a person wrote them:
 * what is read is the same order when it is written. The rest is the body of POST /api/doors/{door}/open and its like:
 * what is read of it becomes digits of one order of its kind, and what closes never becomes what opens. */
#include "fuzz.h"

#include "api/command_body.h"
#include "api/request_schemas.h"
#include "wire/access/control.h"
#include "wire/access/words.h"

#define CONTROL_WORDS "CONTROL DEVICE "

static void digits_are_sound(gh_slice digits)
{
	check(digits.n >= 8 && digits.n <= 80 && digits.n % 2 == 0);
	for (size_t i = 0; i < digits.n; i++)
		check((digits.p[i] >= '0' && digits.p[i] <= '9') ||
		      (digits.p[i] >= 'A' && digits.p[i] <= 'F'));
}

/* The digits of a kind's words; empty: they are no CONTROL DEVICE, or cannot be expressed. */
static gh_slice control_digits(enum command_kind kind, gh_slice arguments, uint8_t *room,
			       size_t n)
{
	struct ghi_writer w = ghi_writer_on(room, n);
	gh_slice words;

	ghi_access_words_write(&w, kind, arguments);
	words = ghi_written(&w);
	if (w.err || !gh_slice_starts(words, GH_LIT(CONTROL_WORDS)))
		return (gh_slice){ 0 };
	words = gh_slice_from(words, sizeof(CONTROL_WORDS) - 1);
	digits_are_sound(words);
	return words;
}

static void digits_read(gh_slice digits)
{
	uint8_t read[512], text[256], again[512];
	struct ghi_writer w = ghi_writer_on(read, sizeof(read)),
			  w2 = ghi_writer_on(again, sizeof(again));
	enum command_kind kind, second;
	bool as_written, other;

	if (ghi_access_control_read(digits, &kind, &w, &as_written)) {
		check(w.n == 0 || w.err);
		return;
	}
	gh_slice written = control_digits(kind, ghi_written(&w), text, sizeof(text));

	check(written.n);
	check(as_written || gh_slice_ieq(written, digits));
	/* What it is written as is the same order. */
	check(ghi_access_control_read(written, &second, &w2, &other) == GH_OK);
	check(second == kind && !other);
	/* The document's sample of it has 0 where 1 is meant (control.def). */
	check(kind == COMMAND_KIND_WIEGAND_TEST ||
	      gh_slice_eq(ghi_written(&w), ghi_written(&w2)));
}

static void order_read(enum command_kind kind, const struct body *b)
{
	uint8_t given[2 * COMMAND_BODY_VALUE], text[4 * COMMAND_BODY_VALUE], read[512];
	struct ghi_writer g = ghi_writer_on(given, sizeof(given)),
			  r = ghi_writer_on(read, sizeof(read));
	struct fault fault = { .field = "" };
	enum command_kind back;
	bool as_written;
	enum gh_err err = command_body_read(&g, kind, b, &fault);

	check(err == GH_OK || err == GH_ESPACE || *fault.message);
	if (err)
		return;
	gh_slice digits = control_digits(kind, ghi_written(&g), text, sizeof(text));

	if (digits.n == 0)
		return;
	check(ghi_access_control_read(digits, &back, &r, &as_written) == GH_OK);
	check(command_kind_row(back)->nature == command_kind_row(kind)->nature);
	check(strcmp(command_kind_row(back)->subject, command_kind_row(kind)->subject) == 0);
	digits_read(digits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum request_id door_request[] = { REQUEST_DoorOpenRequest,
							REQUEST_DoorHoldRequest,
							REQUEST_DoorRequest,
							REQUEST_DoorUnlockRequest };
	struct arena a = ghi_arena_with_limit(1 << 20);
	gh_slice in = { data, size }, digits;
	struct fault fault = { .field = "" };
	struct faults faults;
	struct body b;

	gh_slice_cut(in, '\n', &digits, &in);
	digits_read(digits);
	if (body_parse(in, &a, &b, &fault)) {
		check(*fault.message);
	} else {
		for (size_t i = 0; i < sizeof(door_request) / sizeof(door_request[0]); i++) {
			schema_check(&request_schemas[door_request[i]].schema, &b, &faults);
			for (size_t k = 0; k < faults.n; k++)
				check(*faults.row[k].message);
		}
		for (enum command_kind k = 0; k < COMMAND_KINDS; k++)
			if (ghi_access_words_exist(k) && *command_kind_row(k)->types)
				order_read(k, &b);
	}
	ghi_arena_clear(&a);
	return 0;
}
