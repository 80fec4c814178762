#include "wire/terminal/event.h"

#include "base/reader.h"
#include "wire/terminal/packed_time.h"
#include "wire/terminal/text.h"

enum { LONG = 52, TEXT = 32, TIME = 6, PIN = 24 };

/* Sizes of the short layouts; SHORT_UID may repeat. */
enum { SHORT_UID = 10, SHORT_PIN = 12, SHORT_UID_TAIL = 14 };

static bool clock_bytes(const uint8_t *b)
{
	struct gh_time t = ghi_terminal_time_read6(b);

	return t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 && t.hour < 24 &&
	       t.minute < 60 && t.second < 60;
}

static void event_time_set(struct gh_punch *p, const uint8_t *b)
{
	p->time = ghi_terminal_time_read6(b);
	p->time_code = ghi_terminal_time_fits(p->time) ? ghi_terminal_time_pack(p->time) : 0;
}

static void punch_text(const uint8_t *b, struct gh_punch *p)
{
	ghi_terminal_text_get(b, PIN, p->pin, sizeof(p->pin));
	p->verify = b[24];
	p->status = b[25];
	event_time_set(p, b + 26);
}

static void punch_uid(const uint8_t *b, struct gh_punch *p)
{
	p->uid = (uint16_t)(b[0] | b[1] << 8);
	p->verify = b[2];
	/* The high half of the byte is whether the match was valid (manual 2006-12). */
	p->status = b[3] & 0x0F;
	event_time_set(p, b + 4);
}

static void punch_pin(const uint8_t *b, struct gh_punch *p)
{
	struct ghi_reader r = ghi_reader_on((gh_slice){ b, SHORT_PIN });

	ghi_terminal_text_decimal(ghi_u32(&r), p->pin, sizeof(p->pin));
	p->verify = ghi_u8(&r);
	p->status = ghi_u8(&r);
	event_time_set(p, b + 6);
}

/* Bytes taken; 0: not a punch that is known. */
static size_t event_punch_take(gh_slice d, struct gh_punch *p)
{
	size_t used = 0;

	if (d.n >= LONG && d.n % LONG == 0) {
		punch_text(d.p, p);
		used = LONG;
	} else if (d.n >= TEXT) {
		punch_text(d.p, p);
		used = d.n;
	} else if (d.n == SHORT_UID_TAIL) {
		punch_uid(d.p, p);
		used = SHORT_UID_TAIL;
	} else if (d.n == SHORT_PIN) {
		punch_pin(d.p, p);
		used = SHORT_PIN;
	} else if (d.n && d.n % SHORT_UID == 0 && clock_bytes(d.p + 4)) {
		punch_uid(d.p, p);
		used = SHORT_UID;
	}
	p->record_size = (uint8_t)(used < 255 ? used : 255);
	return used;
}

static void alarm_fields(gh_slice d, struct gh_event *e)
{
	struct ghi_reader r = ghi_reader_on(d);

	e->decoded = 1;
	if (d.n == 12) {
		ghi_u32(&r);
		e->alarm = ghi_u16(&r);
		e->uid = ghi_u16(&r);
		e->key = ghi_u32(&r);
	} else if (d.n == 4 || d.n == 8) {
		e->alarm = ghi_u8(&r);
	} else {
		e->decoded = 0;
	}
}

static void enroll_fields(gh_slice d, struct gh_event *e)
{
	struct ghi_reader r = ghi_reader_on(d);
	size_t n;

	e->result = ghi_u16(&r);
	e->decoded = r.err == GH_OK;
	if (e->result || ghi_left(&r) < 3)
		return;
	e->size = ghi_u16(&r);
	n = ghi_left(&r) - 1;
	n = n < PIN ? n : PIN;
	ghi_terminal_text_get(ghi_bytes(&r, n).p, n, e->punch.pin, sizeof(e->punch.pin));
	e->finger = ghi_u8(&r);
}

static void event_decode(gh_slice d, struct gh_event *e)
{
	struct ghi_reader r = ghi_reader_on(d);

	switch (e->type) {
	case GH_EVENT_FINGER:
	case GH_EVENT_UNLOCK:
		e->decoded = 1;
		break;
	case GH_EVENT_ENROLL_USER:
		e->uid = ghi_u16(&r);
		e->decoded = r.err == GH_OK;
		break;
	case GH_EVENT_ENROLL_FINGER:
		enroll_fields(d, e);
		break;
	case GH_EVENT_BUTTON:
		for (size_t i = 0; i < d.n && i < 4; i++)
			e->key |= (uint32_t)d.p[i] << 8 * i;
		e->decoded = d.n > 0;
		break;
	case GH_EVENT_VERIFY:
		e->uid = ghi_u32(&r);
		e->decoded = r.err == GH_OK;
		break;
	case GH_EVENT_FINGER_SCORE:
		e->score = ghi_u8(&r);
		e->decoded = r.err == GH_OK;
		break;
	case GH_EVENT_ALARM:
		alarm_fields(d, e);
		break;
	default:
		break;
	}
}

