/* Everything that decides what simulated terminals contain and answer. */
#ifndef GH_SIM_TERMINAL_PLAN_H
#define GH_SIM_TERMINAL_PLAN_H

#include "sim/terminal/fault.h"
#include "sim/terminal/persona.h"

struct term_plan {
	const struct term_persona *persona;
	struct ghi_terminal_punch_format punch;
	struct term_faults faults;
	bool spoils; /* some of them spoil records of the log */
	const char *sn_prefix;
	uint64_t seed;
	int64_t start_s;     /* the devices' wall clock at the start, seconds as if UTC */
	int64_t interval_us; /* between new punches of one device; 0: none */
	uint32_t devices;    /* on consecutive ports */
	uint32_t users;	     /* on each device at the start, at most TERM_USERS_MAX */
	uint32_t punches;    /* in the log of each at the start */
	uint32_t templates;  /* how many users in a hundred have fingers, faces, photos */
	uint32_t comm_key;   /* 0: none */
	uint32_t pace_ms;    /* between two packets of one connection */
	uint32_t inline_max; /* bytes of a table that come with the answer to PREPARE_BUFFER */
	uint8_t user_size;   /* 72, 28, 16 */
	uint8_t event_size;  /* of a punch event */
};

enum {
	TERM_USERS_MAX = 65535,
	TERM_PUNCHES_MAX = 10000000,
	TERM_PLANS_MAX = 32, /* of the terminals of one event loop */
};

#endif
