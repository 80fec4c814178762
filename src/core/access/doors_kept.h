/* The states of doors over a restart of the server: what changed is stored with the device, a few seconds
 * later and at the end, so that an unchanged report writes nothing. After a restart they are shown as stale,
 * with the times since when, until the unit reports again.
 *
 * The text: "1", when the unit reported last, and for each door that is known, parted by semicolons, its
 * number, sensor, relay, alarms, since when sensor and relay are so, since when each alarm is there, and
 * of its last event number, code, time and PIN in hexadecimal digits, parted by commas. */
#ifndef GH_CORE_ACCESS_DOORS_KEPT_H
#define GH_CORE_ACCESS_DOORS_KEPT_H

#include "base/writer.h"
#include "core/access/doors.h"

#define DOORS_TEXT 8192 /* bytes at most */

/* Store those that changed; `all`: those that changed a moment ago, too. Each second, and at the end. */
void doors_keep(struct server *server, bool all);

/* --- doors.c --- */
struct door_state;
void doors_text_write(struct ghi_writer *w, int64_t reported_ms, const struct door_state *door,
		      const bool *known);
/* Fills what the text has; GH_EMALFORMED where it is none, and then nothing is filled in. */
GH_MUST_CHECK enum gh_err doors_text_read(gh_slice text, int64_t *reported_ms,
					  struct door_state door[DOORS_MAX],
					  bool known[DOORS_MAX]);

/* Whether something changed since it was kept, at least `wait_ms` ago; then w has the text. */
bool device_doors_changed(struct device *d, int64_t now_ms, int64_t wait_ms,
			  struct ghi_writer *w);
/* What was stored of them; of a device that was just read from the store. */
void device_doors_restore(struct device *d, gh_slice text);

#endif
