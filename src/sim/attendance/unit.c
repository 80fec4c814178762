#include "sim/attendance/unit.h"

#include "sim/attendance/calendar.h"
#include "sim/attendance/execute.h"
#include "sim/attendance/hello.h"
#include "sim/attendance/query.h"
#include "sim/attendance/request.h"
#include "sim/attendance/settings.h"

#include <stdio.h>

enum { OP_STARTED = 0 };
enum { BOOT_MS = 20000, RETRY_MS = 300, TRIES = 3, BATCH_MIN = 30 };

enum gh_err unit_open(struct unit *u, const struct plan *plan, uint32_t number,
		      struct account *account)
{
	int n;

	*u = (struct unit){ .plan = plan,
			    .persona = plan->mix.persona[number % plan->mix.n],
			    .account = account,
			    .number = number,
			    .prng = { sim_hash(plan->seed, number, 'D') },
			    .delay_ms = 30000,
			    .error_delay_ms = 60000,
			    .flush_ms = SIM_NEVER };
	n = snprintf(u->sn, sizeof(u->sn), "%s%06u", plan->sn_prefix, number + 1);
	if (n < 0 || (size_t)n >= sizeof(u->sn))
		return GH_ETOOBIG;
	u->batch = u->persona->batch;
	/* Not all at once: a fleet wakes up over a while. */
	u->ready_ms = plan_wait(plan, (int64_t)sim_below(&u->prng, 2 * plan->devices));
	return GH_OK;
}

void unit_close(struct unit *u)
{
	holdings_clear(&u->holdings);
	query_end(u);
	g_free((void *)(uintptr_t)u->push_options.p);
	g_free((void *)(uintptr_t)u->trans_times.p);
	if (u->commands)
		g_byte_array_free(u->commands, TRUE);
	if (u->results)
		g_byte_array_free(u->results, TRUE);
	if (u->events)
		g_array_free(u->events, TRUE);
	if (u->options)
		g_array_free(u->options, TRUE);
	*u = (struct unit){ 0 };
}

void unit_event(struct unit *u, enum table_id t, unsigned op, gh_slice keys)
{
	struct unit_event e = { .table = (uint8_t)t, .op = (uint8_t)op };

	if (u->events == NULL)
		u->events = g_array_new(FALSE, TRUE, sizeof(e));
	if (u->events->len >= UNIT_EVENTS || keys.n >= sizeof(e.keys))
		return;
	if (keys.n)
		memcpy(e.keys, keys.p, keys.n);
	g_array_append_val(u->events, e);
}

int64_t unit_shift_s(const struct unit *u, uint32_t index)
{
	int64_t by_s = 0;

	for (size_t i = 0; i < u->shifts && u->shift[i].from <= index; i++)
		by_s = u->shift[i].by_s;
	return by_s;
}

int64_t unit_clock_s(const struct unit *u)
{
	return u->plan->start_s + u->now_ms / 1000 + unit_shift_s(u, UINT32_MAX);
}

static int64_t error_wait(const struct unit *u)
{
	int64_t ms = u->plan->error_delay_ms;

	return ms >= 0 ? ms : plan_wait(u->plan, u->error_delay_ms);
}

static int64_t poll_wait(const struct unit *u)
{
	int64_t ms = u->plan->delay_ms;

	return ms >= 0 ? ms : plan_wait(u->plan, u->gap_ms);
}

/* Everything in memory is lost; what is in flash (log, people, places) is not. */
static void power_cycle(struct unit *u)
{
	u->account->reboots++;
	u->lose_power = u->reboot = u->check = false;
	u->state = UNIT_OFF;
	u->informed = false;
	u->tries = 0;
	u->again = (struct upload){ 0 };
	if (u->commands)
		g_byte_array_set_size(u->commands, 0);
	if (u->results)
		g_byte_array_set_size(u->results, 0);
	u->done = u->results_sent = u->answers = 0;
	query_end(u);
	u->fetch.active = false;
	unit_event(u, TABLE_OPLOG, OP_STARTED, (gh_slice){ 0 });
	u->ready_ms = u->now_ms + plan_wait(u->plan, BOOT_MS);
}

