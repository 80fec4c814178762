/* A server of nothing but src/http, that the tests connect to. Prints "port N" when ready;
 * ends when its standard input does. What it answers is in the table at the end of
 * `routes`. */
#include "http/http.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOTES 200

struct later {
	struct http_request *request;
	struct later *next;
	/* For replies made by a continuation: */
	struct server *server;
	unsigned continuations; /* still to come; 0: the worker replies */
	bool stream;
	pthread_t owner;       /* where the request was first handled */
	unsigned wrong_thread; /* continuations on another thread than that */
};

struct ticker {
	struct http_stream *stream;
	bool silent; /* it never writes */
	struct server *server;
	unsigned sent, limit;
	struct ticker *next;
};

struct server {
	struct http_listener *listener;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct later *first, **last;
	struct ticker *tickers;
	unsigned ticks;
	bool stop;
	pthread_t worker;

	atomic_uint sent, unsent, streams_gone;
	atomic_uint continuations_due, continuations_run, continuations_of_ended;
	char notes[NOTES][160];
	unsigned n_notes;
};

static void note_add(struct server *s, const char *kind, unsigned status, gh_slice target,
		     const char *text)
{
	pthread_mutex_lock(&s->lock);
	if (s->n_notes < NOTES)
		snprintf(s->notes[s->n_notes++], sizeof(s->notes[0]), "%s %u %.*s %s", kind,
			 status, GH_FMT(target), text);
	pthread_mutex_unlock(&s->lock);
}

static void request_refused(void *ctx, struct http_request *r, unsigned status,
			    const char *reason)
{
	/* The tests request the state until there is memory for it. */
	if (!gh_slice_eq(http_target(r), GH_LIT("/state")))
		note_add(ctx, "refused", status, http_target(r), reason);
}

static void connection_without_request(void *ctx, const struct http_no_request *what)
{
	note_add(ctx, "no_request", 0, GH_LIT("-"), what->message);
}

/* --- replies from another thread --- */

static void later_queue(struct later *l);
static void ticker_start(struct server *s, struct http_request *r, unsigned limit, bool silent);

/* The reply is made on the listener's thread again, after one or more ways over the worker. */
static void later_continue(void *ctx)
{
	struct later *l = ctx;
	char text[64];

	atomic_fetch_add(&l->server->continuations_run, 1);
	l->wrong_thread += !pthread_equal(l->owner, pthread_self());
	if (--l->continuations) {
		if (http_defer(l->request)) {
			later_queue(l);
			return;
		}
		atomic_fetch_add(&l->server->continuations_of_ended, 1);
	}
	if (l->stream) {
		ticker_start(l->server, l->request, 1000000, false);
	} else {
		snprintf(text, sizeof(text), "then: %zu, wrong_thread: %u",
			 http_body(l->request).n, l->wrong_thread);
		http_reply(l->request, 200, "text/plain", gh_slice_of(text));
	}
	free(l);
}

