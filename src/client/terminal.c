/* Handles: made, connected, put in order, freed. */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/handle.h"

enum {
	CONNECT_MS = 5000,
	REPLY_MS = 10000,
	RETRY_MS = 300,	 /* UDP: before the first repetition */
	LEAVE_MS = 2000, /* for putting things back and EXIT */
};

void gh_terminal_options_init(struct gh_terminal_options *o)
{
	*o = (struct gh_terminal_options){ .connect_ms = CONNECT_MS, .reply_ms = REPLY_MS };
}

static enum gh_err terminal_options_set(struct gh_terminal *t,
					const struct gh_terminal_options *o)
{
	if (o)
		t->options = *o;
	else
		gh_terminal_options_init(&t->options);
	if (t->options.connect_ms <= 0)
		t->options.connect_ms = CONNECT_MS;
	if (t->options.reply_ms <= 0)
		t->options.reply_ms = REPLY_MS;
	if (t->options.encoding) {
		t->encoding = strdup(t->options.encoding);
		if (t->encoding == NULL)
			return GH_ENOMEM;
		t->options.encoding = t->encoding;
	}
	return GH_OK;
}

enum gh_err gh_terminal_new(const char *address, const struct gh_terminal_options *options,
			    struct gh_terminal **out)
{
	struct ghi_address a;
	struct gh_terminal *t;
	enum gh_err err = address ? ghi_address_parse(address, &a) : GH_EINVALID;

	if (err)
		return err;
	t = malloc(sizeof(*t));
	if (t == NULL)
		return GH_ENOMEM;
	/* The conversation's buffers are touched only as they are needed. */
	memset(t, 0, offsetof(struct gh_terminal, conversation));
	memset(&t->conversation, 0, offsetof(struct ghi_conversation, ack));
	t->address = a;
	t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->transport = ghi_transport_closed(t->wake);
	atomic_init(&t->cancelled, false);
	err = t->wake < 0 ? GH_EIO : terminal_options_set(t, options);
	if (err) {
		gh_terminal_free(t);
		return err;
	}
	*out = t;
	return GH_OK;
}

void gh_terminal_cancel(struct gh_terminal *t)
{
	uint64_t one = 1;
	int saved = errno;

	/* The counter is full: it was cancelled before. */
	if (write(t->wake, &one, sizeof(one)) < 0)
		errno = 0;
	atomic_store(&t->cancelled, true);
	errno = saved;
}

bool gh_terminal_is_connected(const struct gh_terminal *t)
{
	return t->connected;
}

const char *gh_terminal_transport(const struct gh_terminal *t)
{
	return !t->connected ? "" : t->transport.tcp ? "tcp" : "udp";
}

void gh_terminal_progress(const struct gh_terminal *t, uint64_t *done, uint64_t *total)
{
	*done = t->done;
	*total = t->total;
}

void ghi_connection_close(struct gh_terminal *t)
{
	ghi_transport_close(&t->transport);
	ghi_conversation_drop(&t->conversation);
	ghi_conversation_closed(&t->conversation, ghi_clock_now());
	t->connected = false;
}

static enum gh_err terminal_connect(struct gh_terminal *t, bool tcp)
{
	struct ghi_conversation_options o = {
		.tcp = tcp,
		.ignore_checksum = t->options.ignore_checksum,
		.comm_key = t->options.comm_key,
		.reply_ms = t->restoring ? LEAVE_MS : t->options.reply_ms,
		.retry_ms = RETRY_MS,
		.chunk = t->options.chunk,
	};
	enum ghi_conversation_event event;
	struct ghi_conversation_details details;
	enum gh_err err;

	if (o.reply_ms > t->options.reply_ms)
		o.reply_ms = t->options.reply_ms;
	ghi_conversation_init(&t->conversation, &o);
	err = ghi_conversation_connect(&t->conversation, ghi_clock_now());
	if (err)
		return ghi_call_fail(t, err, NULL);
	t->connected = true; /* the socket is; a later event may change it */
	t->lost = GH_OK;
	err = ghi_call_next_event(t, &event, &details);
	/* Over UDP a refusal comes with the first answer. */
	if (err == GH_ECLOSED && t->lost == GH_EUNREACHABLE)
		err = ghi_call_fail(t, GH_EUNREACHABLE, NULL);
	if (err) {
		ghi_connection_close(t);
		return err;
	}
	t->conversation.options.reply_ms = t->options.reply_ms;
	t->ever = true;
	return GH_OK;
}

