/* A listener's life: socket, certificate, libmicrohttpd's options, and the orderly end. */
#include "base/clock.h"
#include "base/number.h"
#include "http/http_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LAST_REPLIES_MS 2000
#define LAST_CLOSES_MS 2000

/* The library's own messages, as it formats them. While it starts they give the reason of a
 * failure; later they are only passed on. The important events are detected by documented means:
 * refused requests when they end (request_life.c), connections without a request when they close
 * (connection.c). */
__attribute__((format(printf, 2, 0))) static void library_log(void *cls, const char *format,
							      va_list args)
{
	struct http_listener *l = cls;
	char *why = atomic_load(&l->why), text[512];
	gh_slice line;

	if (why == NULL && l->config.library == NULL)
		return;
	vsnprintf(text, sizeof(text), format, args);
	line = gh_slice_trim(gh_slice_of(text));
	text[line.n] = '\0';
	if (why)
		snprintf(why, l->why_size, "%s", text);
	else
		l->config.library(l->config.ctx, text);
}

/* MHD_OPTION_CLIENT_DISCIPLINE_LVL, which headers before version 0.9.77.1 lack. A package built for one
 * release of Debian may run on the next, with its library: the version that runs decides. */
#define OPTION_DISCIPLINE ((enum MHD_OPTION)38)
#if MHD_VERSION >= 0x00097701
_Static_assert(MHD_OPTION_CLIENT_DISCIPLINE_LVL == 38, "the number of the option");
#endif
#define DISCIPLINE_LENIENT \
	(-2)		    /* the first level that keeps blanks in the target (QUIRKS Q3) */
#define DISCIPLINE_STRICT 1 /* the first level that refuses them with 400 */

static bool library_is_strict(void)
{
	static const uint64_t since[] = { 0, 9, 77, 1 };
	gh_slice part, rest = gh_slice_of(MHD_get_version());

	for (size_t i = 0; i < sizeof(since) / sizeof(*since); i++) {
		uint64_t n = 0;

		gh_slice_cut(rest, '.', &part, &rest);
		if (ghi_number_parse(part, UINT32_MAX, &n) != GH_OK)
			n = 0;
		if (n != since[i])
			return n > since[i];
	}
	return true;
}

static struct MHD_Daemon *daemon_start(struct http_listener *l, int fd, struct tls_files *files)
{
	const struct http_config *c = &l->config;
	unsigned flags = MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	unsigned threads = c->threads > 1 ? c->threads : 0;
	struct MHD_OptionItem more[6];
	char priorities[TLS_PRIORITIES];
	unsigned n = 0;

