/*
 * Load for the benchmarks: many connections of one thread, each a device of its own.
 *
 *   bench_load post|events PORT CONNECTIONS SECONDS RECORDS FIRST
 *     Each device uploads ATTLOG records (events: rows of rtlog, of an access unit that is
 *     registered), RECORDS in a request, and waits for the reply before the next. FIRST is the second of the clock at which the log begins, so that a
 *     second run sends other records than the first. A line of JSON has the counts.
 *
 *   bench_load templates PORT CONNECTIONS SECONDS RECORDS FIRST
 *     The same with fingerprints, each a new one of TEMPLATE_BYTES.
 *
 *   bench_load hold PORT CONNECTIONS
 *     Each device connects, makes its handshake, polls once, and stays. Prints "ready N" (the
 *     number of polls that were answered "OK"), and ends when its standard input does.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_ROOM 256
#define RECORD_ROOM 160
#define TEMPLATE_BYTES 1600
#define TEMPLATE_ROOM 2048
#define IN_ROOM 4096
#define LATENCY_SLOTS 65536 /* of 10 microseconds */

struct device {
	int fd, number;
	unsigned sent; /* requests sent so far */
	uint64_t record;
	char *out, in[IN_ROOM];
	size_t out_n, out_at, in_n;
	uint64_t since_us;
};

struct load {
	bool hold, events, templates;
	uint16_t port;
	int connections, epoll, open;
	unsigned records;
	uint64_t first, end_us;
	uint64_t requests, refused, ok_polls;
	uint32_t latency[LATENCY_SLOTS];
};

static void load_die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- the requests of a device --- */

static char *put_text(char *to, const char *text)
{
	size_t n = strlen(text);

	memcpy(to, text, n);
	return to + n;
}

static char *put_digits(char *to, uint64_t v, int width)
{
	for (int i = width; i--; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + width;
}

/* One record a second: a month of 28 days, a year of 12, from 2001 on. */
static char *put_time(char *to, uint64_t second)
{
	uint64_t day = second / 86400;

	to = put_digits(to, 2001 + day / 336 % 99, 4);
	to = put_text(to, "-");
	to = put_digits(to, day / 28 % 12 + 1, 2);
	to = put_text(to, "-");
	to = put_digits(to, day % 28 + 1, 2);
	to = put_text(to, " ");
	to = put_digits(to, second / 3600 % 24, 2);
	to = put_text(to, ":");
	to = put_digits(to, second / 60 % 60, 2);
	to = put_text(to, ":");
	return put_digits(to, second % 60, 2);
}

static char *put_record(char *to, uint64_t pin, uint64_t second)
{
	to = put_digits(to, 1000 + pin % 900, 4);
	to = put_text(to, "\t");
	to = put_time(to, second);
	return put_text(to, "\t0\t1\t0\t0\t0\n");
}

/* Numbers of records begin at 1. */
static char *put_event(char *to, uint64_t pin, uint64_t second, uint64_t index)
{
	to = put_text(to, "time=");
	to = put_time(to, second);
	to = put_text(to, "\tpin=");
	to = put_digits(to, 1000 + pin % 900, 4);
	to = put_text(to,
		      "\tcardno=0\teventaddr=1\tevent=0\tinoutstatus=0\tverifytype=4\tindex=");
	to += sprintf(to, "%llu", (unsigned long long)index);
	return put_text(to, "\r\n");
}

/* Ten fingers a person. */
static char *put_template(char *to, uint64_t pin, unsigned finger)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t seed = pin * 10 + finger;

	to += sprintf(to,
		      "FP PIN=%llu\tFID=%u\tSize=%d\tValid=1\tTMP=", (unsigned long long)pin,
		      finger, TEMPLATE_BYTES);
	for (int i = 0; i < TEMPLATE_BYTES; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		*to++ = digit[seed >> 58];
	}
	return put_text(to, "\n");
}

static char *put_line(const struct load *l, const struct device *d, char *to)
{
	uint64_t n = d->record;

	if (l->templates)
		return put_template(to, l->first + n / 10 + 1, (unsigned)(n % 10));
	return l->events ? put_event(to, n * 7, l->first + n, n + 1)
			 : put_record(to, n * 7, l->first + n);
}

