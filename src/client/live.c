/* Live events; a connection that is lost is made again. */
#include <stdlib.h>

#include "client/event_queue.h"
#include "client/user.h"

enum {
	PAUSE_FIRST_MS = 250,
	PAUSE_MAX_MS = 15000,
	PROBE_MS = 30000, /* UDP: time without events after which the connection is tested */
};

struct gh_terminal_live {
	struct gh_terminal *t;
	struct ghi_pins pins;
	struct ghi_event_queue queue;
	unsigned mask, reconnects;
	gh_ms pause; /* before the next attempt to connect */
};

static enum gh_err live_command(struct gh_terminal *t, uint16_t command)
{
	struct ghi_answer ignored;

	return ghi_call_request(t, command, (gh_slice){ 0 }, &ignored);
}

/* In the order that works with all known firmware (terminal digest 9.1). The answers to the
 * first two do not matter. */
static enum gh_err live_events_register(struct gh_terminal *t, unsigned mask)
{
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err;

	ghi_put_u32(&w, mask);
	err = live_command(t, GH_CMD_CANCELCAPTURE);
	if (!err)
		err = live_command(t, GH_CMD_STARTVERIFY);
	if (!err)
		err = ghi_call_command(t, GH_CMD_ENABLEDEVICE, (gh_slice){ 0 }, NULL);
	if (!err) {
		t->disabled = false;
		err = ghi_call_command(t, GH_CMD_REG_EVENT, ghi_written(&w), NULL);
	}
	return err;
}

static void live_abandon(void *it)
{
	gh_terminal_live_close(it);
}

enum gh_err gh_terminal_live_open(struct gh_terminal *t, unsigned mask,
				  struct gh_terminal_live **out)
{
	enum gh_err err;
	struct gh_terminal_live *it =
		ghi_iterator_new(t, "listen for live events", sizeof(*it), &err);

	if (it == NULL)
		return err;
	it->t = t;
	it->mask = mask;
	it->pause = PAUSE_FIRST_MS;
	/* The PINs are needed for the oldest records only. */
	err = ghi_pins_try(&it->pins, t);
	if (err == GH_OK) {
		ghi_event_queue_start(&it->queue, t);
		err = live_events_register(t, mask);
	}
	if (err) {
		ghi_event_queue_stop(t);
		ghi_pins_clear(&it->pins);
		free(it);
		return err;
	}
	ghi_iterator_hold(t, it, live_abandon);
	*out = it;
	return GH_OK;
}

/* One attempt, and the pause after it where it failed. GH_OK: try again, or it worked. */
static enum gh_err live_reconnect(struct gh_terminal_live *it, gh_ms until)
{
	struct gh_terminal *t = it->t;
	struct gh_terminal_error saved;
	enum gh_err err = ghi_connection_reopen(t);
	gh_ms now;

	if (!err)
		err = live_events_register(t, it->mask);
	if (!err) {
		it->reconnects++;
		it->pause = PAUSE_FIRST_MS;
		return GH_OK;
	}
	if (err == GH_ECANCELLED || err == GH_EAUTH || err == GH_EUNSUPPORTED)
		return err;
	ghi_connection_close(t);
	saved = t->error;
	now = ghi_clock_now();
	if (now >= until)
		return err;
	err = ghi_call_pause(t, now + it->pause < until ? now + it->pause : until);
	it->pause = it->pause * 2 < PAUSE_MAX_MS ? it->pause * 2 : PAUSE_MAX_MS;
	if (err)
		return err;
	t->error = saved;
	return ghi_clock_now() >= until ? saved.err : GH_OK;
}

/* Over UDP there is no sign that the device is gone, or has dropped the registration for events. */
static enum gh_err live_probe(struct gh_terminal *t)
{
	enum gh_err err = live_command(t, GH_CMD_GET_TIME);

	if (err && err != GH_ECANCELLED)
		ghi_connection_close(t);
	return err == GH_ECANCELLED ? err : GH_OK;
}

enum gh_err gh_terminal_live_next(struct gh_terminal_live *it, int timeout_ms,
				  struct gh_event *out)
{
	struct gh_terminal *t = it->t;
	gh_ms until = timeout_ms < 0 ? GHI_NEVER : ghi_clock_now() + timeout_ms;
	enum gh_err err = GH_OK;

	t->attempt = "listen for live events";
	while (!err && !ghi_event_queue_next(&it->queue, out)) {
		gh_ms quiet = t->transport.tcp ? GHI_NEVER : ghi_clock_now() + PROBE_MS;

		if (!t->connected) {
			err = live_reconnect(it, until);
			continue;
		}
		err = ghi_event_queue_wait(&it->queue, t, until < quiet ? until : quiet, out);
		if (err == GH_OK)
			break;
		if (err == GH_ETIMEOUT && ghi_clock_now() < until)
			err = live_probe(t);
		else if (err != GH_ETIMEOUT && err != GH_ECANCELLED)
			err = GH_OK; /* lost: the next round makes a new connection */
		if (!t->connected)
			ghi_connection_close(t);
	}
	if (err == GH_ETIMEOUT && t->connected)
		return ghi_call_fail(t, err, "no event came");
	if (!err && out->type == GH_EVENT_PUNCH && out->decoded && out->punch.pin[0] == 0)
		ghi_pins_fill(&it->pins, out->punch.uid, out->punch.pin);
	return err;
}

unsigned gh_terminal_live_reconnects(const struct gh_terminal_live *it)
{
	return it->reconnects;
}

void gh_terminal_live_close(struct gh_terminal_live *it)
{
	static const uint8_t none[4] = { 0 };
	struct ghi_answer ignored;
	struct gh_terminal *t;

	if (it == NULL)
		return;
	t = it->t;
	ghi_event_queue_stop(t);
	ghi_iterator_release(t);
	if (t->connected &&
	    ghi_call_request(t, GH_CMD_REG_EVENT, (gh_slice){ none, sizeof(none) }, &ignored) &&
	    t->connected)
		ghi_connection_close(t);
	ghi_pins_clear(&it->pins);
	free(it);
}
