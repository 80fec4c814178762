/* What a fleet of access devices sent, what the server acknowledged, and the list of what really
 * happened at its doors. */
#ifndef GH_SIM_ACCESS_STATISTICS_H
#define GH_SIM_ACCESS_STATISTICS_H

#include "base/json.h"
#include "model/access_event.h"
#include "sim/access/plan.h"

struct acc_statistics {
	struct sim_traffic traffic;
	uint64_t requests, bytes_sent;
	uint64_t refused; /* answered, but not with what the device takes for success */
	uint64_t lost;	  /* no answer that the device could read */
	char refusal[80]; /* text of the latest refusal; empty: there was no answer */
	uint64_t hellos, registrations, configurations, polls, pings, states, reboots;
	uint64_t event_uploads, events_sent, events_acknowledged, events_repeated,
		events_overwritten;
	uint64_t bad_lines;
	uint64_t uploads, uploads_acknowledged; /* of anything but events, states and results */
	uint64_t packets, packets_acknowledged; /* of querydata */
	uint64_t commands, commands_failed, results, results_acknowledged;
	uint64_t identifications;
	uint64_t faults[ACC_FAULTS];
	int fd; /* of --truth; -1: none */
	bool broken;
};

/* fd of a file open for appending, or -1. */
struct acc_statistics acc_statistics_to(int fd);

/* An event that happened, as it is sent: a line of the truth. Sets a->broken when it cannot be
 * written. Serial number, index, time, event, address, PIN, card and direction, parted by
 * tabs. Not the verify type: its form is that which both ends agreed to when it is sent. */
void acc_statistics_event(struct acc_statistics *a, const char *sn,
			  const struct access_event *e);

/* All of it as one JSON object; `pending` is the number of events still to be sent. */
void acc_statistics_report(const struct acc_statistics *a, const struct acc_plan *plan,
			   int64_t elapsed_ms, bool complete, uint64_t pending, struct json *j);

#endif
