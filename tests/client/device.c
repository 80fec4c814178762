#include "device.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/terminal/code.h"
#include "wire/terminal/packed_time.h"
#include "wire/terminal/request.h"

void device_option(struct device *d, const char *name, const char *value)
{
	for (size_t i = 0; i < DEVICE_OPTIONS; i++) {
		if (d->options[i].name[0] && strcmp(d->options[i].name, name) != 0)
			continue;
		snprintf(d->options[i].name, sizeof(d->options[i].name), "%s", name);
		snprintf(d->options[i].value, sizeof(d->options[i].value), "%s", value);
		return;
	}
	assert(!"room for an option");
}

const char *device_option_of(struct device *d, const char *name)
{
	for (size_t i = 0; i < DEVICE_OPTIONS; i++)
		if (strcmp(d->options[i].name, name) == 0)
			return d->options[i].value;
	return NULL;
}

bool device_option_is(struct device *d, const char *name, const char *value)
{
	const char *now;
	bool is;

	device_lock(d);
	now = device_option_of(d, name);
	is = now && strcmp(now, value) == 0;
	device_unlock(d);
	return is;
}

void device_init(struct device *d)
{
	static const char *const pins[] = { "1", "0007", "A12" };
	static const char *const names[] = { "Ada", "\xD5\xC5\xC8\xFD", "J\xC3\xBCrgen" };

	memset(d, 0, sizeof(*d));
	pthread_mutex_init(&d->lock, NULL);
	d->user_size = 72;
	d->punch_format = (struct ghi_terminal_punch_format){ GHI_PUNCH_40, 40 };
	for (uint16_t i = 0; i < 3; i++) {
		struct gh_user *u = &d->users[d->n_users++];

		u->uid = (uint16_t)(i + 1);
		u->privilege = i ? GH_PRIVILEGE_USER : GH_PRIVILEGE_ADMIN;
		u->card = i ? 0 : 4000000000u;
		u->group = 1;
		snprintf(u->pin, sizeof(u->pin), "%s", pins[i]);
		snprintf(u->name_raw, sizeof(u->name_raw), "%s", names[i]);
	}
	device_option(d, "~SerialNumber", "ABC123=4");
	device_option(d, "~Platform", "ZMM220_TFT");
	device_option(d, "~DeviceName", "F18");
	device_option(d, "MAC", "00:17:61:00:00:01");
	device_option(d, "~ZKFPVersion", "10");
	device_option(d, "IPAddress", "192.168.1.201");
	device_option(d, "SDKBuild", "0");
	d->clock = (struct gh_time){ 2024, 2, 29, 23, 59, 58, 1 };
	d->inline_max = 0;
	d->scratch = malloc(DEVICE_SCRATCH);
	assert(d->scratch);
}

void device_add_punches(struct device *d, size_t n)
{
	size_t size = d->punch_format.size, bytes = n * size;
	struct ghi_writer w;
	uint32_t code = ghi_terminal_time_pack((struct gh_time){ 2023, 1, 1, 8, 0, 0, 1 });

	d->punches = malloc(bytes + 4);
	assert(d->punches);
	w = ghi_writer_on(d->punches, bytes + 4);
	ghi_put_u32(&w, (uint32_t)bytes);
	for (size_t i = 0; i < n; i++) {
		struct gh_punch p = { .uid = (uint16_t)(i % 3 + 1),
				      .verify = 1,
				      .status = (uint8_t)(i % 2),
				      .time_code = code + (uint32_t)i * 7 };

		snprintf(p.pin, sizeof(p.pin), "%zu", i % 1000 + 1);
		ghi_terminal_punch_write(&w, &p, d->punch_format);
	}
	assert(w.err == GH_OK);
	d->n_punches = n;
	d->punches_bytes = w.n;
}

size_t device_saw(struct device *d, uint16_t command)
{
	size_t n = 0;

	device_lock(d);
	for (size_t i = 0; i < d->n_seen && i < DEVICE_SEEN; i++)
		n += d->seen[i] == command;
	device_unlock(d);
	return n;
}

/* Sending. */

