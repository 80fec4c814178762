/* What the parts of the conversation share: conversation.c sends requests,
 * conversation_packet.c reads packets,
 * conversation_login.c logs in, conversation_read.c reads streams and buffered tables. */
#ifndef GH_WIRE_TERMINAL_CONVERSATION_STEPS_H
#define GH_WIRE_TERMINAL_CONVERSATION_STEPS_H

#include "wire/terminal/conversation.h"

enum {
	GHI_LAST_REPLY_ID = 65534, /* 65535 is never used (terminal digest 3.3) */
};

#define GHI_OTHER_SESSION "the device answered under another session"

/* Put a request on its way under the next reply id. */
void ghi_conversation_send(struct ghi_conversation *c, uint16_t command, gh_slice data);
/* End the request, without another event or with a fault. */
void ghi_conversation_finish(struct ghi_conversation *c);
void ghi_conversation_fail(struct ghi_conversation *c, enum gh_err err, uint16_t code,
			   const char *text);
void ghi_conversation_fail_at(struct ghi_conversation *c, enum gh_err err, uint64_t expected,
			      uint64_t got, const char *text);

/* CONNECT, and AUTH where it is required; then the step it interrupted (IDLE: the event CONNECTED). */
void ghi_conversation_login(struct ghi_conversation *c, enum ghi_conversation_step after);
void ghi_conversation_login_packet(struct ghi_conversation *c,
				   const struct ghi_terminal_frame *f);
/* The device has lost the session: log in again, once per request, and continue. */
void ghi_conversation_unauthorised(struct ghi_conversation *c);
/* The caller's request, first or again. */
void ghi_conversation_repeat(struct ghi_conversation *c);

/* The time that is left for what is not read yet, from now on. */
void ghi_conversation_read_limit(struct ghi_conversation *c);
/* The table of c->request: from the start, or again after a new login. */
void ghi_conversation_prepare(struct ghi_conversation *c);

/* A packet with the right reply id in one of the steps from PREPARE on, or STREAM; also the
 * first DATA or PREPARE_DATA of an answer. *event: an event that is due at once. */
void ghi_conversation_read_packet(struct ghi_conversation *c,
				  const struct ghi_terminal_frame *f,
				  enum ghi_conversation_event *event,
				  struct ghi_conversation_details *details);
/* The deadline, or the time to repeat, passed in one of these steps. */
void ghi_conversation_read_timeout(struct ghi_conversation *c, bool deadline);
/* The piece is complete and its end confirmed: request the next. */
void ghi_conversation_settle(struct ghi_conversation *c);

#endif