/* Wait, then begin again with a handshake (PUSH SDK 2013, 3.2.2: ErrorDelay). */
static void start_over(struct unit *u)
{
	u->state = UNIT_HELLO;
	u->tries = 0;
	u->ready_ms = u->now_ms + error_wait(u);
}

static void failed(struct unit *u)
{
	if (u->asked == ASK_UPLOAD || u->asked == ASK_QUERY) {
		u->batch = u->batch > 2 * BATCH_MIN ? u->batch - BATCH_MIN : BATCH_MIN;
		if (u->batch > u->persona->batch)
			u->batch = u->persona->batch;
		if (++u->tries < TRIES) {
			u->ready_ms = u->now_ms + plan_wait(u->plan, RETRY_MS * u->tries);
			return;
		}
	}
	if (u->asked == ASK_PROBE || u->asked == ASK_FILE)
		execute_fetched(u, (gh_slice){ 0 });
	start_over(u);
}

/* --- asking --- */

static bool post_upload(struct unit *u, enum stream_id s, uint32_t from, uint32_t to,
			struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	bool old = !u->has_server_version && !u->persona->push_version;
	bool photo = s == STREAM_ATTPHOTO;

	stream_fill(&w, u, s, from, to, &scratch->text, &u->upload);
	if (u->upload.records == 0)
		return false;
	ghi_put(&q, GH_LIT("&table="));
	ghi_put(&q, gh_slice_of(streams[s].table));
	ghi_put_u8(&q, '&');
	ghi_put(&q, gh_slice_of(old ? streams[s].old_parameter : "Stamp"));
	ghi_put_u8(&q, '=');
	if (u->persona->stamp == STAMP_ECHO && u->cursor[s].echo[0])
		ghi_put(&q, gh_slice_of(u->cursor[s].echo));
	else
		ghi_put_decimal(&q, stream_stamp(u, s, u->upload.to));
	request_to(u, photo && (old || u->persona->quirk & QUIRK_FDATA) ? "fdata" : "cdata",
		   ghi_written(&q), ghi_written(&w), scratch, out);
	u->asked = ASK_UPLOAD;
	return true;
}

/* The next list that has something, and may send it. */
static bool upload_next(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct upload again = u->again;

	if (again.to > again.from && post_upload(u, again.stream, again.from, again.to, scratch, out))
		return true;
	u->again = (struct upload){ 0 };
	if (!u->realtime && !u->flush && u->now_ms < u->flush_ms)
		return false;
	for (enum stream_id s = 0; s < STREAMS; s++) {
		uint32_t end = stream_end(u, s);

		if (!stream_open(u, s) || u->cursor[s].next >= end)
			continue;
		if (post_upload(u, s, u->cursor[s].next, end, scratch, out))
			return true;
		/* Nothing there that may be sent. */
		u->cursor[s].next = end;
		if (u->cursor[s].acked < end)
			u->cursor[s].acked = end;
	}
	u->flush = false;
	u->flush_ms = settings_flush(u);
	return false;
}

static void ask(struct unit *u, enum unit_ask what, const char *endpoint, gh_slice query,
		gh_slice body, struct unit_scratch *scratch, struct unit_request *out)
{
	request_to(u, endpoint, query, body, scratch, out);
	u->asked = what;
}

static bool poll_next(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	uint32_t end = stream_end(u, STREAM_ATTLOG);

	if (u->now_ms < u->poll_ms)
		return false;
	/* During long uploads every other poll is a mere sign of life. */
	if (u->persona->quirk & QUIRK_PING && u->informed && ++u->pings % 2 &&
	    u->cursor[STREAM_OPERLOG].next < stream_end(u, STREAM_OPERLOG)) {
		ask(u, ASK_PING, "ping", (gh_slice){ 0 }, (gh_slice){ 0 }, scratch, out);
		return true;
	}
	if (!u->informed || u->informed_end != end)
		request_info(&q, u);
	u->informed_end = end;
	ask(u, ASK_POLL, "getrequest", ghi_written(&q), (gh_slice){ 0 }, scratch, out);
	return true;
}

