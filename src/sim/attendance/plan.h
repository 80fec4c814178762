/* Everything that decides what a fleet of attendance devices sends. */
#ifndef GH_SIM_ATTENDANCE_PLAN_H
#define GH_SIM_ATTENDANCE_PLAN_H

#include "sim/attendance/fault.h"
#include "sim/attendance/persona.h"
#include "sim/fleet.h"
#include "sim/server.h"

struct plan {
	struct sim_server server;
	struct persona_mix mix;
	struct att_faults faults;
	const char *sn_prefix, *comm_key; /* comm_key NULL: none */
	uint64_t seed;
	uint32_t devices, users, punches; /* users and punches of each device at the start */
	int64_t interval_us;	 /* between new punches of one device; 0: no new ones */
	uint32_t templates;	 /* how many people in a hundred have biometrics and pictures */
	uint32_t log_capacity;	 /* punches that a log has room for; 0: any number */
	uint32_t photo_capacity; /* the same of attendance photos */
	uint32_t photos;	 /* how many punches in a thousand have a photo */
	int64_t start_s;	 /* device wall clock at the start, seconds as if UTC */
	bool follow_clock;	 /* start_s is the present; Date and TimeZone are applied */
	bool once;		 /* stop when all is acknowledged; no new punches */
	double speed;		 /* every wait is divided by it */
	int64_t delay_ms;	 /* between polls; -1: as the server sets it */
	int64_t error_delay_ms;	 /* after a failure; -1: as the server sets it */
	int64_t timeout_ms;	 /* for a reply */
	void (*progress)(void *ctx, const struct fleet_progress *p); /* NULL: not shown */
	void *progress_ctx;
};

static inline int64_t plan_wait(const struct plan *p, int64_t ms)
{
	return (int64_t)((double)ms / p->speed);
}

#endif
