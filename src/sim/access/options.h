/* The options of a device as texts of the protocol. */
#ifndef GH_SIM_ACCESS_OPTIONS_H
#define GH_SIM_ACCESS_OPTIONS_H

#include "base/writer.h"
#include "sim/access/panel.h"

/* As it leaves the factory. `comm_key` NULL: it has no authKey. Returns how many of them, from the first
 * on, are the parameters of its registration. */
unsigned acc_options_open(struct panel *p, const char *sn, uint32_t number,
			  const char *comm_key);

/* "a=1,b=2": the first n options, as the body of a registration. */
void acc_options_write(struct ghi_writer *w, const struct panel *p, unsigned n);

/* The options that a device uploads by itself (4.6, 11.20). */
void acc_options_upload(struct ghi_writer *w, const struct panel *p);

/* INFO of a poll: what it has of what, as attendance clocks send it (Attendance PUSH 2020-03, 12). */
void acc_options_summary(struct ghi_writer *w, const struct panel *p);

/* "a=,b=2" for the names in a list "a,b"; a name that it does not have has no value. */
void acc_options_answer(struct ghi_writer *w, const struct panel *p, gh_slice names);

#endif
