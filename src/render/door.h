/* A door as people and programs read it. */
#ifndef GH_RENDER_DOOR_H
#define GH_RENDER_DOOR_H

#include "render/field.h"

/* Texts are borrowed. */
struct door_view {
	int64_t row, device, number;
	gh_slice id, serial, device_name;
	struct {
		int sensor, relay; /* -1: not reported */
		int64_t sensor_since_ms, relay_since_ms;
	} state;
	gh_slice alarms, last_event, last_pin; /* the first is an array, the second an object */
	bool stale;
	int64_t reported_ms;
};

/* A row is a struct door_view. */
extern const struct fields door_fields;

#endif