/* What is due, most urgent first. */
static bool choose(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	bool busy;

	execute_pending(u, &scratch->text);
	if (u->query.active && query_next(u, scratch, out))
		return true;
	execute_pending(u, &scratch->text);
	if (u->fetch.active) {
		/* A probe of the first bytes, then the whole (QUIRKS Q41). */
		request_file(u, u->fetch.path,
			     u->fetch.probed || u->fetch.upgrade ? "" : "RANGE: bytes=0-127\r\n",
			     scratch, out);
		u->asked = u->fetch.probed || u->fetch.upgrade ? ASK_FILE : ASK_PROBE;
		return true;
	}
	busy = execute_busy(u);
	if (u->results && u->results->len && (!busy || u->results->len > UNIT_RESULTS / 2)) {
		u->results_sent = u->results->len;
		ask(u, ASK_RESULT, "devicecmd", (gh_slice){ 0 },
		    (gh_slice){ u->results->data, u->results->len }, scratch, out);
		return true;
	}
	if (u->check) {
		u->check = false;
		u->state = UNIT_HELLO;
		u->empty_due = u->persona->quirk & QUIRK_EMPTY_POST;
		hello_write(&q, u);
		ask(u, ASK_HELLO, "cdata", ghi_written(&q), (gh_slice){ 0 }, scratch, out);
		return true;
	}
	if (u->settings_due) {
		settings_write(&w, u);
		ask(u, ASK_OPTIONS, "cdata", GH_LIT("&table=options"), ghi_written(&w), scratch,
		    out);
		return true;
	}
	if ((!u->informed || u->now_ms >= u->poll_ms) && poll_next(u, scratch, out))
		return true;
	if (upload_next(u, scratch, out))
		return true;
	if (u->empty_due) {
		u->empty_due = false;
		u->upload = (struct upload){ 0 };
		ask(u, ASK_UPLOAD, "cdata", GH_LIT("&table=ATTLOG&Stamp=0"), GH_LIT(""), scratch,
		    out);
		return true;
	}
	return false;
}

static void count_upload(struct unit *u)
{
	struct account_stream *count = &u->account->stream[u->upload.stream];

	if (u->asked != ASK_UPLOAD)
		return;
	count->uploads += u->upload.records > 0;
	count->sent += u->upload.records;
	u->account->bad_lines += u->upload.bad_lines;
}

/* Trouble on the way, by the dice of this device. */
static void trouble(struct unit *u, struct unit_request *out)
{
	static const struct {
		enum sim_fault fault;
		enum unit_trouble trouble;
	} kinds[] = { { SIM_FAULT_REBOOT, TROUBLE_HANG_UP },
		      { SIM_FAULT_DROP_REPLY, TROUBLE_DROP },
		      { SIM_FAULT_SLOW, TROUBLE_SLOW },
		      { SIM_FAULT_SPLIT, TROUBLE_SPLIT } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum sim_fault f = kinds[i].fault;

		if (!sim_chance(&u->prng, u->plan->faults.permille[f]))
			continue;
		u->account->faults[f]++;
		out->trouble = kinds[i].trouble;
		u->lose_power = f == SIM_FAULT_REBOOT;
		/* A lost answer may also be one that never came. */
		if (f == SIM_FAULT_DROP_REPLY && sim_below(&u->prng, 2))
			out->trouble = TROUBLE_HANG_UP;
		return;
	}
}

