/* One simulated terminal: its contents and its connections. It has no socket and
 * reads no clock: the time is passed in. */
#ifndef GH_SIM_TERMINAL_DEVICE_H
#define GH_SIM_TERMINAL_DEVICE_H

#include "sim/terminal/log.h"
#include "sim/terminal/statistics.h"

struct term_link;

enum {
	TERM_LINKS = 64,       /* connections of one terminal, busy ones included */
	TERM_OPTIONS_MAX = 64, /* that were written */
	TERM_OPLOGS_MAX = 20000,
	TERM_CELLS_MAX = 4096, /* access rules and messages that were written */
};

struct term_device {
	const struct term_plan *plan;
	struct term_statistics *statistics; /* shared by all terminals */
	struct term_users users;
	struct term_log log;
	GArray *oplogs; /* struct gh_oplog */
	GHashTable *options, *cells;
	struct term_link *link[TERM_LINKS];
	char sn[32];
	uint32_t number; /* among the terminals */
	int64_t now_ms, clock_shift_s, next_punch_us;
	int64_t disabled_until_ms; /* TERM_NEVER: until it is enabled */
	int64_t door_until_ms;
	bool disabled, restart;
	uint8_t state; /* of STATE_RRQ */
	uint16_t sessions;

	struct {
		struct term_link *link; /* NULL: there is no enrolment */
		char pin[GH_PIN_SIZE];
		unsigned finger, step;
		int64_t at_ms;
	} enrol;
};

#define TERM_NEVER INT64_MAX

/* The plan and the statistics must outlive it. */
void term_device_open(struct term_device *d, const struct term_plan *plan, uint32_t number,
		      struct term_statistics *statistics);
void term_device_close(struct term_device *d);

/* The wall clock it shows, seconds as if UTC. */
int64_t term_device_clock(const struct term_device *d);
/* false while it is disabled. */
bool term_device_enabled(const struct term_device *d);

/* Do what is due (punches, enrolment), having set now_ms. The result is when to come again. */
int64_t term_device_tick(struct term_device *d);

/* Whether a fault of the terminal itself happens to the thing of that number: always the same. */
bool term_device_fault(const struct term_device *d, enum term_fault fault, uint64_t number);
void term_device_oplog(struct term_device *d, uint8_t op, uint16_t target, uint16_t result);

/* Send it to every connection that registered for it. */
void term_device_event(struct term_device *d, const struct gh_event *e);
void term_device_enrol(struct term_device *d, struct term_link *by, const char *pin,
		       unsigned finger);
void term_device_enrol_stop(struct term_device *d);

/* Counters as in the answer to GET_FREE_SIZES. */
void term_device_counters(const struct term_device *d, struct gh_counters *out);

/* The value of an option, freed by the caller; NULL: there is none. */
char *term_option_get(const struct term_device *d, gh_slice name);
/* GH_EFULL, GH_EINVALID. */
GH_MUST_CHECK enum gh_err term_option_set(struct term_device *d, gh_slice name, gh_slice value);

#endif