static void *worker_run(void *arg)
{
	struct server *s = arg;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		struct later *l = s->first;

		if (l == NULL && s->stop)
			break;
		if (l == NULL) {
			pthread_cond_wait(&s->work, &s->lock);
			continue;
		}
		s->first = l->next;
		if (s->first == NULL)
			s->last = &s->first;
		pthread_mutex_unlock(&s->lock);
		if (l->continuations) {
			http_resume_with(l->request, later_continue, l);
		} else {
			char text[64];

			snprintf(text, sizeof(text), "later: %zu", http_body(l->request).n);
			http_reply(l->request, 200, "text/plain", gh_slice_of(text));
			http_resume(l->request);
			free(l);
		}
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static void later_queue(struct later *l)
{
	struct server *s = l->server;

	atomic_fetch_add(&s->continuations_due, l->continuations != 0);
	pthread_mutex_lock(&s->lock);
	l->next = NULL;
	*s->last = l;
	s->last = &l->next;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
}

static struct later *later_new(struct server *s, struct http_request *r, unsigned continuations)
{
	struct later *l = calloc(1, sizeof(*l));

	if (l == NULL)
		abort();
	l->request = r;
	l->server = s;
	l->continuations = continuations;
	l->owner = pthread_self();
	http_defer(r);
	return l;
}

/* --- streams --- */

static int64_t ticker_pull(void *ctx, uint8_t *to, size_t n)
{
	struct ticker *t = ctx;
	unsigned ticks;
	char text[32];
	int used;

	pthread_mutex_lock(&t->server->lock);
	ticks = t->server->ticks;
	pthread_mutex_unlock(&t->server->lock);
	if (t->sent >= t->limit)
		return -1;
	if (t->silent)
		return http_stream_left(t->stream) ? -2 : 0;
	if (t->sent >= ticks)
		return 0;
	used = snprintf(text, sizeof(text), "data: %u\n\n", ++t->sent);
	if ((size_t)used > n)
		abort();
	memcpy(to, text, (size_t)used);
	return used;
}

static void ticker_gone(void *ctx)
{
	struct ticker *t = ctx, **at;
	struct server *s = t->server;

	pthread_mutex_lock(&s->lock);
	for (at = &s->tickers; *at; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			break;
		}
	}
	pthread_mutex_unlock(&s->lock);
	atomic_fetch_add(&s->streams_gone, 1);
	free(t);
}

static void ticker_start(struct server *s, struct http_request *r, unsigned limit, bool silent)
{
	struct ticker *t = calloc(1, sizeof(*t));
	struct http_stream *stream;

	if (t == NULL)
		abort();
	t->server = s;
	t->limit = limit;
	t->silent = silent;
	http_add_header(r, "Cache-Control", "no-store");
	stream = http_stream_start(r, 200, "text/event-stream", ticker_pull, ticker_gone, t);
	if (stream == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	t->stream = stream;
	t->sent = s->ticks;
	t->limit = s->ticks + limit;
	t->next = s->tickers;
	s->tickers = t;
	pthread_mutex_unlock(&s->lock);
}

static void tickers_wake(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	s->ticks++;
	for (struct ticker *t = s->tickers; t; t = t->next)
		http_stream_wake(t->stream);
	pthread_mutex_unlock(&s->lock);
}

/* --- the answers --- */

struct listing {
	char text[8192];
	size_t n;
};

static void listing_add(void *ctx, gh_slice name, gh_slice value)
{
	struct listing *l = ctx;
	int n = snprintf(l->text + l->n, sizeof(l->text) - l->n, "%.*s=%.*s\n", GH_FMT(name),
			 GH_FMT(value));

	if (n > 0 && (size_t)n < sizeof(l->text) - l->n)
		l->n += (size_t)n;
}

static void headers_show(struct http_request *r)
{
	struct listing l = { .n = 0 };

	http_each_header(r, listing_add, &l);
	http_reply(r, 200, "text/plain", (gh_slice){ (uint8_t *)l.text, l.n });
}

static void state_show(struct server *s, struct http_request *r)
{
	static const size_t size = 65536;
	char *text = malloc(size);
	struct http_listener *listener;
	struct http_stats stats;
	struct rusage usage;
	size_t n;

	if (text == NULL)
		abort();
	pthread_mutex_lock(&s->lock);
	listener = s->listener;
	pthread_mutex_unlock(&s->lock);
	http_listener_stats(listener, &stats);
	getrusage(RUSAGE_SELF, &usage);
	n = (size_t)snprintf(
		text, size,
		"requests %llu\nrefusals %llu\nconnections %zu\nbody_bytes %zu\n"
		"sent %u\nunsent %u\nstreams_gone %u\nmaxrss_kb %ld\npeer %.*s\n"
		"continuations_due %u\ncontinuations_run %u\n"
		"continuations_of_ended %u\n",
		(unsigned long long)stats.requests, (unsigned long long)stats.refusals,
		stats.connections, stats.body_bytes, atomic_load(&s->sent),
		atomic_load(&s->unsent), atomic_load(&s->streams_gone), usage.ru_maxrss,
		GH_FMT(http_peer(r)), atomic_load(&s->continuations_due),
		atomic_load(&s->continuations_run), atomic_load(&s->continuations_of_ended));
	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < s->n_notes; i++)
		n += (size_t)snprintf(text + n, size - n, "%s\n", s->notes[i]);
	pthread_mutex_unlock(&s->lock);
	http_reply_take(r, 200, "text/plain", (gh_slice){ (uint8_t *)text, n });
}

