/* Commands as they travel in a poll's reply: "C:<id>:<text>" LF, and the answers in
 * devicecmd (Attendance PUSH 2020-03, 12 and 13; PUSH SDK 2013, 3.2.4). */
#ifndef GH_WIRE_PUSH_COMMAND_H
#define GH_WIRE_PUSH_COMMAND_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "model/command_kind.h"

#define GHI_COMMAND_ID 16 /* letters or digits at most */

/* One line, ended by LF. GH_EMALFORMED in w->err for a line break or NUL in text. */
void ghi_command_write(struct ghi_writer *w, uint64_t id, gh_slice text);

struct ghi_command {
	gh_slice id, text; /* borrowed */
};
/* The next command line of a reply; *in moves on. GH_ENOTFOUND: no more. GH_EMALFORMED: a line
 * that is no command; *in stands after it. A line "OK", by which a server reports that there are
 * no commands, is skipped. */
GH_MUST_CHECK enum gh_err ghi_command_next(gh_slice *in, struct ghi_command *out);

/* What a return code means for a command of that kind, in words; NULL when the tables do not
 * define it. */
const char *ghi_return_meaning(enum command_kind kind, int64_t code);
/* Whether that code is success for it (counts, sizes and exit values included). */
bool ghi_return_success(enum command_kind kind, int64_t code);

/* Of access devices a code means the same whatever the command was (Security PUSH 3.1.2, 11.1): a number
 * from 0 on is success, often a count. Words are static; NULL: the table does not define it. */
#define GHI_RETURN_DEFERRED (-5000) /* accepted; the result follows with the same id */
const char *ghi_access_return_meaning(int64_t code);
bool ghi_access_return_success(int64_t code);

#endif
