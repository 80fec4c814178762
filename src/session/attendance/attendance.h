/* The dialect of attendance devices (Attendance PUSH 2020-03; PUSH SDK 2013). One file per
 * request: handshake.c, upload.c, person.c, verify.c, poll.c. */
#ifndef GH_SESSION_ATTENDANCE_H
#define GH_SESSION_ATTENDANCE_H

#include "session/dialect.h"

extern const struct dialect attendance_dialect;

void attendance_handshake(struct exchange *x);
void attendance_upload(struct exchange *x);
void attendance_person(struct exchange *x);
void attendance_poll(struct exchange *x);
void attendance_verify(struct exchange *x);
struct command_list;
enum gh_err attendance_commands_write(struct exchange *x, const struct command_list *l,
				      int64_t now_ms, gh_slice *out);

struct retry_reader_ops;
/* Reads its uploads again (core/retry.h). */
extern const struct retry_reader_ops attendance_retry;

/* The table of a request, named directly or by its stamp (QUIRKS Q14). */
gh_slice attendance_table_name(struct exchange *x);

#endif
