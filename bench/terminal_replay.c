/*
 * A terminal of minimal cost: it implements the requests of one read of the log, and answers
 * them from memory, each piece with one system call. The simulator makes every punch on request,
 * which takes longer than reading it; this one shows the time of the reader.
 *
 *   bench_terminal_replay RECORDS
 *     Prints "listening PORT" and serves one connection after the other until it is killed.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "terminal_log.h"
#include "wire/terminal/code.h"
#include "wire/terminal/conversation.h"
#include "wire/terminal/request.h"

enum { ROOM = 4096, PACKET = GHI_TERMINAL_PREFIX + GHI_TERMINAL_HEAD };

struct replay {
	int fd;
	gh_slice all;
	uint16_t *sum; /* checksum of each piece as a DATA packet whose ids are 0 */
};

static void replay_die(const char *what)
{
	perror(what);
	exit(1);
}

static gh_slice piece_of(const struct replay *r, size_t number)
{
	size_t at = number * GHI_CHUNK_TCP, left = r->all.n - at;

	return (gh_slice){ r->all.p + at, left < GHI_CHUNK_TCP ? left : GHI_CHUNK_TCP };
}

static void sum_up(struct replay *r)
{
	static uint8_t frame[PACKET + GHI_CHUNK_TCP];
	size_t n = (r->all.n + GHI_CHUNK_TCP - 1) / GHI_CHUNK_TCP;

	r->sum = calloc(n, sizeof(*r->sum));
	if (r->sum == NULL)
		replay_die("calloc");
	for (size_t i = 0; i < n; i++) {
		struct ghi_writer w = ghi_writer_on(frame, sizeof(frame));

		ghi_terminal_packet_write(&w,
					  (struct ghi_terminal_head){ .command = GH_CMD_DATA },
					  piece_of(r, i));
		r->sum[i] = (uint16_t)(frame[2] | frame[3] << 8);
	}
}

static void request_answer(struct replay *r, uint16_t command, uint16_t reply, gh_slice data)
{
	uint8_t out[PACKET + 16];
	struct ghi_writer w = ghi_writer_on(out, sizeof(out));

	ghi_terminal_frame_write(&w, (struct ghi_terminal_head){ command, 0, reply }, data);
	if (send(r->fd, out, w.n, MSG_NOSIGNAL) != (ssize_t)w.n)
		replay_die("send");
}

static void send_piece(struct replay *r, uint16_t reply, size_t number)
{
	gh_slice data = piece_of(r, number);
	uint8_t begin[PACKET + 8], end[PACKET], announced[8];
	uint32_t sum = (uint32_t)(uint16_t)~r->sum[number] + reply;
	struct ghi_writer a = ghi_writer_on(announced, sizeof(announced)),
			  b = ghi_writer_on(begin, sizeof(begin)),
			  e = ghi_writer_on(end, sizeof(end));
	uint8_t head[PACKET] = { 0x50, 0x50, 0x82, 0x7D };
	struct ghi_writer h = ghi_writer_on(head + 4, sizeof(head) - 4);
	struct iovec all[] = { { begin, sizeof(begin) },
			       { head, sizeof(head) },
			       { (void *)(uintptr_t)data.p, data.n },
			       { end, sizeof(end) } };
	ssize_t n = (ssize_t)(sizeof(begin) + sizeof(head) + data.n + sizeof(end));

	ghi_terminal_announce_write(&a, (uint32_t)data.n, GHI_CHUNK_TCP);
	ghi_terminal_frame_write(&b,
				 (struct ghi_terminal_head){ GH_CMD_PREPARE_DATA, 0, reply },
				 ghi_written(&a));
	ghi_put_u32(&h, (uint32_t)(GHI_TERMINAL_HEAD + data.n));
	ghi_put_u16(&h, GH_CMD_DATA);
	ghi_put_u16(&h, (uint16_t) ~((sum & 0xFFFF) + (sum >> 16)));
	ghi_put_u16(&h, 0);
	ghi_put_u16(&h, reply);
	ghi_terminal_frame_write(&e, (struct ghi_terminal_head){ GH_ACK_OK, 0, reply },
				 (gh_slice){ 0 });
	if (writev(r->fd, all, 4) != n)
		replay_die("writev");
}

static void request_execute(struct replay *r, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_window v;
	uint8_t size[13];
	struct ghi_writer w = ghi_writer_on(size, sizeof(size));

	switch (f->command) {
	case GH_CMD_PREPARE_BUFFER:
		ghi_terminal_prepared_write(&w, (uint32_t)r->all.n);
		request_answer(r, GH_ACK_OK, f->reply, ghi_written(&w));
		break;
	case GH_CMD_READ_BUFFER:
		if (ghi_terminal_window_parse(f->data, &v) || v.offset % GHI_CHUNK_TCP ||
		    v.offset >= r->all.n)
			request_answer(r, GH_ACK_ERROR, f->reply, (gh_slice){ 0 });
		else
			send_piece(r, f->reply, v.offset / GHI_CHUNK_TCP);
		break;
	case GH_CMD_CONNECT:
	case GH_CMD_FREE_DATA:
	case GH_CMD_EXIT:
		request_answer(r, GH_ACK_OK, f->reply, (gh_slice){ 0 });
		break;
	default:
		request_answer(r, GH_ACK_UNKNOWN, f->reply, (gh_slice){ 0 });
		break;
	}
}

static void replay_serve(struct replay *r)
{
	uint8_t in[ROOM];
	size_t n = 0;

	for (;;) {
		struct ghi_terminal_frame f;
		size_t used;
		ssize_t got = recv(r->fd, in + n, sizeof(in) - n, 0);

		if (got <= 0)
			return;
		n += (size_t)got;
		while (ghi_terminal_frame_parse((gh_slice){ in, n }, &f, &used) == GH_OK) {
			request_execute(r, &f);
			n -= used;
			memmove(in, in + used, n);
		}
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	size_t records = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(a);
	struct replay r = { .fd = -1 };

	if (records == 0) {
		fprintf(stderr, "usage: %s RECORDS\n", argv[0]);
		return 2;
	}
	r.all.p = bench_terminal_log(records, &r.all.n);
	sum_up(&r);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (struct sockaddr *)&a, n) || listen(listener, 8) ||
	    getsockname(listener, (struct sockaddr *)&a, &n))
		replay_die("listen");
	printf("listening %u\n", ntohs(a.sin_port));
	fflush(stdout);
	for (;;) {
		r.fd = accept(listener, NULL, NULL);
		if (r.fd < 0)
			replay_die("accept");
		setsockopt(r.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		replay_serve(&r);
		close(r.fd);
	}
}
