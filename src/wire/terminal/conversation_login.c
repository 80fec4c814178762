#include "wire/terminal/auth.h"
#include "wire/terminal/code.h"
#include "wire/terminal/conversation_steps.h"

void ghi_conversation_login(struct ghi_conversation *c, enum ghi_conversation_step after)
{
	c->after_login = after;
	c->session = 0;
	c->step = GHI_STEP_CONNECT;
	ghi_conversation_send(c, GH_CMD_CONNECT, (gh_slice){ 0 });
}

static void logged_in(struct ghi_conversation *c, uint16_t session)
{
	if (c->step == GHI_STEP_CONNECT)
		c->session = session;
	c->stream.session = c->session;
	switch (c->after_login) {
	case GHI_STEP_IDLE:
		c->event_connected = true;
		ghi_conversation_finish(c);
		break;
	case GHI_STEP_REQUEST:
		ghi_conversation_repeat(c);
		break;
	default:
		ghi_conversation_prepare(c);
		break;
	}
}

void ghi_conversation_login_packet(struct ghi_conversation *c,
				   const struct ghi_terminal_frame *f)
{
	uint8_t proof[4];

	if (ghi_terminal_reply_err(f->command) == GH_OK) {
		logged_in(c, f->session);
	} else if (f->command != GH_ACK_UNAUTH) {
		enum gh_err err = ghi_terminal_reply_err(f->command);
		const char *text = ghi_terminal_reply_text(f->command);

		ghi_conversation_fail(c, err, f->command,
				      text ? text : "the device refused to connect");
	} else if (c->step == GHI_STEP_CONNECT) {
		c->session = f->session;
		ghi_terminal_auth_write(c->options.comm_key, c->session, GHI_TERMINAL_TICK,
					proof);
		c->step = GHI_STEP_AUTH;
		ghi_conversation_send(c, GH_CMD_AUTH, (gh_slice){ proof, sizeof(proof) });
	} else if (!c->retried_auth) {
		/* Some firmware accepts the right key only after a second connect (13.22). */
		c->retried_auth = true;
		ghi_conversation_login(c, c->after_login);
	} else {
		ghi_conversation_fail(c, GH_EAUTH, f->command,
				      "the device does not accept this comm key");
	}
}

void ghi_conversation_unauthorised(struct ghi_conversation *c)
{
	if (c->relogged) {
		ghi_conversation_fail(c, GH_EAUTH, GH_ACK_UNAUTH,
				      "the device keeps ending the session");
		return;
	}
	c->relogged = true;
	c->relogins++;
	switch (c->step) {
	case GHI_STEP_REQUEST:
		ghi_conversation_login(c, GHI_STEP_REQUEST);
		break;
	case GHI_STEP_STREAM:
		ghi_conversation_fail_at(c, GH_ETRUNCATED, c->total, c->offset,
					 "the device ended the session in mid-stream");
		break;
	case GHI_STEP_FREE:
		c->event_end = true;
		ghi_conversation_finish(c);
		break;
	default:
		ghi_conversation_login(c, GHI_STEP_PREPARE);
		break;
	}
}
