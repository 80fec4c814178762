/* What a response, or a missing one, changes on a unit. */
#include "base/number.h"
#include "sim/access/command.h"
#include "sim/access/door.h"
#include "sim/access/options.h"
#include "sim/access/subs.h"
#include "sim/access/unit.h"
#include "wire/access/handshake.h"
#include "wire/access/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EVENT_CONNECTED = 214, PUT_BATCH = 1000 };

static int64_t unit_error_wait(const struct unit *u)
{
	int64_t ms = u->plan->error_delay_ms;

	return ms >= 0 ? ms : acc_plan_wait(u->plan, u->error_delay_ms);
}

static int64_t unit_poll_wait(const struct unit *u)
{
	int64_t ms = u->plan->delay_ms;

	return ms >= 0 ? ms : acc_plan_wait(u->plan, u->request_delay_ms);
}

/* After any failure a unit waits, and begins again with its first request (Security PUSH 3.1.2, 4.5:
 * ErrorDelay). */
static void unit_start_over(struct unit *u)
{
	u->state = UNIT_OFF;
	u->panel.remote = false;
	u->ready_ms = u->now_ms + unit_error_wait(u);
}

/* --- the clock --- */

/* Set it; what is in progress lasts as long as before. */
void unit_clock_set(struct unit *u, int64_t to_s)
{
	int64_t by_s = to_s - unit_clock_s(u);

	u->clock_set_ms = u->now_ms;
	u->clock_off_s = to_s - u->plan->start_s - u->now_ms / 1000;
	panel_clock_shift(&u->panel, by_s);
	population_shift(&u->population, by_s);
	acc_subs_shift(u, by_s);
}

static void unit_date_apply(struct unit *u, const struct sim_reply *reply)
{
	enum { OFF_S = 10 };
	char text[64];
	struct tm tm = { 0 };
	gh_slice value;
	const char *day;
	int64_t utc_s;

	/* The first of a start only, so that a set clock stays as it was set. */
	if (!u->plan->follow_clock || u->clock_off_s ||
	    !sim_reply_header(reply, "Date", &value))
		return;
	snprintf(text, sizeof(text), "%.*s", GH_FMT(value));
	day = strchr(text, ',');
	if (day == NULL || strptime(day + 1, " %d %b %Y %H:%M:%S", &tm) == NULL)
		return;
	utc_s = timegm(&tm);
	if (llabs(utc_s - unit_clock_s(u)) > OFF_S)
		unit_clock_set(u, utc_s);
}

/* --- the beginning --- */

static void text_keep(char *to, size_t room, gh_slice text)
{
	snprintf(to, room, "%.*s", GH_FMT(text));
}

static uint32_t seconds_ms(int64_t seconds, uint32_t otherwise_ms)
{
	enum { DAY_S = 86400 };

	return seconds > 0 && seconds <= DAY_S ? (uint32_t)seconds * 1000 : otherwise_ms;
}

/* The scheme and the key of QR codes are options as others are; on a full table they are not kept. */
static void unit_qr_keep(struct unit *u, const struct ghi_server_options *o)
{
	char type[24];

	snprintf(type, sizeof(type), "%lld", (long long)o->qr_type);
	if (o->qr_type > 0 &&
	    panel_option_set(&u->panel, GH_LIT("QRCodeDecryptType"), gh_slice_of(type)))
		return;
	if (o->qr_key.n && panel_option_set(&u->panel, GH_LIT("QRCodeDecryptKey"), o->qr_key))
		return;
}

