/* The next request of a unit. */
#include "sim/access/command.h"
#include "sim/access/options.h"
#include "sim/access/unit.h"
#include "sim/access/unit_request.h"
#include "sim/access/visits.h"
#include "sim/day_times.h"
#include "wire/access/event.h"

enum { BULK = 3 }; /* posts that make a bulk upload */

static void unit_make(struct unit *u, enum unit_request what, const char *endpoint,
		      gh_slice query, gh_slice body, bool cookie, struct unit_scratch *scratch,
		      struct sim_request *out)
{
	unit_request_to(u, endpoint, query, body, cookie, scratch, out);
	u->in_flight = what;
}

/* --- the beginning (Security PUSH 3.1.2, 4.1, 4.4, 4.5) --- */

static void unit_hello(struct unit *u, struct unit_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));

	u->state = UNIT_HELLO;
	ghi_put(&q, GH_LIT("&pushver="));
	ghi_put(&q, gh_slice_of(u->persona->push_version));
	ghi_put(&q, GH_LIT("&options=all"));
	ghi_put(&q, gh_slice_of(u->persona->first));
	unit_make(u, UNIT_SENDS_HELLO, "cdata", ghi_written(&q), (gh_slice){ 0 }, false,
		  scratch, out);
}

static void unit_register(struct unit *u, struct unit_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));

	acc_options_write(&w, &u->panel, u->registered);
	unit_make(u, UNIT_SENDS_REGISTRATION, "registry", (gh_slice){ 0 }, ghi_written(&w),
		  false, scratch, out);
}

static void unit_begin(struct unit *u, struct unit_scratch *scratch, struct sim_request *out)
{
	if (u->state == UNIT_REGISTER)
		unit_register(u, scratch, out);
	else if (u->state == UNIT_CONFIGURE)
		unit_make(u, UNIT_SENDS_PUSH, "push", (gh_slice){ 0 }, GH_LIT(""), true,
			  scratch, out);
	else
		unit_hello(u, scratch, out);
}

/* --- events --- */

/* A line that is no record. */
static bool unit_bad_line(struct unit *u, struct ghi_writer *w, uint32_t from)
{
	static const char *const lines[] = { "no record", "time=yesterday\tpin=1\tevent=0",
					     "\001\377\376", "event=\tindex=" };
	uint64_t h = sim_hash(u->plan->seed ^ u->number, from, 'B');

	if (h % 1000 >= u->plan->faults.permille[ACC_FAULT_BAD_LINE])
		return false;
	ghi_put(w, gh_slice_of(lines[h / 1000 % (sizeof(lines) / sizeof(lines[0]))]));
	return true;
}

static void unit_line_end(const struct unit *u, struct ghi_writer *w)
{
	if (w->n)
		ghi_put(w, u->persona->quirk & ACC_STRICT ? GH_LIT("\n") : GH_LIT("\r\n"));
}

static void unit_events_fill(struct unit *u, struct ghi_writer *w, uint32_t from, uint32_t to)
{
	struct unit_upload up = { .from = from };
	uint32_t i;

	if (unit_bad_line(u, w, from))
		up.bad_lines = 1;
	if (unit_fault(u, ACC_FAULT_STATE_IN_EVENTS,
		       sim_hash(u->plan->seed ^ u->number, from, 'S'))) {
		unit_line_end(u, w);
		unit_state_write(w, u);
	}
	for (i = from; i < to && up.records < u->persona->batch; i++) {
		const struct panel_event *e = panel_ring_at(&u->panel.ring, i);
		struct unit_event_text text;
		struct access_event event;

		if (e == NULL)
			continue;
		unit_event(u, e, &event, &text);
		unit_line_end(u, w);
		ghi_event_write_live(w, &event);
		up.records++;
	}
	up.to = i;
	u->upload = up;
}

