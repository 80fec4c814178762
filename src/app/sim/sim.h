/* One function for each kind of simulated device: argv[0] is the kind, the result the exit
 * status. */
#ifndef GH_APP_SIM_SIM_H
#define GH_APP_SIM_SIM_H

#include <argp.h>
#include <stdint.h>

#include "base/json.h"

int cmd_sim_access(int argc, char **argv);
int cmd_sim_attendance(int argc, char **argv);
int cmd_sim_terminal(int argc, char **argv);

/* --- for the kinds --- */

/* The number of option --name; argp_error() outside the range. */
uint64_t sim_option_number(struct argp_state *state, const char *name, const char *text,
			   uint64_t min, uint64_t max);
double sim_option_real(struct argp_state *state, const char *name, const char *text, double min,
		       double max);
/* Print a report as a line and clear it. Not 0: it could not be made or printed. */
int sim_report_print(struct json *j);

#endif