static void unit_configure(struct unit *u, const struct ghi_server_options *o)
{
	enum { HOURS_MAX = 1440 };

	u->error_delay_ms = seconds_ms(o->error_delay_s, u->error_delay_ms);
	u->request_delay_ms = seconds_ms(o->request_delay_s, u->request_delay_ms);
	u->timeout_ms = seconds_ms(o->timeout_s, u->timeout_ms);
	u->realtime = o->realtime != 0; /* absent: 1 */
	if (o->trans_interval_min >= 0 && o->trans_interval_min <= HOURS_MAX)
		u->interval_ms = (uint32_t)o->trans_interval_min * 60000;
	if (o->trans_times.n)
		text_keep(u->trans_times, sizeof(u->trans_times), o->trans_times);
	u->flush_ms = SIM_NEVER;
	if (o->session_id.n) {
		memcpy(u->old_session, u->session, sizeof(u->old_session));
		text_keep(u->session, sizeof(u->session), o->session_id);
	}
	text_keep(u->protocol, sizeof(u->protocol), o->protocol);
	text_keep(u->templates, sizeof(u->templates), o->multi_bio_data);
	text_keep(u->photos, sizeof(u->photos), o->multi_bio_photo);
	u->panel.new_verify = u->persona->new_verify && o->verify_styles.n;
	u->panel.merged = u->panel.new_verify ||
			  panel_option_number(&u->panel, "SimpleEventType", 0) == 1;
	u->fahrenheit = o->fahrenheit < 0 ? -1 : o->fahrenheit == 1;
	unit_qr_keep(u, o);
}

/* Where the server has another national level, the unit does not connect (4.4, 4.5: DevNSLevel, SvrNSLevel). */
static bool unit_level_fits(const struct unit *u, const struct ghi_server_options *o)
{
	const char *own = panel_option(&u->panel, GH_LIT("DevNSLevel"));

	return own == NULL || o->security_level.n == 0 ||
	       gh_slice_eq(gh_slice_trim(o->security_level), gh_slice_of(own));
}

static bool unit_hello_answered(struct unit *u, const struct sim_reply *reply)
{
	struct ghi_server_options o;
	enum gh_err err = ghi_server_options_parse(sim_reply_body(reply), true, &o);

	unit_date_apply(u, reply);
	if (err == GH_ENOTFOUND) {
		u->state = UNIT_REGISTER;
	} else if (err == GH_OK && unit_level_fits(u, &o)) {
		text_keep(u->code, sizeof(u->code), o.registry_code);
		unit_configure(u, &o);
		u->state = UNIT_CONFIGURE;
	} else {
		return false;
	}
	u->statistics->hellos++;
	return true;
}

static bool unit_registered(struct unit *u, const struct sim_reply *reply)
{
	gh_slice code;

	if (ghi_registry_code_parse(sim_reply_body(reply), &code))
		return false;
	text_keep(u->code, sizeof(u->code), code);
	u->state = UNIT_CONFIGURE;
	u->statistics->registrations++;
	return true;
}

/* What a unit uploads by itself once it is connected. */
static void unit_connected(struct unit *u, bool options)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct panel_event e = panel_event_of(&u->panel, EVENT_CONNECTED, 0);

	u->state = UNIT_READY;
	u->summary = u->persona->quirk & ACC_SUMMARY;
	u->poll_ms = u->now_ms;
	u->ping_ms = u->now_ms;
	u->state_ms = u->now_ms;
	u->panel.remote = true;
	for (int i = 0; i < (u->persona->quirk & ACC_CONNECT_TWICE ? 2 : 1); i++)
		panel_event_make(&u->panel, &e);
	acc_outbox_drop(&u->outbox, "&table=options");
	acc_outbox_drop(&u->outbox, "&table=irstate");
	if (options) {
		acc_options_upload(&w, &u->panel);
		acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", "&table=options",
			       ghi_written(&w));
	}
	unit_subs_upload(u);
	unit_gate_upload(u);
}

static bool unit_pushed(struct unit *u, const struct sim_reply *reply)
{
	struct ghi_server_options o;

	if (ghi_server_options_parse(sim_reply_body(reply), false, &o) ||
	    !unit_level_fits(u, &o))
		return false;
	unit_configure(u, &o);
	u->statistics->configurations++;
	unit_connected(u, o.push_options == 1);
	return true;
}

