/* Records of every kind; the first byte selects it. What can be read can be written, and reads
 * as the same again. */
#include "../fuzz.h"
#include "wire/terminal/attendance.h"
#include "wire/terminal/event.h"
#include "wire/terminal/face.h"
#include "wire/terminal/oplog.h"
#include "wire/terminal/option.h"
#include "wire/terminal/request.h"
#include "wire/terminal/sizes.h"
#include "wire/terminal/template.h"
#include "wire/terminal/upload.h"
#include "wire/terminal/user.h"

static void text_is_ended(const char *text, size_t size)
{
	check(memchr(text, 0, size));
}

static void users_fuzz(gh_slice in)
{
	static const size_t sizes[] = { 72, 28, 16 };
	size_t found = ghi_terminal_user_size_of(in, in.n, (int32_t)(in.n / 72));

	check(found == 0 || ghi_terminal_user_size_known(found));
	for (size_t i = 0; i < 3; i++) {
		uint8_t b[72];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));
		struct gh_user u, again;

		if (in.n < sizes[i])
			continue;
		check(!ghi_terminal_user_parse((gh_slice){ in.p, sizes[i] }, &u));
		text_is_ended(u.pin, sizeof(u.pin));
		text_is_ended(u.name_raw, sizeof(u.name_raw));
		text_is_ended(u.password, sizeof(u.password));
		ghi_terminal_user_write(&w, &u, sizes[i]);
		check(w.err == GH_OK && w.n == sizes[i]);
		check(!ghi_terminal_user_parse(ghi_written(&w), &again));
		check(memcmp(&u, &again, sizeof(u)) == 0);
	}
}

static void punches_fuzz(gh_slice in)
{
	struct ghi_terminal_punch_format f;
	struct ghi_terminal_day day = { 0 };
	struct gh_punch p;

	if (ghi_terminal_punch_format_of(in, in.n, -1, 0x40000000, &f))
		return;
	check(f.size >= 8 && f.size <= GHI_TERMINAL_PUNCH_MAX);
	for (size_t at = 0; at + f.size <= in.n; at += f.size) {
		struct gh_punch again;
		uint8_t b[256];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));

		ghi_terminal_punch_parse(in.p + at, f, &day, &p);
		text_is_ended(p.pin, sizeof(p.pin));
		ghi_terminal_punch_write(&w, &p, f);
		check(w.err == GH_OK && w.n == f.size);
		ghi_terminal_punch_parse(b, f, &day, &again);
		check(again.time_code == p.time_code && again.uid == p.uid &&
		      again.verify == p.verify && strcmp(again.pin, p.pin) == 0);
	}
}

static void events_fuzz(gh_slice in)
{
	struct ghi_terminal_events it;
	struct gh_event e;
	size_t n = 0;

	if (in.n < 2)
		return;
	it = ghi_terminal_events_of((uint16_t)(in.p[0] | in.p[1] << 8), gh_slice_from(in, 2));
	while (ghi_terminal_events_next(&it, &e)) {
		uint8_t b[256];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));

		check(++n <= in.n + 1);
		check(e.raw_size <= sizeof(e.raw));
		text_is_ended(e.punch.pin, sizeof(e.punch.pin));
		ghi_terminal_event_write(&w, &e);
		check(w.err == GH_OK);
	}
	check(n >= 1);
}

static void templates_fuzz(gh_slice in)
{
	struct gh_template t;
	struct ghi_terminal_face face;
	gh_slice rest = in, cut;

	if (!ghi_terminal_template_parse(in, &t)) {
		uint8_t *b = malloc(in.n);
		struct ghi_writer w = ghi_writer_on(b, in.n);

		check(b && fuzz_inside((gh_slice){ t.data, t.size }, in));
		ghi_terminal_template_write(&w, &t);
		check(w.err == GH_OK && w.n == in.n && memcmp(b, in.p, in.n) == 0);
		free(b);
	}
	cut = ghi_terminal_template_trim(in, true);
	check(fuzz_inside(cut, in));
	while (ghi_terminal_face_next(&rest, &face))
		check(fuzz_inside(face.data, in));
}

static void small_fuzz(gh_slice in)
{
	struct gh_oplog o;
	struct gh_counters c;
	gh_slice name, value;
	struct ghi_terminal_prepare p;
	struct ghi_terminal_window v;
	struct ghi_terminal_pin_finger pf;
	struct ghi_terminal_store s;
	char pin[GH_PIN_SIZE];
	uint32_t number;
	uint16_t uid;
	uint8_t byte;
	int16_t line;

	if (in.n >= 16) {
		uint8_t b[16];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));

		ghi_terminal_oplog_parse(in.p, &o);
		ghi_terminal_oplog_write(&w, &o);
		check(memcmp(b, in.p, 16) == 0);
	}
	ghi_terminal_sizes_parse(in, &c);
	check(in.n >= 80 || c.users == -1);
	if (!ghi_terminal_option_parse(in, GH_LIT("~SerialNumber"), &value))
		check(value.n && fuzz_inside(value, in));
	if (ghi_terminal_option_split(in, &name, &value))
		check(fuzz_inside(name, in) && fuzz_inside(value, in));
	if (!ghi_terminal_prepare_parse(in, &p) && !ghi_terminal_window_parse(in, &v))
		check(in.n >= 11);
	if (!ghi_terminal_pin_finger_parse(in, &pf))
		text_is_ended(pf.pin, sizeof(pf.pin));
	if (!ghi_terminal_store_parse(in, &s) && !ghi_terminal_finger_parse(in, &uid, &byte))
		check(s.uid == uid && s.finger == byte);
	if (!ghi_terminal_face_request_parse(in, pin, &uid))
		text_is_ended(pin, sizeof(pin));
	if (!ghi_terminal_photo_request_parse(in, pin))
		text_is_ended(pin, sizeof(pin));
	if (!ghi_terminal_lcd_parse(in, &line, &value))
		check(fuzz_inside(value, in));
	if (!ghi_terminal_number_parse(in, &number))
		check(in.n >= 4);
}

static void uploads_fuzz(gh_slice in)
{
	struct ghi_terminal_upload u;
	struct gh_user user;
	struct gh_template t;
	size_t n = 0;

	if (ghi_terminal_upload_parse(in, &u))
		return;
	while (ghi_terminal_upload_next_user(&u, &user))
		check(++n <= in.n);
	n = 0;
	while (ghi_terminal_upload_next_template(&u, &t)) {
		check(++n <= in.n);
		check(fuzz_inside((gh_slice){ t.data, t.size }, in));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const kind[])(gh_slice) = { users_fuzz,	  punches_fuzz, events_fuzz,
						  templates_fuzz, small_fuzz,	uploads_fuzz };
	gh_slice in = { data, size };

	if (size)
		kind[data[0] % (sizeof(kind) / sizeof(kind[0]))](gh_slice_from(in, 1));
	return 0;
}
