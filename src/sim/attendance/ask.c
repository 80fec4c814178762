/* What a unit asks next. */
#include "sim/attendance/execute.h"
#include "sim/attendance/hello.h"
#include "sim/attendance/pack.h"
#include "sim/attendance/query.h"
#include "sim/attendance/request.h"
#include "sim/attendance/settings.h"
#include "sim/attendance/unit.h"

static void ask(struct unit *u, enum unit_ask what, const char *endpoint, gh_slice query,
		gh_slice body, struct unit_scratch *scratch, struct unit_request *out)
{
	request_to(u, endpoint, query, body, scratch, out);
	u->asked = what;
}

static void ask_hello(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));

	u->state = UNIT_HELLO;
	hello_write(&q, u);
	ask(u, ASK_HELLO, "cdata", ghi_written(&q), (gh_slice){ 0 }, scratch, out);
}

static bool post_upload(struct unit *u, enum stream_id s, uint32_t from, uint32_t to,
			struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	bool old = !u->has_server_version && !u->persona->push_version;
	bool photo = s == STREAM_ATTPHOTO;
	gh_slice body;

	stream_fill(&w, u, s, from, to, &scratch->text, &u->upload);
	body = ghi_written(&w);
	if (u->upload.records == 0)
		return false;
	ghi_put(&q, GH_LIT("&table="));
	ghi_put(&q, gh_slice_of(streams[s].table));
	if (s == STREAM_OPERLOG && u->persona->quirk & QUIRK_PACKED &&
	    pack_write(ghi_written(&w), scratch->packed, sizeof(scratch->packed), &body) ==
		    GH_OK)
		ghi_put(&q, GH_LIT("&ContentType=tgz"));
	ghi_put_u8(&q, '&');
	ghi_put(&q, gh_slice_of(old ? streams[s].old_parameter : "Stamp"));
	ghi_put_u8(&q, '=');
	if (u->persona->stamp == STAMP_ECHO && u->cursor[s].echo[0])
		ghi_put(&q, gh_slice_of(u->cursor[s].echo));
	else
		ghi_put_decimal(&q, stream_stamp(u, s, u->upload.to));
	ask(u, ASK_UPLOAD,
	    photo && (old || u->persona->quirk & QUIRK_FDATA) ? "fdata" : "cdata",
	    ghi_written(&q), body, scratch, out);
	return true;
}