/* --- uploads --- */

static bool body_is_ok(gh_slice body)
{
	return gh_slice_starts(gh_slice_trim(body), GH_LIT("OK"));
}

/* "user=3", "user: 3" or "user = 3" of at least as many records as were sent. */
static bool body_is_count(gh_slice body, const char *table, uint32_t count)
{
	gh_slice name, number;
	uint64_t n;

	if (!gh_slice_cut(body, '=', &name, &number) &&
	    !gh_slice_cut(body, ':', &name, &number))
		return false;
	return gh_slice_ieq(gh_slice_trim(name), gh_slice_of(table)) &&
	       ghi_number_parse(gh_slice_trim(number), UINT32_MAX, &n) == GH_OK && n >= count;
}

/* As the random number of a request: by seed and record, not by the time. */
static bool unit_upload_repeats(const struct unit *u)
{
	return sim_hash(u->plan->seed ^ u->number, u->upload.from, 'D') % 1000 <
	       u->plan->faults.permille[ACC_FAULT_DUPLICATE];
}

static void unit_events_acknowledged(struct unit *u)
{
	const struct unit_upload up = u->upload;

	for (uint32_t i = up.from; i < up.to; i++) {
		if (i < u->acked)
			u->statistics->events_repeated++;
		else
			u->statistics->events_acknowledged++;
	}
	if (u->acked < up.to)
		u->acked = up.to;
	if (u->repeat.to > u->repeat.from) {
		u->repeat = (struct unit_upload){ 0 };
	} else if (up.records && unit_upload_repeats(u)) {
		u->statistics->faults[ACC_FAULT_DUPLICATE]++;
		u->repeat = up;
	}
}

static void unit_state_acknowledged(struct unit *u)
{
	char text[UNIT_STATES_ROOM];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	gh_slice state;

	u->statistics->states++;
	/* As it is now: a change meanwhile is sent with the next. */
	unit_state_write_timeless(&w, u);
	state = ghi_written(&w);
	g_free((void *)(uintptr_t)u->last_state.p);
	u->last_state = (gh_slice){ g_memdup2(state.p, state.n), state.n };
	u->state_ms = u->persona->state_s
			      ? u->now_ms + acc_plan_wait(u->plan, u->persona->state_s * 1000)
			      : SIM_NEVER;
}

/* DateTime=<packed seconds of GMT>,ServerTZ=+0800 (9.5.1). */
static bool unit_time_answered(struct unit *u, gh_slice body)
{
	gh_slice pair, rest, name, value;
	ghi_civil gmt = GHI_CIVIL_NONE;
	int64_t zone_s = 0, n;

	while (body.n) {
		gh_slice_cut(body, ',', &pair, &body);
		gh_slice_cut(gh_slice_trim(pair), '=', &name, &value);
		if (gh_slice_ieq(name, GH_LIT("DateTime")) && ghi_packed_read(value, &gmt))
			return false;
		if (gh_slice_ieq(name, GH_LIT("ServerTZ")) && value.n == 5) {
			rest = gh_slice_from(value, 1);
			if (ghi_signed_parse(rest, 0, 9999, &n))
				return false;
			zone_s = (n / 100 * 60 + n % 100) * 60 * (value.p[0] == '-' ? -1 : 1);
		}
	}
	if (gmt == GHI_CIVIL_NONE || !ghi_civil_valid(gmt))
		return false;
	unit_clock_set(u, ghi_civil_to_seconds(gmt) + zone_s);
	return true;
}

