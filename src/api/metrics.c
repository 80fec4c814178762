/* GET /metrics: the Prometheus text format, version 0.0.4. */
#include "core/metrics.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/call.h"
#include "api/events.h"
#include "api/listener_registry.h"
#include "api/process.h"
#include "base/budget.h"
#include "core/problems.h"
#include "core/terminals.h"

static void metric_head(struct buffer *to, const char *name, const char *kind, const char *help)
{
	buffer_print(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void metric_one(struct buffer *to, const char *name, const char *kind, const char *help,
		       int64_t value)
{
	metric_head(to, name, kind, help);
	buffer_print(to, "%s %" PRId64 "\n", name, value);
}

static void metrics_events(struct buffer *to, struct server *server)
{
#define METRIC(member, kind, name, help) \
	metric_one(to, name, #kind, help, (int64_t)atomic_load(&server->metrics->member));
#include "core/metric.def"
#undef METRIC
}

static void metrics_queue(struct buffer *to, struct server *server)
{
	struct store_queue_stats q;

	store_queue_stats(server->queue, &q);
	metric_one(to, "gatehouse_store_waiting_jobs", "gauge",
		   "Uploads and changes that wait for the store", (int64_t)q.waiting);
	metric_one(to, "gatehouse_store_waiting_bytes", "gauge", "What they hold in memory",
		   (int64_t)q.waiting_bytes);
	metric_one(to, "gatehouse_store_jobs_total", "counter", "Uploads and changes stored",
		   (int64_t)q.jobs);
	metric_one(to, "gatehouse_store_commits_total", "counter", "Transactions committed",
		   (int64_t)q.commits);
	metric_one(to, "gatehouse_store_failures_total", "counter", "Transactions that failed",
		   (int64_t)q.failures);
	metric_head(to, "gatehouse_store_commit_seconds_total", "counter",
		    "Time spent in commits");
	buffer_print(to, "gatehouse_store_commit_seconds_total %" PRIu64 ".%06" PRIu64 "\n",
		     q.commit_us / 1000000, q.commit_us % 1000000);
	metric_one(to, "gatehouse_store_up", "gauge", "1 when the latest transaction worked",
		   q.last_error == GH_OK);
}

static void metrics_devices(struct buffer *to, struct server *server)
{
	metric_head(to, "gatehouse_devices", "gauge", "Devices known, by state");
	for (enum device_state s = 0; s < DEVICE_STATES; s++)
		buffer_print(to, "gatehouse_devices{state=\"%s\"} %zu\n", device_state_name(s),
			     devices_count_in(server->devices, s));
}

#define DEVICES_SHOWN 1000 /* of a large site a monitor reads the list */

struct contacts {
	struct buffer *to;
	int64_t now_ms;
	size_t n[DEVICE_CONTACTS], shown;
};

static bool contact_count_add(void *ctx, struct device *d)
{
	struct contacts *c = ctx;

	if (device_state(d) == DEVICE_APPROVED)
		c->n[device_contact(d, c->now_ms)]++;
	return true;
}

static bool contact_device_write(void *ctx, struct device *d)
{
	struct contacts *c = ctx;
	int64_t seen = device_seen_ms(d);

	if (device_state(d) != DEVICE_APPROVED || seen == 0)
		return true;
	/* Serial numbers have no character that a label would have to escape. */
	buffer_print(c->to, "gatehouse_device_silent_seconds{sn=\"%.*s\"} %" PRId64 "\n",
		     GH_FMT(device_sn(d)), c->now_ms > seen ? (c->now_ms - seen) / 1000 : 0);
	return ++c->shown < DEVICES_SHOWN;
}

static void metrics_contacts(struct buffer *to, struct server *server)
{
	struct contacts c = { .to = to, .now_ms = server->now_ms() };

	devices_each(server->devices, contact_count_add, &c);
	metric_head(to, "gatehouse_devices_contact", "gauge",
		    "Approved devices, by how they keep in touch");
	for (enum device_contact k = 0; k < DEVICE_CONTACTS; k++)
		buffer_print(to, "gatehouse_devices_contact{contact=\"%s\"} %zu\n",
			     device_contact_name(k), c.n[k]);
	metric_head(to, "gatehouse_device_silent_seconds", "gauge",
		    "Since the last contact of each approved device, of 1000 at most");
	devices_each(server->devices, contact_device_write, &c);
}

static void metrics_problems(struct buffer *to, struct server *server)
{
	struct problem_counts n;

	problems_count(server, &n);
	metric_head(to, "gatehouse_problems", "gauge", "Problems that are open, by kind");
	for (size_t kind = 0; kind < PROBLEM_KINDS; kind++)
		buffer_print(to, "gatehouse_problems{kind=\"%s\"} %zu\n",
			     problem_kind_word(kind), n.open[kind]);
	metric_one(to, "gatehouse_problems_snoozed", "gauge", "Problems that are put aside",
		   (int64_t)n.snoozed);
	metric_one(to, "gatehouse_problems_dropped_total", "counter",
		   "Problems no longer kept because there were too many of a kind",
		   (int64_t)n.dropped);
}

struct links {
	const struct terminals *terminals;
	size_t n[TERMINAL_LINKS];
};

static bool link_count_add(void *ctx, struct device *d)
{
	struct links *l = ctx;
	struct terminal_status s;

	if (device_is_terminal(d) && l->terminals->ops->status(l->terminals->self, d, &s))
		l->n[s.link]++;
	return true;
}

static void metrics_terminals(struct buffer *to, struct server *server)
{
	struct links l = { .terminals = server->terminals };

	if (l.terminals == NULL)
		return;
	devices_each(server->devices, link_count_add, &l);
	metric_head(to, "gatehouse_terminals", "gauge",
		    "Terminals that are called, by connection");
	for (enum terminal_link s = TERMINAL_WAITING; s < TERMINAL_LINKS; s++)
		buffer_print(to, "gatehouse_terminals{link=\"%s\"} %zu\n",
			     terminal_link_name(s), l.n[s]);
}

static void metrics_stored(struct buffer *to, const struct store_counts *n)
{
	metric_one(to, "gatehouse_ledger_seq", "gauge", "Sequence number of the latest punch",
		   n->last_seq);
	metric_one(to, "gatehouse_stored_punches", "gauge", "Punches stored", n->punches);
	metric_head(to, "gatehouse_commands", "gauge", "Commands stored, by state");
	for (enum command_state s = 0; s < COMMAND_STATES; s++)
		buffer_print(to, "gatehouse_commands{state=\"%s\"} %" PRId64 "\n",
			     command_state_name(s), n->commands[s]);
	metric_head(to, "gatehouse_stored_records", "gauge", "Records stored, by kind");
	for (size_t k = 0; k < KIND_COUNT; k++)
		buffer_print(to, "gatehouse_stored_records{kind=\"%s\"} %" PRId64 "\n",
			     model_kinds[k].plural, n->records[k]);
}

static void metrics_expired(struct buffer *to, const struct store_counts *n)
{
	metric_head(to, "gatehouse_expired_total", "counter", "Rows removed for their age");
	for (enum store_kept what = 0; what < STORE_KEPT; what++)
		buffer_print(to, "gatehouse_expired_total{kind=\"%s\"} %" PRId64 "\n",
			     store_kept_word(what), n->expired[what]);
}

/* Samples are written family by family, so the counters of each listener are read once. */
struct listeners {
	struct {
		const char *name;
		struct http_stats s;
	} row[8];
	size_t n;
};

static void metric_listener_add(void *ctx, const char *name, struct http_listener *l)
{
	struct listeners *ls = ctx;

	if (ls->n == sizeof(ls->row) / sizeof(ls->row[0]))
		return;
	ls->row[ls->n].name = name;
	http_listener_stats(l, &ls->row[ls->n++].s);
}

static void metrics_listeners(struct buffer *to, struct listener_registry *w)
{
	struct listeners ls = { .n = 0 };

	listener_registry_each(w, metric_listener_add, &ls);
	if (ls.n == 0)
		return;
#define FAMILY(metric, kind, help, member)                                                    \
	metric_head(to, metric, kind, help);                                                  \
	for (size_t i = 0; i < ls.n; i++)                                                     \
		buffer_print(to, "%s{listener=\"%s\"} %" PRIu64 "\n", metric, ls.row[i].name, \
			     (uint64_t)ls.row[i].s.member);
	FAMILY("gatehouse_http_requests_total", "counter", "HTTP requests", requests)
	FAMILY("gatehouse_http_refusals_total", "counter",
	       "HTTP requests the listener refused itself", refusals)
	FAMILY("gatehouse_http_connections", "gauge", "Open connections", connections)
	FAMILY("gatehouse_http_body_bytes", "gauge", "Request bodies in memory", body_bytes)
#undef FAMILY
}

static void metrics_memory(struct buffer *to, struct budget *memory)
{
	metric_one(to, "gatehouse_memory_used_bytes", "gauge",
		   "Memory taken for requests: bodies, what they unpack to, parsed records",
		   (int64_t)atomic_load(&memory->used));
	metric_one(to, "gatehouse_memory_ceiling_bytes", "gauge",
		   "Memory for requests at the most", (int64_t)memory->ceiling);
	metric_one(to, "gatehouse_memory_refusals_total", "counter",
		   "Times that memory for a request was refused",
		   (int64_t)atomic_load(&memory->refusals));
}

static void metrics_process(struct buffer *to, struct call *c)
{
	struct process p;

	process_read(&p);
	metric_one(to, "gatehouse_event_streams", "gauge", "Live event streams",
		   (int64_t)events_streams(c->api->events));
	metric_head(to, "gatehouse_build_info", "gauge", "Version of the program");
	buffer_print(to, "gatehouse_build_info{version=\"%s\"} 1\n", GATEHOUSE_VERSION);
	metric_head(to, "process_start_time_seconds", "gauge", "When it was started");
	buffer_print(to, "process_start_time_seconds %" PRId64 ".%03d\n",
		     c->server->started_ms / 1000, (int)(c->server->started_ms % 1000));
	metric_head(to, "process_cpu_seconds_total", "counter", "CPU time used");
	buffer_print(to, "process_cpu_seconds_total %" PRId64 ".%03d\n", p.cpu_ms / 1000,
		     (int)(p.cpu_ms % 1000));
	metric_one(to, "process_resident_memory_bytes", "gauge", "Memory in use",
		   p.resident_bytes);
	metric_one(to, "process_virtual_memory_bytes", "gauge", "Address space in use",
		   p.virtual_bytes);
	metric_one(to, "process_open_fds", "gauge", "Open files", p.open_fds);
	metric_one(to, "process_max_fds", "gauge", "Most files that may be open", p.max_fds);
}

void handle_metrics(struct call *c)
{
	struct buffer text = buffer_with_limit((size_t)256 << 10);
	struct store_counts n;
	enum gh_err err = c->unread;

	metrics_events(&text, c->server);
	metrics_queue(&text, c->server);
	metrics_devices(&text, c->server);
	metrics_contacts(&text, c->server);
	metrics_terminals(&text, c->server);
	metrics_problems(&text, c->server);
	/* A store that cannot be read takes only its own figures away. */
	if (err == GH_OK)
		err = c->server->db.ops->counts(c->reader, &n);
	if (err == GH_OK) {
		metrics_stored(&text, &n);
		metrics_expired(&text, &n);
	}
	metrics_listeners(&text, c->api->listeners);
	metrics_memory(&text, c->server->memory);
	metrics_process(&text, c);
	if (text.err) {
		call_fail_err(c, GH_ENOMEM);
		buffer_clear(&text);
		return;
	}
	http_reply_take(c->r, 200, "text/plain; version=0.0.4; charset=utf-8",
			buffer_text(&text));
}
