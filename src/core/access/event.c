/* Access events of an upload, from what a unit sent to their ledger. */
#include <stdlib.h>

#include "core/access/doors.h"
#include "core/access/planner.h"
#include "core/access/subs.h"
#include "core/access/unit_card.h"
#include "core/access/unit_erasure.h"
#include "core/access/unit_mirror.h"
#include "core/command_confirm.h"
#include "core/ingest_private.h"
#include "core/live.h"
#include "core/metrics.h"

static bool rules_ready(struct ingest *in)
{
	if (in->rules)
		return true;
	in->rules = malloc(sizeof(*in->rules));
	if (in->rules)
		punch_rules_of(in->server, in->device, in->rules);
	return in->rules != NULL;
}

/* How many at first, where a body has so many bytes: a row has some hundred. */
static size_t events_room_first(size_t bytes)
{
	enum { FEWEST = 4, MOST = 1024, ROW = 90 };
	size_t n = bytes / ROW;

	return n < FEWEST ? FEWEST : n > MOST ? MOST : n;
}

static bool events_room_grow(struct ingest *in, size_t bytes)
{
	const struct budget_share *share = in->rest_arena.share;
	size_t room = in->event_room ? in->event_room * 2 : events_room_first(bytes),
	       more = (room - in->event_room) * sizeof(*in->event);
	struct access_put *grown;

	if (!ghi_budget_charge(share, more))
		return false;
	grown = realloc(in->event, room * sizeof(*grown));
	if (grown == NULL) {
		ghi_budget_release(share, more);
		return false;
	}
	in->event = grown;
	in->event_room = room;
	return true;
}

struct access_event *ingest_event_next(struct ingest *in, size_t bytes)
{
	if (in->events == in->event_room && !events_room_grow(in, bytes))
		return NULL;
	return &in->event[in->events].event;
}

/* Digits, zone, UTC and what is odd about them: as of a punch. */
static void event_place_in_time(struct ingest *in, struct access_event *e)
{
	struct punch p = { .time = e->time, .received_ms = e->received_ms };

	punch_place_in_time(&p, &in->time, &in->cache);
	e->zone = p.zone;
	e->utc = p.utc;
	e->flags |= p.flags;
}

/* Two equal ones without a number in one body. */
static bool event_is_same_second(const struct ingest *in, const struct access_event *e)
{
	if (e->record_index)
		return false;
	for (size_t i = in->events; i > 0 && in->event[i - 1].event.time == e->time; i--)
		if (access_event_same(&in->event[i - 1].event, e))
			return true;
	return false;
}

static void event_punch(struct ingest *in, struct access_put *a)
{
	const struct punch_rules *rules = &in->rules->device;

	if (in->units && a->event.unit.n)
		rules = event_unit_rules(in->units, a->event.unit);
	a->punch = punch_rules_apply(rules, &in->rules->server, &a->event, &a->punch_status,
				     &a->punch_verify);
}

/* An event of a main controller that names a unit behind it, or has the number of one. */
static enum gh_err event_unit_see(struct ingest *in, struct access_event *e)
{
	bool numbered = e->unit.n == 0 && e->device_number != ACCESS_ABSENT &&
			device_has_subs(in->device);

	if (gh_slice_ieq(e->unit, device_sn(in->device)))
		e->unit = (gh_slice){ 0 };
	if (e->unit.n == 0 && !numbered)
		return GH_OK;
	in->numbered |= numbered;
	if (in->units)
		return GH_OK;
	return event_units_of(in->server, in->device, &in->rules->device, &in->units);
}

/* By the setting of the unit that it is of: the device's own, or a sub-controller's. */
static void event_card_read(struct ingest *in, struct access_event *e)
{
	struct device *unit = NULL;

	if (e->card.n == 0)
		return;
	if (e->unit.n)
		unit = device_sub_find(in->server->devices, in->device, e->unit);
	unit_event_card_read(unit ? unit : in->device, e);
	device_unref(unit);
}

enum gh_err ingest_event(struct ingest *in, const struct access_event *from)
{
	struct access_event *e = ingest_event_next(in, 0);

	if (e == NULL || !rules_ready(in))
		return GH_ENOMEM;
	if (in->events == 0)
		unit_erasure_uploaded(in->device);

	struct access_put *a = &in->event[in->events];
	enum gh_err err;

	if (from != e)
		*e = *from;
	a->stored = false;
	e->device = in->device->id;
	e->received_ms = in->received_ms;
	err = event_unit_see(in, e);
	if (err)
		return err;
	event_card_read(in, e);
	event_place_in_time(in, e);
	event_punch(in, a);
	if (event_is_same_second(in, e))
		metric_add(&in->server->metrics->access_same_second, 1);
	in->events++;
	in->result.accepted++;
	return GH_OK;
}

/* What the table of the main controller has for a number is known here. */
static enum gh_err events_number(struct ingest *in, const struct store_ops *ops,
				 struct store *s)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; in->numbered && i < in->events && err == GH_OK; i++) {
		struct access_put *a = &in->event[i];

		if (a->event.unit.n || a->event.device_number == ACCESS_ABSENT)
			continue;
		err = event_unit_named(in->units, ops, s, in->device, a->event.device_number,
				       &a->event.unit);
		if (err == GH_OK && a->event.unit.n) {
			event_card_read(in, &a->event);
			event_punch(in, a);
		}
	}
	return err;
}

