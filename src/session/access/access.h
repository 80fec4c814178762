/* The dialect of access control units: door controllers and access terminals (Security PUSH 3.1.2). What
 * each request is answered is one table (reply.def); one file per request: handshake.c, registration.c,
 * configuration.c, poll.c, upload.c, rows.c, time.c. */
#ifndef GH_SESSION_ACCESS_H
#define GH_SESSION_ACCESS_H

#include "session/dialect.h"

extern const struct dialect access_dialect;

/* How far a unit is. */
enum access_state {
	ACCESS_HELD,
	ACCESS_APPROVED,
	ACCESS_REGISTERED,
	ACCESS_CONFIGURED,
	ACCESS_BLOCKED,
	ACCESS_STATES
};

/* What a request is answered. */
enum access_answer {
#define ACCESS_ANSWER(name, status, why) ACCESS_ANSWER_##name,
#include "session/access/reply.def"
#undef ACCESS_ANSWER
	ACCESS_ANSWERS
};

/* By the table, as the device is now. */
enum access_answer access_answer_of(const struct exchange *x);

#define ACCESS_PARAMETERS 16384 /* bytes of a registration that are kept */
#define ACCESS_HELD_MAX 256	/* devices that wait for approval, of which one is kept */

void access_handshake(struct exchange *x);
void access_registration(struct exchange *x);
void access_configuration(struct exchange *x);
void access_poll(struct exchange *x);
struct command_list;
enum gh_err access_commands_write(struct exchange *x, const struct command_list *l,
				  int64_t now_ms, gh_slice *out);
void access_upload(struct exchange *x);
void access_rows(struct exchange *x);
void access_file(struct exchange *x);
void access_identify(struct exchange *x);
void access_time(struct exchange *x);

struct retry_reader_ops;
/* Reads its uploads again (core/retry.h). */
extern const struct retry_reader_ops access_retry;

/* Sets the verdict where the token of a registered unit does not fit, and the policy is strict. */
void access_token_judge(struct exchange *x);
/* Whether a request that has no token, because a unit begins with it, may be served as the unit's: where
 * tokens are strict and the unit has no comm key, only from where it showed its token or registered last. */
bool access_begins_at_home(struct exchange *x);

/* Sets whether the request proved to be the unit's, or comes from elsewhere than where that is at home
 * (home.c). After the key and the token were judged. */
void access_home_judge(struct exchange *x);
/* Stores where it comes from as where the unit is at home; on a full queue the next request does it. */
void access_address_note(struct exchange *x);
/* For core/access/unit_clock.h: where it comes from; empty: it proved to be the unit's. */
gh_slice access_from(struct exchange *x);

struct ghi_server_options;
/* The options for a unit, with its code where `registered`; texts are in the row and the request's
 * arena. */
void access_options_fill(struct exchange *x, const struct device_row *row, bool registered,
			 struct ghi_server_options *out);
/* 200 and these. */
void access_options_reply(struct exchange *x, const struct ghi_server_options *o);

/* What is kept of a registration: no more than its limit, and whole parameters. */
gh_slice access_parameters_cut(gh_slice body);
/* The value of a parameter of a registration; empty: absent. */
gh_slice access_parameter(gh_slice parameters, const char *name);

#endif
