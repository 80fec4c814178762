#include "wire/access/state.h"

#include "base/hex.h"
#include "base/number.h"

static bool state_is_hex(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ghi_hex_value(s.p[i]) < 0)
			return false;
	return s.n % 2 == 0;
}

/* Byte i of a text; -1: it is not there. */
static int state_byte(gh_slice s, size_t i)
{
	return 2 * i + 1 < s.n ? ghi_hex_byte(s.p + 2 * i) : -1;
}

enum gh_err ghi_door_states_parse(gh_slice line, struct ghi_door_states *out)
{
	struct ghi_door_states s = { .time = GHI_CIVIL_NONE };
	struct ghi_row r = ghi_row_of(line, (gh_slice){ 0 });
	gh_slice time;

	if (ghi_row_get(&r, "time", &time) && ghi_civil_parse(gh_slice_trim(time), &s.time))
		return GH_EMALFORMED;
	(void)ghi_row_get(&r, "sensor", &s.sensor);
	(void)ghi_row_get(&r, "relay", &s.relay);
	(void)ghi_row_get(&r, "alarm", &s.alarm);
	(void)ghi_row_get(&r, "door", &s.door);
	s.sensor = gh_slice_trim(s.sensor);
	s.relay = gh_slice_trim(s.relay);
	s.alarm = gh_slice_trim(s.alarm);
	s.door = gh_slice_trim(s.door);
	(void)ghi_row_get(&r, "sn", &s.unit);
	s.unit = gh_slice_trim(s.unit);
	if (s.sensor.n + s.relay.n + s.alarm.n + s.door.n == 0 || !state_is_hex(s.sensor) ||
	    !state_is_hex(s.relay) || !state_is_hex(s.alarm) || !state_is_hex(s.door))
		return GH_EMALFORMED;
	if (s.sensor.n / 2 > GHI_STATE_DOORS / 4 || s.relay.n / 2 > GHI_STATE_DOORS / 8 ||
	    s.alarm.n / 2 > GHI_STATE_DOORS || s.door.n / 2 > GHI_STATE_DOORS)
		return GH_ETOOBIG;
	*out = s;
	return GH_OK;
}

int ghi_sensor_of(const struct ghi_door_states *s, unsigned door)
{
	int byte = door ? state_byte(s->sensor, (door - 1) / 4) : -1;

	return byte < 0 ? -1 : byte >> (door - 1) % 4 * 2 & 3;
}

int ghi_relay_of(const struct ghi_door_states *s, unsigned door)
{
	int byte = door ? state_byte(s->relay, (door - 1) / 8) : -1;

	return byte < 0 ? -1 : byte >> (door - 1) % 8 & 1;
}

int ghi_alarm_of(const struct ghi_door_states *s, unsigned door)
{
	return door ? state_byte(s->alarm, door - 1) : -1;
}

/* Bytes of a text that has at least `digits`, and room for `need` bytes. */
static unsigned state_bytes(unsigned digits, unsigned need)
{
	return digits / 2 > need ? digits / 2 : need;
}

static void state_hex_put(struct ghi_writer *w, bool *first, const char *key,
			  const uint8_t *byte, unsigned bytes)
{
	uint8_t text[2 * GHI_STATE_DOORS];

	for (unsigned i = 0; i < bytes; i++) {
		text[2 * i] = (uint8_t) "0123456789ABCDEF"[byte[i] >> 4];
		text[2 * i + 1] = (uint8_t) "0123456789ABCDEF"[byte[i] & 15];
	}
	ghi_row_put(w, first, gh_slice_of(key), (gh_slice){ text, 2 * (size_t)bytes });
}

void ghi_door_states_write(struct ghi_writer *w, ghi_civil time,
			   const struct ghi_door_state *door, unsigned doors,
			   struct ghi_state_widths widths)
{
	uint8_t sensor[GHI_STATE_DOORS] = { 0 }, relay[GHI_STATE_DOORS] = { 0 },
		alarm[GHI_STATE_DOORS] = { 0 };
	unsigned bytes[3] = {
		state_bytes(widths.sensor, (doors + 3) / 4),
		state_bytes(widths.relay, (doors + 7) / 8),
		state_bytes(widths.alarm, doors),
	};
	bool first = true;
	char text[GHI_CIVIL_TEXT];
	struct ghi_writer t = ghi_writer_on(text, sizeof(text));

