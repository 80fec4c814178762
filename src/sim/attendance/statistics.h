/* What a fleet sent, and what the server acknowledged. */
#ifndef GH_SIM_ATTENDANCE_STATISTICS_H
#define GH_SIM_ATTENDANCE_STATISTICS_H

#include "base/json.h"
#include "model/punch.h"
#include "sim/attendance/fault.h"
#include "sim/attendance/stream.h"
#include "sim/fleet.h"

struct statistics_stream {
	uint64_t uploads;      /* requests that carried records */
	uint64_t sent;	       /* records in them, repeats too */
	uint64_t acknowledged; /* records the server took, each counted once */
	uint64_t repeated;     /* records it took although it had them */
	uint64_t by_stamp;     /* of the acknowledged: known from a handshake's stamp */
	uint64_t skipped;      /* never sent: by its stamp the server had them from before */
};

struct statistics {
	struct statistics_stream stream[STREAMS];
	uint64_t requests, bytes_sent;
	struct sim_traffic traffic;
	uint64_t refused; /* answered, but not with what the device takes for success */
	uint64_t lost;	  /* no answer that the device could read */
	char refusal[80]; /* text of the latest refusal; empty: there was no answer */
	uint64_t handshakes, polls, pings, settings, reboots;
	uint64_t queried; /* records uploaded for a query command */
	uint64_t bad_lines;
	uint64_t dropped,
		dropped_unsent; /* punches and photos that a full device lost; never acknowledged */
	uint64_t doors_opened, doors_refused, alarms;
	uint64_t messages, messages_personal; /* shown to all, and to one */
	uint64_t verified, verified_here,
		not_verified; /* people: by the server, by the device, not at all */
	uint64_t barred;      /* cards on the blacklist */
	uint64_t unrecorded;  /* punches that a full log did not take */
	uint64_t people_requests, people_received,
		verifications; /* remote attendance: requests, people received; verifications */
	uint64_t commands, commands_failed, results, results_acknowledged;
	uint64_t faults[ATT_FAULTS];
	int fd;	   /* of --account; -1: none */
	int truth; /* of --truth; -1: none */
	bool dirty, truth_dirty, broken;
};

/* Files open for appending, or -1. */
struct statistics statistics_to(int fd, int truth);

/* A punch the server has. Its line is in the file before this returns: serial, PIN, time,
 * status, verify mode and work code, with tabs between. Sets a->broken when it cannot be. */
void statistics_punch(struct statistics *a, const char *sn, const struct punch *punch);

/* Something happened at a device: a line of the truth, as statistics_punch(). `pin` empty: it is about no person. */
void statistics_truth(struct statistics *a, const char *sn, int64_t time_s, gh_slice pin,
		      const char *what, gh_slice detail);

/* All of it as one JSON object; `pending` is what was still to be sent. */
void statistics_report(const struct statistics *a, const struct plan *plan, int64_t elapsed_ms,
		       bool complete, const uint64_t pending[STREAMS], struct json *j);

/* Write to disk; a fleet does so once in each turn of its loop. */
void statistics_sync(struct statistics *a);

#endif