bool ghi_terminal_events_next(struct ghi_terminal_events *it, struct gh_event *out)
{
	gh_slice d = it->left;
	size_t used = d.n;

	if (it->done)
		return false;
	*out = (struct gh_event){ .type = it->code };
	if (it->code == GH_EVENT_PUNCH) {
		used = event_punch_take(d, &out->punch);
		out->decoded = used > 0;
		used = used ? used : d.n;
	} else {
		event_decode(d, out);
	}
	out->raw_size = (uint16_t)(used < sizeof(out->raw) ? used : sizeof(out->raw));
	if (out->raw_size)
		memcpy(out->raw, d.p, out->raw_size);
	it->left = d.n ? gh_slice_from(d, used) : d;
	it->done = it->left.n == 0;
	return true;
}

static void event_put_zeros(struct ghi_writer *w, size_t n)
{
	while (n--)
		ghi_put_u8(w, 0);
}

static void event_time_put(struct ghi_writer *w, struct gh_time t)
{
	uint8_t b[TIME];

	ghi_terminal_time_write6(t, b);
	ghi_put(w, (gh_slice){ b, sizeof(b) });
}

void ghi_terminal_event_write_punch(struct ghi_writer *w, const struct gh_punch *p, size_t size)
{
	uint32_t pin = 0;

	if (size == SHORT_UID || size == SHORT_UID_TAIL) {
		ghi_put_u16(w, p->uid);
		ghi_put_u8(w, p->verify);
		ghi_put_u8(w, p->status & 0x0F);
		event_time_put(w, p->time);
		event_put_zeros(w, size - SHORT_UID);
	} else if (size == SHORT_PIN) {
		if (!ghi_terminal_text_number(p->pin, &pin) && w->err == GH_OK)
			w->err = GH_EINVALID;
		ghi_put_u32(w, pin);
		ghi_put_u8(w, p->verify);
		ghi_put_u8(w, p->status);
		event_time_put(w, p->time);
	} else if (size >= TEXT && size <= LONG) {
		ghi_terminal_text_put(w, p->pin, sizeof(p->pin), PIN);
		ghi_put_u8(w, p->verify);
		ghi_put_u8(w, p->status);
		event_time_put(w, p->time);
		event_put_zeros(w, size - TEXT);
	} else if (w->err == GH_OK) {
		w->err = GH_EINVALID;
	}
}

static void event_alarm_write(struct ghi_writer *w, const struct gh_event *e)
{
	switch (e->alarm) {
	case GH_ALARM_DURESS:
	case GH_ALARM_PASSBACK:
		ghi_put_u32(w, UINT32_MAX);
		ghi_put_u16(w, e->alarm);
		ghi_put_u16(w, (uint16_t)e->uid);
		ghi_put_u32(w, e->key);
		break;
	case GH_ALARM_DOOR_CLOSED:
		ghi_put_u32(w, e->alarm);
		ghi_put_u32(w, 0);
		break;
	default:
		ghi_put_u32(w, e->alarm);
		break;
	}
}

void ghi_terminal_event_write(struct ghi_writer *w, const struct gh_event *e)
{
	switch (e->type) {
	case GH_EVENT_PUNCH:
		ghi_terminal_event_write_punch(w, &e->punch, TEXT);
		break;
	case GH_EVENT_ENROLL_USER:
		ghi_put_u16(w, (uint16_t)e->uid);
		break;
	case GH_EVENT_ENROLL_FINGER:
		ghi_put_u16(w, e->result);
		if (e->result)
			break;
		ghi_put_u16(w, e->size);
		ghi_terminal_text_put(w, e->punch.pin, sizeof(e->punch.pin),
				      strlen(e->punch.pin) <= 9 ? 9 : PIN);
		ghi_put_u8(w, e->finger);
		break;
	case GH_EVENT_BUTTON:
		ghi_put_u32(w, e->key);
		break;
	case GH_EVENT_VERIFY:
		ghi_put_u32(w, e->uid);
		ghi_put_u8(w, 1);
		break;
	case GH_EVENT_FINGER_SCORE:
		ghi_put_u8(w, e->score);
		break;
	case GH_EVENT_ALARM:
		event_alarm_write(w, e);
		break;
	default:
		break;
	}
}
