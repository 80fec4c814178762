/* One question and its answer over a socket. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/handle.h"
#include "wire/terminal/code.h"

enum {
	SEND_MS = 10000, /* to get a request into the socket */
	SILENT_MAX = 2,	 /* unanswered calls in a row: the connection counts as dead */
	STREAM_TRIES = 4,
};

enum gh_err ghi_call_begin(struct gh_terminal *t, const char *attempt)
{
	t->attempt = attempt;
	if (t->busy)
		return ghi_call_fail(t, GH_ESTATE, "an iterator is open on this handle");
	if (!t->connected && !t->ever)
		return ghi_call_fail(t, GH_ECLOSED, "not connected");
	return GH_OK;
}

void *ghi_iterator_new(struct gh_terminal *t, const char *attempt, size_t size,
		       enum gh_err *err)
{
	void *it;

	*err = ghi_call_begin(t, attempt);
	if (*err)
		return NULL;
	it = calloc(1, size);
	if (it == NULL)
		*err = ghi_call_fail(t, GH_ENOMEM, NULL);
	return it;
}

/* The eventfd decides; the flag only avoids the system call to read it. */
static bool was_cancelled(struct gh_terminal *t, bool woken)
{
	uint64_t count;

	if (t->restoring || (!woken && !atomic_load(&t->cancelled)))
		return false;
	atomic_store(&t->cancelled, false);
	return read(t->wake, &count, sizeof(count)) == sizeof(count);
}

static enum gh_err call_send(struct gh_terminal *t)
{
	gh_slice out;

	while ((out = ghi_conversation_output(&t->conversation)).n) {
		enum gh_err err =
			ghi_transport_send(&t->transport, out, ghi_clock_now() + SEND_MS);

		if (err)
			return err;
		ghi_conversation_sent(&t->conversation, out.n);
	}
	return GH_OK;
}

/* Wait for bytes, or for the moment the conversation or the caller waits for. */
static enum gh_err call_bytes_wait(struct gh_terminal *t, gh_ms until)
{
	struct ghi_conversation *c = &t->conversation;
	gh_ms deadline = ghi_conversation_deadline(c);
	size_t room, n = 0;
	uint8_t *p = ghi_conversation_space(c, &room);
	enum gh_err err;

	ghi_conversation_waits(c, ghi_clock_now());
	err = ghi_transport_receive(&t->transport, p, room, &n,
				    until < deadline ? until : deadline);
	if (err == GH_OK) {
		ghi_conversation_received(c, n, ghi_clock_now());
	} else if (err == GH_ETIMEOUT && t->transport.system == 0) {
		ghi_conversation_tick(c, ghi_clock_now());
		if (c->now < until)
			err = GH_OK;
	} else if (err == GH_ETIMEOUT) {
		err = GH_EIO; /* the connection failed */
	}
	return err;
}

enum gh_err ghi_call_wait_event(struct gh_terminal *t, enum ghi_conversation_event *event,
				struct ghi_conversation_details *details, gh_ms until)
{
	struct ghi_conversation *c = &t->conversation;
	enum gh_err err = GH_OK;

	for (;;) {
		if (was_cancelled(t, err == GH_ECANCELLED)) {
			ghi_conversation_drop(c);
			return ghi_call_fail(t, GH_ECANCELLED, NULL);
		}
		*event = ghi_conversation_next(c, details);
		if (*event == GHI_CONVERSATION_EVENT && t->on_event)
			t->on_event(t->on_event_context, details->field, details->data);
		if (*event != GHI_CONVERSATION_NOTHING) {
			/* What the device can go on with while the caller looks at this. */
			err = c->closed ? GH_OK : call_send(t);
			if (err && err != GH_ECANCELLED)
				ghi_conversation_closed(c, ghi_clock_now());
			return GH_OK;
		}
		if (c->closed) {
			t->connected = false;
			return ghi_call_fail(t, GH_ECLOSED, "the connection is lost");
		}
		err = call_send(t);
		if (err == GH_OK)
			err = call_bytes_wait(t, until);
		if (err == GH_ETIMEOUT)
			return err;
		if (err && err != GH_ECANCELLED) {
			ghi_conversation_closed(c, ghi_clock_now());
			t->connected = false;
			t->lost = err;
		}
	}
}

enum gh_err ghi_call_pause(struct gh_terminal *t, gh_ms until)
{
	if (ghi_transport_wait(&t->transport, until) == GH_ECANCELLED && was_cancelled(t, true))
		return ghi_call_fail(t, GH_ECANCELLED, NULL);
	return GH_OK;
}

static enum gh_err from_fault(struct gh_terminal *t, const struct ghi_terminal_fault *f)
{
	ghi_call_fail_fault(t, f);
	if (f->err == GH_ETIMEOUT && ++t->silent >= SILENT_MAX)
		ghi_conversation_closed(&t->conversation, ghi_clock_now());
	if (f->broken || t->conversation.closed)
		ghi_connection_close(t);
	return f->err;
}

