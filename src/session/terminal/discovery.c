/* Finds the addresses of a subnet at which a terminal answers. */
#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "session/terminal/attempt.h"

enum {
	ADDRESSES_MAX = 1024,
	THREADS = 64,
	CONNECT_MS = 800,
	REPLY_MS = 2000,
};

struct discovery_answer {
	bool answered, key_needed;
	char address[56], serial[GH_TEXT_SIZE], name[GH_TEXT_SIZE], firmware[GH_TEXT_SIZE];
};

struct discovery {
	struct terminal_attempt base;
	struct gh_terminal *handle[THREADS];
	uint32_t first; /* host order */
	uint32_t n;
	uint16_t port;
	struct discovery_answer *found; /* of each address */
	terminal_found_fn *done;
	void *ctx;
	atomic_uint next;
	atomic_bool stopped;
};

struct discovery_thread {
	struct discovery *s;
	size_t number;
	pthread_t thread;
};

static void answer_describe(struct gh_terminal *t, struct discovery_answer *f)
{
	static const char *const option[] = { "~SerialNumber", "~DeviceName" };
	char *const to[] = { f->serial, f->name };

	for (size_t i = 0; i < 2; i++)
		if (gh_terminal_option_get(t, option[i], to[i], GH_TEXT_SIZE))
			to[i][0] = 0;
	if (gh_terminal_firmware(t, f->firmware, sizeof(f->firmware)))
		f->firmware[0] = 0;
}

static void discovery_probe(struct discovery *s, size_t number, uint32_t i)
{
	struct gh_terminal_options o;
	struct in_addr at = { htonl(s->first + i) };
	struct discovery_answer *f = &s->found[i];
	char host[INET_ADDRSTRLEN], address[40];
	struct gh_terminal *t;

	gh_terminal_options_init(&o);
	o.connect_ms = CONNECT_MS;
	o.reply_ms = REPLY_MS;
	inet_ntop(AF_INET, &at, host, sizeof(host));
	snprintf(address, sizeof(address), "%s:%u", host, s->port);
	if (gh_terminal_new(address, &o, &t))
		return;
	if (!terminal_attempt_use(&s->base, number, t))
		atomic_store(&s->stopped, true);
	if (!atomic_load(&s->stopped)) {
		enum gh_err err = gh_terminal_connect(t);

		f->answered = err == GH_OK || err == GH_EAUTH;
		f->key_needed = err == GH_EAUTH;
		if (err == GH_OK) {
			snprintf(f->address, sizeof(f->address), "%s://%s",
				 gh_terminal_transport(t), address);
			answer_describe(t, f);
		} else if (f->answered) {
			snprintf(f->address, sizeof(f->address), "%s", address);
		}
	}
	if (!terminal_attempt_use(&s->base, number, NULL))
		atomic_store(&s->stopped, true);
	gh_terminal_free(t);
}

static void *discovery_thread_run(void *p)
{
	struct discovery_thread *thread = p;
	uint32_t i;

	while (!atomic_load(&thread->s->stopped) &&
	       (i = atomic_fetch_add(&thread->s->next, 1)) < thread->s->n)
		discovery_probe(thread->s, thread->number, i);
	return NULL;
}

static void discovery_report(struct discovery *s, enum gh_err err)
{
	struct terminal_found *row = calloc(s->n, sizeof(*row));
	size_t n = 0;

	if (row == NULL && err == GH_OK)
		err = GH_ENOMEM;
	for (uint32_t i = 0; i < s->n && err == GH_OK; i++) {
		const struct discovery_answer *f = &s->found[i];

		if (f->answered)
			row[n++] = (struct terminal_found){
				.ip = s->first + i,
				.address = gh_slice_of(f->address),
				.serial = gh_slice_of(f->serial),
				.name = gh_slice_of(f->name),
				.firmware = gh_slice_of(f->firmware),
				.key_needed = f->key_needed,
			};
	}
	s->done(s->ctx, err, row, n);
	free(row);
}

static void *discovery_run(void *p)
{
	struct discovery *s = p;
	struct terminal_manager *m = s->base.manager;
	struct discovery_thread thread[THREADS];
	size_t n = 0;

	for (size_t i = 0; i < THREADS && i < s->n; i++) {
		thread[n] = (struct discovery_thread){ .s = s, .number = n };
		if (pthread_create(&thread[n].thread, NULL, discovery_thread_run, &thread[n]) ==
		    0)
			n++;
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(thread[i].thread, NULL);
	/* A new search may begin as soon as the end is reported. */
	pthread_mutex_lock(&m->lock);
	m->discovering = false;
	pthread_mutex_unlock(&m->lock);
	discovery_report(s, atomic_load(&s->stopped) ? GH_ECLOSED : n ? GH_OK : GH_ENOMEM);
	free(s->found);
	terminal_attempt_end(&s->base);
	return NULL;
}

/* "192.168.1.0/24", "192.168.1.7", and a port behind either where it is not 4370. */
static enum gh_err discovery_parse(struct discovery *s, gh_slice text)
{
	gh_slice net, bits, port;
	uint64_t length = 32, number = 4370;
	char host[INET_ADDRSTRLEN];
	struct in_addr at;

	if (gh_slice_cut(gh_slice_trim(text), ':', &net, &port) &&
	    (ghi_number_parse(port, 65535, &number) || number == 0))
		return GH_EINVALID;
	if (gh_slice_cut(net, '/', &net, &bits) && ghi_number_parse(bits, 32, &length))
		return GH_EINVALID;
	if (net.n >= sizeof(host))
		return GH_EINVALID;
	memcpy(host, net.p, net.n);
	host[net.n] = 0;
	if (inet_pton(AF_INET, host, &at) != 1)
		return GH_EINVALID;
	if (length < 22)
		return GH_ETOOBIG;
	s->n = UINT32_C(1) << (32 - length);
	s->first = ntohl(at.s_addr) & ~(s->n - 1);
	s->port = (uint16_t)number;
	/* The first is the address of the net, the last its broadcast address. */
	if (length < 31) {
		s->first++;
		s->n -= 2;
	}
	return GH_OK;
}

static void discovery_free(struct discovery *s)
{
	free(s->found);
	terminal_attempt_free(&s->base);
}

enum gh_err terminal_manager_discover(void *manager, gh_slice cidr, terminal_found_fn *done,
				      void *ctx)
{
	struct terminal_manager *m = manager;
	struct discovery *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return GH_ENOMEM;
	s->base.manager = m;
	s->base.run = discovery_run;
	s->base.handle = s->handle;
	s->base.handles = THREADS;
	s->done = done;
	s->ctx = ctx;
	enum gh_err err = discovery_parse(s, cidr);

	if (err == GH_OK) {
		s->found = calloc(s->n, sizeof(*s->found));
		err = s->found ? GH_OK : GH_ENOMEM;
	}
	if (err) {
		discovery_free(s);
		return err;
	}
	pthread_mutex_lock(&m->lock);
	bool busy = m->discovering;

	m->discovering = true;
	pthread_mutex_unlock(&m->lock);
	err = busy ? GH_EBUSY : terminal_attempt_start(m, &s->base);
	if (err && !busy) {
		pthread_mutex_lock(&m->lock);
		m->discovering = false;
		pthread_mutex_unlock(&m->lock);
	}
	if (err)
		discovery_free(s);
	return err;
}