	if (doors > GHI_STATE_DOORS || bytes[0] > GHI_STATE_DOORS ||
	    bytes[1] > GHI_STATE_DOORS || bytes[2] > GHI_STATE_DOORS) {
		if (w->err == GH_OK)
			w->err = GH_ETOOBIG;
		return;
	}
	for (unsigned i = 0; i < doors; i++) {
		sensor[i / 4] |= (uint8_t)((unsigned)door[i].sensor << i % 4 * 2);
		relay[i / 8] |= (uint8_t)((unsigned)door[i].relay << i % 8);
		alarm[i] = door[i].alarm;
	}
	ghi_put_civil(&t, time);
	ghi_row_put(w, &first, GH_LIT("time"), ghi_written(&t));
	state_hex_put(w, &first, "sensor", sensor, bytes[0]);
	state_hex_put(w, &first, "relay", relay, bytes[1]);
	state_hex_put(w, &first, "alarm", alarm, bytes[2]);
}

void ghi_door_states_unit_write(struct ghi_writer *w, gh_slice unit)
{
	bool first = false;

	ghi_row_put(w, &first, GH_LIT("sn"), unit);
}

static const struct {
	const char *key;
	size_t offset;
} gate_key[] = {
	{ "irstate", offsetof(struct ghi_gate_state, state) },
	{ "irsensecount", offsetof(struct ghi_gate_state, sensors) },
	{ "incount", offsetof(struct ghi_gate_state, in) },
	{ "outcount", offsetof(struct ghi_gate_state, out) },
	{ "alarmcount", offsetof(struct ghi_gate_state, alarms) },
	{ "runcount", offsetof(struct ghi_gate_state, runs) },
};

enum { GATE_KEYS = sizeof(gate_key) / sizeof(gate_key[0]) };

static int64_t *gate_at(struct ghi_gate_state *s, size_t i)
{
	return (int64_t *)((uint8_t *)s + gate_key[i].offset);
}

enum gh_err ghi_gate_state_parse(gh_slice line, struct ghi_gate_state *out)
{
	struct ghi_gate_state s = { 0 };
	struct ghi_row r = ghi_row_of(line, (gh_slice){ 0 });
	bool any = false;

	for (size_t i = 0; i < GATE_KEYS; i++) {
		gh_slice value;
		uint64_t v;

		*gate_at(&s, i) = -1;
		if (!ghi_row_get(&r, gate_key[i].key, &value))
			continue;
		if (ghi_number_parse(gh_slice_trim(value), INT64_MAX, &v))
			return GH_EMALFORMED;
		*gate_at(&s, i) = (int64_t)v;
		any = true;
	}
	if (!any)
		return GH_EMALFORMED;
	*out = s;
	return GH_OK;
}

static void state_number_put(struct ghi_writer *w, bool *first, const char *key, int64_t v)
{
	char text[24];
	struct ghi_writer n = ghi_writer_on(text, sizeof(text));

	ghi_put_signed(&n, v);
	ghi_row_put(w, first, gh_slice_of(key), ghi_written(&n));
}

void ghi_gate_state_write(struct ghi_writer *w, const struct ghi_gate_state *s)
{
	struct ghi_gate_state copy = *s;
	bool first = true;

	for (size_t i = 0; i < GATE_KEYS; i++)
		if (*gate_at(&copy, i) >= 0)
			state_number_put(w, &first, gate_key[i].key, *gate_at(&copy, i));
}

enum gh_err ghi_link_photo_parse(gh_slice line, struct ghi_link_photo *out)
{
	struct ghi_link_photo p = { 0 };
	struct ghi_row r = ghi_row_of(line, (gh_slice){ 0 });
	gh_slice index;
	uint64_t v;

	if (!ghi_row_get(&r, "LogIndex", &index) ||
	    ghi_number_parse(gh_slice_trim(index), INT64_MAX, &v))
		return GH_EMALFORMED;
	p.record_index = (int64_t)v;
	(void)ghi_row_get(&r, "PhotoInfo", &p.files);
	(void)ghi_row_get(&r, "LinkVideo", &p.video);
	(void)ghi_row_get(&r, "PhotoData", &p.picture);
	*out = p;
	return GH_OK;
}

void ghi_link_photo_write(struct ghi_writer *w, const struct ghi_link_photo *p)
{
	bool first = true;

	state_number_put(w, &first, "LogIndex", p->record_index);
	ghi_row_put(w, &first, GH_LIT("PhotoInfo"), p->files);
	ghi_row_put(w, &first, GH_LIT("LinkVideo"), p->video);
	ghi_row_put(w, &first, GH_LIT("PhotoData"), p->picture);
}