static void request_ended(void *user, bool sent)
{
	struct server *s = user;

	atomic_fetch_add(sent ? &s->sent : &s->unsent, 1);
}

static void request_head(void *ctx, struct http_request *r)
{
	(void)ctx;
	if (gh_slice_starts(http_target(r), GH_LIT("/forbidden")))
		http_reply(r, 403, "text/plain", GH_LIT("not here"));
	else if (gh_slice_starts(http_target(r), GH_LIT("/discarded")))
		http_discard_body(r, 0);
}

static void request_ready(void *ctx, struct http_request *r)
{
	struct server *s = ctx;
	gh_slice target = http_target(r), path, query, value;

	if (gh_slice_starts(target, GH_LIT("/iclock/getrequest"))) {
		http_reply_ok(r);
		return;
	}
	gh_slice_cut(target, '?', &path, &query);
	http_set_user(r, s, request_ended);
	if (gh_slice_eq(path, GH_LIT("/ok"))) {
		http_reply_ok(r);
	} else if (gh_slice_eq(path, GH_LIT("/ok-close"))) {
		http_close_after(r);
		http_reply_ok(r);
	} else if (gh_slice_eq(path, GH_LIT("/extra"))) {
		http_add_header(r, "X-One", "1");
		http_add_header(r, "X-Two", "2");
		http_reply(r, 404, "application/json", GH_LIT("{}"));
	} else if (gh_slice_eq(path, GH_LIT("/echo"))) {
		http_reply(r, 200, "application/octet-stream", http_body(r));
	} else if (gh_slice_eq(path, GH_LIT("/discarded"))) {
		http_reply(r, 200, "text/plain",
			   http_body_discarded(r) && http_body(r).n == 0 ? GH_LIT("discarded")
									 : GH_LIT("kept"));
	} else if (gh_slice_eq(path, GH_LIT("/headers"))) {
		headers_show(r);
	} else if (gh_slice_eq(path, GH_LIT("/agent"))) {
		if (!http_header(r, "user-AGENT", &value))
			value = GH_LIT("none");
		http_reply(r, 200, "text/plain", value);
	} else if (gh_slice_eq(path, GH_LIT("/later"))) {
		later_queue(later_new(s, r, 0));
	} else if (gh_slice_eq(path, GH_LIT("/then"))) {
		later_queue(later_new(s, r, query.n ? (unsigned)(query.p[0] - '0') : 1));
	} else if (gh_slice_eq(path, GH_LIT("/then-stream"))) {
		struct later *l = later_new(s, r, 1);

		l->stream = true;
		later_queue(l);
	} else if (gh_slice_eq(path, GH_LIT("/then-at-once"))) {
		atomic_fetch_add(&s->continuations_due, 1);
		http_resume_with(r, later_continue, later_new(s, r, 1));
	} else if (gh_slice_eq(path, GH_LIT("/at-once"))) {
		http_defer(r);
		http_reply(r, 200, "text/plain", GH_LIT("at once"));
		http_resume(r);
	} else if (gh_slice_eq(path, GH_LIT("/nothing"))) {
		return;
	} else if (gh_slice_eq(path, GH_LIT("/stream"))) {
		ticker_start(s, r, query.n ? (unsigned)(query.p[0] - '0') : 1000000, false);
	} else if (gh_slice_eq(path, GH_LIT("/stream-of-nothing"))) {
		ticker_start(s, r, 1000000, true);
	} else if (gh_slice_eq(path, GH_LIT("/tick"))) {
		tickers_wake(s);
		http_reply_ok(r);
	} else if (gh_slice_eq(path, GH_LIT("/state"))) {
		state_show(s, r);
	} else {
		http_reply(r, 200, "text/plain", target);
	}
}

