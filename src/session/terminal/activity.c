/* The activity of a worker in each state of its terminal's life. */
#include <stdio.h>

#include "base/clock.h"
#include "core/commands.h"
#include "core/comparisons.h"
#include "core/device_text.h"
#include "session/terminal/attempt.h"
#include "session/terminal/read.h"

enum {
	READ_MORE = 2, /* how often a log that grew meanwhile is read again immediately */
};

bool terminal_connection_lost(struct gh_terminal *t, enum gh_err err)
{
	return err == GH_ECANCELLED || (err && !gh_terminal_is_connected(t));
}

enum terminal_life_cause terminal_activity_failed(struct terminal_worker *w, enum gh_err err)
{
	const char *text = w->handle ? gh_terminal_error(w->handle)->text : "";

	if (w->error_text[0] == 0)
		(void)terminal_worker_explain(w, err, text[0] ? text : gh_strerror(err));
	return CAUSE_FAILED;
}

static enum terminal_life_cause activity_end(struct terminal_worker *w, enum gh_err err,
					     enum terminal_life_cause success)
{
	return err ? terminal_activity_failed(w, err) : success;
}

/* --- the connection --- */

static void handle_publish(struct terminal_worker *w, struct gh_terminal *t)
{
	pthread_mutex_lock(&w->manager->lock);
	w->handle = t;
	pthread_mutex_unlock(&w->manager->lock);
}

void terminal_activity_disconnect(struct terminal_worker *w)
{
	struct gh_terminal *t = w->handle;

	handle_publish(w, NULL);
	gh_terminal_free(t);
}

static enum gh_err handle_new(struct terminal_worker *w)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;
	char *address = ghi_arena_text(&w->used_arena, w->used.terminal.call_address);
	char charset[DEVICE_CHARSET];

	gh_terminal_options_init(&o);
	if (address == NULL)
		return GH_ENOMEM;
	if (!terminal_comm_key(w->used.comm_key, &o.comm_key))
		return terminal_worker_explain(
			w, GH_EAUTH, "the comm key of a terminal is a number of 32 bits");
	o.encoding = device_charset(&w->used, charset);
	enum gh_err err = gh_terminal_new(address, &o, &t);

	if (err == GH_EINVALID)
		return terminal_worker_explain(w, err,
					       "the address is none: tcp://HOST[:PORT]");
	if (err == GH_OK)
		handle_publish(w, t);
	return err;
}

static enum terminal_life_cause activity_connect(struct terminal_worker *w)
{
	enum gh_err err = handle_new(w);

	if (err == GH_OK)
		err = gh_terminal_connect(w->handle);
	return activity_end(w, err, CAUSE_CONNECTED);
}

/* --- identity --- */

/* An address can be assigned to another device, a serial number cannot. A terminal whose serial number
 * a person gave must report the same as when it was added. */
static enum gh_err serial_check(struct terminal_worker *w)
{
	char serial[GH_TEXT_SIZE] = "";
	gh_slice reported = w->used.terminal.reported_serial;
	enum gh_err err =
		gh_terminal_option_get(w->handle, "~SerialNumber", serial, sizeof(serial));

	if (err == GH_ENOTFOUND && reported.n == 0)
		return terminal_worker_explain(
			w, err, "the device at this address sends no serial number");
	if (err && err != GH_ENOTFOUND)
		return err;
	gh_slice got = gh_slice_trim(gh_slice_of(serial));

	if (gh_slice_eq(got, reported.n ? gh_slice_from(reported, 1) : device_sn(w->device)))
		return GH_OK;
	snprintf(w->error_text, sizeof(w->error_text), "another device answers there: %.*s",
		 got.n > 32 ? 32 : (int)got.n, (const char *)got.p);
	return GH_EDENIED;
}

static enum terminal_life_cause activity_identify(struct terminal_worker *w)
{
	struct server *server = w->manager->server;
	enum gh_err err = serial_check(w);