static void write_upload(struct load *l, struct device *d)
{
	char *body = d->out + HEAD_ROOM, *at = body, head[HEAD_ROOM];
	size_t body_n, head_n;

	for (unsigned i = 0; i < l->records; i++, d->record++)
		at = put_line(l, d, at);
	body_n = (size_t)(at - body);
	head_n = (size_t)snprintf(head, sizeof(head),
				  "POST /iclock/cdata?SN=%s%05d&table=%s&Stamp=%llu "
				  "HTTP/1.1\r\nHost: bench\r\nUser-Agent: iClock Proxy/1.09\r\n"
				  "Content-Length: %zu\r\n\r\n",
				  l->events ? "GATES" : "BENCH", d->number,
				  l->events	 ? "rtlog"
				  : l->templates ? "OPERLOG"
						 : "ATTLOG",
				  (unsigned long long)(l->first + d->record), body_n);
	memmove(d->out + head_n, body, body_n);
	memcpy(d->out, head, head_n);
	d->out_n = head_n + body_n;
}

static void write_handshake(struct device *d)
{
	const char *target =
		d->sent == 0 ? "cdata?options=all&pushver=2.4.1&language=69&" : "getrequest?";

	d->out_n = (size_t)snprintf(d->out, HEAD_ROOM,
				    "GET /iclock/%sSN=BENCH%05d HTTP/1.1\r\nHost: bench\r\n"
				    "User-Agent: iClock Proxy/1.09\r\n\r\n",
				    target, d->number);
}

/* --- sending them --- */

static void load_watch(struct load *l, struct device *d, uint32_t events, int how)
{
	struct epoll_event e = { .events = events, .data.ptr = d };

	if (epoll_ctl(l->epoll, how, d->fd, &e) != 0)
		load_die("epoll_ctl");
}