/* The next list that has something, and may send it. */
static bool upload_next(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct upload again = u->again;

	if (again.to > again.from &&
	    post_upload(u, again.stream, again.from, again.to, scratch, out))
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

/* Now and then somebody comes whom only the server can judge: a number the device does not
 * know, or a finger or card to be verified (PUSH SDK 2013, 3.2.5; Attendance PUSH 14). */
static bool stranger_next(struct unit *u, struct unit_scratch *scratch,
			  struct unit_request *out)
{
	enum { ONE_IN = 20 };
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	uint32_t end = stream_end(u, STREAM_ATTLOG), can = u->persona->can;
	char pin[PEOPLE_PIN];
	gh_slice text;

	if (u->stranger_at < u->plan->punches)
		u->stranger_at = u->plan->punches;
	for (; u->stranger_at < end; u->stranger_at++)
		if (sim_hash(u->plan->seed ^ u->number, u->stranger_at, 'R') % ONE_IN == 0)
			break;
	if (u->stranger_at >= end || !(can & (CAN_REMOTE | CAN_VERIFY)))
		return false;
	u->stranger_at++;
	if (can & CAN_REMOTE) {
		ghi_put(&q, u->persona->push_version ? GH_LIT("&table=RemoteAtt&PIN=")
						     : GH_LIT("&PIN="));
		ghi_put_decimal(&q, 900000 + u->stranger_at);
		ask(u, ASK_REMOTE, "cdata", ghi_written(&q), (gh_slice){ 0 }, scratch, out);
	} else {
		text = people_pin(u->persona,
				  punches_user(u->plan, u->number, u->stranger_at - 1), pin);
		ghi_put(&q, GH_LIT("&AuthType=FP"));
		ghi_put(&w, GH_LIT("PIN="));
		ghi_put(&w, text);
		text = people_template(u->plan, "FP", text, 0, 0, scratch->text.template);
		ghi_put(&w, GH_LIT("\tSize="));
		ghi_put_decimal(&w, text.n);
		ghi_put(&w, GH_LIT("\tTMP="));
		ghi_put(&w, text);
		ask(u, ASK_VERDICT, "cdata", ghi_written(&q), ghi_written(&w), scratch, out);
	}
	/* Somebody stands there and waits (QUIRKS Q30). */
	if (out->timeout_ms > 3000)
		out->timeout_ms = 3000;
	return true;
}

/* What is due, most urgent first. */
static bool choose(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	bool busy;

	execute_pending(u, &scratch->text);
	if (u->query.active && query_next(u, scratch, out))
		return true;
	execute_pending(u, &scratch->text);
	if (u->fetch.active) {
		/* A probe of the first bytes, then the whole (QUIRKS Q41). */
		request_file(u, u->fetch.path,
			     u->fetch.probed || u->fetch.upgrade ? ""
								 : "RANGE: bytes=0-127\r\n",
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
		u->empty_due = u->persona->quirk & QUIRK_EMPTY_POST;
		ask_hello(u, scratch, out);
		return true;
	}
	if (u->settings_due) {
		settings_write(&w, u);
		ask(u, ASK_OPTIONS, "cdata", GH_LIT("&table=options"), ghi_written(&w), scratch,
		    out);
		return true;
	}
	if (u->informed && stranger_next(u, scratch, out))
		return true;
	if ((!u->informed || u->now_ms >= u->poll_ms) && poll_next(u, scratch, out))
		return true;
	if (upload_next(u, scratch, out))
		return true;
	if (u->empty_due) {
		u->empty_due = false;
		u->upload = (struct upload){ 0 };
		ask(u, ASK_UPLOAD, "cdata", GH_LIT("&table=ATTLOG&Stamp=0"), GH_LIT(""),
		    scratch, out);
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
	if (u->cursor[u->upload.stream].sent < u->upload.to)
		u->cursor[u->upload.stream].sent = u->upload.to;
	u->account->bad_lines += u->upload.bad_lines;
	u->account->faults[SIM_FAULT_BAD_LINE] += u->upload.bad_lines;
}

/* A throw for this request. That of an upload follows from its first record and the troubles
 * of uploads before it, so that polls, which come by the clock on the wall, do not change what
 * becomes of it. */
static uint64_t throw_dice(struct unit *u)
{
	const struct upload *up = &u->upload;

	if (u->asked != ASK_UPLOAD)
		return sim_next(&u->prng);
	return sim_hash(u->plan->seed ^ u->number, (uint64_t)up->stream << 32 | up->from,
			'X' + (uint64_t)u->troubles);
}

/* Trouble on the way. */
static void trouble(struct unit *u, struct unit_request *out)
{
	static const struct {
		enum sim_fault fault;
		enum unit_trouble trouble;
	} kinds[] = { { SIM_FAULT_REBOOT, TROUBLE_HANG_UP },
		      { SIM_FAULT_DROP_REPLY, TROUBLE_DROP },
		      { SIM_FAULT_SLOW, TROUBLE_SLOW },
		      { SIM_FAULT_SPLIT, TROUBLE_SPLIT } };
	struct sim_prng g = { throw_dice(u) };

	out->dice = sim_next(&g);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum sim_fault f = kinds[i].fault;

		if (!sim_chance(&g, u->plan->faults.permille[f]))
			continue;
		u->account->faults[f]++;
		u->troubles += u->asked == ASK_UPLOAD;
		out->trouble = kinds[i].trouble;
		u->lose_power = f == SIM_FAULT_REBOOT;
		/* A lost answer may also be one that never came. */
		if (f == SIM_FAULT_DROP_REPLY && sim_below(&g, 2))
			out->trouble = TROUBLE_HANG_UP;
		return;
	}
}

bool unit_next(struct unit *u, int64_t now_ms, struct unit_scratch *scratch,
	       struct unit_request *out)
{
	u->now_ms = now_ms;
	if (u->asked != ASK_NOTHING || now_ms < u->ready_ms)
		return false;
	if (u->state == UNIT_READY) {
		if (!choose(u, scratch, out))
			return false;
	} else {
		ask_hello(u, scratch, out);
	}
	u->account->requests++;
	u->account->bytes_sent += out->head.n + out->body.n;
	count_upload(u);
	trouble(u, out);
	return true;
}
