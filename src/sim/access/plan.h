/* Everything that decides what a fleet of access devices sends. */
#ifndef GH_SIM_ACCESS_PLAN_H
#define GH_SIM_ACCESS_PLAN_H

#include "sim/access/fault.h"
#include "sim/access/persona.h"
#include "sim/fleet.h"
#include "sim/server.h"

struct acc_visits;

struct acc_plan {
	struct sim_server server;
	struct acc_persona_mix mix;
	struct acc_faults faults;
	const char *sn_prefix, *comm_key; /* comm_key NULL: none */
	uint64_t seed;
	uint32_t devices, users, events; /* users and events of each device at the start */
	/* Commands that begin with these words are answered by the code, and not carried out; empty: all. NULL:
	 * none is. */
	const char *refused;
	int64_t refusal;
	int32_t subs;		   /* behind each main controller; -1: as the persona has */
	int64_t interval_us;	   /* between passages at one device; 0: none */
	bool peaks;		   /* that is the mean of a day: sim/access/shift.h */
	struct acc_visits *visits; /* who comes besides; NULL: no one */
	int64_t start_s;	   /* device clock at the start, seconds as if UTC */
	bool follow_clock;	   /* start_s is the present; the server's Date is applied */
	bool whole; /* a command with a bad record changes nothing; or: records before it stay */
	bool once;  /* stop when all is acknowledged; no new events */
	double speed;		/* every wait is divided by it */
	int64_t delay_ms;	/* between polls; -1: as the server sets it */
	int64_t error_delay_ms; /* after a failure; -1: as the server sets it */
	int64_t timeout_ms;	/* for a reply */
	void (*progress)(void *ctx, const struct fleet_progress *p); /* NULL: not shown */
	void *progress_ctx;
};

static inline int64_t acc_plan_wait(const struct acc_plan *p, int64_t ms)
{
	return (int64_t)((double)ms / p->speed);
}

#endif
