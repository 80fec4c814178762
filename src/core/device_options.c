#include "core/device_options.h"

#include <stdlib.h>

#include "base/number.h"
#include "base/writer.h"
#include "core/commands.h"
#include "core/device_private.h"
#include "core/problems.h"

static void options_fill(const struct server_settings *s, const struct device_row *row,
			 const struct zone *zone, int64_t now_ms, struct device_options *out)
{
	const struct device_attendance *a = &row->attendance;

	out->zone_offset_s = zone_offset_at(zone, now_ms / 1000);
	out->delay_s = a->delay_s > 0 ? (uint32_t)a->delay_s : s->delay_s;
	out->error_delay_s =
		a->error_delay_s > 0 ? (uint32_t)a->error_delay_s : s->error_delay_s;
	out->trans_interval_min = model_has(row, DEVICE_trans_interval_min)
					  ? (uint32_t)a->trans_interval_min
					  : s->trans_interval_min;
	out->trans_times = a->trans_times.n ? a->trans_times : gh_slice_of(s->trans_times);
	out->realtime = model_has(row, DEVICE_realtime) ? a->realtime != 0 : s->realtime;
}

void device_options_now(struct server *server, struct device *d, const struct device_row *row,
			int64_t now_ms, struct device_options *out)
{
	struct zone *zone = device_zone(d);
	gh_slice name = zone_name(zone);

	options_fill(server->settings, row, zone, now_ms, out);
	out->delay_s = device_poll_limit_s(server, d, out->delay_s);
	memcpy(out->room, name.p, name.n);
	out->zone = (gh_slice){ (const uint8_t *)out->room, name.n };
	zone_close(zone);
}

gh_slice device_options_print(const struct device_options *o, char room[DEVICE_OPTIONS_TEXT])
{
	struct ghi_writer w = ghi_writer_on((uint8_t *)room, DEVICE_OPTIONS_TEXT);
	const int64_t number[] = { o->zone_offset_s, o->delay_s, o->error_delay_s,
				   o->trans_interval_min, o->realtime };

	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++) {
		ghi_put_signed(&w, number[i]);
		ghi_put_u8(&w, ' ');
	}
	ghi_put(&w, o->trans_times);
	return ghi_written(&w);
}

void device_options_sent(struct device_row *change, const struct device_options *o,
			 gh_slice text, int64_t now_ms)
{
	change->clock_zone = o->zone;
	change->attendance.options_sent_ms = now_ms;
	change->attendance.options_sent_offset_s = o->zone_offset_s;
	change->attendance.options_sent = text;
	device_fields_add(&change->present,
			  DEVICE_FIELDS_OF(DEVICE_clock_zone, DEVICE_options_sent_ms,
					   DEVICE_options_sent_offset_s, DEVICE_options_sent));
}

/* --- the options to send --- */

/* A CHECK may be lost with its answer, and not every clock acts on one: while its options differ there
 * is another after so long. */
#define CHECK_AGAIN_MS INT64_C(86400000)

/* Whether a CHECK is due; it is then taken for queued. */
static bool options_due(struct server *server, struct device *d, bool named)
{
	char room[DEVICE_OPTIONS_TEXT];
	struct device_options o;
	bool differ, known;
	uint64_t hash;

	if (device_state(d) != DEVICE_APPROVED || device_deleted(d) || device_is_terminal(d) ||
	    device_dialect(d) == DEVICE_ACCESS)
		return false;
	pthread_mutex_lock(&d->lock);
	options_fill(server->settings, &d->row, d->backing.zone, server->now_ms(), &o);
	o.delay_s = device_poll_limit_s(server, d, o.delay_s);
	gh_slice text = device_options_print(&o, room), sent = d->row.attendance.options_sent;

	known = sent.n > 0;
	differ = known ? !gh_slice_eq(text, sent) : named && device_seen_ms(d) > 0;
	/* Where others were sent since, as those before it, the CHECK was carried out. */
	hash = device_text_hash(text) + 31 * device_text_hash(sent);
	pthread_mutex_unlock(&d->lock);
	if (!differ) {
		atomic_store(&d->options_checked, 0);
		return false;
	}
	int64_t now_ms = server->now_ms(), before_ms = atomic_load(&d->options_checked_ms);

	/* One that was not there since has the first still waiting for it. */
	if (atomic_exchange(&d->options_checked, hash) == hash &&
	    (now_ms - before_ms < CHECK_AGAIN_MS || device_seen_ms(d) <= before_ms))
		return false;
	atomic_store(&d->options_checked_ms, now_ms);
	return true;
}

static void options_sent_ignore(void *ctx, enum gh_err err, const struct command *check)
{
	(void)ctx;
	(void)err;
	(void)check;
}

enum gh_err device_options_send(struct server *server, struct device *d, bool named,
				gh_slice requested_by, device_options_fn *done, void *ctx)
{
	struct command_request check = { .kind = COMMAND_KIND_CHECK,
					 .requested_by = requested_by };

	if (!options_due(server, d, named))
		return GH_ENOTFOUND;
	enum gh_err err =
		command_queue(server, d, &check, done ? done : options_sent_ignore, ctx);

	/* The next tick tries again. */
	if (err)
		atomic_store(&d->options_checked, 0);
	return err;
}

