/* `gatehouse serve`: opens the store and the core in order, runs, and closes everything again. The
 * listeners are in listeners.c. */
#include <glib.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "app/serve/announce.h"
#include "app/serve/first_token.h"
#include "app/serve/heap.h"
#include "app/serve/notify.h"
#include "app/serve/open_files.h"
#include "app/serve/serve.h"
#include "app/subcommands.h"
#include "base/clock.h"
#include "core/access/doors_kept.h"
#include "core/access/planner.h"
#include "core/access/query_mirror.h"
#include "core/access/site_memory.h"
#include "core/access/unit_cards.h"
#include "core/access/unit_counts.h"
#include "core/access/unit_erasure.h"
#include "core/commands.h"
#include "core/comparisons.h"
#include "core/contacts.h"
#include "core/devices.h"
#include "core/limiter.h"
#include "core/live.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/published.h"
#include "core/punch_index.h"
#include "core/readers.h"
#include "core/roster_intake.h"
#include "core/server_clock.h"
#include "core/syncs.h"
#include "core/tokens.h"
#include "core/trace.h"
#include "core/upgrade.h"
#include "core/upkeep.h"
#include "session/access/access.h"
#include "session/attendance/attendance.h"
#include "session/matcher.h"
#include "session/terminal/manager.h"

bool serve_failed(struct serve *s, const char *what, enum gh_err err)
{
	snprintf(s->why, sizeof(s->why), "%s: %s", what, gh_strerror(err));
	return false;
}

/* --- opening --- */

/* A device deletes what was acknowledged with OK. */
static bool store_is_safe(struct serve *s)
{
	struct store_traits traits;

	s->server.db.ops->traits(s->server.db.store, &traits);
	if (traits.unsafe == NULL)
		return true;
	if (s->settings->unsafe_store) {
		problem_raise(&s->server, PROBLEM_STORE_UNSAFE, PROBLEM_OF_SERVER, "%s",
			      traits.unsafe);
		return true;
	}
	snprintf(s->why, sizeof(s->why),
		 "%s: acknowledged records may be lost; --unsafe-store serves nevertheless",
		 traits.unsafe);
	return false;
}

static bool serve_data_open(struct serve *s)
{
	if (s->server.problems == NULL || s->server.contacts == NULL)
		return serve_failed(s, "cannot start", GH_ENOMEM);
	return data_dir_open(&s->data, setting_text(s->settings, SETTING_DATA), s->why,
			     sizeof(s->why));
}

static bool serve_store_open(struct serve *s)
{
	const char *url = setting_text(s->settings, SETTING_STORE);
	char *path = g_strdup_printf("sqlite:%s/gatehouse.db", s->data.path);
	enum gh_err err = store_open(gh_slice_of(*url ? url : path), &s->server.db, s->why,
				     sizeof(s->why));

	g_free(path);
	return err == GH_OK && store_is_safe(s);
}

