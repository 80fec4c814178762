#include "session/wake_calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <utlist.h>

#include <uthash.h>

#include "core/access/subs.h"
#include "core/metrics.h"
#include "wire/push/wake.h"

#define DATAGRAM_GAP_MS 1000 /* between two to one device */

/* A device that was sent a datagram within the last second, or is to be. */
struct wake_call {
	UT_hash_handle hh;
	struct wake_call *prev, *next;
	struct device *device; /* referenced */
	int64_t again_ms;      /* not before */
	bool due;	       /* an order came meanwhile */
};

void wake_calls_begin(struct wake_calls *calls, struct server *server)
{
	*calls = (struct wake_calls){ .server = server, .fd = { -1, -1 } };
}

static void call_free(struct wake_calls *calls, struct wake_call *call)
{
	HASH_DELETE(hh, calls->by_device, call);
	device_unref(call->device);
	free(call);
}

static void call_list_free(struct wake_calls *calls, struct wake_call *list)
{
	struct wake_call *call, *next;

	DL_FOREACH_SAFE(list, call, next)
	{
		call_free(calls, call);
	}
}

void wake_calls_end(struct wake_calls *calls)
{
	call_list_free(calls, calls->fresh);
	call_list_free(calls, calls->resting);
	for (size_t i = 0; i < 2; i++)
		if (calls->fd[i] >= 0)
			close(calls->fd[i]);
}

bool wake_calls_add(struct wake_calls *calls, struct device *d)
{
	struct wake_call *call;

	HASH_FIND_PTR(calls->by_device, &d, call);
	if (call) {
		call->due = true;
		return false;
	}
	call = calloc(1, sizeof(*call));
	if (call == NULL)
		return false;
	call->device = device_ref(d);
	DL_APPEND(calls->fresh, call);
	HASH_ADD_PTR(calls->by_device, device, call);
	return true;
}

struct wake_call *wake_calls_take(struct wake_calls *calls)
{
	struct wake_call *call = calls->fresh;

	if (call) {
		DL_DELETE(calls->fresh, call);
		call->due = false;
	}
	return call;
}

void wake_calls_rest(struct wake_calls *calls, struct wake_call *call, int64_t now_ms)
{
	call->again_ms = now_ms + DATAGRAM_GAP_MS;
	DL_APPEND(calls->resting, call);
}

int64_t wake_calls_rested_ms(const struct wake_calls *calls)
{
	return calls->resting ? calls->resting->again_ms : 0;
}

void wake_calls_rested(struct wake_calls *calls, int64_t now_ms)
{
	struct wake_call *call;

	while ((call = calls->resting) && call->again_ms <= now_ms) {
		DL_DELETE(calls->resting, call);
		if (call->due &&
		    device_offers_due(calls->server, call->device, calls->server->now_ms()))
			DL_APPEND(calls->fresh, call);
		else
			call_free(calls, call);
	}
}

/* --- the datagram --- */

static int socket_of(struct wake_calls *calls, int family)
{
	int *fd = &calls->fd[family == AF_INET6];

	if (*fd < 0)
		*fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return *fd;
}

static socklen_t address_of(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(GHI_WAKE_PORT);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(GHI_WAKE_PORT);
		return sizeof(*v6);
	}
	return 0;
}

/* One that is not sent is as one that is lost. */
void wake_call_send(struct wake_calls *calls, const struct wake_call *call)
{
	struct device *d = call->device;
	char text[IP_ADDRESS_TEXT];
	struct sockaddr_storage to;
	gh_slice words = GHI_WAKE_TEXT;

	if (!device_polled_from(d, text))
		return;
	socklen_t n = address_of(text, &to);
	int fd = n ? socket_of(calls, to.ss_family) : -1;

	if (fd < 0 ||
	    sendto(fd, words.p, words.n, MSG_NOSIGNAL, (const struct sockaddr *)&to, n) < 0) {
		LOG(calls->server->log, LOG_DEBUG, "datagram not sent", { "sn", device_sn(d) },
		    { "address", gh_slice_of(text) },
		    { "why", gh_slice_of(n ? strerror(errno) : "not an address") });
		return;
	}
	metric_add(&calls->server->metrics->wake_datagrams, 1);
}
