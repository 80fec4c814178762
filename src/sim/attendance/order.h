/* A command on its way through a unit. Each function of command.def takes one and either
 * answers it or starts a query or a fetch that answers later. */
#ifndef GH_SIM_ATTENDANCE_ORDER_H
#define GH_SIM_ATTENDANCE_ORDER_H

#include "sim/attendance/unit.h"

struct order {
	gh_slice id, args; /* args without the blanks around them */
	struct items_text *text;
};

#define COMMAND(words, function) void order_##function(struct unit *u, const struct order *o);
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
void order_answer(struct unit *u, gh_slice id, int64_t code, const char *cmd, const char *more);

/* Bytes into the results as they are. false: there is no room. */
bool order_put(struct unit *u, gh_slice bytes);

#endif
