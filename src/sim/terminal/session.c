/* Connecting, and what a terminal does as a whole. */
#include "sim/terminal/command.h"
#include "wire/terminal/auth.h"
#include "wire/terminal/option.h"
#include "wire/terminal/packed_time.h"
#include "wire/terminal/request.h"
#include "wire/terminal/sizes.h"
#include "wire/terminal/text.h"

#include "base/civil_time.h"

enum { OP_OPTION = 5, OP_TIME = 21, OP_UNLOCK = 29, SHORT_SIZES = 4, SIZES_MAX = 112 };

/* --- connecting --- */

static unsigned session_count(const struct term_device *d)
{
	unsigned n = 0;

	for (size_t i = 0; i < TERM_LINKS; i++)
		n += d->link[i] && d->link[i]->stage != TERM_DISCONNECTED;
	return n;
}

void term_connect(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_device *d = l->device;
	(void)f;

	if (d->plan->persona->quirks & TERM_PROTECTED) {
		term_answer(l, GH_PROTECTED, (gh_slice){ 0 });
		return;
	}
	if (l->stage == TERM_DISCONNECTED && session_count(d) >= d->plan->persona->sessions) {
		d->statistics->refused++;
		term_answer_error(l);
		l->closing = true;
		return;
	}
	/* A second CONNECT over one TCP connection gives the same number (terminal digest 3.1);
	 * ids are never zero. */
	if (l->session == 0 || !l->tcp) {
		d->sessions = (uint16_t)(d->sessions == UINT16_MAX ? 1 : d->sessions + 1);
		l->session = d->sessions;
	}
	l->events = 0;
	l->stage = d->plan->comm_key ? TERM_KEY_PENDING : TERM_CONNECTED;
	if (l->stage == TERM_KEY_PENDING)
		term_answer(l, GH_ACK_UNAUTH, (gh_slice){ 0 });
	else
		term_answer_ok(l);
}

void term_auth(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint32_t key = l->device->plan->comm_key;

	if (l->stage == TERM_CONNECTED ||
	    (l->stage == TERM_KEY_PENDING && f->session == l->session && f->data.n >= 4 &&
	     ghi_terminal_auth_fits(f->data.p, key, l->session))) {
		l->stage = TERM_CONNECTED;
		term_answer_ok(l);
		return;
	}
	l->device->statistics->unauthorised++;
	term_answer(l, GH_ACK_UNAUTH, (gh_slice){ 0 });
}

void term_exit(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	term_answer_ok(l);
	l->closing = true;
}

/* --- the terminal as a whole --- */

void term_acknowledge(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	term_answer_ok(l);
}

void term_enable(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	l->device->disabled = false;
	term_answer_ok(l);
}

/* Some send seconds, some zeros, some nothing (terminal digest 6.1). */
void term_disable(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_device *d = l->device;
	uint32_t seconds = 0;

	if (ghi_terminal_number_parse(f->data, &seconds))
		seconds = 0;
	d->disabled = true;
	d->disabled_until_ms = seconds ? d->now_ms + (int64_t)seconds * 1000 : TERM_NEVER;
	term_answer_ok(l);
}

/* Restart: every link ends, and the device is enabled. */
void term_restart(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_device *d = l->device;

	if (f->command == GH_CMD_POWEROFF || !(d->plan->persona->quirks & TERM_SILENT_END))
		term_answer_ok(l);
	d->disabled = false;
	term_device_enrol_stop(d);
	term_device_oplog(d, f->command == GH_CMD_POWEROFF, 0, 0);
	for (size_t i = 0; i < TERM_LINKS; i++)
		if (d->link[i])
			d->link[i]->closing = true;
}

void term_voice(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint16_t index;

	if (ghi_terminal_uid_parse(f->data, &index) || index > 55)
		term_answer_error(l);
	else
		term_answer_ok(l);
}

void term_lcd(struct term_link *l, const struct ghi_terminal_frame *f)
{
	int16_t line;
	gh_slice text;

	if (ghi_terminal_lcd_parse(f->data, &line, &text) || line < 0)
		term_answer_error(l);
	else
		term_answer_ok(l);
}

void term_version(struct term_link *l, const struct ghi_terminal_frame *f)
{
	gh_slice text = gh_slice_of(l->device->plan->persona->firmware);
	(void)f;

	text.n++; /* the NUL goes with it */
	term_answer(l, GH_ACK_OK, text);
}

