/* Enrolment of a finger at the device. */
#include <stdlib.h>

#include "client/event_queue.h"
#include "client/user.h"
#include "wire/terminal/code.h"
#include "wire/terminal/request.h"

enum { STEP_MS = 60000, RESULT_DONE = 0, RESULT_EXISTS = 5, RESULT_TIMEOUT = 6 };

static enum gh_err enroll_events_register(struct gh_terminal *t, uint32_t mask)
{
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_answer ignored;

	ghi_put_u32(&w, mask);
	return ghi_call_request(t, GH_CMD_REG_EVENT, ghi_written(&w), &ignored);
}

/* 72-byte devices take the PIN as text; older ones as a number (terminal digest 9.3). */
static enum gh_err enroll_start(struct gh_terminal *t, const struct gh_user *u, unsigned finger)
{
	struct ghi_terminal_pin_finger v = { .finger = (uint8_t)finger, .flag = 1 };
	uint8_t b[32];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_answer ignored;
	enum gh_err err = ghi_call_request(t, GH_CMD_CANCELCAPTURE, (gh_slice){ 0 }, &ignored);

	memcpy(v.pin, u->pin, sizeof(v.pin));
	ghi_terminal_enroll_write(&w, &v, t->user_size == 72 ? 26 : 5);
	if (!err && w.err)
		err = ghi_call_fail(t, w.err, "this device needs a PIN that is a number");
	return err ? err : ghi_call_command(t, GH_CMD_STARTENROLL, ghi_written(&w), NULL);
}

static enum gh_err enroll_follow(struct gh_terminal *t, struct ghi_event_queue *queue,
				 gh_terminal_enroll_step *step, void *context)
{
	struct gh_event e;
	enum gh_err err;

	for (;;) {
		err = ghi_event_queue_wait(queue, t, ghi_clock_now() + STEP_MS, &e);
		if (err == GH_ETIMEOUT)
			return ghi_call_fail(t, err, "no finger was put on the device");
		if (err)
			return err;
		if (step && !step(context, &e))
			return ghi_call_fail(t, GH_ECANCELLED, NULL);
		if (e.type != GH_EVENT_ENROLL_FINGER || !e.decoded)
			continue;
		switch (e.result) {
		case RESULT_DONE:
			return GH_OK;
		case RESULT_EXISTS:
			return ghi_call_fail(t, GH_EEXISTS, "this finger is enrolled already");
		case RESULT_TIMEOUT:
			return ghi_call_fail(t, GH_ETIMEOUT, "the device stopped waiting");
		default:
			return ghi_call_fail(t, GH_EDENIED, "the scans did not fit together");
		}
	}
}

/* The state before the enrolment: no events; the device waits for fingers. */
static void enroll_stop(struct gh_terminal *t)
{
	struct gh_terminal_error error = t->error;
	struct ghi_answer ignored;

	if (t->connected && enroll_events_register(t, 0) == GH_OK &&
	    ghi_call_request(t, GH_CMD_CANCELCAPTURE, (gh_slice){ 0 }, &ignored) == GH_OK)
		t->silent = 0;
	if (t->connected &&
	    ghi_call_request(t, GH_CMD_STARTVERIFY, (gh_slice){ 0 }, &ignored) == GH_OK)
		t->silent = 0;
	t->error = error;
}

enum gh_err gh_terminal_enroll(struct gh_terminal *t, const char *pin, unsigned finger,
			       gh_terminal_enroll_step *step, void *context)
{
	struct ghi_event_queue *queue;
	struct gh_user u;
	enum gh_err err = ghi_call_begin(t, "enrol a finger");

	if (!err && finger >= GH_FINGERS)
		err = ghi_call_fail(t, GH_EINVALID, "fingers are 0 to 9");
	if (!err)
		err = ghi_user_find(t, pin, &u);
	if (err)
		return err;
	queue = calloc(1, sizeof(*queue));
	if (queue == NULL)
		return ghi_call_fail(t, GH_ENOMEM, NULL);
	t->attempt = "enrol a finger";
	ghi_event_queue_start(queue, t);
	err = enroll_events_register(t, GH_EVENT_ALL);
	if (!err) {
		err = enroll_start(t, &u, finger);
		if (!err)
			err = enroll_follow(t, queue, step, context);
		ghi_event_queue_stop(t);
		enroll_stop(t);
	}
	ghi_event_queue_stop(t);
	free(queue);
	return err;
}