	if (err)
		return terminal_activity_failed(w, err);
	device_seen(w->device, server->now_ms());
	LOG(server->log, LOG_INFO, "terminal connected", { "sn", device_sn(w->device) },
	    { "address", w->used.terminal.call_address });
	terminal_worker_trace(w, "connect", "");
	command_device_restarted(server, w->device);
	return CAUSE_IDENTIFIED;
}

/* The library may have replaced the connection since the last time. */
static enum terminal_life_cause activity_verify(struct terminal_worker *w)
{
	return activity_end(w, serial_check(w), CAUSE_IDENTIFIED);
}

static enum gh_err description_store(struct terminal_worker *w)
{
	char firmware[GH_TEXT_SIZE];
	enum gh_err err = gh_terminal_firmware(w->handle, firmware, sizeof(firmware));

	if (terminal_connection_lost(w->handle, err))
		return err;
	gh_slice text = gh_slice_of(firmware);

	/* On a full queue it is skipped; the next connection stores it. */
	if (err == GH_OK && text.n && !gh_slice_eq(text, w->row.firmware) &&
	    device_change(w->manager->server, w->device,
			  &(struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_firmware),
						.firmware = text },
			  NULL, NULL))
		return GH_OK;
	if (w->described)
		return GH_OK;
	bool unstored;

	err = terminal_info_store(w, w->handle, &unstored);
	w->described = err == GH_OK;
	return terminal_connection_lost(w->handle, err) || unstored ? err : GH_OK;
}

static enum terminal_life_cause activity_describe(struct terminal_worker *w)
{
	return activity_end(w, description_store(w), CAUSE_DESCRIBED);
}

/* --- its log --- */

static enum gh_err oplog_read(struct terminal_worker *w, const struct gh_counters *c)
{
	if (c->oplogs <= 0 || c->oplogs == w->oplogs_read)
		return GH_OK;
	bool unstored;
	enum gh_err err = terminal_read_oplog(w, w->handle, &unstored);

	if (err == GH_OK)
		w->oplogs_read = c->oplogs;
	/* Firmware without an operation log is no failure. */
	return unstored || terminal_connection_lost(w->handle, err) ? err : GH_OK;
}

/* Punches may have been made during the read: the counters show it. *whole: as many came as it counts afterwards. */
static enum gh_err log_read(struct terminal_worker *w, struct terminal_read *r, bool *whole)
{
	struct gh_counters c = { .punches = -1, .oplogs = -1 };
	enum gh_err err;
	char text[120];

	for (int round = 0;; round++) {
		*r = (struct terminal_read){ 0 };
		err = terminal_read_log(w, w->handle, r);
		if (err && !r->incomplete)
			return err;
		if (err)
			(void)terminal_worker_explain(w, err,
						      gh_terminal_error(w->handle)->text);
		enum gh_err counted = gh_terminal_counters(w->handle, &c);

		if (terminal_connection_lost(w->handle, counted))
			return counted;
		*whole = err == GH_OK && counted == GH_OK && c.punches >= 0 &&
			 (uint64_t)c.punches <= r->rows;
		if (err || counted || c.punches <= 0 || (uint64_t)c.punches <= r->rows ||
		    round == READ_MORE)
			break;
	}
	terminal_read_describe(r, text, sizeof(text));
	terminal_worker_trace(w, "read", text);
	w->punches_held = c.punches;
	if (err == GH_OK && c.punches >= 0)
		err = oplog_read(w, &c);
	return err;
}

/* What it recorded until its clock is set to another zone is in the one it runs in. */
static enum terminal_life_cause activity_set_clock(struct terminal_worker *w)
{
	struct zone *zone = device_zone(w->device);
	bool changed = w->row.clock_zone.n && !gh_slice_eq(w->row.clock_zone, zone_name(zone));
	struct terminal_read r = { 0 };
	bool whole = false;
	enum gh_err err = changed ? log_read(w, &r, &whole) : GH_OK;

