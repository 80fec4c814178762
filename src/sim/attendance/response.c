/* What a response, or a missing one, changes on a device. */
#include <stdio.h>

#include "sim/attendance/calendar.h"
#include "sim/attendance/device.h"
#include "sim/attendance/execution.h"
#include "sim/attendance/handshake.h"
#include "sim/attendance/proxy.h"
#include "sim/attendance/query.h"
#include "sim/attendance/settings.h"
#include "sim/attendance/visits.h"

enum { OP_STARTED = 0 };
enum { BOOT_MS = 20000, RETRY_MS = 300, TRIES = 3, BATCH_MIN = 30 };

static int64_t error_wait(const struct sim_device *d)
{
	int64_t ms = d->plan->error_delay_ms;

	return ms >= 0 ? ms : plan_wait(d->plan, d->error_delay_ms);
}

static int64_t poll_wait(const struct sim_device *d)
{
	int64_t ms = d->plan->delay_ms;

	return ms >= 0 ? ms : plan_wait(d->plan, d->gap_ms);
}

/* Everything in memory is lost; what is in flash (log, people, places) is not. */
static void device_power_cycle(struct sim_device *d)
{
	d->statistics->reboots++;
	d->lose_power = d->reboot = d->check = false;
	d->state = SIM_OFF;
	d->informed = false;
	d->tries = 0;
	d->repeat = (struct upload){ 0 };
	if (d->commands)
		g_byte_array_set_size(d->commands, 0);
	if (d->results)
		g_byte_array_set_size(d->results, 0);
	d->done = d->results_sent = d->answers = 0;
	query_end(d);
	d->fetch.active = false;
	proxy_choose(d);
	sim_device_event(d, TABLE_OPLOG, OP_STARTED, (gh_slice){ 0 });
	d->ready_ms = d->now_ms + plan_wait(d->plan, BOOT_MS);
}

/* Wait, then begin again with a handshake (PUSH SDK 2013, 3.2.2: ErrorDelay). */
static void device_start_over(struct sim_device *d)
{
	d->state = SIM_HANDSHAKE;
	d->tries = 0;
	d->ready_ms = d->now_ms + error_wait(d);
}

static void response_refused(struct sim_device *d)
{
	if (d->in_flight == REQUEST_UPLOAD || d->in_flight == REQUEST_QUERY) {
		d->batch = d->batch > 2 * BATCH_MIN ? d->batch - BATCH_MIN : BATCH_MIN;
		if (d->batch > d->persona->batch)
			d->batch = d->persona->batch;
		if (++d->tries < TRIES) {
			d->ready_ms = d->now_ms + plan_wait(d->plan, RETRY_MS * d->tries);
			return;
		}
	}
	if (d->in_flight == REQUEST_VERIFICATION)
		d->verdict = VERDICT_NONE;
	if (d->in_flight == REQUEST_REMOTE || d->in_flight == REQUEST_VERIFICATION)
		return; /* the person does not wait */
	if (d->in_flight == REQUEST_PROBE || d->in_flight == REQUEST_FILE)
		execution_fetched(d, (gh_slice){ 0 });
	device_start_over(d);
}

static bool response_is_ok(const struct sim_device *d, gh_slice body)
{
	if (d->persona->push_version)
		return gh_slice_starts(body, GH_LIT("OK"));
	return body.n >= 2 && memmem(body.p, body.n, "OK", 2); /* QUIRKS Q22 */
}

/* As request_random() in next_request.c: depends on the seed and the record, not on the time. */
static bool upload_is_repeated(const struct sim_device *d, const struct upload *up)
{
	uint64_t h =
		sim_hash(d->plan->seed ^ d->number, (uint64_t)up->stream << 32 | up->from, 'D');

	return h % 1000 < d->plan->faults.permille[SIM_FAULT_DUPLICATE];
}

