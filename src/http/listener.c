/* A listener's life: socket, certificate, libmicrohttpd's options, and the orderly end. */
#include "http/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PEM_LIMIT 1048576
#define LAST_REPLIES_MS 2000

/* The library's errors about requests that have begun come to `refused` or to the request's
 * `gone` as well; only those about what never was one are noise. */
static bool is_of_a_request(const char *format)
{
	static const char *const told[] = {
		"Failed to parse `Content-Length'",
		"Too large value of 'Content-Length'",
		"Connection was closed by remote side with incomplete",
		"Socket has been disconnected when reading request",
		"Connection socket is closed when reading",
		"Failed to send",
		"Too late to send"
	};

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (strncmp(format, told[i], strlen(told[i])) == 0)
			return true;
	return false;
}

/* What the library answered by itself, without its HTML. NULL: it answered a request. (A
 * malformed header line looks like a malformed request line, and is told twice.) */
static const char *answered(unsigned status, const char *html)
{
	if (status == MHD_HTTP_URI_TOO_LONG)
		return "request line too long, answered 414";
	if (status == MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED)
		return "neither HTTP/1.0 nor HTTP/1.1, answered 505";
	if (status == MHD_HTTP_BAD_REQUEST && strstr(html, "syntactically incorrect") &&
	    strstr(html, "chunked") == NULL)
		return "malformed request line or header line, answered 400";
	return NULL;
}

static void complain(void *cls, const char *format, va_list args)
{
	struct http_listener *l = cls;
	char *why = atomic_load(&l->why), text[512];
	const char *said = text;
	gh_slice line;

	if (is_of_a_request(format))
		return;
	if (strncmp(format, "Error processing request", 24) == 0) {
		unsigned status = va_arg(args, unsigned);

		said = answered(status, va_arg(args, const char *));
	} else {
		vsnprintf(text, sizeof(text), format, args);
		line = gh_slice_trim(gh_slice_of(text));
		text[line.n] = '\0';
	}
	if (why)
		snprintf(why, l->why_size, "%s", text);
	else if (said && l->config.noise)
		l->config.noise(l->config.ctx, said);
}

/* Over the ceiling a connection is closed at once, rather than left to wait in the kernel's
 * queue for one that leaves. */
static enum MHD_Result admit(void *cls, const struct sockaddr *peer, socklen_t peer_n)
{
	struct http_listener *l = cls;

	(void)peer, (void)peer_n;
	if (atomic_load_explicit(&l->quiet, memory_order_relaxed))
		return MHD_NO;
	return atomic_load_explicit(&l->connections, memory_order_relaxed) <
			       l->config.connections
		       ? MHD_YES
		       : MHD_NO;
}

/* A whole PEM file as a string on the heap. */
static char *read_pem(const char *path, char *why, size_t why_size)
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

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static struct MHD_Daemon *start(struct http_listener *l, int fd, char *cert, char *key)
{
	const struct http_config *c = &l->config;
	unsigned flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	unsigned threads = c->threads > 1 ? c->threads : 0;
	struct MHD_OptionItem more[4];
	unsigned n = 0;

	/* Reading before being told that there is something saves two system calls on each
	 * connection, but also the farewell that TLS wants. */
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
	more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	return MHD_start_daemon(
		flags, 0, admit, l, exchange_step, l,		     /* */
		MHD_OPTION_EXTERNAL_LOGGER, complain, l,	     /* first: logs the rest */
		MHD_OPTION_LISTEN_SOCKET, fd,			     /* */
		MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, l,	     /* */
		MHD_OPTION_NOTIFY_COMPLETED, exchange_end, l,	     /* */
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, l, /* */
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, c->connection_memory, /* */
		MHD_OPTION_CONNECTION_TIMEOUT, c->idle_timeout_s,	  /* */
		/* admit() counts; this is room for those that leave while others come. With
		 * several threads each gets its share, so any may hold all. */
		MHD_OPTION_CONNECTION_LIMIT, (c->connections + 64) * (threads ? threads : 1),
		MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static enum gh_err open_listener(struct http_listener *l, int *fd, char *why, size_t why_size)
{
	const struct http_config *c = &l->config;
	char *cert = NULL, *key = NULL;
	enum gh_err err = GH_EINVALID;

	if (c->tls_cert) {
		cert = read_pem(c->tls_cert, why, why_size);
		key = cert ? read_pem(c->tls_key ? c->tls_key : c->tls_cert, why, why_size)
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
	l->daemon = start(l, *fd, cert, key);
	*fd = -1; /* the library's now, and where it fails it has closed it */
	atomic_store(&l->why, NULL);
	if (l->daemon == NULL) {
		char said[256];

		snprintf(said, sizeof(said), "%s", why);
		if (cert)
			snprintf(why, why_size, "certificate %s or its key: %s", c->tls_cert,
				 said);
		err = cert ? GH_EINVALID : GH_EIO;
	}
out:
	free(cert);
	wipe(key);
	return err;
}

static void free_listener(struct http_listener *l)
{
	linger_free(l->linger);
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
	pthread_mutex_init(&l->streams_lock, NULL);
	l->linger = linger_new();
	snprintf(why, why_size, "out of memory");
	if (l->linger && reply_prepare(l))
		err = open_listener(l, &fd, why, why_size);
	if (err != GH_OK) {
		if (fd >= 0)
			close(fd);
		free_listener(l);
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
				    .connections = atomic_load(&l->connections),
				    .body_bytes = atomic_load(&l->body_bytes) };
}

/* MHD_quiesce_daemon() races with the library's own threads for the epoll set, and who
 * loses calls abort(); new connections are turned away instead. */
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
	/* The library aborts when it is stopped with a connection suspended. Whoever defers
	 * is among those answering, so once these are none, deferred can only fall. */
	for (int ms = 0;
	     (atomic_load(&l->answering) && ms < LAST_REPLIES_MS) || atomic_load(&l->deferred);
	     ms++)
		sleep_ms(1);
	MHD_stop_daemon(l->daemon);
	free_listener(l);
}