	/* With TLS the library's epoll loop does not rest while a handshake waits for its peer: one half-sent
	 * handshake takes all of a core. Its poll loop does rest. Turbo mode reads before epoll reports
	 * anything, which saves two system calls a connection; it leaves out the close notification of
	 * TLS. */
	flags |= l->tls ? MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS
			: MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO;
	if (strchr(c->address, ':'))
		flags |= MHD_USE_IPv6;
	if (l->tls) {
		tls_priorities(c, priorities);
		more[n++] =
			(struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, files->cert };
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, files->key };
		more[n++] =
			(struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0, priorities };
	}
	if (threads)
		more[n++] =
			(struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, threads, NULL };
	if (l->library_is_strict)
		more[n++] = (struct MHD_OptionItem){ OPTION_DISCIPLINE,
						     c->lenient ? DISCIPLINE_LENIENT
								: DISCIPLINE_STRICT,
						     NULL };
	more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	return MHD_start_daemon(
		flags, 0, connection_admit, l, request_step, l,	    /* */
		MHD_OPTION_EXTERNAL_LOGGER, library_log, l,	    /* first: logs the rest */
		MHD_OPTION_LISTEN_SOCKET, fd,			    /* */
		MHD_OPTION_URI_LOG_CALLBACK, request_begin, l,	    /* */
		MHD_OPTION_NOTIFY_COMPLETED, request_end, l,	    /* */
		MHD_OPTION_NOTIFY_CONNECTION, connection_notify, l, /* */
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, c->connection_memory, /* */
		MHD_OPTION_CONNECTION_TIMEOUT, c->idle_timeout_s,	  /* */
		/* connection_admit() counts; this leaves room for connections that close while
		 * others open. Each of several threads gets an equal share, so each may have all
		 * of them. */
		MHD_OPTION_CONNECTION_LIMIT, (c->connections + 64) * (threads ? threads : 1),
		MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static enum gh_err listener_tls_open(struct http_listener *l, struct tls_files *files,
				     char *why, size_t why_size)
{
	const struct http_config *c = &l->config;
	enum gh_err err = tls_files_read(c->tls_cert, c->tls_key, files, why, why_size);

	return err ? err : tls_open(files, &l->tls, why, why_size);
}

enum gh_err http_certificate_check(const char *cert, const char *key, char *why,
				   size_t why_size)
{
	struct tls_files files;
	struct tls *t = NULL;
	enum gh_err err = tls_files_read(cert, key, &files, why, why_size);

	if (err)
		return err;
	err = tls_open(&files, &t, why, why_size);
	tls_close(t);
	tls_files_clear(&files);
	return err;
}

enum gh_err http_certificate_renew(struct http_listener *l, const char *cert, const char *key,
				   bool *changed, char *why, size_t why_size)
{
	struct tls_files files;
	enum gh_err err;

	*changed = false;
	if (l->tls == NULL)
		return GH_OK;
	err = tls_files_read(cert, key, &files, why, why_size);
	if (err)
		return err;
	err = tls_renew(l->tls, &files, changed, why, why_size);
	tls_files_clear(&files);
	return err;
}

static enum gh_err listener_open(struct http_listener *l, int *fd, char *why, size_t why_size)
{
	const struct http_config *c = &l->config;
	struct tls_files files = { 0 };
	enum gh_err err = GH_OK;

	if (c->tls_cert)
		err = listener_tls_open(l, &files, why, why_size);
	if (err == GH_OK)
		err = socket_listen(c->address, c->port, fd, &l->port, why, why_size);
	if (err != GH_OK)
		goto out;
	l->why_size = why_size;
	atomic_store(&l->why, why);
	snprintf(why, why_size, "the HTTP library does not start");
	l->daemon = daemon_start(l, *fd, &files);
	*fd = -1; /* owned by the library now, which also closes it on failure */
	atomic_store(&l->why, NULL);
	if (l->daemon == NULL)
		err = GH_EIO;
out:
	tls_files_clear(&files);
	return err;
}

static void listener_free(struct http_listener *l)
{
	lingering_close_free(l->lingering);
	peers_free(l->peers);
	tls_close(l->tls);
	reply_unprepare(l);
	pthread_mutex_destroy(&l->workers_lock);
	free(l->worker);
	pthread_mutex_destroy(&l->streams_lock);
	free(l);
}

enum gh_err http_listen(const struct http_config *config, struct http_listener **out, char *why,
			size_t why_size)
{
	struct http_listener *l = calloc(1, sizeof(*l));
	enum gh_err err = GH_ENOMEM;
	int fd = -1;

	if (l == NULL)
		return GH_ENOMEM;
	l->config = *config;
	if (l->config.tls_oldest == HTTP_TLS_UNKNOWN)
		l->config.tls_oldest = HTTP_TLS_1_2;
	l->library_is_strict = library_is_strict();
	pthread_mutex_init(&l->workers_lock, NULL);
	l->worker_room = config->threads > 1 ? config->threads : 1;
	l->worker = calloc(l->worker_room, sizeof(*l->worker));
	pthread_mutex_init(&l->streams_lock, NULL);
	l->lingering = lingering_close_new();
	l->peers = peers_new(&(struct peers_limits){
		.connections = config->connections,
		.address_connections = config->address_connections,
		.address_bodies = config->address_bodies,
		.head_ms = (int64_t)config->head_time_s * 1000,
		.body_ms = (int64_t)config->body_time_s * 1000,
		.body_rate = config->body_rate,
	});
	snprintf(why, why_size, "out of memory");
	if (l->worker && l->lingering && l->peers && reply_prepare(l))
		err = listener_open(l, &fd, why, why_size);
	if (err != GH_OK) {
		if (fd >= 0)
			close(fd);
		listener_free(l);
		return err;
	}
	*out = l;
	return GH_OK;
}

void http_connections_limit(struct http_listener *l, size_t all, size_t of_address)
{
	peers_limit(l->peers, all, of_address);
}

uint16_t http_port(const struct http_listener *l)
{
	return l->port;
}

void http_listener_stats(struct http_listener *l, struct http_stats *out)
{
	*out = (struct http_stats){ .requests = atomic_load(&l->requests),
				    .refusals = atomic_load(&l->refusals),
				    .connections = peers_count(l->peers),
				    .body_bytes = atomic_load(&l->body_bytes) };
}

void http_tick(struct http_listener *l)
{
	peers_check(l->peers, ghi_clock_monotonic_ms());
}

/* MHD_quiesce_daemon() races with the library's own threads for the epoll set, and the loser
 * calls abort(); new connections are refused instead. */
void http_quiesce(struct http_listener *l)
{
	atomic_store(&l->quiet, true);
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

void http_close(struct http_listener *l)
{
	http_quiesce(l);
	atomic_store(&l->closing, true);
	streams_end(l);
	/* The library aborts when it is stopped with a connection suspended. A deferred request
	 * is counted in `answering` too, so once that is 0, `deferred` can only fall. */
	for (int ms = 0;
	     (atomic_load(&l->answering) && ms < LAST_REPLIES_MS) || atomic_load(&l->deferred);
	     ms++)
		sleep_ms(1);
	/* Version 0.9.75 of the library crashes when it refuses a request while it is being stopped, so it is
	 * stopped without connections. */
	peers_cut_all(l->peers, ghi_clock_monotonic_ms());
	for (int ms = 0; peers_count(l->peers) && ms < LAST_CLOSES_MS; ms++) {
		sleep_ms(1);
		if (ms % 100 == 99)
			http_tick(l);
	}
	MHD_stop_daemon(l->daemon);
	listener_free(l);
}
