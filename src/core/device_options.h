/* The options that an attendance device gets at its handshake about the time and about when to
 * call. It reads them only at a handshake, so a change is sent by a CHECK, which makes it
 * request them again: after a change of the device, of the server's defaults, or of the offset
 * of its zone (a clock gets an offset, not the rules of a zone).
 *
 * Until then its clock runs with the last options: its times are read in that zone, and from the
 * moment of its last handshake at that offset (struct device_time). */
#ifndef GH_CORE_DEVICE_OPTIONS_H
#define GH_CORE_DEVICE_OPTIONS_H

#include "core/devices.h"

struct device_options {
	int zone_offset_s; /* from UTC, at the moment they were made */
	uint32_t delay_s, error_delay_s, trans_interval_min;
	bool realtime;
	gh_slice trans_times; /* borrowed from the row or the settings */
	gh_slice zone;	      /* its name, in `room` */
	char room[ZONE_NAME_MAX];
};

/* Those of a device now. `row` is a copy of its row. */
void device_options_now(struct server *server, struct device *d, const struct device_row *row,
			int64_t now_ms, struct device_options *out);

#define DEVICE_OPTIONS_TEXT 200
/* All of them in a line, to be compared; in `room`. */
gh_slice device_options_print(const struct device_options *o, char room[DEVICE_OPTIONS_TEXT]);

/* Note in `change` that the device gets these now; `text` is their line, and both live as long
 * as the change. */
void device_options_sent(struct device_row *change, const struct device_options *o,
			 gh_slice text, int64_t now_ms);

/* Queue a CHECK where the device has read other options than it is to have, once for each set of
 * options, and once a day while it has not read them. `named`: an administrator changed one just now, so it is also queued for a device of
 * which it is not known what it read. GH_ENOTFOUND: there is nothing to send, and `done` is not
 * called; else as command_queue(). `done` may be NULL. Not on the store thread. */
struct command;
typedef void device_options_fn(void *ctx, enum gh_err err, const struct command *check);
GH_MUST_CHECK enum gh_err device_options_send(struct server *server, struct device *d,
					      bool named, gh_slice requested_by,
					      device_options_fn *done, void *ctx);

/* The same for all devices: called about once a minute. */
void devices_options_tick(struct server *server);

/* The server's settings are others now. Devices without a zone of their own are in the new
 * default one; their clocks get it. On the thread that replaced the settings. */
void devices_settings_changed(struct server *server);

/* --- how a device's digits are read --- */

struct device_time {
	struct zone *zone; /* referenced */
	/* Its clock runs at an offset that the zone has no longer: what it shows from `since` on
	 * is read at that offset. NULL: it does not. */
	struct zone *fixed; /* referenced */
	int fixed_offset_s;
	int64_t since_s; /* UTC */
};
/* How its clock is set: by its own setting, or the server's. */
enum clock_policy device_clock_policy(const struct server_settings *s,
				      const struct device_row *row);
/* Whether a clock that is so many seconds ahead is wrong: by more than two minutes, either way. */
static inline bool device_clock_wrong(int64_t off_s)
{
	return off_s > 120 || off_s < -120;
}
/* Its clock is so many seconds ahead: a problem where it is wrong, and none any
 * more otherwise. Not on the store thread. */
void device_clock_judge(struct server *server, struct device *d, int64_t off_s);
void device_time_now(struct device *d, int64_t now_ms, struct device_time *out);
void device_time_clear(struct device_time *t);

#endif