static enum gh_err link_over(struct gh_terminal *t, bool tcp)
{
	gh_ms wait = t->restoring && t->options.connect_ms > LEAVE_MS ? LEAVE_MS
								      : t->options.connect_ms;
	enum gh_err err =
		ghi_transport_open(&t->transport, &t->address, tcp, ghi_clock_now() + wait);
	uint64_t count;

	if (err == GH_OK)
		return terminal_connect(t, tcp);
	if (err == GH_ECANCELLED) {
		atomic_store(&t->cancelled, false);
		if (read(t->wake, &count, sizeof(count)) < 0)
			errno = 0;
		return ghi_call_fail(t, err, NULL);
	}
	if (err == GH_ETIMEOUT)
		return ghi_call_fail(t, err, "no answer from this address");
	return ghi_call_fail(t, err, NULL);
}

enum gh_err ghi_connection_open(struct gh_terminal *t)
{
	enum gh_err err = GH_EUNREACHABLE;

	ghi_connection_close(t);
	if (t->address.tcp)
		err = link_over(t, true);
	/* A refusal means a host without TCP on this port; no answer may have any cause. */
	if (t->address.udp && (!t->address.tcp || err == GH_EUNREACHABLE))
		err = link_over(t, false);
	return err;
}

/* The end of a connection and its repair are not interrupted: a cancellation waits for the next
 * call. */
static void terminal_restoring(struct gh_terminal *t, bool on)
{
	t->restoring = on;
	t->transport.wake = on ? -1 : t->wake;
}

enum gh_err ghi_connection_reopen(struct gh_terminal *t)
{
	bool sdk = t->sdk_set;
	enum gh_err err = ghi_connection_open(t);

	if (err)
		return err;
	t->silent = 0;
	terminal_restoring(t, true);
	if (sdk && ghi_option_write(t, "SDKBuild", "1"))
		t->sdk_set = sdk;
	if (t->disabled && ghi_call_command(t, GH_CMD_DISABLEDEVICE, (gh_slice){ 0 }, NULL))
		t->disabled = true;
	terminal_restoring(t, false);
	return t->connected ? GH_OK
			    : ghi_call_fail(t, GH_ECLOSED, "the connection is lost again");
}

enum gh_err gh_terminal_connect(struct gh_terminal *t)
{
	t->attempt = "connect";
	if (t->busy)
		return ghi_call_fail(t, GH_ESTATE, "an iterator is open on this handle");
	if (t->connected)
		return ghi_call_fail(t, GH_ESTATE, "connected already");
	t->silent = 0;
	return ghi_connection_open(t);
}

static enum gh_err terminal_state_restore(struct gh_terminal *t)
{
	enum gh_err first = GH_OK, err;

	if (t->disabled) {
		err = ghi_call_command(t, GH_CMD_ENABLEDEVICE, (gh_slice){ 0 }, NULL);
		if (err == GH_OK)
			t->disabled = false;
		first = err;
	}
	if (t->sdk_set) {
		err = ghi_sdk_restore(t);
		first = first ? first : err;
	}
	return first;
}

enum gh_err gh_terminal_disconnect(struct gh_terminal *t)
{
	struct ghi_answer ignored;
	enum gh_err err = GH_OK;

	if (t->busy)
		t->abandon(t->iterator);
	t->attempt = "put the device back in order";
	terminal_restoring(t, true);
	t->conversation.options.reply_ms =
		t->options.reply_ms < LEAVE_MS ? t->options.reply_ms : LEAVE_MS;
	for (int tries = 0; tries < 2 && (t->disabled || t->sdk_set); tries++) {
		err = t->connected ? GH_OK : ghi_connection_open(t);
		if (err == GH_OK)
			err = terminal_state_restore(t);
	}
	if (t->connected && ghi_call_request(t, GH_CMD_EXIT, (gh_slice){ 0 }, &ignored) &&
	    err == GH_OK)
		t->error.err = GH_OK; /* EXIT without an answer still ends the session */
	ghi_connection_close(t);
	terminal_restoring(t, false);
	t->disabled = t->sdk_set = t->ever = false;
	t->done = t->total = 0;
	return err;
}

void gh_terminal_free(struct gh_terminal *t)
{
	if (t == NULL)
		return;
	if (t->wake >= 0)
		gh_terminal_disconnect(t);
	if (t->wake >= 0)
		close(t->wake);
	free(t->encoding);
	free(t->data);
	free(t);
}