void term_get_time(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_day day = { 0 };
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	(void)f;

	ghi_terminal_number_write(&w, term_time_code(&day, term_device_clock(l->device)));
	term_answer(l, GH_ACK_OK, ghi_written(&w));
}

void term_set_time(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_device *d = l->device;
	struct gh_time t;
	uint32_t code;

	if (ghi_terminal_number_parse(f->data, &code)) {
		term_answer(l, GH_ACK_ERROR_DATA, (gh_slice){ 0 });
		return;
	}
	t = ghi_terminal_time_unpack(code);
	if (!t.valid && code) {
		term_answer_error(l);
		return;
	}
	d->clock_shift_s += ghi_civil_to_seconds(ghi_civil_join((struct ghi_civil_parts){
				    t.year, t.month, t.day, t.hour, t.minute, t.second })) -
			    term_device_clock(d);
	term_device_oplog(d, OP_TIME, 0, 0);
	term_answer_ok(l);
}

void term_option_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint8_t b[512];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	gh_slice name = ghi_terminal_text_cut(f->data);
	char *value = term_option_get(l->device, name);

	if (value == NULL && !(l->device->plan->persona->quirks & TERM_BARE_OPTIONS)) {
		term_answer_error(l);
		return;
	}
	ghi_terminal_option_write(&w, name, gh_slice_of(value ? value : ""));
	g_free(value);
	if (w.err)
		term_answer_error(l);
	else
		term_answer(l, GH_ACK_OK, ghi_written(&w));
}

void term_option_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	gh_slice name, value;

	if (!ghi_terminal_option_split(f->data, &name, &value) ||
	    term_option_set(l->device, name, value)) {
		term_answer_error(l);
		return;
	}
	term_device_oplog(l->device, OP_OPTION, 0, 0);
	term_answer_ok(l);
}

void term_sizes(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct term_persona *p = l->device->plan->persona;
	uint8_t b[SIZES_MAX] = { 0 };
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct gh_counters c;
	(void)f;

	if (!(p->quirks & TERM_ONE_COUNTER)) {
		term_device_counters(l->device, &c);
		ghi_terminal_sizes_write(&w, &c, p->counters > 80);
	}
	term_answer(l, GH_ACK_OK, (gh_slice){ b, p->counters });
}

/* The state stands where the session stands else (terminal digest 3.2). */
void term_state(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	term_answer_field(l, GH_ACK_OK, l->device->state, (gh_slice){ 0 });
}

void term_pin_width(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint8_t width = l->device->plan->user_size == 72 ? 9 : 5;
	(void)f;

	term_answer(l, GH_ACK_OK, (gh_slice){ &width, 1 });
}

/* Tenths of a second, as most clients mean it. */
void term_unlock(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct gh_event e = { .type = GH_EVENT_UNLOCK };
	struct term_device *d = l->device;
	uint32_t tenths;

	if (ghi_terminal_number_parse(f->data, &tenths)) {
		term_answer(l, GH_ACK_ERROR_DATA, (gh_slice){ 0 });
		return;
	}
	d->door_until_ms = d->now_ms + (int64_t)tenths * 100;
	term_device_oplog(d, OP_UNLOCK, 0, 0);
	term_answer_ok(l);
	term_device_event(d, &e);
}

void term_door(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct term_device *d = l->device;
	uint8_t open = d->now_ms < d->door_until_ms;
	(void)f;

	if (d->plan->persona->quirks & TERM_DOOR_MUTE)
		term_answer_ok(l);
	else
		term_answer(l, GH_ACK_OK, (gh_slice){ &open, 1 });
}

/* --- events --- */

void term_register(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint32_t mask;

	if (ghi_terminal_number_parse(f->data, &mask)) {
		term_answer(l, GH_ACK_ERROR_DATA, (gh_slice){ 0 });
		return;
	}
	l->events = mask;
	term_answer_ok(l);
}

void term_enrol(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_pin_finger v;

	if (ghi_terminal_pin_finger_parse(f->data, &v) || v.finger >= GH_FINGERS ||
	    term_users_pin(&l->device->users, v.pin) == NULL || l->device->enrol.link) {
		term_answer_error(l);
		return;
	}
	term_answer_ok(l);
	term_device_enrol(l->device, l, v.pin, v.finger);
}

void term_cancel_capture(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	term_device_enrol_stop(l->device);
	term_answer_ok(l);
}
