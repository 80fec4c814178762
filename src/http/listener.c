/* A listener's life: socket, certificate, libmicrohttpd's options, and the orderly end. */
#include "base/clock.h"
#include "base/number.h"
#include "http/http_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PEM_LIMIT 1048576
#define LAST_REPLIES_MS 2000

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

/* A whole PEM file as a string on the heap. */
static char *pem_read(const char *path, char *why, size_t why_size)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t n;

	if (f == NULL) {
		snprintf(why, why_size, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	text = malloc(PEM_LIMIT + 1);
	n = text ? fread(text, 1, PEM_LIMIT + 1, f) : 0;
	if (text == NULL || ferror(f) || n > PEM_LIMIT || n == 0) {
		snprintf(why, why_size, "cannot read %s: %s", path,
			 n > PEM_LIMIT ? "too large for a PEM file"
			 : n == 0      ? "nothing in it"
				       : strerror(errno));
		free(text);
		text = NULL;
	} else {
		text[n] = '\0';
	}
	fclose(f);
	return text;
}

static void secret_wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
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

static struct MHD_Daemon *daemon_start(struct http_listener *l, int fd, char *cert, char *key)
{
	const struct http_config *c = &l->config;
	unsigned flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	unsigned threads = c->threads > 1 ? c->threads : 0;
	struct MHD_OptionItem more[5];
	unsigned n = 0;

	/* Turbo mode reads before epoll reports anything. That saves two system calls a
	 * connection, but also leaves out the close notification of TLS. */
	flags |= cert ? MHD_USE_TLS : MHD_USE_TURBO;
	if (strchr(c->address, ':'))
		flags |= MHD_USE_IPv6;
	if (cert) {
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, cert };
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, key };
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

static enum gh_err listener_open(struct http_listener *l, int *fd, char *why, size_t why_size)
{
	const struct http_config *c = &l->config;
	char *cert = NULL, *key = NULL;
	enum gh_err err = GH_EINVALID;

	if (c->tls_cert) {
		cert = pem_read(c->tls_cert, why, why_size);
		key = cert ? pem_read(c->tls_key ? c->tls_key : c->tls_cert, why, why_size)
			   : NULL;
		if (key == NULL)
			goto out;
	}
	err = socket_listen(c->address, c->port, fd, &l->port, why, why_size);
	if (err != GH_OK)
		goto out;
	l->why_size = why_size;
	atomic_store(&l->why, why);
	snprintf(why, why_size, "the HTTP library does not start");
	l->daemon = daemon_start(l, *fd, cert, key);
	*fd = -1; /* owned by the library now, which also closes it on failure */
	atomic_store(&l->why, NULL);
	if (l->daemon == NULL) {
		char reason[256];

		snprintf(reason, sizeof(reason), "%s", why);
		if (cert)
			snprintf(why, why_size, "certificate %s or its key: %s", c->tls_cert,
				 reason);
		err = cert ? GH_EINVALID : GH_EIO;
	}
out:
	free(cert);
	secret_wipe(key);
	return err;
}

static void listener_free(struct http_listener *l)
{
	lingering_close_free(l->lingering);
	peers_free(l->peers);
	reply_unprepare(l);
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
	l->library_is_strict = library_is_strict();
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
	if (l->lingering && l->peers && reply_prepare(l))
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
	MHD_stop_daemon(l->daemon);
	listener_free(l);
}
