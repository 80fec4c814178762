/* What a fleet sent, and what it was told is safe. */
#ifndef GH_SIM_ATTENDANCE_ACCOUNT_H
#define GH_SIM_ATTENDANCE_ACCOUNT_H

#include "base/json.h"
#include "model/punch.h"
#include "sim/attendance/stream.h"

struct account_stream {
	uint64_t uploads;      /* requests that carried records */
	uint64_t sent;	       /* records in them, repeats too */
	uint64_t acknowledged; /* records the server took, each counted once */
	uint64_t repeated;     /* records it took although it had them */
	uint64_t by_stamp;     /* of the acknowledged: learned from a handshake's stamp */
	uint64_t skipped;      /* never sent: by its stamp the server had them from before */
};

struct account {
	struct account_stream stream[STREAMS];
	uint64_t requests, bytes_sent, bytes_received, connections;
	uint64_t refused; /* answered, but not with what the device takes for success */
	uint64_t lost;	  /* no answer that the device could read */
	uint64_t handshakes, polls, pings, settings, reboots;
	uint64_t queried; /* records uploaded because a command asked for them */
	uint64_t bad_lines;
	uint64_t asked, strangers,
		verdicts; /* remote attendance, people learned; verifications */
	uint64_t commands, commands_failed, results, results_acknowledged;
	uint64_t faults[SIM_FAULTS];
	int fd; /* of --account; -1: none */
	bool dirty, broken;
};

/* fd of a file open for appending, or -1. */
struct account account_to(int fd);

/* A punch the server has. Its line is in the file before this returns: serial, PIN, time,
 * status, verify mode and work code, with tabs between. Sets a->broken when it cannot be. */
void account_punch(struct account *a, const char *sn, const struct punch *punch);

/* All of it as one JSON object; `pending` is what was still to be sent. */
void account_report(const struct account *a, const struct plan *plan, int64_t elapsed_ms,
		    bool complete, const uint64_t pending[STREAMS], struct json *j);

/* Onto the disk; a fleet does so once for all it heard in one turn. */
void account_sync(struct account *a);

#endif