static bool serve_core_open(struct serve *s)
{
	static const struct store_queue_limits limits = {
		.jobs = 65536,
		.bytes = 256u << 20,
		.group_jobs = 4096,
		.group_bytes = 16u << 20,
		.settle_ms = 5000,
		.probe_ms = 1000,
	};
	static const struct readers_limits reading = {
		.threads = 4,
		.waiting = 64,
		.most_ms = 30000,
	};
	/* Ten guesses, then six a minute. */
	static const struct limiter_rule wrong_keys = { .burst = 10,
							.interval_ms = 10000,
							.addresses = 4096 };
	/* A clock requests a person when an unknown one comes. */
	static const struct limiter_rule questions = { .burst = 30,
						       .interval_ms = 2000,
						       .addresses = 4096 };
	/* Of a person at a device, and of all people at a device: cards are lost and passwords mistyped, not by the
	 * dozen. */
	static const struct limiter_rule failed_people = { .burst = 5,
							   .interval_ms = 60000,
							   .addresses = 16384 };
	static const struct limiter_rule failed_devices = { .burst = 30,
							    .interval_ms = 10000,
							    .addresses = 4096 };
	/* Of a program that repeats requests its token has no right to. */
	static const struct limiter_rule refusals = { .burst = 100,
						      .interval_ms = 10000,
						      .addresses = 1024 };
	struct server *server = &s->server;
	struct store_reader *r;
	char moved[400];
	struct store_upgrade upgrade = { .begun = 0 };
	int64_t seq[STORE_STREAMS], floor[STORE_STREAMS];

	server->metrics = &s->metrics;
	s->memory.ceiling = s->settings->memory_limit;
	server->memory = &s->memory;
	server->share = (struct budget_share){ &s->memory, s->memory.ceiling / 16 };
	server->started_ms = ghi_clock_wall_ms();
	server->settings = &s->settings->server;
	server->retry[DEVICE_ATTENDANCE] = &attendance_retry;
	server->retry[DEVICE_ACCESS] = &access_retry;
	server->live = live_new();
	/* Events name the exchange that brought them: its number is not given again by a later run. */
	server->trace = trace_new((struct trace_limits){ .bytes = 32u << 20,
							 .per_device = 32,
							 .body = TRACE_BODY,
							 .after = server->started_ms });
	server->wrong_keys = limiter_new(wrong_keys);
	server->questions = limiter_new(questions);
	server->failed_people = limiter_new(failed_people);
	server->failed_devices = limiter_new(failed_devices);
	server->audit_refusals = limiter_new(refusals);
	if (server->live == NULL || server->trace == NULL || server->wrong_keys == NULL ||
	    server->questions == NULL || server->failed_people == NULL ||
	    server->failed_devices == NULL || server->audit_refusals == NULL)
		return serve_failed(s, "cannot start", GH_ENOMEM);
	enum gh_err err = server->db.ops->reader_open(server->db.store, &r);
	if (err)
		return serve_failed(s, "cannot read the store", err);
	err = server->db.ops->moved(r, moved, sizeof(moved));
	if (err == GH_OK && moved[0] && !s->settings->force) {
		server->db.ops->reader_close(r);
		snprintf(s->why, sizeof(s->why),
			 "this store was copied to %s; --force serves it nevertheless", moved);
		return false;
	}
	for (enum store_stream i = 0; i < STORE_STREAMS && err == GH_OK; i++) {
		err = server->db.ops->last_seq(r, i, &seq[i]);
		if (err == GH_OK)
			err = server->db.ops->ledger_floor(r, i, &floor[i]);
	}
	if (err == GH_OK)
		err = server->db.ops->upgrade_read(r, &upgrade);
	server->db.ops->reader_close(r);
	if (err)
		return serve_failed(s, "cannot read the ledger", err);
	for (enum store_stream i = 0; i < STORE_STREAMS; i++) {
		live_floor_set(server->live, i, floor[i]);
		live_grew(server->live, i, seq[i]);
	}
	err = commands_convert(server);
	if (err)
		return serve_failed(s, "cannot read the commands of an older version", err);
	err = devices_open(server, &server->devices);
	if (err)
		return serve_failed(s, "cannot read the devices", err);
	err = readers_new(&server->db, &reading, &server->readers);
	if (err)
		return serve_failed(s, "cannot start the threads that read", err);
	err = store_queue_open(&server->db, limits, &server->queue);
	if (err)
		return serve_failed(s, "cannot start the store thread", err);
	s->index = punch_index_new(server);
	server->upkeep = upkeep_new(server);
	server->query_mirror = query_mirror_new(server);
	server->intake = roster_intake_new(server);
	server->unit_cards = unit_cards_new(server);
	server->unit_counts = unit_counts_new(server);
	server->comparisons = comparisons_new(server);
	server->unit_erasures = unit_erasures_new(server);
	server->site = site_memory_new(server);
	server->published = published_new(server);
	if (server->published)
		err = published_load(server->published);
	if (err)
		return serve_failed(s, "cannot read the published files", err);
	server->planner = planner_new(server);
	server->syncs = syncs_new(server);
	s->upgrade = upgrade_new(server, GATEHOUSE_VERSION, &upgrade);
	if (s->index == NULL || server->upkeep == NULL || s->upgrade == NULL ||
	    server->query_mirror == NULL || server->unit_cards == NULL ||
	    server->site == NULL || server->published == NULL || server->planner == NULL ||
	    server->syncs == NULL || server->unit_counts == NULL ||
	    server->comparisons == NULL || server->unit_erasures == NULL)
		return serve_failed(s, "cannot start", GH_ENOMEM);
	site_memory_stale(server->site);
	err = tokens_open(server, &s->tokens);
	if (err)
		return serve_failed(s, "cannot read the tokens", err);
	err = accounts_open(server, &s->accounts);
	return err ? serve_failed(s, "cannot read the accounts", err) : true;
}

static bool serve_devices_open(struct serve *s)
{
	struct terminal_manager_settings settings = { .workers = s->settings->terminals,
						      .attempts = 8 };
	enum gh_err err = terminal_manager_open(&s->server, &settings, &s->terminals);

	if (err)
		return serve_failed(s, "cannot call terminals", err);
	err = wake_open(&s->server, s->settings->connections / 2, &s->wake);
	if (err)
		return serve_failed(s, "cannot start the thread that wakes devices", err);
	return serve_matcher_open(s);
}

static bool serve_first_token_make(struct serve *s)
{
	if (tokens_count(s->tokens))
		return true;
	if (!first_token_make(&s->server, s->tokens, &s->data, s->why, sizeof(s->why)))
		return false;
	LOG(&s->log, LOG_INFO, "first start: administrator token written",
	    { "file", GH_LIT("admin.token") }, { "directory", gh_slice_of(s->data.path) });
	return true;
}

/* --- closing: the listeners first, which wait for every pending reply --- */

