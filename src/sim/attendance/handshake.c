#include "sim/attendance/handshake.h"

#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void handshake_write(struct ghi_writer *w, const struct sim_device *d)
{
	ghi_put(w, GH_LIT("&options=all"));
	ghi_put(w, gh_slice_of(d->persona->handshake));
	/* Firmware that does not announce itself has no key either (PUSH SDK 2013, 3.2.2). */
	if (d->persona->push_version && d->plan->comm_key) {
		ghi_put(w, GH_LIT("&pushcommkey="));
		ghi_put(w, gh_slice_of(d->plan->comm_key));
	}
}

static bool stamp_of(const struct ghi_handshake *h, const char *table, gh_slice *stamp)
{
	for (size_t i = 0; i < h->stamps; i++)
		if (gh_slice_ieq(h->stamp[i].table, gh_slice_of(table))) {
			*stamp = h->stamp[i].stamp;
			return true;
		}
	return false;
}

/* Records the server has by its own word. Those that were sent count as acknowledged, though
 * the answer to their upload was lost. */
static void stream_skip_to(struct sim_device *d, enum stream_id s, uint32_t next)
{
	struct cursor *c = &d->cursor[s];
	struct statistics_stream *count = &d->statistics->stream[s];
	struct punches_text text;
	struct punch punch;

	for (; c->acked < next; c->acked++) {
		if (!stream_holds(d, s, c->acked))
			continue;
		if (c->acked >= c->sent) {
			count->skipped++;
			continue;
		}
		count->acknowledged++;
		count->by_stamp++;
		if (s == STREAM_ATTLOG) {
			stream_punch(d, c->acked, &punch, &text);
			statistics_punch(d->statistics, d->sn, &punch);
		}
	}
	c->next = next;
}

static void handshake_stamp_apply(struct sim_device *d, enum stream_id s, gh_slice stamp)
{
	struct cursor *c = &d->cursor[s];
	bool again = false;
	uint64_t number;
	uint32_t next;

	snprintf(c->echo, sizeof(c->echo), "%.*s", GH_FMT(stamp));
	if (ghi_number_parse(stamp, INT64_MAX, &number)) /* "None": the position stays */
		return;
	next = number ? stream_after(d, s, number) : c->first;
	/* A stamp that is none of its own, as of another log under the same serial number, must
	 * not make it skip records. */
	if (next == c->first)
		again = number == 0 || d->persona->stamp == STAMP_CURSOR;
	else if (d->persona->stamp == STAMP_CURSOR && stream_stamp(d, s, next) == number)
		stream_skip_to(d, s, next);
	if (again)
		c->next = c->first;
}

/* From the next punch on; the first time, from the beginning. */
static void shift_clock(struct sim_device *d)
{
	int32_t by_s = d->zone_s + d->off_s;
	uint32_t from = d->shifts ? stream_end(d, STREAM_ATTLOG) : 0;

	/* Multiples of four keep every punch in a second of its own. */
	by_s -= by_s % 4;
	if (d->shifts && d->shift[d->shifts - 1].by_s == by_s)
		return;
	if (d->shifts == SIM_SHIFTS_MAX)
		d->shifts--;
	d->shift[d->shifts].from = from;
	d->shift[d->shifts].by_s = by_s;
	d->shifts++;
}

static void handshake_copy(gh_slice *owned, gh_slice text)
{
	g_free((void *)(uintptr_t)owned->p);
	*owned = (gh_slice){ g_memdup2(text.p, text.n), text.n };
}

enum gh_err handshake_apply(struct sim_device *d, gh_slice body)
{
	struct ghi_handshake h;
	enum gh_err err = ghi_handshake_parse(body, &h);
	gh_slice stamp;

	if (err)
		return err;
	d->delay_ms = h.delay_s ? h.delay_s * 1000 : 30000;
	d->error_delay_ms = h.error_delay_s ? h.error_delay_s * 1000 : 60000;
	d->gap_ms = d->delay_ms;
	d->interval_ms = h.trans_interval_min * 60000;
	/* What the server leaves out is as a device is made: everything, and at once. */
	d->realtime = h.realtime || (h.trans_interval_min == 0 && h.trans_times.n == 0);
	d->trans_flags = memmem(body.p, body.n, "TransFlag=", 10) ? h.trans_flags : UINT32_MAX;
	d->has_server_version = h.server_version.n;
	d->photo_base64 = h.photo_base64;
	handshake_copy(&d->push_options, h.push_options);
	handshake_copy(&d->trans_times, h.trans_times);
	if (d->plan->follow_clock && h.has_zone) {
		d->zone_s = h.zone_offset_s;
		shift_clock(d);
	}
	for (enum stream_id s = 0; s < STREAMS; s++)
		if (stamp_of(&h, streams[s].table, &stamp))
			handshake_stamp_apply(d, s, stamp);
	return GH_OK;
}

void handshake_date(struct sim_device *d, const struct sim_reply *reply)
{
	char text[64];
	struct tm tm = { 0 };
	gh_slice value;
	int64_t off_s;
	const char *day;

	if (!d->plan->follow_clock || !sim_reply_header(reply, "Date", &value))
		return;
	snprintf(text, sizeof(text), "%.*s", GH_FMT(value));
	/* The weekday is not looked at: a documented example has a wrong one. */
	day = strchr(text, ',');
	if (day == NULL || strptime(day + 1, " %d %b %Y %H:%M:%S", &tm) == NULL)
		return;
	off_s = timegm(&tm) - (d->plan->start_s + d->now_ms / 1000);
	if (llabs(off_s - d->off_s) > 10 && llabs(off_s) < INT32_MAX / 2) {
		d->off_s = (int32_t)off_s;
		shift_clock(d);
	}
}
