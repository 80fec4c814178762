#include "sim/attendance/statistics.h"

#include "base/writer.h"
#include "sim/report.h"

#include <unistd.h>

struct statistics statistics_to(int fd, int truth)
{
	return (struct statistics){ .fd = fd, .truth = truth };
}

void statistics_punch(struct statistics *a, const char *sn, const struct punch *punch)
{
	char line[256];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));

	if (a->fd < 0)
		return;
	ghi_put(&w, gh_slice_of(sn));
	ghi_put_u8(&w, '\t');
	ghi_put(&w, punch->pin);
	ghi_put_u8(&w, '\t');
	ghi_put_civil(&w, punch->time);
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, punch->status);
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, punch->verify);
	ghi_put_u8(&w, '\t');
	ghi_put(&w, punch->work_code);
	ghi_put_u8(&w, '\n');
	if (w.err || write(a->fd, line, w.n) != (ssize_t)w.n)
		a->broken = true;
	a->dirty = true;
}

/* Bytes that would end a column are blanks. */
static void statistics_put_column(struct ghi_writer *w, gh_slice text)
{
	for (size_t i = 0; i < text.n; i++)
		ghi_put_u8(w, text.p[i] < ' ' ? ' ' : text.p[i]);
}

void statistics_truth(struct statistics *a, const char *sn, int64_t time_s, gh_slice pin,
		      const char *what, gh_slice detail)
{
	char line[1024];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));

	if (a->truth < 0)
		return;
	ghi_put(&w, gh_slice_of(sn));
	ghi_put_u8(&w, '\t');
	ghi_put_civil(&w, ghi_civil_from_seconds(time_s));
	ghi_put_u8(&w, '\t');
	statistics_put_column(&w, pin);
	ghi_put_u8(&w, '\t');
	ghi_put(&w, gh_slice_of(what));
	ghi_put_u8(&w, '\t');
	statistics_put_column(&w, (gh_slice){ detail.p, detail.n < 512 ? detail.n : 512 });
	ghi_put_u8(&w, '\n');
	if (w.err || write(a->truth, line, w.n) != (ssize_t)w.n)
		a->broken = true;
	a->truth_dirty = true;
}

void statistics_sync(struct statistics *a)
{
	if ((a->dirty && fdatasync(a->fd)) || (a->truth_dirty && fdatasync(a->truth)))
		a->broken = true;
	a->dirty = a->truth_dirty = false;
}

static void statistics_report_streams(const struct statistics *a,
				      const uint64_t pending[STREAMS], struct json *j)
{
	json_key(j, "records");
	json_object(j);
	for (enum stream_id s = 0; s < STREAMS; s++) {
		const struct statistics_stream *c = &a->stream[s];

		json_key(j, streams[s].table);
		json_object(j);
		sim_report_count(j, "uploads", c->uploads);
		sim_report_count(j, "sent", c->sent);
		sim_report_count(j, "acknowledged", c->acknowledged);
		sim_report_count(j, "acknowledgedByStamp", c->by_stamp);
		sim_report_count(j, "skippedByStamp", c->skipped);
		sim_report_count(j, "repeated", c->repeated);
		sim_report_count(j, "pending", pending[s]);
		json_object_end(j);
	}
	json_object_end(j);
}

void statistics_report(const struct statistics *a, const struct plan *plan, int64_t elapsed_ms,
		       bool complete, const uint64_t pending[STREAMS], struct json *j)
{
	const struct sim_count counts[] = {
		{ "milliseconds", (uint64_t)elapsed_ms },
		{ "requests", a->requests },
		{ "connections", a->traffic.connections },
		{ "bytesSent", a->bytes_sent },
		{ "bytesReceived", a->traffic.bytes_received },
		{ "refused", a->refused },
		{ "lost", a->lost },
		{ "handshakes", a->handshakes },
		{ "polls", a->polls },
		{ "pings", a->pings },
		{ "settings", a->settings },
		{ "reboots", a->reboots },
		{ "queried", a->queried },
		{ "badLines", a->bad_lines },
		{ "dropped", a->dropped },
		{ "droppedUnsent", a->dropped_unsent },
		{ "notRecorded", a->unrecorded },
		{ "askedForPeople", a->people_requests },
		{ "peopleLearned", a->people_received },
		{ "verifications", a->verifications },
		{ "verified", a->verified },
		{ "verifiedHere", a->verified_here },
		{ "notVerified", a->not_verified },
		{ "doorsOpened", a->doors_opened },
		{ "doorsRefused", a->doors_refused },
		{ "alarms", a->alarms },
		{ "messagesShown", a->messages },
		{ "messagesShownToOne", a->messages_personal },
		{ "cardsRefused", a->barred },
		{ "commands", a->commands },
		{ "commandsFailed", a->commands_failed },
		{ "results", a->results },
		{ "resultsAcknowledged", a->results_acknowledged },
	};

	json_object(j);
	sim_report_head(j, "attendance", plan->seed, plan->devices, complete);
	sim_report_counts(j, counts, sizeof(counts) / sizeof(counts[0]));
	statistics_report_streams(a, pending, j);
	sim_report_faults(j, att_fault_word, plan->faults.permille, a->faults, ATT_FAULTS);
	json_object_end(j);
}
