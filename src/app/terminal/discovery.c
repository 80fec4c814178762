/* gatehouse terminal discover CIDR: which of these addresses are devices.
 *
 * Threads: some, each tries one address after the other. The lock guards the next address, the
 * results and the handles to cancel; it is not held during a call. */
#include <arpa/inet.h>
#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/message.h"
#include "app/terminal/terminal.h"
#include "base/clock.h"
#include "base/number.h"

enum {
	LARGEST = 16, /* bits of the widest network */
	THREADS = 200,
	CONNECT_MS = 1500,
	REPLY_MS = 3000,
	ROUND_MS = 100,
};

struct found {
	uint32_t at;
	char how[8];
	struct gh_terminal_info info;
	char note[200]; /* what was wrong with a device that is there */
};

struct scan {
	struct terminal *c;
	const char *scheme;
	unsigned port;
	uint32_t first, last;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	uint64_t next; /* that was not tried yet */
	unsigned started, running;
	bool stop;
	struct gh_terminal *open[THREADS]; /* to be cancelled */
	GPtrArray *found;
};

/* --- the network to search --- */

static int discovery_network_read(struct scan *s, const char *text)
{
	char **part = g_strsplit(text, "/", 2);
	struct in_addr a;
	uint64_t bits = 32;
	bool good =
		part[0] && inet_pton(AF_INET, part[0], &a) == 1 &&
		(part[1] == NULL || ghi_number_parse(gh_slice_of(part[1]), 32, &bits) == GH_OK);
	uint32_t mask = bits ? UINT32_MAX << (32 - bits) : 0;

	g_strfreev(part);
	if (!good)
		return terminal_misuse("%s: write the network as 192.168.1.0/24", text);
	if (bits < LARGEST)
		return terminal_misuse("%s: too many addresses; /%d is the widest network",
				       text, LARGEST);
	s->first = ntohl(a.s_addr) & mask;
	s->last = s->first | ~mask;
	/* The network and the broadcast address belong to no device. */
	if (bits < 31) {
		s->first++;
		s->last--;
	}
	return TERMINAL_OK;
}

/* Where a HOST was given nevertheless, its port and transport are those to look for. */
static int discovery_port_read(struct scan *s)
{
	const char *host = s->c->address, *text = s->c->opt[TERMINAL_port];
	const char *colon = host ? strrchr(host, ':') : NULL;
	uint64_t n = 4370;

	s->scheme = "";
	if (host && g_str_has_prefix(host, "tcp://"))
		s->scheme = "tcp://";
	if (host && g_str_has_prefix(host, "udp://"))
		s->scheme = "udp://";
	if (text == NULL && colon && g_ascii_isdigit(colon[1]))
		text = colon + 1;
	if (text && (ghi_number_parse(gh_slice_of(text), UINT16_MAX, &n) || n == 0))
		return terminal_misuse("%s: a port is a number from 1 to %d", text, UINT16_MAX);
	s->port = (unsigned)n;
	return TERMINAL_OK;
}

/* --- looking --- */

static void discovery_name_of(uint32_t at, char out[INET_ADDRSTRLEN])
{
	struct in_addr a = { htonl(at) };

	inet_ntop(AF_INET, &a, out, INET_ADDRSTRLEN);
}

/* A device, or one that refuses the connection; silence and other programs are neither. */
static bool discovery_is_device(enum gh_err err)
{
	return err == GH_OK || err == GH_EAUTH || err == GH_EUNSUPPORTED;
}

static struct found *scan_address(struct gh_terminal *t, uint32_t at)
{
	struct found *f;
	enum gh_err err = gh_terminal_connect(t);

	if (!discovery_is_device(err))
		return NULL;
	f = g_new0(struct found, 1);
	f->at = at;
	g_strlcpy(f->how, gh_terminal_transport(t), sizeof(f->how));
	if (err == GH_OK)
		err = gh_terminal_info(t, &f->info);
	if (err)
		g_strlcpy(f->note, gh_strerror(err), sizeof(f->note));
	return f;
}

static struct gh_terminal *handle_for(struct scan *s, uint32_t at)
{
	char host[INET_ADDRSTRLEN], *address;
	struct gh_terminal *t = NULL;

	discovery_name_of(at, host);
	address = g_strdup_printf("%s%s:%u", s->scheme, host, s->port);
	if (gh_terminal_new(address, &s->c->options, &t))
		t = NULL;
	g_free(address);
	return t;
}

