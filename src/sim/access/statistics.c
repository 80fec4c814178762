#include "sim/access/statistics.h"

#include "base/writer.h"
#include "sim/access/visits.h"
#include "sim/report.h"

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

static void acc_report_events(const struct acc_statistics *a, uint64_t pending, struct json *j)
{
	json_key(j, "events");
	json_object(j);
	sim_report_count(j, "uploads", a->event_uploads);
	sim_report_count(j, "sent", a->events_sent);
	sim_report_count(j, "acknowledged", a->events_acknowledged);
	sim_report_count(j, "repeated", a->events_repeated);
	sim_report_count(j, "overwritten", a->events_overwritten);
	sim_report_count(j, "pending", pending);
	json_object_end(j);
}

static void acc_report_visits(const struct acc_visits *v, struct json *j)
{
	json_key(j, "visits");
	json_object(j);
	sim_report_count(j, "came", v->came);
	sim_report_count(j, "late", v->late);
	sim_report_count(j, "waiting", v->waiting);
	json_object_end(j);
}

void acc_statistics_report(const struct acc_statistics *a, const struct acc_plan *plan,
			   int64_t elapsed_ms, bool complete, uint64_t pending, struct json *j)
{
	const struct sim_count counts[] = {
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
	sim_report_head(j, "access", plan->seed, plan->devices, complete);
	sim_report_counts(j, counts, sizeof(counts) / sizeof(counts[0]));
	acc_report_events(a, pending, j);
	if (plan->visits)
		acc_report_visits(plan->visits, j);
	sim_report_faults(j, acc_fault_word, plan->faults.permille, a->faults, ACC_FAULTS);
	json_object_end(j);
}