static void put_bytes(struct device *d, const uint8_t *p, size_t n)
{
	while (n && d->fd >= 0) {
		size_t step = d->cut && d->cut < n ? d->cut : n;
		ssize_t done = send(d->fd, p, step, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

static void put_packet(struct device *d, struct ghi_terminal_head h, gh_slice data)
{
	static const size_t most = 1 << 18;
	uint8_t *b = malloc(most);
	struct ghi_writer w = ghi_writer_on(b, most);

	assert(b);
	if (d->udp) {
		ghi_terminal_packet_write(&w, h, data);
		d->sent++;
		if (d->drop_every == 0 || d->sent % d->drop_every)
			sendto(d->listener, b, w.n, 0, (struct sockaddr *)d->peer, d->peer_n);
		if (d->twice_every && d->sent % d->twice_every == 0)
			sendto(d->listener, b, w.n, 0, (struct sockaddr *)d->peer, d->peer_n);
	} else {
		ghi_terminal_frame_write(&w, h, data);
		put_bytes(d, b, w.n);
	}
	assert(w.err == GH_OK);
	free(b);
}

void device_raw(struct device *d, const void *bytes, size_t n)
{
	if (d->udp)
		sendto(d->listener, bytes, n, 0, (struct sockaddr *)d->peer, d->peer_n);
	else
		put_bytes(d, bytes, n);
}

void device_reply(struct device *d, uint16_t code, uint16_t field, const void *data, size_t n)
{
	put_packet(d, (struct ghi_terminal_head){ code, field, d->request.reply },
		   (gh_slice){ data, n });
}

void device_event(struct device *d, uint16_t code, const void *data, size_t n)
{
	put_packet(d, (struct ghi_terminal_head){ GH_CMD_REG_EVENT, code, 0 },
		   (gh_slice){ data, n });
}

void device_stream(struct device *d, const uint8_t *data, size_t n)
{
	size_t packet = d->packet ? d->packet : d->udp ? 1024 : 65528;
	uint16_t index = 0;
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	ghi_terminal_announce_write(&w, (uint32_t)n, (uint32_t)packet);
	device_reply(d, GH_CMD_PREPARE_DATA, d->session, b, w.n);
	for (size_t at = 0; at < n; index++) {
		size_t step = n - at < packet ? n - at : packet;

		device_reply(d, GH_CMD_DATA, d->session_index ? d->session : index, data + at,
			     step);
		at += step;
	}
	if (!d->no_final_ack)
		device_reply(d, GH_ACK_OK, (uint16_t)n, NULL, 0);
}

void device_hang_up(struct device *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static void device_request(struct device *d, const struct ghi_terminal_frame *f)
{
	if (f->command == GH_ACK_OK) {
		d->event_acks++;
		return;
	}
	device_lock(d);
	d->request = *f;
	if (d->n_seen < DEVICE_SEEN)
		d->seen[d->n_seen] = f->command;
	d->n_seen++;
	if (d->hook == NULL || !d->hook(d, f))
		device_answer(d, f);
	device_unlock(d);
}

/* Its thread. */

static void serve_tcp(struct device *d)
{
	static const size_t cap = 1 << 17;
	uint8_t *in = malloc(cap);
	size_t n = 0;
	int one = 1;

	assert(in);
	for (;;) {
		struct pollfd p[3] = { { d->wake[0], POLLIN, 0 },
				       { d->listener, POLLIN, 0 },
				       { d->fd, POLLIN, 0 } };
		struct ghi_terminal_frame f;
		size_t used;
		ssize_t got;

		poll(p, 3, -1);
		if (p[0].revents)
			break;
		if (p[1].revents) {
			device_hang_up(d);
			d->fd = accept(d->listener, NULL, NULL);
			setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			d->connections++;
			n = 0;
			continue;
		}
		got = recv(d->fd, in + n, cap - n, 0);
		if (got <= 0) {
			device_hang_up(d);
			n = 0;
			continue;
		}
		n += (size_t)got;
		while (d->fd >= 0 &&
		       ghi_terminal_frame_parse((gh_slice){ in, n }, &f, &used) == GH_OK) {
			assert(f.intact);
			device_request(d, &f);
			memmove(in, in + used, n - used);
			n -= used;
		}
	}
	device_hang_up(d);
	free(in);
}

static void serve_udp(struct device *d)
{
	uint8_t in[65536];

	for (;;) {
		struct pollfd p[2] = { { d->wake[0], POLLIN, 0 }, { d->listener, POLLIN, 0 } };
		struct sockaddr_in from;
		socklen_t n = sizeof(from);
		struct ghi_terminal_frame f;
		ssize_t got;

		poll(p, 2, -1);
		if (p[0].revents)
			return;
		got = recvfrom(d->listener, in, sizeof(in), 0, (struct sockaddr *)&from, &n);
		if (got < 0)
			continue;
		memcpy(d->peer, &from, n);
		d->peer_n = n;
		if (ghi_terminal_packet_parse((gh_slice){ in, (size_t)got }, &f) == GH_OK)
			device_request(d, &f);
	}
}

static void *device_serve(void *arg)
{
	struct device *d = arg;

	if (d->udp)
		serve_udp(d);
	else
		serve_tcp(d);
	return NULL;
}

void device_start(struct device *d)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int rc;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	d->fd = -1;
	d->listener = socket(AF_INET, (d->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	rc = bind(d->listener, (struct sockaddr *)&a, sizeof(a));
	assert(rc == 0);
	if (!d->udp)
		rc = listen(d->listener, 8);
	assert(rc == 0);
	rc = getsockname(d->listener, (struct sockaddr *)&a, &n);
	assert(rc == 0);
	d->port = ntohs(a.sin_port);
	snprintf(d->address, sizeof(d->address), "%s://127.0.0.1:%d", d->udp ? "udp" : "tcp",
		 d->port);
	rc = pipe(d->wake);
	assert(rc == 0);
	rc = pthread_create(&d->thread, NULL, device_serve, d);
	assert(rc == 0);
	(void)rc;
}

void device_stop(struct device *d)
{
	ssize_t rc = write(d->wake[1], "", 1);

	assert(rc == 1);
	(void)rc;
	pthread_join(d->thread, NULL);
	close(d->wake[0]);
	close(d->wake[1]);
	close(d->listener);
	free(d->punches);
	free(d->scratch);
}