static void connection_flush(struct load *l, struct device *d)
{
	while (d->out_at < d->out_n) {
		ssize_t n = send(d->fd, d->out + d->out_at, d->out_n - d->out_at, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			load_watch(l, d, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
			return;
		}
		if (n < 0)
			load_die("send");
		d->out_at += (size_t)n;
	}
}

static void connection_poll(struct load *l, struct device *d)
{
	d->out_at = 0;
	if (l->hold)
		write_handshake(d);
	else
		write_upload(l, d);
	d->since_us = now_us();
	connection_flush(l, d);
	d->sent++;
}

static void reply_count(struct load *l, const struct device *d, bool ok)
{
	uint64_t slot = (now_us() - d->since_us) / 10;

	l->requests++;
	l->refused += !ok;
	l->latency[slot < LATENCY_SLOTS ? slot : LATENCY_SLOTS - 1]++;
}

/* The length of the reply that `in` begins with; 0 while it is not whole. */
static size_t reply_length(const char *in, size_t n, const char **body)
{
	const char *end = memmem(in, n, "\r\n\r\n", 4), *length;
	size_t head_n, body_n;

	if (end == NULL)
		return 0;
	head_n = (size_t)(end - in) + 4;
	length = memmem(in, head_n, "Content-Length: ", 16);
	if (length == NULL) {
		fprintf(stderr, "no Content-Length in %.*s\n", (int)head_n, in);
		exit(1);
	}
	body_n = strtoul(length + 16, NULL, 10);
	*body = in + head_n;
	return n < head_n + body_n ? 0 : head_n + body_n;
}

static void reply_read(struct load *l, struct device *d)
{
	const char *body;
	size_t whole;
	ssize_t n = recv(d->fd, d->in + d->in_n, IN_ROOM - d->in_n, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		fprintf(stderr, "device %d: the server hung up\n", d->number);
		exit(1);
	}
	d->in_n += (size_t)n;
	whole = reply_length(d->in, d->in_n, &body);
	if (whole == 0) {
		if (d->in_n == IN_ROOM)
			load_die("reply too long");
		return;
	}
	bool ok = memcmp(d->in + 9, "200", 3) == 0;

	d->in_n = 0;
	reply_count(l, d, ok && (l->hold || memcmp(body, "OK", 2) == 0));
	if (l->hold && d->sent == 2) {
		l->ok_polls +=
			whole == (size_t)(body - d->in) + 2 && memcmp(body, "OK", 2) == 0;
		l->open--;
	} else if (!l->hold && now_us() >= l->end_us) {
		l->open--;
	} else {
		connection_poll(l, d);
	}
}

static void latency_enter(struct load *l, struct device *d)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(l->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;

	d->out = malloc(HEAD_ROOM + l->records * (l->templates ? TEMPLATE_ROOM : RECORD_ROOM));
	d->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->out == NULL || d->fd < 0 ||
	    connect(d->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		load_die("connect");
	setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(d->fd, F_SETFL, O_NONBLOCK);
	load_watch(l, d, EPOLLIN, EPOLL_CTL_ADD);
	l->open++;
	connection_poll(l, d);
}

static void load_run(struct load *l)
{
	struct epoll_event events[256];

	while (l->open) {
		int n = epoll_wait(l->epoll, events, 256, 10000);

		if (n <= 0)
			load_die("epoll_wait");
		for (int i = 0; i < n; i++) {
			struct device *d = events[i].data.ptr;

			if (events[i].events & EPOLLOUT) {
				load_watch(l, d, EPOLLIN, EPOLL_CTL_MOD);
				connection_flush(l, d);
			}
			if (events[i].events & ~(uint32_t)EPOLLOUT)
				reply_read(l, d);
		}
	}
}

static double percentile_ms(const struct load *l, double share)
{
	uint64_t seen = 0, want = (uint64_t)((double)l->requests * share);

	for (int i = 0; i < LATENCY_SLOTS; i++) {
		seen += l->latency[i];
		if (seen > want)
			return (i + 1) / 100.0;
	}
	return LATENCY_SLOTS / 100.0;
}

int main(int argc, char **argv)
{
	static struct load l;
	struct device *devices;
	uint64_t start;
	char c;

	if (argc < 4 || (strcmp(argv[1], "hold") != 0 && argc < 7)) {
		fputs("usage: bench_load post|events|templates PORT CONNECTIONS SECONDS "
		      "RECORDS FIRST\n"
		      "       bench_load hold PORT CONNECTIONS\n",
		      stderr);
		return 2;
	}
	l.hold = strcmp(argv[1], "hold") == 0;
	l.events = strcmp(argv[1], "events") == 0;
	l.templates = strcmp(argv[1], "templates") == 0;
	l.port = (uint16_t)strtoul(argv[2], NULL, 10);
	l.connections = (int)strtol(argv[3], NULL, 10);
	l.records = l.hold ? 1 : (unsigned)strtoul(argv[5], NULL, 10);
	l.first = l.hold ? 0 : strtoull(argv[6], NULL, 10);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	devices = calloc((size_t)l.connections, sizeof(*devices));
	if (devices == NULL || l.epoll < 0)
		load_die("start");
	start = now_us();
	if (!l.hold)
		l.end_us = start + (uint64_t)(strtod(argv[4], NULL) * 1e6);
	for (int i = 0; i < l.connections; i++) {
		devices[i].number = i;
		latency_enter(&l, &devices[i]);
		if (l.hold && i % 100 == 99)
			load_run(&l); /* no more at a time than a backlog holds */
	}
	load_run(&l);
	if (l.hold) {
		printf("ready %llu\n", (unsigned long long)l.ok_polls);
		fflush(stdout);
		return read(STDIN_FILENO, &c, 1) < 0;
	}
	printf("{\"requests\": %llu, \"refused\": %llu, \"seconds\": %.6f, \"p50_ms\": %.2f, "
	       "\"p99_ms\": %.2f}\n",
	       (unsigned long long)l.requests, (unsigned long long)l.refused,
	       (double)(now_us() - start) / 1e6, percentile_ms(&l, 0.50),
	       percentile_ms(&l, 0.99));
	return 0;
}