static bool unit_post_answered(struct unit *u, const struct sim_reply *reply)
{
	const struct acc_post *p = u->sending;
	gh_slice body = sim_reply_body(reply);

	switch (p->kind) {
	case ACC_POST_TIME:
		if (!unit_time_answered(u, body))
			return false;
		break;
	case ACC_POST_IDENTIFY:
		unit_identified(u, body);
		break;
	case ACC_POST_FETCH:
		unit_fetched(u, reply);
		break;
	default:
		if (*p->expect ? !body_is_count(body, p->expect, p->count) : !body_is_ok(body))
			return false;
		u->statistics->packets_acknowledged += p->kind == ACC_POST_PACKET;
		u->statistics->uploads_acknowledged +=
			p->kind == ACC_POST_UPLOAD || p->kind == ACC_POST_FILE;
		u->statistics->results_acknowledged += p->answers;
		break;
	}
	acc_outbox_next(&u->outbox);
	return true;
}

static bool unit_poll_answered(struct unit *u, gh_slice body)
{
	u->statistics->polls++;
	u->poll_ms = u->now_ms + unit_poll_wait(u);
	u->beat = u->persona->quirk & ACC_INDEX_ZERO && u->acked >= u->panel.ring.next;
	if (body.n == 0 || body_is_ok(body))
		return true;
	if (u->commands == NULL)
		u->commands = g_byte_array_new();
	g_byte_array_set_size(u->commands, 0);
	g_byte_array_append(u->commands, body.p, (guint)body.n);
	u->done = 0;
	return true;
}

/* --- all of them --- */

static bool unit_response_read(struct unit *u, const struct sim_reply *reply)
{
	gh_slice body = sim_reply_body(reply);
	bool fetch = u->in_flight == UNIT_SENDS_POST && u->sending->kind == ACC_POST_FETCH;

	if (reply->status != 200 &&
	    !(fetch && (reply->status == 206 || reply->status / 100 == 4)))
		return false;
	switch (u->in_flight) {
	case UNIT_SENDS_HELLO:
		return unit_hello_answered(u, reply);
	case UNIT_SENDS_REGISTRATION:
		return unit_registered(u, reply);
	case UNIT_SENDS_PUSH:
		return unit_pushed(u, reply);
	case UNIT_SENDS_EVENTS:
		if (!body_is_ok(body))
			return false;
		unit_events_acknowledged(u);
		return true;
	case UNIT_SENDS_STATE:
		if (!body_is_ok(body))
			return false;
		unit_state_acknowledged(u);
		return true;
	case UNIT_SENDS_POST:
		return unit_post_answered(u, reply);
	case UNIT_SENDS_PING:
		u->statistics->pings++;
		return body_is_ok(body);
	default:
		return unit_poll_answered(u, body);
	}
}

static void unit_request_end(struct unit *u, bool good)
{
	/* A person who waits is not kept waiting. */
	if (!good && u->in_flight == UNIT_SENDS_POST && u->sending->kind == ACC_POST_IDENTIFY) {
		unit_identified(u, (gh_slice){ 0 });
		acc_outbox_next(&u->outbox);
	}
	u->sending = NULL;
	if (u->lose_power)
		unit_power_cycle(u);
	else if (!good)
		unit_start_over(u);
	u->in_flight = UNIT_NOTHING;
}

void unit_response(struct unit *u, int64_t now_ms, const struct sim_reply *reply)
{
	bool good;

	unit_follow(u, now_ms);
	good = !u->lose_power && unit_response_read(u, reply);
	if (good) {
		/* The first request is answered for every device; that is no progress. */
		if (u->state == UNIT_READY)
			u->refused = 0;
	} else if (!u->lose_power) {
		gh_slice body = sim_reply_body(reply);

		u->refused += u->refused < UINT8_MAX;
		u->statistics->refused++;
		text_keep(u->statistics->refusal, sizeof(u->statistics->refusal), body);
		for (char *c = u->statistics->refusal; *c; c++)
			if ((unsigned char)*c < ' ' || *c == 0x7F)
				*c = ' ';
	}
	unit_request_end(u, good);
}

void unit_no_response(struct unit *u, int64_t now_ms)
{
	unit_follow(u, now_ms);
	u->statistics->lost++;
	u->statistics->refusal[0] = '\0';
	u->refused += u->refused < UINT8_MAX;
	unit_request_end(u, false);
}
