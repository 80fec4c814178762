/* What a unit makes of an answer, and of none. */
#include "sim/attendance/calendar.h"
#include "sim/attendance/execute.h"
#include "sim/attendance/hello.h"
#include "sim/attendance/query.h"
#include "sim/attendance/settings.h"
#include "sim/attendance/unit.h"

enum { OP_STARTED = 0 };
enum { BOOT_MS = 20000, RETRY_MS = 300, TRIES = 3, BATCH_MIN = 30 };

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
	if (u->asked == ASK_REMOTE || u->asked == ASK_VERDICT)
		return; /* the person has gone */
	if (u->asked == ASK_PROBE || u->asked == ASK_FILE)
		execute_fetched(u, (gh_slice){ 0 });
	start_over(u);
}

static bool said_ok(const struct unit *u, gh_slice body)
{
	if (u->persona->push_version)
		return gh_slice_starts(body, GH_LIT("OK"));
	return body.n >= 2 && memmem(body.p, body.n, "OK", 2); /* QUIRKS Q22 */
}

/* As the dice of uploads in ask.c: a matter of the seed and the record, not of the time. */
static bool repeats(const struct unit *u, const struct upload *up)
{
	uint64_t h =
		sim_hash(u->plan->seed ^ u->number, (uint64_t)up->stream << 32 | up->from, 'D');

	return h % 1000 < u->plan->faults.permille[SIM_FAULT_DUPLICATE];
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
			u->account->faults[SIM_FAULT_CLOCK_JUMP] +=
				calendar_jump_s(u->plan, u->number, i) != 0;
		}
	}
	if (c->acked < up->to)
		c->acked = up->to;
	if (u->again.to > u->again.from) {
		u->again = (struct upload){ 0 };
	} else {
		c->next = up->to;
		if (up->records && repeats(u, up)) {
			u->account->faults[SIM_FAULT_DUPLICATE]++;
			u->again = *up;
		}
	}
	u->batch = u->batch + 10 < u->persona->batch ? u->batch + 10 : u->persona->batch;
}

/* Without its last line, when that has no end and the firmware wants one. */
static gh_slice whole_lines(const struct unit *u, gh_slice body)
{
	if (u->persona->quirk & QUIRK_TERMINATED_LINES)
		while (body.n && body.p[body.n - 1] != '\n' && body.p[body.n - 1] != '\r')
			body.n--;
	return body;
}

static bool hear_hello(struct unit *u, const struct sim_reply *reply)
{
	if (hello_apply(u, whole_lines(u, sim_reply_body(reply))))
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
	if (gh_slice_starts(body, GH_LIT("OK")) || body.n == 0) {
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
	body = whole_lines(u, body);
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
	case ASK_REMOTE:
		u->account->asked++;
		u->account->strangers += execute_package(u, body, false, TABLES) > 0;
		return true;
	case ASK_VERDICT:
		u->account->verdicts++;
		return gh_slice_starts(body, GH_LIT("AUTH="));
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