bool unit_next(struct unit *u, int64_t now_ms, struct unit_scratch *scratch,
	       struct unit_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));

	u->now_ms = now_ms;
	if (u->asked != ASK_NOTHING || now_ms < u->ready_ms)
		return false;
	if (u->state == UNIT_READY) {
		if (!choose(u, scratch, out))
			return false;
	} else {
		u->state = UNIT_HELLO;
		hello_write(&q, u);
		ask(u, ASK_HELLO, "cdata", ghi_written(&q), (gh_slice){ 0 }, scratch, out);
	}
	u->account->requests++;
	u->account->bytes_sent += out->head.n + out->body.n;
	count_upload(u);
	trouble(u, out);
	return true;
}

int64_t unit_wake(const struct unit *u)
{
	int64_t at = u->poll_ms, due;

	if (u->asked != ASK_NOTHING)
		return SIM_NEVER;
	if (u->state != UNIT_READY)
		return u->ready_ms;
	due = calendar_due_ms(u->plan, u->number, stream_end(u, STREAM_ATTLOG));
	if (u->realtime && due < at)
		at = due;
	if (!u->realtime && u->flush_ms < at)
		at = u->flush_ms;
	return at > u->ready_ms ? at : u->ready_ms;
}

/* --- hearing --- */

static bool said_ok(const struct unit *u, gh_slice body)
{
	if (u->persona->push_version)
		return gh_slice_starts(body, GH_LIT("OK"));
	return body.n >= 2 && memmem(body.p, body.n, "OK", 2); /* QUIRKS Q22 */
}

static void acknowledged(struct unit *u)
{
	struct upload *up = &u->upload;
	struct cursor *c = &u->cursor[up->stream];
	struct account_stream *count = &u->account->stream[up->stream];
	struct punches_text text;
	struct punch punch;

	for (uint32_t i = up->from; i < up->to; i++) {
		if (!stream_holds(u, up->stream, i))
			continue;
		if (i < c->acked) {
			count->repeated++;
			continue;
		}
		count->acknowledged++;
		if (up->stream == STREAM_ATTLOG) {
			stream_punch(u, i, &punch, &text);
			account_punch(u->account, u->sn, &punch);
		}
	}
	if (c->acked < up->to)
		c->acked = up->to;
	if (u->again.to > u->again.from) {
		u->again = (struct upload){ 0 };
	} else {
		c->next = up->to;
		if (up->records && sim_chance(&u->prng, u->plan->faults.permille[SIM_FAULT_DUPLICATE])) {
			u->account->faults[SIM_FAULT_DUPLICATE]++;
			u->again = *up;
		}
	}
	u->batch = u->batch + 10 < u->persona->batch ? u->batch + 10 : u->persona->batch;
}

static bool hear_hello(struct unit *u, const struct sim_reply *reply)
{
	gh_slice body = sim_reply_body(reply);

	if (u->persona->quirk & QUIRK_TERMINATED_LINES)
		while (body.n && body.p[body.n - 1] != '\n' && body.p[body.n - 1] != '\r')
			body.n--;
	if (hello_apply(u, body))
		return false;
	hello_date(u, reply);
	u->account->handshakes++;
	u->state = UNIT_READY;
	u->settings_due = u->push_options.n || u->persona->can & CAN_OPTIONS;
	u->poll_ms = u->now_ms;
	u->flush_ms = u->realtime ? SIM_NEVER : settings_flush(u);
	return true;
}

static bool hear_poll(struct unit *u, gh_slice body)
{
	bool strict = u->persona->quirk & QUIRK_STRICT_OK;

	u->account->polls++;
	u->informed = true;
	if (gh_slice_eq(gh_slice_trim(body), GH_LIT("OK")) || body.n == 0) {
		if (u->persona->quirk & QUIRK_ADAPTIVE_POLL) {
			u->gap_ms += u->delay_ms / 5;
			if (u->gap_ms > u->delay_ms)
				u->gap_ms = u->delay_ms;
		}
		u->poll_ms = u->now_ms + poll_wait(u);
		return !strict || body.n == 2 || body.n == 0;
	}
	if (!gh_slice_starts(body, GH_LIT("C:")))
		return false;
	if (u->persona->quirk & QUIRK_TERMINATED_LINES)
		while (body.n && body.p[body.n - 1] != '\n' && body.p[body.n - 1] != '\r')
			body.n--;
	if (u->commands == NULL)
		u->commands = g_byte_array_new();
	g_byte_array_set_size(u->commands, 0);
	g_byte_array_append(u->commands, body.p, (guint)body.n);
	u->done = 0;
	/* Soon again: where there is one command there may be more. */
	u->gap_ms = u->persona->quirk & QUIRK_ADAPTIVE_POLL ? 1000 : u->delay_ms;
	u->poll_ms = u->now_ms + plan_wait(u->plan, 1000);
	return true;
}