/* One address after the other, until there are none. */
static void scan_work(struct scan *s, struct gh_terminal **mine)
{
	while (!s->stop && s->next <= s->last) {
		uint32_t at = (uint32_t)s->next++;
		struct gh_terminal *t = handle_for(s, at);
		struct found *f;

		*mine = t;
		pthread_mutex_unlock(&s->lock);
		f = t ? scan_address(t, at) : NULL;
		if (t)
			gh_terminal_disconnect(t);
		pthread_mutex_lock(&s->lock);
		*mine = NULL;
		if (f)
			g_ptr_array_add(s->found, f);
		pthread_mutex_unlock(&s->lock);
		gh_terminal_free(t);
		pthread_mutex_lock(&s->lock);
	}
}

static void *scan_thread(void *context)
{
	struct scan *s = context;

	pthread_mutex_lock(&s->lock);
	scan_work(s, &s->open[s->started++]);
	s->running--;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static void scan_stop(struct scan *s)
{
	s->stop = true;
	for (size_t i = 0; i < THREADS; i++)
		if (s->open[i])
			gh_terminal_cancel(s->open[i]);
}

/* Fewer threads take longer; none at all is a failure. */
static bool discovery_scan(struct scan *s)
{
	uint64_t all = (uint64_t)s->last - s->first + 1;
	unsigned wanted = all < THREADS ? (unsigned)all : THREADS, n = 0;
	pthread_t threads[THREADS];

	pthread_mutex_lock(&s->lock);
	while (n < wanted && pthread_create(&threads[n], NULL, scan_thread, s) == 0)
		n++;
	s->running = n;
	while (s->running) {
		struct timespec until = ghi_clock_deadline(ROUND_MS);

		pthread_cond_timedwait(&s->changed, &s->lock, &until);
		if (interrupt_seen(s->c->interrupt))
			scan_stop(s);
		terminal_progress_count(s->c, "looking for devices", s->next - s->first, all);
	}
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	terminal_progress_end(s->c);
	return n > 0;
}

/* --- output --- */

static gint discovery_by_address(gconstpointer a, gconstpointer b)
{
	const struct found *x = *(struct found *const *)a, *y = *(struct found *const *)b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int scan_report(struct scan *s)
{
	static const struct out_column columns[] = {
		{ "address", "ADDRESS", CELL_ID },
		{ "serial", "SERIAL", CELL_ID },
		{ "name", "NAME", CELL_TEXT | CELL_DROP(4) },
		{ "firmware", "FIRMWARE", CELL_TEXT | CELL_DROP(2) },
		{ "platform", "PLATFORM", CELL_TEXT | CELL_DROP(1) },
		{ "transport", "OVER", CELL_TEXT | CELL_DROP(3) },
		{ "port", NULL, CELL_TEXT },
		{ "note", "NOTE", CELL_TEXT | CELL_DROP(5) },
		{ 0 },
	};
	struct out *o = terminal_out(s->c, columns, 0);
	bool stopped = interrupt_seen(s->c->interrupt);

	g_ptr_array_sort(s->found, discovery_by_address);
	for (guint i = 0; i < s->found->len; i++) {
		const struct found *f = g_ptr_array_index(s->found, i);
		char host[INET_ADDRSTRLEN];

		discovery_name_of(f->at, host);
		out_row(o, (const struct out_value[]){
				   out_text(host), out_text(f->info.serial),
				   out_text(f->info.name), out_text(f->info.firmware),
				   out_text(f->info.platform), out_text(f->how),
				   out_number(s->port), out_text(f->note) });
	}
	if (stopped)
		message_print("interrupted; %llu of %llu addresses were looked at",
			      (unsigned long long)(s->next - s->first),
			      (unsigned long long)(s->last - s->first) + 1);
	else if (s->found->len == 0)
		message_print("no device answers on port %u", s->port);
	return terminal_out_end(o, stopped ? TERMINAL_INTERRUPTED : TERMINAL_OK);
}

int terminal_discover(struct terminal *c)
{
	struct scan s = { .c = c };
	int end = discovery_network_read(&s, c->argv[0]);

	if (!end)
		end = discovery_port_read(&s);
	if (end)
		return end;
	if (!c->timeout_given) {
		c->options.connect_ms = CONNECT_MS;
		c->options.reply_ms = REPLY_MS;
	}
	pthread_mutex_init(&s.lock, NULL);
	ghi_clock_condition_init(&s.changed);
	s.next = s.first;
	s.found = g_ptr_array_new_with_free_func(g_free);
	if (discovery_scan(&s)) {
		end = scan_report(&s);
	} else {
		message_print("no thread can be made");
		end = TERMINAL_REFUSED;
	}
	g_ptr_array_free(s.found, TRUE);
	pthread_cond_destroy(&s.changed);
	pthread_mutex_destroy(&s.lock);
	return end;
}
