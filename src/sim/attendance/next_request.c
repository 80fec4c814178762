/* The next request of a device. */
#include "sim/attendance/device.h"
#include "sim/attendance/execution.h"
#include "sim/attendance/handshake.h"
#include "sim/attendance/pack.h"
#include "sim/attendance/query.h"
#include "sim/attendance/request.h"
#include "sim/attendance/settings.h"
#include "sim/attendance/visits.h"

static void request_make(struct sim_device *d, enum sim_request_kind what, const char *endpoint,
			 gh_slice query, gh_slice body, struct sim_scratch *scratch,
			 struct sim_request *out)
{
	request_to(d, endpoint, query, body, scratch, out);
	d->in_flight = what;
}

static void request_handshake(struct sim_device *d, struct sim_scratch *scratch,
			      struct sim_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));

	d->state = SIM_HANDSHAKE;
	handshake_write(&q, d);
	request_make(d, REQUEST_HANDSHAKE, "cdata", ghi_written(&q), (gh_slice){ 0 }, scratch,
		     out);
}

static bool request_upload(struct sim_device *d, enum stream_id s, uint32_t from, uint32_t to,
			   struct sim_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	bool old = !d->has_server_version && !d->persona->push_version;
	bool photo = s == STREAM_ATTPHOTO;
	gh_slice body;

	stream_fill(&w, d, s, from, to, &scratch->text, &d->upload);
	body = ghi_written(&w);
	if (d->upload.records == 0)
		return false;
	ghi_put(&q, GH_LIT("&table="));
	ghi_put(&q, gh_slice_of(streams[s].table));
	if (s == STREAM_OPERLOG && d->persona->quirk & QUIRK_PACKED &&
	    pack_write(ghi_written(&w), scratch->packed, sizeof(scratch->packed), &body) ==
		    GH_OK)
		ghi_put(&q, GH_LIT("&ContentType=tgz"));
	ghi_put_u8(&q, '&');
	ghi_put(&q, gh_slice_of(old ? streams[s].old_parameter : "Stamp"));
	ghi_put_u8(&q, '=');
	if (d->persona->stamp == STAMP_ECHO && d->cursor[s].echo[0])
		ghi_put(&q, gh_slice_of(d->cursor[s].echo));
	else
		ghi_put_decimal(&q, stream_stamp(d, s, d->upload.to));
	request_make(d, REQUEST_UPLOAD,
		     photo && (old || d->persona->quirk & QUIRK_FDATA) ? "fdata" : "cdata",
		     ghi_written(&q), body, scratch, out);
	return true;
}

/* The next list that has something, and may send it. */
static bool request_next_upload(struct sim_device *d, struct sim_scratch *scratch,
				struct sim_request *out)
{
	struct upload repeat = d->repeat;

	if (repeat.to > repeat.from &&
	    request_upload(d, repeat.stream, repeat.from, repeat.to, scratch, out))
		return true;
	d->repeat = (struct upload){ 0 };
	if (!d->realtime && !d->flush && d->now_ms < d->flush_ms)
		return false;
	for (enum stream_id s = 0; s < STREAMS; s++) {
		uint32_t end = stream_end(d, s);

		/* Who is being verified has no punch yet. */
		if ((s == STREAM_ATTLOG || s == STREAM_ATTPHOTO) && end > d->came)
			end = d->came;
		if (!stream_open(d, s) || d->cursor[s].next >= end)
			continue;
		if (request_upload(d, s, d->cursor[s].next, end, scratch, out))
			return true;
		/* Nothing there that may be sent. */
		d->cursor[s].next = end;
		if (d->cursor[s].acked < end)
			d->cursor[s].acked = end;
	}
	d->flush = false;
	d->flush_ms = settings_flush(d);
	return false;
}

static bool request_poll(struct sim_device *d, struct sim_scratch *scratch,
			 struct sim_request *out)
{
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	uint32_t end = stream_end(d, STREAM_ATTLOG);

	if (d->now_ms < d->poll_ms)
		return false;
	/* During long uploads every other poll is a ping. */
	if (d->persona->quirk & QUIRK_PING && d->informed && ++d->pings % 2 &&
	    d->cursor[STREAM_OPERLOG].next < stream_end(d, STREAM_OPERLOG)) {
		request_make(d, REQUEST_PING, "ping", (gh_slice){ 0 }, (gh_slice){ 0 }, scratch,
			     out);
		return true;
	}
	if (!d->informed || d->informed_end != end)
		request_info(&q, d);
	d->informed_end = end;
	request_make(d, REQUEST_POLL, "getrequest", ghi_written(&q), (gh_slice){ 0 }, scratch,
		     out);
	return true;
}

/* A PIN is typed that the device does not have (PUSH SDK 2013, 3.2.5-1; Attendance PUSH 2020-03, 14). */
static bool request_person(struct sim_device *d, struct sim_scratch *scratch,
			   struct sim_request *out)
{
	enum { ONE_IN = 20 };
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	uint32_t end = stream_end(d, STREAM_ATTLOG);

	if (!visits_borrow(d))
		return false;
	if (d->remote_next < d->plan->punches)
		d->remote_next = d->plan->punches;
	for (; d->remote_next < end; d->remote_next++)
		if (sim_hash(d->plan->seed ^ d->number, d->remote_next, 'R') % ONE_IN == 0)
			break;
	if (d->remote_next >= end)
		return false;
	d->remote_next++;
	ghi_put(&q,
		d->persona->push_version ? GH_LIT("&table=RemoteAtt&PIN=") : GH_LIT("&PIN="));
	ghi_put_decimal(&q, REMOTE_PIN + d->remote_next);
	request_make(d, REQUEST_REMOTE, "cdata", ghi_written(&q), (gh_slice){ 0 }, scratch,
		     out);
	return true;
}

