/* States that a unit reports: doors (table=rtstate, and such rows in table=rtlog), gates
 * (table=irstate), and the pictures of linked cameras (table=linkphotoinfo). Security PUSH 3.1.2, 7.3,
 * 7.14 and 7.15. */
#ifndef GH_WIRE_ACCESS_STATE_H
#define GH_WIRE_ACCESS_STATE_H

#include "base/civil_time.h"
#include "wire/access/row.h"

#define GHI_STATE_DOORS 64 /* at most; the texts are of any width below that */

enum ghi_sensor {
	GHI_SENSOR_NONE = 0,
	GHI_SENSOR_CLOSED = 1,
	GHI_SENSOR_OPEN = 2,
	GHI_SENSOR_UNKNOWN = 3,
};

enum ghi_alarm {
	GHI_ALARM_FORCED = 1 << 0,
	GHI_ALARM_TAMPER = 1 << 1,
	GHI_ALARM_DURESS_PASSWORD = 1 << 2,
	GHI_ALARM_DURESS_FINGER = 1 << 3,
	GHI_ALARM_OPEN_TOO_LONG = 1 << 4,
	GHI_ALARM_MAINS_LOST = 1 << 5,
	GHI_ALARM_BATTERY_LOST = 1 << 6,
	GHI_ALARM_READER_DISMANTLED = 1 << 7,
};

/* As sent: hexadecimal, whose width differs between units. Borrowed. */
struct ghi_door_states {
	ghi_civil time; /* GHI_CIVIL_NONE: none was sent */
	gh_slice sensor, relay, alarm;
	gh_slice door; /* one byte a door, of no known meaning */
	gh_slice
		unit; /* serial number of the sub-controller whose doors they are; empty: the unit's own.
			* Events have it (7.2); that states have it is inferred. */
};

/* GH_EMALFORMED: no state in the line, digits that are none, or a time that is none;
 * GH_ETOOBIG: more than GHI_STATE_DOORS doors. */
GH_MUST_CHECK enum gh_err ghi_door_states_parse(gh_slice line, struct ghi_door_states *out);

/* Of a door from 1; -1: the text has no such door. Two bits a door in `sensor`, the lowest of the first
 * byte for door 1; a bit a door in `relay`, set: energised; a byte a door in `alarm`. */
int ghi_sensor_of(const struct ghi_door_states *s, unsigned door);
int ghi_relay_of(const struct ghi_door_states *s, unsigned door);
int ghi_alarm_of(const struct ghi_door_states *s, unsigned door);

struct ghi_door_state {
	enum ghi_sensor sensor;
	bool relay;
	uint8_t alarm;
};

/* A row of rtstate for `doors` doors, the texts of so many digits at least (documented: 4, 2 and 16;
 * even). Without a line end. */
struct ghi_state_widths {
	unsigned sensor, relay, alarm;
};
void ghi_door_states_write(struct ghi_writer *w, ghi_civil time,
			   const struct ghi_door_state *door, unsigned doors,
			   struct ghi_state_widths widths);
/* Behind it: they are the doors of that sub-controller. */
void ghi_door_states_unit_write(struct ghi_writer *w, gh_slice unit);

/* Counters of a gate with infrared sensors; -1: absent. */
struct ghi_gate_state {
	int64_t state, sensors, in, out, alarms, runs;
};
GH_MUST_CHECK enum gh_err ghi_gate_state_parse(gh_slice line, struct ghi_gate_state *out);
/* Without a line end; what is absent is left out. */
void ghi_gate_state_write(struct ghi_writer *w, const struct ghi_gate_state *s);

/* A picture or video of a linked camera. */
struct ghi_link_photo {
	int64_t record_index; /* of the event it belongs to */
	gh_slice files;	      /* names as sent */
	gh_slice video;	      /* "channel-before-after" */
	gh_slice picture;     /* base64 as sent, not checked */
};
/* GH_EMALFORMED: no index, or one that is no number. Text is borrowed. */
GH_MUST_CHECK enum gh_err ghi_link_photo_parse(gh_slice line, struct ghi_link_photo *out);
void ghi_link_photo_write(struct ghi_writer *w, const struct ghi_link_photo *p);

#endif
