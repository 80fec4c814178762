#include "sim/attendance/account.h"

#include "base/writer.h"

#include <unistd.h>

struct account account_to(int fd)
{
	return (struct account){ .fd = fd };
}

void account_punch(struct account *a, const char *sn, const struct punch *punch)
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

void account_sync(struct account *a)
{
	if (a->dirty && fdatasync(a->fd))
		a->broken = true;
	a->dirty = false;
}

static void put(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

static void report_streams(const struct account *a, const uint64_t pending[STREAMS],
			   struct json *j)
{
	json_key(j, "records");
	json_object(j);
	for (enum stream_id s = 0; s < STREAMS; s++) {
		const struct account_stream *c = &a->stream[s];

		json_key(j, streams[s].table);
		json_object(j);
		put(j, "uploads", c->uploads);
		put(j, "sent", c->sent);
		put(j, "acknowledged", c->acknowledged);
		put(j, "acknowledgedByStamp", c->by_stamp);
		put(j, "skippedByStamp", c->skipped);
		put(j, "repeated", c->repeated);
		put(j, "pending", pending[s]);
		json_object_end(j);
	}
	json_object_end(j);
}

static void report_faults(const struct account *a, const struct plan *plan, struct json *j)
{
	json_key(j, "faults");
	json_object(j);
	for (size_t i = 0; i < SIM_FAULTS; i++)
		if (plan->faults.permille[i])
			put(j, sim_fault_word[i], a->faults[i]);
	json_object_end(j);
}

void account_report(const struct account *a, const struct plan *plan, int64_t elapsed_ms,
		    bool complete, const uint64_t pending[STREAMS], struct json *j)
{
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "milliseconds", (uint64_t)elapsed_ms },
		{ "requests", a->requests },
		{ "connections", a->connections },
		{ "bytesSent", a->bytes_sent },
		{ "bytesReceived", a->bytes_received },
		{ "refused", a->refused },
		{ "lost", a->lost },
		{ "handshakes", a->handshakes },
		{ "polls", a->polls },
		{ "pings", a->pings },
		{ "settings", a->settings },
		{ "reboots", a->reboots },
		{ "queried", a->queried },
		{ "badLines", a->bad_lines },
		{ "askedForPeople", a->asked },
		{ "peopleLearned", a->strangers },
		{ "verifications", a->verdicts },
		{ "commands", a->commands },
		{ "commandsFailed", a->commands_failed },
		{ "results", a->results },
		{ "resultsAcknowledged", a->results_acknowledged },
	};

	json_object(j);
	json_key(j, "sim");
	json_string(j, GH_LIT("attendance"));
	put(j, "seed", plan->seed);
	put(j, "devices", plan->devices);
	json_key(j, "complete");
	json_bool(j, complete);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		put(j, counts[i].key, counts[i].value);
	report_streams(a, pending, j);
	report_faults(a, plan, j);
	json_object_end(j);
}