enum gh_err ghi_call_next_event(struct gh_terminal *t, enum ghi_conversation_event *event,
				struct ghi_conversation_details *details)
{
	enum gh_err err;

	do {
		err = ghi_call_wait_event(t, event, details, GHI_NEVER);
	} while (err == GH_OK && *event == GHI_CONVERSATION_EVENT);
	if (err == GH_OK && *event == GHI_CONVERSATION_FAILED)
		return from_fault(t, &details->fault);
	if (err == GH_OK)
		t->silent = 0;
	else if (!t->connected)
		ghi_connection_close(t);
	return err;
}

static enum gh_err call_append(struct gh_terminal *t, gh_slice s)
{
	size_t need = t->data_n + s.n, cap = t->data_cap ? t->data_cap : 4096;
	uint8_t *bigger;

	if (need > GHI_DATA_MAX)
		return ghi_call_fail(t, GH_ETOOBIG, "the device sent more than can be kept");
	while (cap < need)
		cap *= 2;
	if (cap != t->data_cap) {
		bigger = realloc(t->data, cap);
		if (bigger == NULL)
			return ghi_call_fail(t, GH_ENOMEM, NULL);
		t->data = bigger;
		t->data_cap = cap;
	}
	if (s.n)
		memcpy(t->data + t->data_n, s.p, s.n);
	t->data_n = need;
	return GH_OK;
}

enum gh_err ghi_call_collect(struct gh_terminal *t, struct ghi_answer *out)
{
	enum ghi_conversation_event event;
	struct ghi_conversation_details details;
	enum gh_err err;

	t->data_n = 0;
	for (;;) {
		err = ghi_call_next_event(t, &event, &details);
		if (err)
			return err;
		switch (event) {
		case GHI_CONVERSATION_REPLY:
			*out = (struct ghi_answer){ details.code, details.field, details.data };
			return GH_OK;
		case GHI_CONVERSATION_DATA:
			err = call_append(t, details.data);
			break;
		case GHI_CONVERSATION_END:
			*out = (struct ghi_answer){ GH_CMD_DATA, 0, { t->data, t->data_n } };
			return GH_OK;
		default:
			break;
		}
		if (err) {
			ghi_conversation_drop(&t->conversation);
			return err;
		}
	}
}

static enum gh_err call_once(struct gh_terminal *t, uint16_t command, gh_slice data,
			     struct ghi_answer *out)
{
	enum gh_err err = GH_ECLOSED;

	if (t->connected)
		err = ghi_conversation_request(&t->conversation, command, data,
					       ghi_clock_now());
	if (err) {
		if (err == GH_ECLOSED)
			ghi_connection_close(t);
		return ghi_call_fail(t, err,
				     err == GH_ECLOSED ? "the connection is lost" : NULL);
	}
	return ghi_call_collect(t, out);
}

enum gh_err ghi_call_request(struct gh_terminal *t, uint16_t command, gh_slice data,
			     struct ghi_answer *out)
{
	bool fresh = t->connected;
	unsigned again = 0;
	enum gh_err err;

	for (;;) {
		err = call_once(t, command, data, out);
		/* Nothing was sent over a connection that was closed before. */
		if ((err == GH_ECLOSED || err == GH_EIO) && !t->restoring && again == 0 &&
		    (!fresh || ghi_terminal_repeatable(command))) {
			again++;
			if (ghi_connection_reopen(t) == GH_OK)
				continue;
			return t->error.err;
		}
		/* A stream over UDP that lost a datagram cannot be repaired, only requested
		 * again. */
		if (err == GH_ETRUNCATED || (err == GH_ETIMEOUT && t->error.expected)) {
			if (!t->transport.tcp && ghi_terminal_repeatable(command) &&
			    ++again < STREAM_TRIES)
				continue;
		}
		return err;
	}
}

enum gh_err ghi_call_command(struct gh_terminal *t, uint16_t command, gh_slice data,
			     struct ghi_answer *out)
{
	struct ghi_answer a;
	enum gh_err err = ghi_call_request(t, command, data, &a);

	if (err)
		return err;
	if (a.code != GH_CMD_DATA) {
		err = ghi_terminal_reply_err(a.code);
		if (err)
			return ghi_call_fail_reply(t, err, command, a.code);
	}
	if (out)
		*out = a;
	return GH_OK;
}

enum gh_err ghi_call_simple(struct gh_terminal *t, const char *attempt, uint16_t command)
{
	enum gh_err err = ghi_call_begin(t, attempt);

	return err ? err : ghi_call_command(t, command, (gh_slice){ 0 }, NULL);
}

enum gh_err ghi_call_simple_number(struct gh_terminal *t, const char *attempt, uint16_t command,
				   uint32_t number)
{
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err = ghi_call_begin(t, attempt);

	ghi_put_u32(&w, number);
	return err ? err : ghi_call_command(t, command, ghi_written(&w), NULL);
}
