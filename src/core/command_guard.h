/* Whether a command may be given out now. A device may erase its log only when it holds exactly what is stored of it. It is
 * examined in the transaction that gives the command out. The dialect of terminals has its own check, with
 * the device disabled (session/terminal/control.c). */
#ifndef GH_CORE_COMMAND_GUARD_H
#define GH_CORE_COMMAND_GUARD_H

#include "core/device_private.h"
#include "model/command.h"

#define COMMAND_GUARD_WHY 240

enum command_guard_id {
	GUARD_PUNCHES, /* all punches it holds are stored */
	GUARD_EVENTS,  /* all events of an access unit are (access/unit_erasure.h) */
	GUARD_SHELL,   /* the server gives out system commands */
	GUARDS
};

/* Whether it is a system command of the device; also in words that are of no known kind for it. */
bool command_is_shell(enum command_kind kind, gh_slice arguments);
/* What has to be so when a command of that kind is given out; GUARDS: nothing. */
enum command_guard_id command_guard_of(enum command_kind kind, gh_slice arguments);

/* *why is empty where it is so, and the reason why commands wait otherwise. `log` is what was counted
 * before, and what is known then; *far: more has come than a job of the store may count, so a reader has to
 * (log_count of the store). On the store thread. */
GH_MUST_CHECK enum gh_err command_guard_examine(struct server *server,
						const struct store_ops *ops, struct store *s,
						struct device *d, enum command_guard_id id,
						int64_t now_ms, struct store_log_count *log,
						bool *far, char why[COMMAND_GUARD_WHY]);

#endif
