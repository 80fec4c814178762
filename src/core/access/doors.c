#include "core/access/doors.h"

#include <stdlib.h>

#include "core/access/doors_kept.h"
#include "core/device_private.h"
#include "store/store.h"
#include "wire/access/parameters.h"
#include "wire/access/state.h"

/* How far the clock of a unit may be behind for an alarm that ended to be the one that is shown. */
#define ALARM_CLOCK_MS INT64_C(180000)

struct device_doors {
	struct unit_state unit;
	struct door_state door[DOORS_MAX];
	bool known[DOORS_MAX];
	uint64_t kept;	 /* the sum of the versions that were stored */
	int64_t kept_ms; /* when */
};

const char *door_sensor_word(size_t i)
{
	static const char *const word[DOOR_SENSORS] = { "none", "closed", "open", "unknown" };

	return i < DOOR_SENSORS ? word[i] : NULL;
}

const char *door_alarm_word(size_t i)
{
	static const char *const word[DOOR_ALARMS] = { "forced",	  "tamper",
						       "duress_password", "duress_finger",
						       "open_too_long",	  "mains_lost",
						       "battery_lost",	  "reader_dismantled" };

	return i < DOOR_ALARMS ? word[i] : NULL;
}

/* Under the device's lock. NULL: no memory, and what was reported is not shown. */
static struct device_doors *device_doors_of(struct device *d)
{
	struct device_doors *doors = atomic_load(&d->doors);

	if (doors)
		return doors;
	doors = calloc(1, sizeof(*doors));
	if (doors == NULL)
		return NULL;
	doors->unit.gate_state = doors->unit.gate_in = doors->unit.gate_out = -1;
	doors->unit.gate_alarms = doors->unit.gate_runs = -1;
	for (int i = 0; i < DOORS_MAX; i++)
		doors->door[i] = (struct door_state){ .number = i + 1, .now = { -1, -1, -1 } };
	atomic_store(&d->doors, doors);
	return doors;
}

static void door_alarms_set(struct door_state *s, int alarms, int64_t now_ms)
{
	for (int i = 0; i < DOOR_ALARMS; i++) {
		bool on = alarms > 0 && alarms >> i & 1;

		if (!on)
			s->alarm_since_ms[i] = 0;
		else if (s->alarm_since_ms[i] == 0)
			s->alarm_since_ms[i] = now_ms;
	}
	s->now.alarms = alarms;
}

static void door_report_set(struct door_state *s, const struct door_report *r, int64_t now_ms)
{
	if (r->sensor == s->now.sensor && r->relay == s->now.relay &&
	    r->alarms == s->now.alarms)
		return;
	if (r->sensor != s->now.sensor)
		s->sensor_since_ms = now_ms;
	if (r->relay != s->now.relay)
		s->relay_since_ms = now_ms;
	s->now.sensor = r->sensor;
	s->now.relay = r->relay;
	if (r->alarms != s->now.alarms)
		door_alarms_set(s, r->alarms, now_ms);
	s->version++;
}

void device_doors_report(struct device *d, const struct door_report *r, size_t n,
			 int64_t now_ms)
{
	pthread_mutex_lock(&d->lock);
	struct device_doors *doors = device_doors_of(d);

	for (size_t i = 0; doors && i < n && i < DOORS_MAX; i++) {
		/* What was stale is fresh again, which is a change, too. */
		doors->door[i].version += doors->unit.restarted || !doors->known[i];
		doors->known[i] = true;
		door_report_set(&doors->door[i], &r[i], now_ms);
	}
	if (doors && n) {
		doors->unit.reported_ms = now_ms;
		doors->unit.restarted = false;
	}
	pthread_mutex_unlock(&d->lock);
}

void device_gate_report(struct device *d, const struct unit_state *gate, int64_t now_ms)
{
	pthread_mutex_lock(&d->lock);
	struct device_doors *doors = device_doors_of(d);

	if (doors) {
		bool restarted = doors->unit.restarted;

		doors->unit = *gate;
		doors->unit.reported_ms = now_ms;
		doors->unit.restarted = restarted;
	}
	pthread_mutex_unlock(&d->lock);
}

void device_doors_restarted(struct device *d)
{
	if (atomic_load(&d->doors) == NULL)
		return;
	pthread_mutex_lock(&d->lock);
	struct device_doors *doors = atomic_load(&d->doors);

	for (int i = 0; i < DOORS_MAX; i++)
		doors->door[i].version += doors->known[i] && !doors->unit.restarted;
	doors->unit.restarted = true;
	pthread_mutex_unlock(&d->lock);
}

/* Events of which a bit of the alarms is (Security PUSH 3.1.2, 7.3 and 11.2). The event that alarms were cancelled
 * is of all. */
static const struct {
	int32_t event;
	unsigned bits;
} alarm_of[] = { { 7, (1u << DOOR_ALARMS) - 1 },  { 28, GHI_ALARM_OPEN_TOO_LONG },
		 { 100, GHI_ALARM_TAMPER },	  { 101, GHI_ALARM_DURESS_PASSWORD },
		 { 102, GHI_ALARM_FORCED },	  { 103, GHI_ALARM_DURESS_FINGER },
		 { 106, GHI_ALARM_BATTERY_LOST }, { 107, GHI_ALARM_MAINS_LOST } };

