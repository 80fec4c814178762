/* What the simulators of devices that call a server share: options, the file of what happened, and
 * the line that shows how a fleet stands. */
#ifndef GH_APP_SIM_PUSH_H
#define GH_APP_SIM_PUSH_H

#include "sim/fleet.h"

#include <argp.h>

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
	uint32_t refused;
	char refusal[80];
};
/* ctx is a struct sim_progress. */
void sim_progress_show(void *ctx, const struct fleet_progress *p);
/* Remove the line of a terminal. */
void sim_progress_clear(void);

#endif
