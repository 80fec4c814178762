/* A command that a device carries out. Each function of command.def takes one and either
 * answers it or starts a query or a fetch that answers later. */
#ifndef GH_SIM_ATTENDANCE_COMMAND_H
#define GH_SIM_ATTENDANCE_COMMAND_H

#include "model/command_kind.h"
#include "sim/attendance/device.h"
#include "sim/attendance/table.h"

struct sim_command {
	gh_slice id, args;   /* args: behind the words, without the blanks around them */
	enum table_id table; /* TABLES: none, or args begin with its name */
	struct items_text *text;
};

typedef void sim_command_fn(struct sim_device *d, const struct sim_command *o);
/* run NULL: no device carries out that kind. */
struct sim_command_row {
	sim_command_fn *run;
	enum table_id table;
};
const struct sim_command_row *sim_command_row(enum command_kind kind);

#define COMMAND(KIND, function, table) \
	void sim_command_##function(struct sim_device *d, const struct sim_command *o);
#include "sim/attendance/command.def"
#undef COMMAND

/* Documented results (Attendance PUSH 2020-03, appendix 1). */
enum {
	RETURN_OK = 0,
	RETURN_PARAMETER = -1,
	RETURN_ACCESS = -3,
	RETURN_NO_USER = -10,
	RETURN_BAD_FORMAT = -11,
	RETURN_FULL = -1001,
	RETURN_UNSUPPORTED = -1002,
	RETURN_TOO_LONG = -1006,
	RETURN_NOT_FETCHED = -1008,
};

/* "ID=…&Return=…&CMD=…" and `more` ("&k=v", "" for none) into the results. cmd NULL: none. */
void sim_command_answer(struct sim_device *d, gh_slice id, int64_t code, const char *cmd,
			const char *more);

/* Bytes into the results as they are. false: there is no room. */
bool sim_command_put(struct sim_device *d, gh_slice bytes);

#endif