	if (r.incomplete && gh_terminal_is_connected(w->handle))
		err = GH_OK; /* what came is stored; the next read shows what is missing */

	zone_close(zone);
	if (err == GH_OK)
		err = terminal_clock_adjust(w, w->handle);
	return activity_end(w, err, CAUSE_CLOCK_CHECKED);
}

/* A log with fewer punches than the device counts is not read to its end, which is shown as an error;
 * the device can still be listened to and commanded until the next read. */
static enum terminal_life_cause activity_read(struct terminal_worker *w)
{
	struct server *server = w->manager->server;
	struct terminal_read r = { 0 };
	ghi_civil upto = comparison_moment(server, w->device);
	bool whole = false;
	enum gh_err err = log_read(w, &r, &whole);

	if (err == GH_OK && whole)
		comparison_read(server, w->device, upto);
	return err && r.incomplete && gh_terminal_is_connected(w->handle)
		       ? CAUSE_LOG_INCOMPLETE
		       : activity_end(w, err, CAUSE_LOG_READ);
}

/* Punches made while the worker did not listen are only in the log: its counter shows it. */
static enum terminal_life_cause activity_count(struct terminal_worker *w)
{
	struct gh_counters c;
	enum gh_err err = gh_terminal_counters(w->handle, &c);

	if (terminal_connection_lost(w->handle, err))
		return terminal_activity_failed(w, err);
	return err == GH_OK && c.punches > 0 && c.punches != w->punches_held
		       ? CAUSE_PUNCHES_MISSED
		       : CAUSE_PUNCHES_COMPLETE;
}

/* --- its people --- */

/* Firmware without people is no failure; they are read again the next day. */
static enum terminal_life_cause activity_read_people(struct terminal_worker *w)
{
	struct terminal_people p = { .n = 0 };
	bool unstored;
	char text[80];
	enum gh_err err = terminal_read_people(w, w->handle, &p, &unstored);

	if (err && (unstored || terminal_connection_lost(w->handle, err)))
		return terminal_activity_failed(w, err);
	if (err)
		snprintf(text, sizeof(text), "no people: %s", gh_strerror(err));
	else if (p.gone)
		snprintf(text, sizeof(text), "%zu people; %zu are not there any more", p.n,
			 p.gone);
	else
		snprintf(text, sizeof(text), "%zu people", p.n);
	terminal_worker_trace(w, "read", text);
	return CAUSE_PEOPLE_READ;
}

/* --- its commands --- */

static enum terminal_life_cause activity_execute(struct terminal_worker *w)
{
	enum gh_err err = serial_check(w);

	if (err == GH_OK)
		err = terminal_commands_execute(w, w->handle);
	return activity_end(w, err, CAUSE_EXECUTED);
}

/* --- all of them --- */

enum terminal_life_cause terminal_activity_run(struct terminal_worker *w,
					       const struct terminal_facts *facts)
{
	static enum terminal_life_cause (*const activity[LIFE_STATES])(
		struct terminal_worker *) = {
		[LIFE_CONNECTING] = activity_connect,
		[LIFE_IDENTIFYING] = activity_identify,
		[LIFE_DESCRIBING] = activity_describe,
		[LIFE_SETTING_CLOCK] = activity_set_clock,
		[LIFE_READING] = activity_read,
		[LIFE_VERIFYING] = activity_verify,
		[LIFE_READING_PEOPLE] = activity_read_people,
		[LIFE_EXECUTING] = activity_execute,
		[LIFE_COUNTING] = activity_count,
		[LIFE_SUBSCRIBING] = terminal_live_subscribe,
	};
	int64_t ms = terminal_life_wait_ms(&w->life, facts, ghi_clock_monotonic_ms());

	w->error_text[0] = 0;
	if (activity[w->life.state])
		return activity[w->life.state](w);
	return w->life.state == LIFE_LISTENING ? terminal_live_listen(w, ms)
					       : terminal_worker_wait(w, ms);
}