static void upload_acknowledged(struct sim_device *d)
{
	struct upload *up = &d->upload;
	struct cursor *c = &d->cursor[up->stream];
	struct statistics_stream *count = &d->statistics->stream[up->stream];
	struct punches_text text;
	struct punch punch;

	for (uint32_t i = up->from; i < up->to; i++) {
		if (!stream_holds(d, up->stream, i))
			continue;
		if (i < c->acked) {
			count->repeated++;
			continue;
		}
		count->acknowledged++;
		if (up->stream == STREAM_ATTLOG) {
			stream_punch(d, i, &punch, &text);
			statistics_punch(d->statistics, d->sn, &punch);
			d->statistics->faults[SIM_FAULT_CLOCK_JUMP] +=
				calendar_jump_s(d->plan, d->number, i) != 0;
		}
	}
	if (c->acked < up->to)
		c->acked = up->to;
	if (d->repeat.to > d->repeat.from) {
		d->repeat = (struct upload){ 0 };
	} else {
		c->next = up->to;
		if (up->records && upload_is_repeated(d, up)) {
			d->statistics->faults[SIM_FAULT_DUPLICATE]++;
			d->repeat = *up;
		}
	}
	d->batch = d->batch + 10 < d->persona->batch ? d->batch + 10 : d->persona->batch;
}

/* Without its last line, when that has no end and the firmware needs one. */
static gh_slice response_whole_lines(const struct sim_device *d, gh_slice body)
{
	if (d->persona->quirk & QUIRK_TERMINATED_LINES)
		while (body.n && body.p[body.n - 1] != '\n' && body.p[body.n - 1] != '\r')
			body.n--;
	return body;
}

static bool response_handshake(struct sim_device *d, const struct sim_reply *reply)
{
	if (handshake_apply(d, response_whole_lines(d, sim_reply_body(reply))))
		return false;
	handshake_date(d, reply);
	d->statistics->handshakes++;
	d->state = SIM_READY;
	d->settings_due = d->push_options.n || d->persona->can & CAN_OPTIONS;
	d->poll_ms = d->now_ms;
	d->flush_ms = d->realtime ? SIM_NEVER : settings_flush(d);
	return true;
}

static bool response_poll(struct sim_device *d, gh_slice body)
{
	bool strict = d->persona->quirk & QUIRK_STRICT_OK;

	d->statistics->polls++;
	d->informed = true;
	if (gh_slice_starts(body, GH_LIT("OK")) || body.n == 0) {
		if (d->persona->quirk & QUIRK_ADAPTIVE_POLL) {
			d->gap_ms += d->delay_ms / 5;
			if (d->gap_ms > d->delay_ms)
				d->gap_ms = d->delay_ms;
		}
		d->poll_ms = d->now_ms + poll_wait(d);
		return !strict || body.n == 2 || body.n == 0;
	}
	if (!gh_slice_starts(body, GH_LIT("C:")))
		return false;
	body = response_whole_lines(d, body);
	if (d->commands == NULL)
		d->commands = g_byte_array_new();
	g_byte_array_set_size(d->commands, 0);
	g_byte_array_append(d->commands, body.p, (guint)body.n);
	d->done = 0;
	/* Soon again: where there is one command there may be more. */
	d->gap_ms = d->persona->quirk & QUIRK_ADAPTIVE_POLL ? 1000 : d->delay_ms;
	d->poll_ms = d->now_ms + plan_wait(d->plan, 1000);
	return true;
}

static bool response_result(struct sim_device *d, const struct sim_reply *reply)
{
	gh_slice type;

	if (!response_is_ok(d, sim_reply_body(reply)))
		return false;
	if (d->persona->quirk & QUIRK_TEXT_PLAIN &&
	    (!sim_reply_header(reply, "Content-Type", &type) ||
	     !gh_slice_istarts(type, GH_LIT("text/plain"))))
		return false;
	g_byte_array_remove_range(d->results, 0, (guint)d->results_sent);
	d->statistics->results_acknowledged += d->answers;
	d->answers = 0;
	if (d->reboot)
		device_power_cycle(d);
	return true;
}

