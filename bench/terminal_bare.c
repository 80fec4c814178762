/*
 * The cost of a terminal's log without parsing it: requests the punches as the library does, in
 * pieces of the same size, and discards the bytes. It implements only the requests and the
 * length of packets. Checksums are not checked.
 *
 *   bench_terminal_bare tcp|udp PORT
 *     A line of JSON has the time it took, from connect() to the end of the read.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	ATTLOG_RRQ = 13,
	CONNECT = 1000,
	DATA = 1501,
	FREE_DATA,
	PREPARE_BUFFER,
	READ_BUFFER,
	ACK_OK = 2000,
	PREFIX = 8, /* of TCP */
	HEAD = 8,
	PIECE_TCP = 65472,
	PIECE_UDP = 16384,
	ROOM = 1 << 18,
	PATIENCE_S = 5,
};

struct bare {
	int fd;
	bool tcp;
	uint16_t session, reply;
	size_t at, n; /* unread input is in[at, n) */
	uint8_t in[ROOM];
};

struct packet {
	uint16_t command, session;
	size_t n;	     /* bytes of data */
	const uint8_t *data; /* of small packets; NULL: thrown away */
};

static void bare_die(const char *what)
{
	perror(what);
	exit(1);
}

static double clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint16_t u16_get(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t u32_get(const uint8_t *p)
{
	return (uint32_t)u16_get(p) | (uint32_t)u16_get(p + 2) << 16;
}

static void u16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void u32_put(uint8_t *p, uint32_t v)
{
	u16_put(p, (uint16_t)v);
	u16_put(p + 2, (uint16_t)(v >> 16));
}

static void request_send(struct bare *b, uint16_t command, const uint8_t *data, size_t n)
{
	uint8_t out[PREFIX + HEAD + 16] = { 0x50, 0x50, 0x82, 0x7D }, *p = out + PREFIX;
	size_t skip = b->tcp ? 0 : PREFIX;
	uint32_t sum = 0;

	u32_put(out + 4, (uint32_t)(HEAD + n));
	u16_put(p, command);
	u16_put(p + 4, b->session);
	u16_put(p + 6, b->reply++);
	if (n)
		memcpy(p + HEAD, data, n);
	for (size_t i = 0; i < HEAD + n; i += 2) /* out is zero behind the data */
		sum += u16_get(p + i);
	u16_put(p + 2, (uint16_t) ~(sum % 65535));
	n += PREFIX + HEAD - skip;
	if (send(b->fd, out + skip, n, 0) != (ssize_t)n)
		bare_die("send");
}

static void bytes_receive(struct bare *b)
{
	ssize_t got;

	if (b->at == b->n)
		b->at = b->n = 0;
	got = recv(b->fd, b->in + b->n, ROOM - b->n, 0);
	if (got <= 0)
		bare_die("recv");
	b->n += (size_t)got;
}

static void buffer_fill(struct bare *b, size_t n)
{
	if (b->n - b->at < n) {
		memmove(b->in, b->in + b->at, b->n - b->at);
		b->n -= b->at;
		b->at = 0;
	}
	while (b->n - b->at < n)
		bytes_receive(b);
}

static void throw_away(struct bare *b, size_t n)
{
	for (;;) {
		size_t have = b->n - b->at;

		if (have >= n) {
			b->at += n;
			return;
		}
		n -= have;
		b->at = b->n;
		bytes_receive(b);
	}
}

static struct packet frame_next(struct bare *b)
{
	struct packet p = { 0 };
	const uint8_t *head;

	if (b->tcp) {
		buffer_fill(b, PREFIX + HEAD);
		p.n = u32_get(b->in + b->at + 4) - HEAD;
		b->at += PREFIX;
	} else {
		b->at = b->n = 0;
		bytes_receive(b);
		p.n = b->n - HEAD;
	}
	head = b->in + b->at;
	p.command = u16_get(head);
	p.session = u16_get(head + 4);
	b->at += HEAD;
	if (p.command == DATA) {
		throw_away(b, p.n);
	} else {
		buffer_fill(b, p.n);
		p.data = b->in + b->at;
		b->at += p.n;
	}
	return p;
}

static void open_socket(struct bare *b, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int one = 1, room = 1 << 20;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b->fd = socket(AF_INET, b->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (b->tcp)
		setsockopt(b->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	else
		setsockopt(b->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(b->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (b->fd < 0 || connect(b->fd, (struct sockaddr *)&a, sizeof(a)))
		bare_die("connect");
}

static size_t read_log(struct bare *b)
{
	static const uint8_t prepare[11] = { 1, ATTLOG_RRQ };
	size_t piece = b->tcp ? PIECE_TCP : PIECE_UDP, total, at = 0;
	struct packet p;

	request_send(b, CONNECT, NULL, 0);
	b->session = frame_next(b).session;
	request_send(b, PREPARE_BUFFER, prepare, sizeof(prepare));
	p = frame_next(b);
	if (p.command != ACK_OK || p.n < 5) {
		fprintf(stderr, "no buffered read: %u\n", p.command);
		exit(1);
	}
	total = u32_get(p.data + 1);
	while (at < total) {
		uint8_t window[8];

		u32_put(window, (uint32_t)at);
		u32_put(window + 4, (uint32_t)(total - at < piece ? total - at : piece));
		request_send(b, READ_BUFFER, window, sizeof(window));
		do {
			p = frame_next(b);
			if (p.command == DATA)
				at += p.n;
		} while (p.command != ACK_OK);
	}
	request_send(b, FREE_DATA, NULL, 0);
	frame_next(b);
	return at;
}

int main(int argc, char **argv)
{
	static struct bare b;
	double start, took;
	size_t bytes;

	if (argc != 3) {
		fprintf(stderr, "usage: %s tcp|udp PORT\n", argv[0]);
		return 2;
	}
	b.tcp = strcmp(argv[1], "tcp") == 0;
	start = clock_now();
	open_socket(&b, atoi(argv[2]));
	bytes = read_log(&b);
	took = clock_now() - start;
	close(b.fd);
	printf("{\"bytes\": %zu, \"seconds\": %.6f, \"cpu\": %.6f}\n", bytes, took,
	       cpu_seconds());
	return 0;
}