#define EVENT_FACTORY_RESET 6016 /* "Factory settings restored" (Security PUSH 3.1.2, 11.19) */
#define RESET_LATE_MS (INT64_C(24) * 3600 * 1000)

/* When the unit was set back; false: its clock was set back, too, and does not show it. */
static bool event_reset_known(const struct ingest *in, const struct access_event *e,
			      int64_t *at_ms)
{
	int64_t ms = e->utc == PUNCH_NO_UTC ? 0 : (e->utc + 1) * 1000;
	bool known = ms <= in->received_ms && in->received_ms - ms < RESET_LATE_MS;

	*at_ms = known ? ms : in->received_ms;
	return known;
}

static bool event_is_reset(const struct ingest *in, const struct access_event *e)
{
	return e->event == EVENT_FACTORY_RESET && e->source == ACCESS_LIVE && !in->again &&
	       !in->elsewhere;
}

/* The unit that an event is of, referenced: the device, or a sub-controller of it. NULL: it is not known. */
static struct device *event_unit_device(const struct ingest *in, const struct access_event *e)
{
	return e->unit.n ? device_sub_find(in->server->devices, in->device, e->unit)
			 : device_ref(in->device);
}

/* A unit that was set back has nothing in its tables. One that repeats this later repeats its time, and what was
 * written since stays. Without its time it is as of now, also of a repeat: a unit that is set back once more may make
 * the same event of it, with the first of its numbers in the first second of its clock. */
static enum gh_err events_reset(struct ingest *in, const struct store_ops *ops, struct store *s)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < in->events && err == GH_OK; i++) {
		const struct access_event *e = &in->event[i].event;
		struct device *unit = event_is_reset(in, e) ? event_unit_device(in, e) : NULL;
		int64_t at_ms;

		(void)event_reset_known(in, e, &at_ms);
		if (unit)
			err = unit_mirror_emptied(ops, s, unit->id, at_ms);
		device_unref(unit);
	}
	return err;
}

/* Their plans are made again, but not for a repeat by which nothing went. */
static void events_reset_committed(struct ingest *in)
{
	for (size_t i = 0; i < in->events; i++) {
		const struct access_event *e = &in->event[i].event;
		struct device *unit;
		int64_t at_ms;

		if (!event_is_reset(in, e) || (e->seq <= 0 && event_reset_known(in, e, &at_ms)))
			continue;
		unit = event_unit_device(in, e);
		if (unit)
			planner_unit_changed(in->server->planner, unit);
		device_unref(unit);
	}
}

enum gh_err ingest_events_put(struct ingest *in, const struct store_ops *ops, struct store *s)
{
	enum gh_err err = events_number(in, ops, s);

	if (err == GH_OK)
		err = ops->access_put(s, in->event, in->events, &in->fresh_events);
	return err ? err : events_reset(in, ops, s);
}

/* What happened at the doors of a unit last, and what it confirms: the device's own, or a sub-controller's. */
static void events_door_note(struct ingest *in, const struct access_put *a, size_t n)
{
	struct device *unit = event_unit_device(in, &a->event);

	if (unit == NULL)
		return;
	device_door_events(unit, a, n);
	command_confirm_events(in->server, unit, a, n);
	device_unref(unit);
}

/* How many from the first on are of one unit. */
static size_t events_of_unit(const struct access_put *a, size_t n)
{
	size_t run = 1;

	while (run < n && gh_slice_eq(a[run].event.unit, a->event.unit))
		run++;
	return run;
}

void ingest_events_committed(struct ingest *in)
{
	struct metrics *m = in->server->metrics;
	int64_t last = 0, last_punch = 0;
	size_t shifted = 0, punches = 0, removed = 0;

	for (size_t i = 0; i < in->events; i++) {
		const struct access_event *e = &in->event[i].event;

		last = e->seq > last ? e->seq : last;
		last_punch = e->punch_seq > last_punch ? e->punch_seq : last_punch;
		removed += e->seq == ACCESS_SEQ_REMOVED;
		shifted += e->same_as != 0;
		punches += e->punch_seq != 0;
	}
	events_reset_committed(in);
	for (size_t i = 0, run; i < in->events && last; i += run) {
		run = events_of_unit(&in->event[i], in->events - i);
		events_door_note(in, &in->event[i], run);
	}
	in->result.events += in->fresh_events;
	metric_add(&m->access_events, in->fresh_events);
	metric_add(&m->access_repeats, in->events - in->fresh_events - removed);
	metric_add(&m->access_expired, removed);
	metric_add(&m->access_shifted, shifted);
	metric_add(&m->access_punches, punches);
	/* Who follows both reads the punches of a commit first. */
	if (last_punch)
		live_grew(in->server->live, STREAM_PUNCH, last_punch);
	if (last)
		live_grew(in->server->live, STREAM_ACCESS, last);
}

void ingest_events_free(struct ingest *in)
{
	free(in->event);
	free(in->rules);
	event_units_free(in->units);
	ghi_budget_release(in->rest_arena.share, in->event_room * sizeof(*in->event));
}
