/* The doors of access units as they are: what the unit reports every few seconds, compared with what is in
 * memory, and what happened at each last. What changed is stored a few seconds later (doors_kept.h), so that it
 * is shown after a restart of the server, too: as stale, until the unit reports again.
 *
 * Threads: any. The device's lock is held while a state is copied or changed. */
#ifndef GH_CORE_ACCESS_DOORS_H
#define GH_CORE_ACCESS_DOORS_H

#include "core/devices.h"
#include "model/access_event.h"

#define DOORS_MAX 16 /* of a unit */
#define DOOR_PIN 32
#define DOOR_ALARMS 8

enum door_sensor {
	DOOR_SENSOR_NONE, /* the door has none: it is not known whether it is closed */
	DOOR_SENSOR_CLOSED,
	DOOR_SENSOR_OPEN,
	DOOR_SENSOR_UNKNOWN,
	DOOR_SENSORS
};

/* What a unit reports of a door; -1: nothing. */
struct door_report {
	int sensor; /* enum door_sensor */
	int relay;  /* 1: energised */
	int alarms; /* bits: forced, tamper, duress password, duress finger, open too long, mains lost,
		     * battery lost, reader dismantled */
};

struct access_put; /* store/store.h */

struct door_state {
	int number; /* from 1 */
	struct door_report now;
	int64_t sensor_since_ms, relay_since_ms; /* when this was seen first; 0: never */
	int64_t alarm_since_ms[DOOR_ALARMS];	 /* 0: there is none */
	/* What happened last; seq 0: nothing yet. */
	int64_t event_seq, event, event_ms;
	size_t pin_n; /* who passed, or tried to, last */
	char pin[DOOR_PIN];
	uint32_t version; /* another one after each change */
};

/* Of a unit. */
struct unit_state {
	int64_t reported_ms; /* 0: never */
	bool restarted;	     /* it has not reported since */
	/* Of a gate with infrared sensors (irstate); -1: not reported. */
	int64_t gate_state, gate_in, gate_out, gate_alarms, gate_runs;
};

/* A report came, of the doors 1 to n. */
void device_doors_report(struct device *d, const struct door_report *r, size_t n,
			 int64_t now_ms);
void device_gate_report(struct device *d, const struct unit_state *gate, int64_t now_ms);
/* It has started: what it reported before may be so no longer. */
void device_doors_restarted(struct device *d);
/* Events of the unit were put; those that were new have a number. Each is what happened at its door last; one of
 * an alarm that ended (7.13) ends that alarm, until the unit reports otherwise. */
void device_door_events(struct device *d, const struct access_put *a, size_t n);

/* Those that were reported, or had an event, and of a sub-controller all that it registered, in ascending order;
 * how many. *unit, unless NULL. */
size_t device_doors(struct device *d, struct door_state out[DOORS_MAX],
		    struct unit_state *unit);
/* Whether there may be any: without a lock. */
bool device_has_doors(const struct device *d);

/* "none", "closed" …; "forced", "tamper" …: NULL after the last. Static. */
const char *door_sensor_word(size_t i);
const char *door_alarm_word(size_t i);

#endif