static bool response_file(struct sim_device *d, const struct sim_reply *reply)
{
	if (d->in_flight == REQUEST_PROBE) {
		d->fetch.probed = true;
		return true;
	}
	execution_fetched(d, sim_reply_body(reply));
	return true;
}

/* The person that was typed, kept for a while; or none. */
static void response_person(struct sim_device *d, gh_slice body)
{
	char pin[PEOPLE_PIN];

	if (execution_package(d, body, false, TABLES) <= 0)
		return;
	d->statistics->people_received++;
	snprintf(pin, sizeof(pin), "%u", REMOTE_PIN + d->remote_next);
	guest_add(d, gh_slice_of(pin));
}

static bool response_verdict(struct sim_device *d, gh_slice body)
{
	if (!gh_slice_starts(body, GH_LIT("AUTH=")))
		return false;
	d->verdict = gh_slice_starts(body, GH_LIT("AUTH=Success")) ? VERDICT_PASSES
								   : VERDICT_REFUSED;
	return true;
}

static bool response_read(struct sim_device *d, const struct sim_reply *reply)
{
	gh_slice body = sim_reply_body(reply);
	bool file = d->in_flight == REQUEST_PROBE || d->in_flight == REQUEST_FILE;

	if (file && reply->status / 100 == 4) { /* not there: that is an answer too */
		execution_fetched(d, (gh_slice){ 0 });
		return true;
	}
	if (reply->status != 200 && !(file && reply->status == 206))
		return false;
	switch (d->in_flight) {
	case REQUEST_HANDSHAKE:
		return response_handshake(d, reply);
	case REQUEST_OPTIONS:
		/* QUIRKS Q20: anything but a bare OK and it is sent again. */
		d->settings_due = !gh_slice_eq(gh_slice_trim(body), GH_LIT("OK"));
		d->statistics->settings += !d->settings_due;
		return !d->settings_due;
	case REQUEST_POLL:
		return response_poll(d, body);
	case REQUEST_PING:
		d->statistics->pings++;
		d->poll_ms = d->now_ms + poll_wait(d);
		return true;
	case REQUEST_UPLOAD:
		if (!response_is_ok(d, body))
			return false;
		upload_acknowledged(d);
		return true;
	case REQUEST_QUERY:
		if (!response_is_ok(d, body))
			return false;
		query_acknowledged(d);
		return true;
	case REQUEST_RESULT:
		return response_result(d, reply);
	case REQUEST_REMOTE:
		d->statistics->people_requests++;
		response_person(d, body);
		return true;
	case REQUEST_VERIFICATION:
		d->statistics->verifications++;
		return response_verdict(d, body);
	default:
		return response_file(d, reply);
	}
}

static void response_end(struct sim_device *d, bool good)
{
	if (d->lose_power)
		device_power_cycle(d);
	else if (good)
		d->tries = 0;
	else
		response_refused(d);
	d->in_flight = REQUEST_NOTHING;
}

void sim_device_response(struct sim_device *d, int64_t now_ms, const struct sim_reply *reply)
{
	bool good;

	d->now_ms = now_ms;
	good = !d->lose_power && response_read(d, reply);
	if (good)
		d->refused = 0;
	else if (!d->lose_power) {
		d->refused += d->refused < UINT8_MAX;
		gh_slice body = sim_reply_body(reply);

		d->statistics->refused++;
		snprintf(d->statistics->refusal, sizeof(d->statistics->refusal), "%.*s",
			 GH_FMT(body));
		for (char *c = d->statistics->refusal; *c; c++)
			if ((unsigned char)*c < ' ' || *c == 0x7F)
				*c = ' ';
	}
	response_end(d, good);
}

void sim_device_no_response(struct sim_device *d, int64_t now_ms)
{
	d->now_ms = now_ms;
	d->statistics->lost++;
	d->statistics->refusal[0] = '\0';
	d->refused += d->refused < UINT8_MAX;
	response_end(d, false);
}
