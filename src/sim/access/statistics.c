#include "sim/access/statistics.h"

#include "base/writer.h"

#include <unistd.h>

struct acc_statistics acc_statistics_to(int fd)
{
	return (struct acc_statistics){ .fd = fd };
}

void acc_statistics_event(struct acc_statistics *a, const char *sn,
			  const struct access_event *e)
{
	char line[512];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));

	if (a->fd < 0)
		return;
	ghi_put(&w, gh_slice_of(sn));
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, e->record_index);
	ghi_put_u8(&w, '\t');
	ghi_put_civil(&w, e->time);
	ghi_put_u8(&w, '\t');
	if (e->event_text.n)
		ghi_put(&w, e->event_text);
	else
		ghi_put_signed(&w, e->event);
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, e->address);
	ghi_put_u8(&w, '\t');
	ghi_put(&w, e->pin.n ? e->pin : GH_LIT("0"));
	ghi_put_u8(&w, '\t');
	ghi_put(&w, e->card.n ? e->card : GH_LIT("0"));
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, e->direction == ACCESS_ABSENT ? 2 : e->direction);
	ghi_put_u8(&w, '\n');
	if (w.err || write(a->fd, line, w.n) != (ssize_t)w.n)
		a->broken = true;
}

static void acc_count_put(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

static void acc_report_events(const struct acc_statistics *a, uint64_t pending, struct json *j)
{
	json_key(j, "events");
	json_object(j);
	acc_count_put(j, "uploads", a->event_uploads);
	acc_count_put(j, "sent", a->events_sent);
	acc_count_put(j, "acknowledged", a->events_acknowledged);
	acc_count_put(j, "repeated", a->events_repeated);
	acc_count_put(j, "overwritten", a->events_overwritten);
	acc_count_put(j, "pending", pending);
	json_object_end(j);
}

void acc_statistics_report(const struct acc_statistics *a, const struct acc_plan *plan,
			   int64_t elapsed_ms, bool complete, uint64_t pending, struct json *j)
{
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "milliseconds", (uint64_t)elapsed_ms },
		{ "requests", a->requests },
		{ "connections", a->traffic.connections },
		{ "bytesSent", a->bytes_sent },
		{ "bytesReceived", a->traffic.bytes_received },
		{ "refused", a->refused },
		{ "lost", a->lost },
		{ "hellos", a->hellos },
		{ "registrations", a->registrations },
		{ "configurations", a->configurations },
		{ "polls", a->polls },
		{ "pings", a->pings },
		{ "states", a->states },
		{ "reboots", a->reboots },
		{ "uploads", a->uploads },
		{ "uploadsAcknowledged", a->uploads_acknowledged },
		{ "packets", a->packets },
		{ "packetsAcknowledged", a->packets_acknowledged },
		{ "badLines", a->bad_lines },
		{ "identifications", a->identifications },
		{ "commands", a->commands },
		{ "commandsFailed", a->commands_failed },
		{ "results", a->results },
		{ "resultsAcknowledged", a->results_acknowledged },
	};

	json_object(j);
	json_key(j, "sim");
	json_string(j, GH_LIT("access"));
	acc_count_put(j, "seed", plan->seed);
	acc_count_put(j, "devices", plan->devices);
	json_key(j, "complete");
	json_bool(j, complete);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		acc_count_put(j, counts[i].key, counts[i].value);
	acc_report_events(a, pending, j);
	json_key(j, "faults");
	json_object(j);
	for (size_t i = 0; i < ACC_FAULTS; i++)
		if (plan->faults.permille[i])
			acc_count_put(j, acc_fault_word[i], a->faults[i]);
	json_object_end(j);
	json_object_end(j);
}