/* --- all devices --- */

struct gathering {
	size_t n, room;
	struct device **device; /* referenced */
};

static bool gather_device(void *ctx, struct device *d)
{
	struct gathering *g = ctx;

	if (g->n < g->room)
		g->device[g->n++] = device_ref(d);
	return g->n < g->room;
}

static void devices_do(struct server *server,
		       void (*fn)(struct server *server, struct device *d, void *ctx),
		       void *ctx)
{
	struct gathering g = { .room = devices_count(server->devices) };

	g.device = calloc(g.room + 1, sizeof(struct device *));
	if (g.device == NULL)
		return;
	devices_each(server->devices, gather_device, &g);
	for (size_t i = 0; i < g.n; i++) {
		fn(server, g.device[i], ctx);
		device_unref(g.device[i]);
	}
	free(g.device);
}

static void options_send(struct server *server, struct device *d, void *ctx)
{
	(void)ctx;
	enum gh_err err = device_options_send(server, d, false, GH_LIT("server"), NULL, NULL);

	if (err && err != GH_ENOTFOUND)
		LOG(server->log, LOG_WARNING, "options not sent, tried again in a minute",
		    { "sn", device_sn(d) }, { "why", gh_slice_of(gh_strerror(err)) });
}

void devices_options_tick(struct server *server)
{
	devices_do(server, options_send, NULL);
}

/* A device without a zone of its own is in the new default one; this is not stored with it. The
 * zone of its clock until its next handshake is stored, if it was not known before. */
static void default_zone_follow(struct server *server, struct device *d, void *ctx)
{
	struct zone *fresh = ctx, *old = NULL;
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_clock_zone) };
	bool follows, keeps;

	pthread_mutex_lock(&d->lock);
	follows = d->row.zone.n == 0 &&
		  !gh_slice_eq(zone_name(d->backing.zone), zone_name(fresh));
	keeps = follows && d->backing.clock_zone == NULL &&
		device_state(d) == DEVICE_APPROVED && device_seen_ms(d) > 0;
	if (follows) {
		old = d->backing.zone;
		d->backing.zone = zone_ref(fresh);
	}
	if (keeps)
		d->backing.clock_zone = zone_ref(old);
	pthread_mutex_unlock(&d->lock);
	if (keeps) {
		change.clock_zone = zone_name(old);
		if (device_change(server, d, &change, NULL, NULL))
			LOG(server->log, LOG_WARNING, "the zone of a clock is not stored",
			    { "sn", device_sn(d) });
	}
	if (follows)
		device_wake(server, d, false);
	zone_close(old);
}

void devices_settings_changed(struct server *server)
{
	struct zone *fresh;

	if (zone_open(gh_slice_of(server->settings->zone), &fresh) == GH_OK) {
		devices_do(server, default_zone_follow, fresh);
		zone_close(fresh);
	}
	devices_do(server, options_send, NULL);
}

/* --- how digits are read --- */

enum clock_policy device_clock_policy(const struct server_settings *s,
				      const struct device_row *row)
{
	static const char *const word[CLOCK_POLICIES] = { "auto", "off", "local", "utc" };

	for (size_t i = 0; i < CLOCK_POLICIES; i++)
		if (gh_slice_eq(row->clock, gh_slice_of(word[i])))
			return (enum clock_policy)i;
	return s->clock;
}

void device_clock_judge(struct server *server, struct device *d, int64_t off_s)
{
	int64_t size = off_s < 0 ? -off_s : off_s;

	if (device_clock_wrong(off_s))
		problem_raise(server, PROBLEM_CLOCK_WRONG, device_sn(d),
			      "its clock is %lld seconds %s", (long long)size,
			      off_s < 0 ? "behind" : "ahead");
	else
		problem_clear(server, PROBLEM_CLOCK_WRONG, device_sn(d));
}

void device_time_now(struct device *d, int64_t now_ms, struct device_time *out)
{
	*out = (struct device_time){ 0 };
	pthread_mutex_lock(&d->lock);
	const struct device_attendance *a = &d->row.attendance;
	bool late;

	out->zone = zone_ref(d->backing.clock_zone ? d->backing.clock_zone : d->backing.zone);
	late = d->backing.clock_zone && a->options_sent_ms > 0 && !device_is_terminal(d) &&
	       zone_offset_at(out->zone, now_ms / 1000) != a->options_sent_offset_s;
	out->fixed_offset_s = (int)a->options_sent_offset_s;
	out->since_s = a->options_sent_ms / 1000;
	pthread_mutex_unlock(&d->lock);
	if (late && zone_open_offset(out->fixed_offset_s, &out->fixed))
		out->fixed = NULL;
}

void device_time_clear(struct device_time *t)
{
	zone_close(t->zone);
	zone_close(t->fixed);
}
