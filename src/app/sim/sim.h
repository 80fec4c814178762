/* One function for each kind of simulated device: argv[0] is the kind, the result the exit
 * status. */
#ifndef GH_APP_SIM_SIM_H
#define GH_APP_SIM_SIM_H

int cmd_sim_attendance(int argc, char **argv);
int cmd_sim_terminal(int argc, char **argv);

#endif