static bool hear_result(struct unit *u, const struct sim_reply *reply)
{
	gh_slice type;

	if (!said_ok(u, sim_reply_body(reply)))
		return false;
	if (u->persona->quirk & QUIRK_TEXT_PLAIN &&
	    (!sim_reply_header(reply, "Content-Type", &type) ||
	     !gh_slice_istarts(type, GH_LIT("text/plain"))))
		return false;
	g_byte_array_remove_range(u->results, 0, (guint)u->results_sent);
	u->account->results_acknowledged += u->answers;
	u->answers = 0;
	if (u->reboot)
		power_cycle(u);
	return true;
}

static bool hear_file(struct unit *u, const struct sim_reply *reply)
{
	if (u->asked == ASK_PROBE) {
		u->fetch.probed = true;
		return true;
	}
	execute_fetched(u, sim_reply_body(reply));
	return true;
}

static bool hear(struct unit *u, const struct sim_reply *reply)
{
	gh_slice body = sim_reply_body(reply);
	bool file = u->asked == ASK_PROBE || u->asked == ASK_FILE;

	if (file && reply->status / 100 == 4) { /* not there: that is an answer too */
		execute_fetched(u, (gh_slice){ 0 });
		return true;
	}
	if (reply->status != 200 && !(file && reply->status == 206))
		return false;
	switch (u->asked) {
	case ASK_HELLO:
		return hear_hello(u, reply);
	case ASK_OPTIONS:
		/* QUIRKS Q20: anything but a bare OK and it is sent again. */
		u->settings_due = !gh_slice_eq(gh_slice_trim(body), GH_LIT("OK"));
		u->account->settings += !u->settings_due;
		return !u->settings_due;
	case ASK_POLL:
		return hear_poll(u, body);
	case ASK_PING:
		u->account->pings++;
		u->poll_ms = u->now_ms + poll_wait(u);
		return true;
	case ASK_UPLOAD:
		if (!said_ok(u, body))
			return false;
		acknowledged(u);
		return true;
	case ASK_QUERY:
		if (!said_ok(u, body))
			return false;
		query_acknowledged(u);
		return true;
	case ASK_RESULT:
		return hear_result(u, reply);
	default:
		return hear_file(u, reply);
	}
}

static void over(struct unit *u, bool good)
{
	if (u->lose_power)
		power_cycle(u);
	else if (good)
		u->tries = 0;
	else
		failed(u);
	u->asked = ASK_NOTHING;
}

void unit_reply(struct unit *u, int64_t now_ms, const struct sim_reply *reply)
{
	bool good;

	u->now_ms = now_ms;
	good = !u->lose_power && hear(u, reply);
	u->account->refused += !good && !u->lose_power;
	over(u, good);
}

void unit_lost(struct unit *u, int64_t now_ms)
{
	u->now_ms = now_ms;
	u->account->lost++;
	over(u, false);
}

bool unit_idle(const struct unit *u)
{
	if (u->state != UNIT_READY || u->asked != ASK_NOTHING || !u->informed ||
	    u->settings_due || u->check || u->reboot || execute_busy(u) ||
	    (u->results && u->results->len) || u->again.to > u->again.from)
		return false;
	for (enum stream_id s = 0; s < STREAMS; s++)
		if (stream_open(u, s) && u->cursor[s].next < stream_end(u, s))
			return false;
	return true;
}