/* Events that were overwritten before they were sent are lost. */
static void unit_skip_overwritten(struct unit *u)
{
	uint32_t first = u->panel.ring.first;

	if (u->acked >= first)
		return;
	if (first > u->sent)
		u->statistics->events_overwritten +=
			first - (u->acked > u->sent ? u->acked : u->sent);
	u->acked = first;
}

static bool unit_send_events(struct unit *u, uint32_t from, uint32_t to,
			     struct unit_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));

	unit_events_fill(u, &w, from, to);
	if (u->upload.records == 0 && u->upload.to <= from)
		return false;
	unit_make(u, UNIT_SENDS_EVENTS, "cdata", GH_LIT("&table=rtlog"), ghi_written(&w), true,
		  scratch, out);
	u->statistics->event_uploads++;
	u->statistics->events_sent += u->upload.records;
	u->statistics->bad_lines += u->upload.bad_lines;
	u->statistics->faults[ACC_FAULT_BAD_LINE] += u->upload.bad_lines;
	if (u->sent < u->upload.to)
		u->sent = u->upload.to;
	return true;
}

/* When data that was not sent at once is sent: by interval and at fixed times. */
static int64_t unit_flush_ms(const struct unit *u)
{
	int64_t wait_s = sim_day_times_wait(gh_slice_of(u->trans_times), unit_clock_s(u));
	int64_t at =
		u->interval_ms ? u->now_ms + acc_plan_wait(u->plan, u->interval_ms) : SIM_NEVER;

	if (wait_s && u->now_ms + acc_plan_wait(u->plan, wait_s * 1000) < at)
		at = u->now_ms + acc_plan_wait(u->plan, wait_s * 1000);
	return at;
}

static bool unit_next_events(struct unit *u, struct unit_scratch *scratch,
			     struct sim_request *out)
{
	unit_skip_overwritten(u);
	if (u->repeat.to > u->repeat.from) {
		if (unit_send_events(u, u->repeat.from, u->repeat.to, scratch, out))
			return true;
		u->repeat = (struct unit_upload){ 0 };
	}
	if (u->acked >= u->panel.ring.next) {
		u->flush = false;
		return false;
	}
	if (!u->realtime && !u->flush) {
		if (u->flush_ms == SIM_NEVER)
			u->flush_ms = unit_flush_ms(u);
		if (u->now_ms < u->flush_ms)
			return false;
		u->flush = true;
		u->flush_ms = unit_flush_ms(u);
	}
	return unit_send_events(u, u->acked, u->panel.ring.next, scratch, out);
}

/* --- the rest --- */

static bool unit_next_state(struct unit *u, struct unit_scratch *scratch,
			    struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));

	unit_state_write_timeless(&w, u);
	if (gh_slice_eq(ghi_written(&w), u->last_state) && u->now_ms < u->state_ms)
		return false;
	w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	unit_state_write(&w, u);
	unit_make(u, UNIT_SENDS_STATE, "cdata", GH_LIT("&table=rtstate"), ghi_written(&w), true,
		  scratch, out);
	return true;
}

static bool unit_next_post(struct unit *u, struct unit_scratch *scratch,
			   struct sim_request *out)
{
	struct acc_post *p = acc_outbox_head(&u->outbox);

	if (p && p->lose) { /* a packet that comes later than those after it */
		p->lose = false;
		g_queue_pop_head(&u->outbox.posts);
		if (u->outbox.posts.head &&
		    ((struct acc_post *)u->outbox.posts.head->data)->kind == ACC_POST_PACKET)
			g_queue_push_nth(&u->outbox.posts, p, 1);
		else
			g_queue_push_head(&u->outbox.posts, p);
		p = acc_outbox_head(&u->outbox);
	}
	if (p == NULL)
		return false;
	u->sending = p;
	if (p->kind == ACC_POST_FETCH) {
		unit_request_file(u, p->endpoint, p->range, scratch, out);
		u->in_flight = UNIT_SENDS_POST;
	} else {
		unit_make(u, UNIT_SENDS_POST, p->endpoint, gh_slice_of(p->query),
			  p->get ? (gh_slice){ 0 }
				 : (gh_slice){ p->body->data ? p->body->data
							     : (const uint8_t *)"",
					       p->body->len },
			  true, scratch, out);
	}
	u->statistics->packets += p->kind == ACC_POST_PACKET;
	u->statistics->uploads += p->kind == ACC_POST_UPLOAD || p->kind == ACC_POST_FILE;
	return true;
}

