/* A device as people and programs read it. */
#ifndef GH_RENDER_DEVICE_H
#define GH_RENDER_DEVICE_H

#include "model/comparison.h"
#include "model/device.h"
#include "model/kind.h"
#include "render/field.h"

#define DEVICE_READ_INTERVAL_S 600 /* of a terminal whose row has none */

struct device_view {
	struct device_row row;
	gh_slice zone, stats; /* stats: a JSON object, or empty */
	gh_slice clock_zone;  /* empty: the same */
	gh_slice tags;	      /* a JSON array of `tag` */
	const gh_slice *tag;
	size_t tags_n;
	gh_slice area_name, model,
		capacity; /* of what the store has; capacity: a JSON object, or empty */
	gh_slice link;	  /* of a terminal: a JSON object, or empty */
	int64_t commands; /* open ones */
	enum device_contact contact;
	bool active;
	struct comparison comparison;
	bool clock_known, clock_wrong;
	int64_t clock_offset_s, clock_checked_ms;
	int64_t contact_since_ms, next_contact_ms; /* 0: not known */
	int64_t problems;			   /* that are open */
	int64_t log_used;			   /* percent; -1: not known */
};

/* A row is a struct device_view. */
extern const struct fields device_fields;

#endif