static void server_usage(void)
{
	fputs("usage: server [-t threads] [-n connections] [-i idle] [-m memory] [-b body]\n"
	      "              [-B memory] [-a address] [-p port] [-c cert] [-k key] [-s]\n"
	      "              [-N connections] [-Y bodies] (of an address) [-H head] [-W "
	      "body] [-T oldest TLS]\n",
	      stderr);
	exit(2);
}

static void certificate_renew(struct http_listener *l, const struct http_config *c)
{
	char why[256] = "";
	bool changed = false;
	enum gh_err err =
		http_certificate_renew(l, c->tls_cert, c->tls_key, &changed, why, sizeof(why));

	printf("%s\n", err ? why : changed ? "renewed" : "unchanged");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct server s = { .lock = PTHREAD_MUTEX_INITIALIZER,
			    .work = PTHREAD_COND_INITIALIZER };
	struct budget memory = { .ceiling = 64 << 20 };
	struct http_config c = { .name = "test",
				 .address = "127.0.0.1",
				 .threads = 1,
				 .connections = 1000,
				 .idle_timeout_s = 10,
				 .connection_memory = 8192,
				 .body_limit = 16 << 20,
				 .memory = { .budget = &memory },
				 .lenient = true,
				 .ctx = &s,
				 .head = request_head,
				 .ready = request_ready,
				 .refused = request_refused,
				 .no_request = connection_without_request };
	char why[256] = "", c1;
	int opt;

	while ((opt = getopt(argc, argv, "t:n:i:m:b:B:a:p:c:k:sN:Y:H:W:T:C")) != -1) {
		switch (opt) {
		case 't':
			c.threads = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'n':
			c.connections = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'i':
			c.idle_timeout_s = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'm':
			c.connection_memory = strtoul(optarg, NULL, 10);
			break;
		case 'b':
			c.body_limit = strtoul(optarg, NULL, 10);
			break;
		case 'B':
			memory.ceiling = strtoul(optarg, NULL, 10);
			break;
		case 'a':
			c.address = optarg;
			break;
		case 'p':
			c.port = (uint16_t)strtoul(optarg, NULL, 10);
			break;
		case 'c':
			c.tls_cert = optarg;
			break;
		case 'k':
			c.tls_key = optarg;
			break;
		case 's':
			c.lenient = false;
			break;
		case 'N':
			c.address_connections = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'Y':
			c.address_bodies = strtoul(optarg, NULL, 10);
			break;
		case 'H':
			c.head_time_s = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'W':
			c.body_time_s = (unsigned)strtoul(optarg, NULL, 10);
			c.body_rate = 10000;
			break;
		case 'T':
			c.tls_oldest = HTTP_TLS_1_0 + (enum http_tls)strtoul(optarg, NULL, 10);
			break;
		case 'C':
			c.tls_compatible = true;
			break;
		default:
			server_usage();
		}
	}
	s.last = &s.first;
	/* The first request may come before http_listen() has returned. */
	pthread_mutex_lock(&s.lock);
	enum gh_err err = http_listen(&c, &s.listener, why, sizeof(why));

	pthread_mutex_unlock(&s.lock);
	if (err != GH_OK) {
		printf("error %d %s\n", err, why);
		return 1;
	}
	pthread_create(&s.worker, NULL, worker_run, &s);
	printf("port %u\n", http_port(s.listener));
	fflush(stdout);
	for (;;) {
		struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

		if (poll(&in, 1, 100) == 0) {
			http_tick(s.listener);
			continue;
		}
		if (read(STDIN_FILENO, &c1, 1) <= 0)
			break;
		if (c1 == 'q') {
			http_quiesce(s.listener);
			puts("quiet");
			fflush(stdout);
		}
		if (c1 == 'r')
			certificate_renew(s.listener, &c);
	}
	http_close(s.listener);
	pthread_mutex_lock(&s.lock);
	s.stop = true;
	pthread_cond_signal(&s.work);
	pthread_mutex_unlock(&s.lock);
	pthread_join(s.worker, NULL);
	puts("closed");
	return 0;
}