static bool unit_next_poll(struct unit *u, struct unit_scratch *scratch,
			   struct sim_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));

	if (u->now_ms < u->poll_ms)
		return false;
	if (u->summary)
		acc_options_summary(&q, &u->panel);
	u->summary = false;
	unit_make(u, UNIT_SENDS_POLL, "getrequest", ghi_written(&q), (gh_slice){ 0 }, true,
		  scratch, out);
	return true;
}

/* What is due, most urgent first. */
static bool unit_choose(struct unit *u, struct unit_scratch *scratch, struct sim_request *out)
{
	unit_commands_follow(u);
	if (u->outbox.posts.length > BULK && u->now_ms >= u->ping_ms) {
		u->ping_ms = u->now_ms + acc_plan_wait(u->plan, u->request_delay_ms);
		unit_make(u, UNIT_SENDS_PING, "ping", (gh_slice){ 0 }, (gh_slice){ 0 }, true,
			  scratch, out);
		return true;
	}
	if (unit_next_post(u, scratch, out))
		return true;
	if (u->reboot) {
		unit_power_cycle(u);
		return false;
	}
	if (unit_next_poll(u, scratch, out) || unit_next_state(u, scratch, out) ||
	    unit_next_events(u, scratch, out))
		return true;
	if (u->beat) {
		u->beat = false;
		u->upload = (struct unit_upload){ .from = u->acked, .to = u->acked };
		unit_make(u, UNIT_SENDS_EVENTS, "cdata", GH_LIT("&table=rtlog"), GH_LIT(""),
			  true, scratch, out);
		return true;
	}
	return false;
}

/* A random number for this request. That of an upload of events follows from its first one and the
 * disturbances of uploads before it, so that polls, whose number depends on the time, do not change
 * it. */
static uint64_t unit_request_random(struct unit *u)
{
	if (u->in_flight != UNIT_SENDS_EVENTS)
		return sim_next(&u->prng);
	return sim_hash(u->plan->seed ^ u->number, u->upload.from,
			'X' + (uint64_t)u->disturbances);
}

static void unit_disturb(struct unit *u, struct sim_request *out)
{
	enum sim_fault f =
		sim_request_disturb(out, u->plan->faults.permille, unit_request_random(u));

	if (f == SIM_FAULTS)
		return;
	u->statistics->faults[f]++;
	u->disturbances += u->in_flight == UNIT_SENDS_EVENTS;
	u->lose_power = f == SIM_FAULT_REBOOT;
}

bool unit_next_request(struct unit *u, int64_t now_ms, struct unit_scratch *scratch,
		       struct sim_request *out)
{
	unit_follow(u, now_ms);
	if (u->in_flight != UNIT_NOTHING || now_ms < u->ready_ms)
		return false;
	acc_visits_follow(u);
	if (u->population.power_cut) {
		u->population.power_cut = false;
		unit_power_cycle(u);
		return false;
	}
	u->stale = u->state == UNIT_READY &&
		   unit_fault(u, ACC_FAULT_COOKIE_STALE, sim_next(&u->prng));
	if (u->state != UNIT_READY)
		unit_begin(u, scratch, out);
	else if (!unit_choose(u, scratch, out))
		return false;
	u->statistics->requests++;
	u->statistics->bytes_sent += out->head.n + out->body.n;
	unit_disturb(u, out);
	return true;
}