/* The server is to verify a person (PUSH SDK 2013, 3.2.5-2). */
static bool request_verification(struct sim_device *d, struct sim_scratch *scratch,
				 struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	const char *type;

	if (!visits_await(d, &scratch->text, &w, &type))
		return false;
	ghi_put(&q, GH_LIT("&AuthType="));
	ghi_put(&q, gh_slice_of(type));
	request_make(d, REQUEST_VERIFICATION, "cdata", ghi_written(&q), ghi_written(&w),
		     scratch, out);
	return true;
}

static bool request_remote(struct sim_device *d, struct sim_scratch *scratch,
			   struct sim_request *out)
{
	if (!request_person(d, scratch, out) && !request_verification(d, scratch, out))
		return false;
	/* A person waits at the device (QUIRKS Q30). */
	if (out->timeout_ms > 3000)
		out->timeout_ms = 3000;
	return true;
}

/* What is due, most urgent first. */
static bool request_choose(struct sim_device *d, struct sim_scratch *scratch,
			   struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	bool busy;

	execution_pending(d, &scratch->text);
	if (d->query.active && query_next(d, scratch, out))
		return true;
	execution_pending(d, &scratch->text);
	if (d->fetch.active) {
		/* A probe of the first bytes, then the whole (QUIRKS Q41). */
		request_file(d, d->fetch.path,
			     d->fetch.probed || d->fetch.upgrade ? ""
								 : "RANGE: bytes=0-127\r\n",
			     scratch, out);
		d->in_flight =
			d->fetch.probed || d->fetch.upgrade ? REQUEST_FILE : REQUEST_PROBE;
		return true;
	}
	busy = execution_busy(d);
	if (d->results && d->results->len && (!busy || d->results->len > SIM_RESULTS_MAX / 2)) {
		d->results_sent = d->results->len;
		request_make(d, REQUEST_RESULT, "devicecmd", (gh_slice){ 0 },
			     (gh_slice){ d->results->data, d->results->len }, scratch, out);
		return true;
	}
	if (d->check) {
		d->check = false;
		d->empty_due = d->persona->quirk & QUIRK_EMPTY_POST;
		request_handshake(d, scratch, out);
		return true;
	}
	if (d->settings_due) {
		settings_write(&w, d);
		request_make(d, REQUEST_OPTIONS, "cdata", GH_LIT("&table=options"),
			     ghi_written(&w), scratch, out);
		return true;
	}
	if (d->informed && request_remote(d, scratch, out))
		return true;
	if ((!d->informed || d->now_ms >= d->poll_ms) && request_poll(d, scratch, out))
		return true;
	if (request_next_upload(d, scratch, out))
		return true;
	if (d->empty_due) {
		d->empty_due = false;
		d->upload = (struct upload){ 0 };
		request_make(d, REQUEST_UPLOAD, "cdata", GH_LIT("&table=ATTLOG&Stamp=0"),
			     GH_LIT(""), scratch, out);
		return true;
	}
	return false;
}

static void request_count_upload(struct sim_device *d)
{
	struct statistics_stream *count = &d->statistics->stream[d->upload.stream];

	if (d->in_flight != REQUEST_UPLOAD)
		return;
	count->uploads += d->upload.records > 0;
	count->sent += d->upload.records;
	if (d->cursor[d->upload.stream].sent < d->upload.to)
		d->cursor[d->upload.stream].sent = d->upload.to;
	d->statistics->bad_lines += d->upload.bad_lines;
	d->statistics->faults[SIM_FAULT_BAD_LINE] += d->upload.bad_lines;
}

/* A random number for this request. That of an upload follows from its first record and the
 * disturbances of uploads before it, so that polls, whose number depends on the time, do not
 * change it. */
static uint64_t request_random(struct sim_device *d)
{
	const struct upload *up = &d->upload;

	if (d->in_flight != REQUEST_UPLOAD)
		return sim_next(&d->prng);
	return sim_hash(d->plan->seed ^ d->number, (uint64_t)up->stream << 32 | up->from,
			'X' + (uint64_t)d->disturbances);
}

/* Choose the disturbance of the request. */
static void request_disturb(struct sim_device *d, struct sim_request *out)
{
	enum sim_fault f =
		sim_request_disturb(out, d->plan->faults.permille, request_random(d));

	if (f == SIM_FAULTS)
		return;
	d->statistics->faults[f]++;
	d->disturbances += d->in_flight == REQUEST_UPLOAD;
	d->lose_power = f == SIM_FAULT_REBOOT;
}

bool sim_device_next_request(struct sim_device *d, int64_t now_ms, struct sim_scratch *scratch,
			     struct sim_request *out)
{
	d->now_ms = now_ms;
	visits_happen(d);
	if (d->in_flight != REQUEST_NOTHING || now_ms < d->ready_ms)
		return false;
	if (d->state == SIM_READY) {
		if (!request_choose(d, scratch, out))
			return false;
	} else {
		request_handshake(d, scratch, out);
	}
	d->statistics->requests++;
	d->statistics->bytes_sent += out->head.n + out->body.n;
	request_count_upload(d);
	request_disturb(d, out);
	return true;
}
