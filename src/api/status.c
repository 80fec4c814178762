/* The server itself: /healthz, /readyz, /api/openapi.json, /api/status. */
#include "api/status.h"

#include "api/device_view.h"
#include "api/process.h"
#include "base/budget.h"
#include "core/problems.h"

void status_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

enum gh_err status_counts_read(struct call *c, struct store_counts *out,
			       struct template_sum *sum)
{
	enum gh_err err = c->unread;

	if (err == GH_OK)
		err = c->server->db.ops->counts(c->reader, out);
	if (err == GH_OK && sum)
		err = c->server->db.ops->template_counts(c->reader, 0, template_sum_add, sum);
	return err;
}

static void status_holder(struct call *c, struct json *j)
{
	struct store_holder h;

	c->server->db.ops->holder(c->server->db.store, &h);
	json_key(j, "heldBy");
	if (h.pid == 0) {
		json_null(j);
		return;
	}
	json_object(j);
	status_int(j, "pid", h.pid);
	json_key(j, "application");
	json_string(j, gh_slice_of(h.application));
	json_key(j, "user");
	json_string(j, gh_slice_of(h.user));
	json_key(j, "since");
	if (h.since_ms)
		json_utc_ms(j, h.since_ms);
	else
		json_null(j);
	json_object_end(j);
}

void handle_health(struct call *c)
{
	http_reply(c->r, 200, "application/json",
		   GH_LIT("{\"success\":true,\"status\":\"ok\"}"));
}

void handle_openapi(struct call *c)
{
	const char *text;
	enum gh_err err = openapi_document_text(&c->api->openapi, &text);

	if (err)
		call_fail_err(c, err);
	else
		http_reply_lasting(c->r, 200, "application/json", gh_slice_of(text));
}

static void ready_error(struct call *c, struct json *j, enum error_code code,
			const char *message)
{
	json_key(j, "error");
	json_string(j, gh_slice_of(message));
	json_key(j, "code");
	json_string(j, gh_slice_of(error_rows[code].code));
	json_key(j, "requestId");
	json_string(j, gh_slice_of(c->id));
}

/* The schema is up to date when the store opened at all; what can go wrong later is writing, and that
 * no device gets a connection any more. */
void handle_ready(struct call *c)
{
	struct store_queue_stats q;
	struct json j = json_with_limit(4096);
	enum gh_err err = readers_last_error(c->api->readers);
	bool files = !atomic_load(&c->server->files_exhausted), ready;

	store_queue_stats(c->server->queue, &q);
	if (err == GH_OK)
		err = q.last_error;
	ready = err == GH_OK && files;
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, ready);
	json_key(&j, "status");
	json_string(&j, ready ? GH_LIT("ready") : GH_LIT("not ready"));
	json_key(&j, "store");
	json_string(&j, gh_slice_of(err == GH_OK	       ? "ok"
				    : q.last_error && q.why[0] ? q.why
							       : gh_strerror(err)));
	json_key(&j, "files");
	json_string(&j, files ? GH_LIT("ok") : GH_LIT("exhausted"));
	status_holder(c, &j);
	if (err)
		ready_error(c, &j, ERROR_store_failed,
			    "The store cannot be written; devices keep their data.");
	else if (!files)
		ready_error(
			c, &j, ERROR_files_exhausted,
			"Devices get no more connections: the limit of open files is reached.");
	json_object_end(&j);
	call_json(c, ready ? 200 : 503, &j);
}

int64_t status_open_commands(const struct store_counts *n)
{
	int64_t open = 0;

	for (enum command_state s = 0; s < COMMAND_STATES; s++)
		if (command_is_open(s))
			open += n->commands[s];
	return open;
}

struct activity {
	int64_t now, active, total;
	int64_t in[DEVICE_STATES];
	int64_t contact[DEVICE_CONTACTS]; /* of approved ones */
};

static bool activity_device_add(void *ctx, struct device *d)
{
	struct activity *a = ctx;
	int64_t seen = device_seen_ms(d);
	enum device_state s = device_state(d);

	a->total++;
	a->active += seen > 0 && a->now - seen < DEVICE_ACTIVE_MS;
	if (s < DEVICE_STATES)
		a->in[s]++;
	if (s == DEVICE_APPROVED)
		a->contact[device_contact(d, a->now)]++;
	return true;
}

