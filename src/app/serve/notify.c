#include "app/serve/notify.h"

#include <inttypes.h>

#include "app/serve/serve.h"
#include "base/clock.h"
#include "core/live.h"

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#else
#define sd_notify(unset, text) ((void)(text))
#define sd_notifyf(unset, ...) notify_nothing(__VA_ARGS__)
#define sd_watchdog_enabled(unset, usec) ((void)(usec), 0)

static void notify_nothing(const char *format, ...)
{
	(void)format;
}
#endif

#define STATUS_TEXT 400

/* One line, without the line ends that would begin another assignment. */
static void status_text(const struct serve *s, char to[STATUS_TEXT])
{
	/* Addresses do not change when the configuration is read again. */
	const struct settings *opened = g_ptr_array_index(s->generations, 0);
	struct store_queue_stats q;
	struct http_stats devices;

	store_queue_stats(s->server.queue, &q);
	http_listener_stats(s->devices, &devices);
	if (q.last_error)
		snprintf(to, STATUS_TEXT, "not storing: %s",
			 q.why[0] ? q.why : gh_strerror(q.last_error));
	else
		snprintf(to, STATUS_TEXT,
			 "serving devices at %s:%u; %zu connections, last punch %" PRId64,
			 opened->listen.host, http_port(s->devices), devices.connections,
			 live_seq(s->server.live, STREAM_PUNCH));
	for (char *c = to; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
}

void notify_opening(const char *what)
{
	sd_notifyf(0, "STATUS=%s", what);
}

void notify_ready(const struct serve *s)
{
	char text[STATUS_TEXT];

	status_text(s, text);
	sd_notifyf(0, "READY=1\nSTATUS=%s", text);
}

void notify_reloading(void)
{
	sd_notifyf(0,
		   "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\nSTATUS=reading the configuration",
		   ghi_clock_monotonic_us());
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=ending: pending requests are answered");
}

void notify_status(const struct serve *s)
{
	char text[STATUS_TEXT];

	status_text(s, text);
	sd_notifyf(0, "STATUS=%s", text);
}

void notify_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

uint64_t notify_watchdog_us(void)
{
	uint64_t us = 0;

	return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}
