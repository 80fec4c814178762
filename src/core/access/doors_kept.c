#include "core/access/doors_kept.h"

#include <string.h>

#include "base/hex.h"
#include "base/number.h"

#define KEEP_AFTER_MS 2000
#define TEXT_VERSION 1

/* --- the text --- */

static void text_number_put(struct ghi_writer *w, int64_t v)
{
	ghi_put_signed(w, v);
	ghi_put_u8(w, ',');
}

static void door_put(struct ghi_writer *w, const struct door_state *s)
{
	ghi_put_u8(w, ';');
	text_number_put(w, s->number);
	text_number_put(w, s->now.sensor);
	text_number_put(w, s->now.relay);
	text_number_put(w, s->now.alarms);
	text_number_put(w, s->sensor_since_ms);
	text_number_put(w, s->relay_since_ms);
	for (int i = 0; i < DOOR_ALARMS; i++)
		text_number_put(w, s->alarm_since_ms[i]);
	text_number_put(w, s->event_seq);
	text_number_put(w, s->event);
	text_number_put(w, s->event_ms);
	for (size_t i = 0; i < s->pin_n; i++) {
		uint8_t byte = (uint8_t)s->pin[i];

		ghi_put_u8(w, (uint8_t) "0123456789abcdef"[byte >> 4]);
		ghi_put_u8(w, (uint8_t) "0123456789abcdef"[byte & 15]);
	}
}

void doors_text_write(struct ghi_writer *w, int64_t reported_ms, const struct door_state *door,
		      const bool *known)
{
	text_number_put(w, TEXT_VERSION);
	ghi_put_signed(w, reported_ms);
	for (int i = 0; i < DOORS_MAX; i++)
		if (known[i])
			door_put(w, &door[i]);
}

static bool text_number_take(gh_slice *text, int64_t least, int64_t most, int64_t *v)
{
	gh_slice part;

	gh_slice_cut(*text, ',', &part, text);
	return ghi_signed_parse(part, least, most, v) == GH_OK;
}

static bool small_take(gh_slice *text, int64_t least, int64_t most, int *v)
{
	int64_t number;

	if (!text_number_take(text, least, most, &number))
		return false;
	*v = (int)number;
	return true;
}

static bool pin_take(gh_slice text, struct door_state *s)
{
	if (text.n % 2 || text.n / 2 > sizeof(s->pin))
		return false;
	for (size_t i = 0; i < text.n / 2; i++) {
		int byte = ghi_hex_byte(text.p + 2 * i);

		if (byte < 0)
			return false;
		s->pin[i] = (char)byte;
	}
	s->pin_n = text.n / 2;
	return true;
}

static bool door_take(gh_slice text, struct door_state *s)
{
	bool ok = small_take(&text, 1, DOORS_MAX, &s->number) &&
		  small_take(&text, -1, DOOR_SENSORS - 1, &s->now.sensor) &&
		  small_take(&text, -1, 1, &s->now.relay) &&
		  small_take(&text, -1, 255, &s->now.alarms) &&
		  text_number_take(&text, 0, INT64_MAX, &s->sensor_since_ms) &&
		  text_number_take(&text, 0, INT64_MAX, &s->relay_since_ms);

	for (int i = 0; i < DOOR_ALARMS && ok; i++)
		ok = text_number_take(&text, 0, INT64_MAX, &s->alarm_since_ms[i]);
	return ok && text_number_take(&text, 0, INT64_MAX, &s->event_seq) &&
	       text_number_take(&text, -1, EVENT_CODE_MAX, &s->event) &&
	       text_number_take(&text, 0, INT64_MAX, &s->event_ms) && pin_take(text, s);
}

enum gh_err doors_text_read(gh_slice text, int64_t *reported_ms,
			    struct door_state door[DOORS_MAX], bool known[DOORS_MAX])
{
	struct door_state read[DOORS_MAX];
	bool is_known[DOORS_MAX] = { false };
	gh_slice head, part;
	int64_t version, reported;

	gh_slice_cut(text, ';', &head, &text);
	if (!text_number_take(&head, TEXT_VERSION, TEXT_VERSION, &version) ||
	    !text_number_take(&head, 0, INT64_MAX, &reported))
		return GH_EMALFORMED;
	while (text.n) {
		struct door_state s = { .version = 1 };

		gh_slice_cut(text, ';', &part, &text);
		if (!door_take(part, &s))
			return GH_EMALFORMED;
		read[s.number - 1] = s;
		is_known[s.number - 1] = true;
	}
	for (int i = 0; i < DOORS_MAX; i++)
		if (is_known[i]) {
			door[i] = read[i];
			known[i] = true;
		}
	*reported_ms = reported;
	return GH_OK;
}

/* --- keeping it --- */

struct doors_keeping {
	struct server *server;
	int64_t now_ms, wait_ms;
};

static bool doors_keep_one(void *ctx, struct device *d)
{
	struct doors_keeping *k = ctx;
	uint8_t text[DOORS_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (!device_has_doors(d) || !device_doors_changed(d, k->now_ms, k->wait_ms, &w) ||
	    w.err)
		return true;

	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_door_states),
				     .access.door_states = ghi_written(&w) };

	/* Where it is not stored now, it is after the next change. */
	return device_change(k->server, d, &change, NULL, NULL) != GH_ECLOSED;
}

void doors_keep(struct server *server, bool all)
{
	struct doors_keeping k = { .server = server,
				   .now_ms = server->now_ms(),
				   .wait_ms = all ? 0 : KEEP_AFTER_MS };

	devices_each(server->devices, doors_keep_one, &k);
}