static void serve_close(struct serve *s)
{
	struct server *server = &s->server;

	if (server->queue)
		store_queue_quiesce(server->queue);
	/* Requests that add a terminal are answered first. */
	terminal_manager_stop(s->terminals);
	if (s->api)
		api_quiesce(s->api);
	if (server->readers)
		readers_quiesce(server->readers);
	if (s->devices)
		http_quiesce(s->devices);
	wake_stop(s->wake);
	matcher_stop(server->matcher);
	serve_listeners_close(s);
	punch_index_stop(s->index);
	/* A piece of a stream that has gone may still be being made. */
	readers_stop(server->readers);
	api_close(s->api);
	if (server->devices && server->queue) {
		devices_tick(server);
		doors_keep(server, true);
	}
	store_queue_close(server->queue);
	/* What its jobs had still to read was refused. */
	readers_free(server->readers);
	punch_index_free(s->index);
	upkeep_free(server->upkeep);
	query_mirror_free(server->query_mirror);
	roster_intake_free(server->intake);
	unit_cards_free(server->unit_cards);
	unit_counts_free(server->unit_counts);
	comparisons_free(server->comparisons);
	unit_erasures_free(server->unit_erasures);
	site_memory_free(server->site);
	published_free(server->published);
	planner_free(server->planner);
	syncs_free(server->syncs);
	upgrade_free(s->upgrade);
	terminal_manager_close(s->terminals);
	wake_close(s->wake);
	matcher_close(server->matcher);
	accounts_close(s->accounts);
	tokens_close(s->tokens);
	devices_close(server->devices);
	trace_free(server->trace);
	limiter_free(server->wrong_keys);
	limiter_free(server->questions);
	limiter_free(server->failed_people);
	limiter_free(server->failed_devices);
	limiter_free(server->audit_refusals);
	contacts_free(server->contacts);
	problems_free(server->problems);
	live_free(server->live);
	if (server->db.ops)
		store_close(&server->db);
	data_dir_close(&s->data);
}

static void serve_generation_free(void *p)
{
	settings_clear(p);
	g_free(p);
}

/* First of all, so that a signal waits for serve_run() however early it comes; and before any thread is
 * made, as they inherit it. */
static void signals_hold(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool signals_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT));
}

enum opening { OPENED, OPENING_FAILED, OPENING_CUT_SHORT };

/* A step begun is brought to its end; a signal that ends the server takes effect between two. */
static enum opening serve_open(struct serve *s)
{
	static bool (*const steps[])(struct serve *) = {
		serve_data_open,    serve_store_open,	    serve_core_open,
		serve_devices_open, serve_first_token_make, serve_listeners_open
	};

	notify_opening(
		"opening the store; the tables of an older version are brought up to date");
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (signals_end())
			return OPENING_CUT_SHORT;
		if (!steps[i](s))
			return signals_end() ? OPENING_CUT_SHORT : OPENING_FAILED;
	}
	return OPENED;
}

/* --check: the settings are in order, or the program would have ended before. */
static int serve_check(struct serve *s)
{
	bool ok = serve_certificates_check(s);

	if (ok)
		printf("settings and certificates are in order\n");
	else
		fprintf(stderr, "gatehouse: %s\n", s->why);
	g_ptr_array_free(s->generations, TRUE);
	return ok ? 0 : 1;
}

int serve(int argc, char **argv)
{
	struct serve s = { .data = { .lock = -1 } };
	int status;

	signals_hold(&s.signals);
	struct settings *first = g_new0(struct settings, 1);
	status = settings_parse(first, argc, argv);

	if (status) {
		g_free(first);
		return status;
	}
	s.generations = g_ptr_array_new_with_free_func(serve_generation_free);
	g_ptr_array_add(s.generations, first);
	s.settings = first;
	s.log = (struct log){ .to = stderr,
			      .level = (int)first->log_level,
			      .json = first->log_json };
	open_files_raise(&s);
	heap_prepare(&s.heap);

	if (first->check)
		return serve_check(&s);
	s.server.log = &s.log;
	s.server.now_ms = ghi_clock_wall_ms;
	s.server.monotonic_ms = ghi_clock_monotonic_ms;
	server_clock_start(&s.server);
	s.server.contacts = contacts_new();
	s.server.problems = problems_new();

	enum opening opening = serve_open(&s);
	if (opening == OPENED) {
		open_files_watch(&s);
		serve_announce(&s);
		terminal_manager_start(s.terminals);
		notify_ready(&s);
		watchdog_start(&s.watchdog);
		serve_run(&s);
		watchdog_stop(&s.watchdog);
	}
	if (opening == OPENING_FAILED && s.log.json)
		LOG(&s.log, LOG_ERROR, "cannot start", { "why", gh_slice_of(s.why) });
	else if (opening == OPENING_FAILED)
		fprintf(stderr, "gatehouse: %s\n", s.why);
	else
		LOG(&s.log, LOG_INFO, "ending", { 0 });
	notify_stopping();
	serve_close(&s);
	g_ptr_array_free(s.generations, TRUE);
	return opening == OPENING_FAILED ? 1 : 0;
}