static unsigned alarms_of_event(int64_t event)
{
	for (size_t i = 0; i < sizeof(alarm_of) / sizeof(alarm_of[0]); i++)
		if (alarm_of[i].event == event)
			return alarm_of[i].bits;
	return 0;
}

/* One that began after the event is another one: what was kept during an outage comes late. */
static bool alarm_is_ended(const struct door_state *s, int alarm, const struct access_event *e)
{
	return e->utc == ACCESS_NO_UTC ||
	       e->utc * 1000 + ALARM_CLOCK_MS >= s->alarm_since_ms[alarm];
}

static void door_alarms_end(struct door_state *s, const struct access_event *e)
{
	unsigned bits = alarms_of_event(e->event);
	int left = s->now.alarms;

	for (int i = 0; i < DOOR_ALARMS && left > 0; i++)
		if (bits >> i & 1 && alarm_is_ended(s, i, e))
			left &= ~(1 << i);
	if (left == s->now.alarms)
		return;
	door_alarms_set(s, left, e->received_ms);
	s->version++;
}

/* Under the device's lock. An alarm of the device itself, address 0, is one of each door. */
static void alarm_end_note(struct device *d, const struct access_event *e)
{
	struct device_doors *doors = atomic_load(&d->doors);

	if (doors == NULL || e->seq <= 0 || e->source != ACCESS_LIVE || e->same_as ||
	    e->alarm_type != ACCESS_ALARM_ENDED)
		return;
	for (int i = 0; i < DOORS_MAX; i++)
		if (doors->known[i] && (e->address == 0 || e->door == i + 1))
			door_alarms_end(&doors->door[i], e);
}

/* Under the device's lock. */
static void door_event_note(struct device *d, const struct access_event *e)
{
	bool at_door = e->seq > 0 && e->door >= 1 && e->door <= DOORS_MAX;
	struct device_doors *doors = at_door ? device_doors_of(d) : NULL;
	struct door_state *s = doors ? &doors->door[e->door - 1] : NULL;

	if (s == NULL || e->seq <= s->event_seq)
		return;
	doors->known[e->door - 1] = true;
	s->event_seq = e->seq;
	s->event = e->event;
	s->event_ms = e->received_ms;
	if (e->pin.n && e->pin.n <= sizeof(s->pin)) {
		memcpy(s->pin, e->pin.p, e->pin.n);
		s->pin_n = e->pin.n;
	}
	s->version++;
}

void device_door_events(struct device *d, const struct access_put *a, size_t n)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < n; i++) {
		door_event_note(d, &a[i].event);
		alarm_end_note(d, &a[i].event);
	}
	pthread_mutex_unlock(&d->lock);
}

/* Of a sub-controller, under its lock: the doors it registered, though nothing was reported of them. */
static unsigned doors_of_sub(const struct device *d)
{
	int64_t n = ghi_parameters_number(d->row.access.parameters, "LockCount", 0);

	if (d->parent_size == 0 || d->row.state != DEVICE_APPROVED || n < 0)
		return 0;
	return n > DOORS_MAX ? DOORS_MAX : (unsigned)n;
}

size_t device_doors(struct device *d, struct door_state out[DOORS_MAX], struct unit_state *unit)
{
	struct unit_state none = { 0, false, -1, -1, -1, -1, -1 };
	size_t n = 0;

	pthread_mutex_lock(&d->lock);
	unsigned registered = doors_of_sub(d);
	const struct device_doors *doors =
		registered ? device_doors_of(d) : atomic_load(&d->doors);

	for (unsigned i = 0; doors && i < DOORS_MAX; i++)
		if (doors->known[i] || i < registered)
			out[n++] = doors->door[i];
	if (unit)
		*unit = doors ? doors->unit : none;
	pthread_mutex_unlock(&d->lock);
	return n;
}

bool device_has_doors(const struct device *d)
{
	return d->parent_size || atomic_load(&d->doors) != NULL;
}

static uint64_t doors_versions(const struct device_doors *doors)
{
	uint64_t sum = 0;

	for (int i = 0; i < DOORS_MAX; i++)
		sum += doors->door[i].version;
	return sum;
}

bool device_doors_changed(struct device *d, int64_t now_ms, int64_t wait_ms,
			  struct ghi_writer *w)
{
	bool changed = false;

	pthread_mutex_lock(&d->lock);
	struct device_doors *doors = atomic_load(&d->doors);
	uint64_t versions = doors ? doors_versions(doors) : 0;

	if (doors && versions != doors->kept &&
	    (now_ms - doors->kept_ms >= wait_ms || now_ms < doors->kept_ms)) {
		doors->kept = versions;
		doors->kept_ms = now_ms;
		doors_text_write(w, doors->unit.reported_ms, doors->door, doors->known);
		changed = true;
	}
	pthread_mutex_unlock(&d->lock);
	return changed;
}

void device_doors_restore(struct device *d, gh_slice text)
{
	pthread_mutex_lock(&d->lock);
	struct device_doors *doors = text.n ? device_doors_of(d) : NULL;

	if (doors && doors_text_read(text, &doors->unit.reported_ms, doors->door,
				     doors->known) == GH_OK) {
		doors->unit.restarted = true;
		doors->kept = doors_versions(doors);
	}
	pthread_mutex_unlock(&d->lock);
}
