/* How fast punches are read over loopback, against a bare socket program that moves the same
 *bytes in the same pieces and looks at nothing but the framing; and the parser alone.
 *
 *	bench_read [RECORDS [MINIMUM-RATIO]] */
#include <gatehouse/terminal.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "wire/terminal/code.h"
#include "wire/terminal/request.h"

enum { ROUNDS = 7, CHUNK = 65472 };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

struct bare {
	int fd;
	uint16_t reply;
	uint8_t in[1 << 18];
	size_t n;
};

static void ask(struct bare *b, uint16_t command, gh_slice data)
{
	uint8_t out[64];
	struct ghi_writer w = ghi_writer_on(out, sizeof(out));
	struct ghi_terminal_head h = { command, 0x6BA0, b->reply++ };

	ghi_terminal_frame_write(&w, h, data);
	if (send(b->fd, out, w.n, 0) != (ssize_t)w.n)
		die("send");
}

/* The next frame's command; *data is its data. Checksums are not looked at. */
static uint16_t next(struct bare *b, size_t *used, gh_slice *data)
{
	memmove(b->in, b->in + *used, b->n - *used);
	b->n -= *used;
	for (;;) {
		ssize_t got;

		if (b->n >= 16) {
			uint32_t length;

			memcpy(&length, b->in + 4, 4);
			if (b->n >= length + 8) {
				*used = length + 8;
				*data = (gh_slice){ b->in + 16, length - 8 };
				return (uint16_t)(b->in[8] | b->in[9] << 8);
			}
		}
		got = recv(b->fd, b->in + b->n, sizeof(b->in) - b->n, 0);
		if (got <= 0)
			die("recv");
		b->n += (size_t)got;
	}
}

static double bare_read(int port)
{
	static struct bare b;
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct ghi_terminal_prepare p = { GH_CMD_ATTLOG_RRQ, 0, 0 };
	uint8_t data[16];
	struct ghi_writer w = ghi_writer_on(data, sizeof(data));
	double start = now();
	size_t used = 0;
	uint32_t total = 0, at = 0;
	gh_slice got;

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b.fd = socket(AF_INET, SOCK_STREAM, 0);
	b.n = b.reply = 0;
	if (connect(b.fd, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	ask(&b, GH_CMD_CONNECT, (gh_slice){ 0 });
	next(&b, &used, &got);
	ghi_terminal_prepare_write(&w, &p);
	ask(&b, GH_CMD_PREPARE_BUFFER, ghi_written(&w));
	next(&b, &used, &got);
	if (ghi_terminal_prepared_parse(got, &total))
		die("no size");
	while (at < total) {
		struct ghi_terminal_window v = { at, total - at < CHUNK ? total - at : CHUNK };

		w = ghi_writer_on(data, sizeof(data));
		ghi_terminal_window_write(&w, v);
		ask(&b, GH_CMD_READ_BUFFER, ghi_written(&w));
		for (;;) {
			uint16_t command = next(&b, &used, &got);

			if (command == GH_CMD_DATA)
				at += (uint32_t)got.n;
			else if (command == GH_ACK_OK)
				break;
		}
	}
	ask(&b, GH_CMD_FREE_DATA, (gh_slice){ 0 });
	next(&b, &used, &got);
	close(b.fd);
	return now() - start;
}

static double library_read(const char *address, size_t records)
{
	struct gh_terminal *t;
	struct gh_terminal_punches *it = NULL;
	struct gh_punch p;
	size_t n = 0;
	double start = now();

	if (gh_terminal_new(address, NULL, &t) || gh_terminal_connect(t) ||
	    gh_terminal_punches_open(t, &it))
		die("open");
	while (gh_terminal_punches_next(it, &p) == GH_OK)
		n++;
	if (n != records)
		die(gh_terminal_error(t)->text);
	gh_terminal_punches_close(it);
	gh_terminal_free(t);
	return now() - start;
}

static double cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void parse_alone(const struct device *d)
{
	struct ghi_terminal_day day = { 0 };
	struct gh_punch p = { 0 };
	size_t size = d->punch_format.size, bytes = 0;
	uint64_t sum = 0;
	double start = cpu(), took;

	while (bytes < (size_t)2 << 30 && cpu() - start < 1) {
		for (size_t at = 4; at + size <= d->punches_bytes; at += size) {
			ghi_terminal_punch_parse(d->punches + at, d->punch_format, &day, &p);
			sum += p.time.second + (unsigned char)p.pin[0];
		}
		bytes += d->punches_bytes;
	}
	took = cpu() - start;
	printf("parser alone: %.2f GB/s, %.1f ns a record (%llu)\n", (double)bytes / took / 1e9,
	       took * 1e9 / (double)(bytes / size), (unsigned long long)sum);
}

int main(int argc, char **argv)
{
	size_t records = argc > 1 ? strtoul(argv[1], NULL, 10) : 500000;
	double minimum = argc > 2 ? strtod(argv[2], NULL) : 0, bare = 1e9, ours = 1e9;
	struct device d;
	struct rusage r;

	device_init(&d);
	device_add_punches(&d, records);
	device_start(&d);
	for (int i = 0; i < ROUNDS; i++) {
		double a = bare_read(d.port), b = library_read(d.address, records);

		bare = a < bare ? a : bare;
		ours = b < ours ? b : ours;
	}
	getrusage(RUSAGE_SELF, &r);
	printf("%zu records: bare %.2f ms, library %.2f ms, ratio %.2f; peak %ld KiB with the "
	       "device\n",
	       records, bare * 1e3, ours * 1e3, bare / ours, r.ru_maxrss);
	parse_alone(&d);
	device_stop(&d);
	return bare / ours < minimum;
}