static void status_devices(struct json *j, const struct activity *a)
{
	json_key(j, "devices");
	json_object(j);
	status_int(j, "total", a->total);
	status_int(j, "active", a->active);
	status_int(j, "inactive", a->total - a->active);
	for (enum device_state s = 0; s < DEVICE_STATES; s++)
		status_int(j, device_state_name(s), a->in[s]);
	for (enum device_contact k = 0; k < DEVICE_CONTACTS; k++)
		status_int(j, device_contact_name(k), a->contact[k]);
	json_object_end(j);
}

static void status_problems(struct call *c, struct json *j)
{
	struct problem_counts n;
	int64_t in[PROBLEM_SEVERITIES] = { 0 }, open = 0;

	problems_count(c->server, &n);
	for (size_t kind = 0; kind < PROBLEM_KINDS; kind++)
		in[problem_kinds[kind].severity] += (int64_t)n.open[kind];
	json_key(j, "problems");
	json_object(j);
	for (size_t s = 0; s < PROBLEM_SEVERITIES; s++)
		open += in[s];
	status_int(j, problem_state_word(PROBLEM_OPEN), open);
	for (size_t s = PROBLEM_SEVERITIES; s > 0; s--)
		status_int(j, problem_severity_word(s - 1), in[s - 1]);
	status_int(j, problem_state_word(PROBLEM_SNOOZED), (int64_t)n.snoozed);
	json_object_end(j);
}

/* What is removed for its age, after how many days, and how much it was. */
static void status_retention(struct call *c, struct json *j, const struct store_counts *n)
{
	const struct server_settings *s = c->server->settings;

	json_key(j, "retention");
	json_object(j);
	for (enum store_kept what = 0; what < STORE_KEPT; what++) {
		json_key(j, store_kept_word(what));
		json_object(j);
		status_int(j, "days", s->keep_ms[what] / 86400000);
		status_int(j, "removed", n->expired[what]);
		json_object_end(j);
	}
	json_object_end(j);
}

static int64_t status_expired(const struct store_counts *n)
{
	int64_t sum = 0;

	for (enum store_kept what = 0; what < STORE_KEPT; what++)
		sum += n->expired[what];
	return sum;
}

static void status_server(struct call *c, struct json *j)
{
	struct store_queue_stats q;
	struct store_traits traits;
	struct process p;

	process_read(&p);
	store_queue_stats(c->server->queue, &q);
	json_key(j, "server");
	json_object(j);
	json_key(j, "version");
	json_string(j, GH_LIT(GATEHOUSE_VERSION));
	status_int(j, "uptime", (c->server->now_ms() - c->server->started_ms) / 1000);
	json_key(j, "startedAt");
	json_utc_ms(j, c->server->started_ms);
	json_key(j, "memory");
	json_object(j);
	status_int(j, "rss", p.resident_bytes);
	status_int(j, "used", (int64_t)atomic_load(&c->server->memory->used));
	status_int(j, "ceiling", (int64_t)c->server->memory->ceiling);
	json_object_end(j);
	c->server->db.ops->traits(c->server->db.store, &traits);
	json_key(j, "store");
	json_object(j);
	json_key(j, "kind");
	json_string(j, gh_slice_of(traits.kind));
	json_key(j, "durability");
	json_string(j, gh_slice_of(traits.durability));
	json_key(j, "ok");
	json_bool(j, q.last_error == GH_OK);
	json_key(j, "lastError");
	if (q.last_error)
		json_string(j, gh_slice_of(q.why[0] ? q.why : gh_strerror(q.last_error)));
	else
		json_null(j);
	status_int(j, "waiting", (int64_t)q.waiting);
	status_holder(c, j);
	json_object_end(j);
	json_object_end(j);
}

void handle_status(struct call *c)
{
	struct activity a = { .now = c->server->now_ms() };
	struct store_counts n;
	enum gh_err err = status_counts_read(c, &n, NULL);
	struct json j;

	if (err) {
		call_fail_err(c, err);
		return;
	}
	devices_each(c->server->devices, activity_device_add, &a);
	j = call_data();
	json_object(&j);
	status_devices(&j, &a);
	json_key(&j, "data");
	json_object(&j);
	status_int(&j, "users", n.records[KIND_PERSON]);
	status_int(&j, "punches", n.punches);
	status_int(&j, "quarantined", n.quarantined);
	status_int(&j, "uploads", n.raw_uploads);
	status_int(&j, "damaged", n.damaged);
	status_int(&j, "pendingCommands", status_open_commands(&n));
	status_int(&j, "expired", status_expired(&n));
	json_object_end(&j);
	status_retention(c, &j, &n);
	status_problems(c, &j);
	json_key(&j, "ledger");
	json_string(&j, gh_slice_of(c->api->ledger));
	status_server(c, &j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}
