/* What the simulators of devices that call a server share: options, the file of what happened, and
 * the line that shows how a fleet stands. */
#ifndef GH_APP_SIM_PUSH_H
#define GH_APP_SIM_PUSH_H

#include "sim/fleet.h"
#include "sim/server.h"

#include <argp.h>

/* Their keys. */
enum {
	PUSH_KEYS_BEGIN = 0x100,
#define PUSH_OPTION(KEY, name, argument, help, group) PUSH_KEY_##KEY,
#define PUSH_OWN(KEY) PUSH_KEY_##KEY,
#include "app/sim/push_option.def"
#undef PUSH_OPTION
#undef PUSH_OWN
	PUSH_KEY_OF_KIND /* the first of a kind's own */
};

/* The rows of a table of options. */
#define PUSH_OPTION_GROUP(group, title) { NULL, 0, NULL, 0, title, group },
#define PUSH_OPTION_ROW(KEY, name, argument, help, group) \
	{ name, PUSH_KEY_##KEY, argument, 0, help, group },

/* What these options decide: of the run, and of the plan of a kind, where that has it. */
struct sim_push_run {
	const char *server, *proxy, *from, *ca, *file; /* file: --truth, --account */
	bool insecure;
	int64_t duration_ms;
	double rate;
	struct {
		struct sim_server *server;
		uint32_t *devices;
		uint64_t *seed;
		const char **sn_prefix, **comm_key;
		bool *once, *follow_clock;
		int64_t *delay_ms, *error_delay_ms, *timeout_ms, *interval_us;
		double *speed;
	} plan;
};

/* Where the plan of a run, p, has them. */
#define SIM_PUSH_PLAN(p)                                                                      \
	{                                                                                     \
		.server = &(p)->server, .devices = &(p)->devices, .seed = &(p)->seed,         \
		.sn_prefix = &(p)->sn_prefix, .comm_key = &(p)->comm_key, .once = &(p)->once, \
		.follow_clock = &(p)->follow_clock, .delay_ms = &(p)->delay_ms,               \
		.error_delay_ms = &(p)->error_delay_ms, .timeout_ms = &(p)->timeout_ms,       \
		.interval_us = &(p)->interval_us, .speed = &(p)->speed                        \
	}

/* One of them; ARGP_ERR_UNKNOWN: it is the kind's own, or none. At the end of all, `rate_and_once` is why
 * these two exclude each other. */
error_t sim_push_option_parse(int key, char *arg, struct argp_state *state,
			      struct sim_push_run *r, const char *rate_and_once);

/* The time of option --name in milliseconds; argp_error() outside the range. */
void sim_option_milliseconds(struct argp_state *state, const char *name, const char *text,
			     int64_t *out);
void sim_option_seconds(struct argp_state *state, const char *name, const char *text,
			int64_t *out);
/* A query parameter is not percent-encoded by devices, so it must need none. */
void sim_option_check_plain(struct argp_state *state, const char *name, const char *text,
			    size_t max);

/* The file to which a fleet appends what happened, for writing at its end. Below 0: it cannot be opened,
 * and standard error has why, after the name of the command. The caller closes it. */
int sim_account_open(const char *command, const char *path);

/* At a terminal a line that changes; elsewhere one each time devices begin to wait or go on. */
struct sim_progress {
	bool terminal;
	const struct sim_server *server;
	uint32_t refused;
	char refusal[80];
};
/* ctx is a struct sim_progress. */
void sim_progress_show(void *ctx, const struct fleet_progress *p);
/* Remove the line of a terminal. */
void sim_progress_clear(void);

#endif
