/* The running server: signals, what is read again at SIGHUP, and what is done each second. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "app/serve/notify.h"
#include "app/serve/open_files.h"
#include "app/serve/serve.h"
#include "core/access/account.h"
#include "core/access/doors_kept.h"
#include "core/access/planner.h"
#include "core/access/query_mirror.h"
#include "core/access/unit_cards.h"
#include "core/access/unit_counts.h"
#include "core/access/unit_erasure.h"
#include "core/commands.h"
#include "core/comparisons.h"
#include "core/device_options.h"
#include "core/devices.h"
#include "core/problems.h"
#include "core/punch_index.h"
#include "core/resend.h"
#include "core/roster_intake.h"
#include "core/server_clock.h"
#include "core/syncs.h"
#include "core/upgrade.h"
#include "core/upkeep.h"

static bool serve_settings_reload(struct serve *s)
{
	struct settings *fresh = g_new0(struct settings, 1);

	if (!settings_reload(s->settings, fresh)) {
		problem_raise(&s->server, PROBLEM_CONFIGURATION_REFUSED, PROBLEM_OF_SERVER,
			      "the log has what is wrong with it");
		g_free(fresh);
		return false;
	}
	g_ptr_array_add(s->generations, fresh);
	s->settings = fresh;
	s->server.settings = &fresh->server;
	s->log.level = (int)fresh->log_level;
	problem_clear(&s->server, PROBLEM_CONFIGURATION_REFUSED, PROBLEM_OF_SERVER);
	devices_settings_changed(&s->server);
	return true;
}

/* The certificates too where the configuration is refused: the files of the configuration before. */
static void serve_reload(struct serve *s)
{
	notify_reloading();
	bool settings = serve_settings_reload(s);

	serve_certificates_renew(s);
	serve_matcher_reload(s);
	notify_ready(s);
	if (settings)
		LOG(&s->log, LOG_INFO,
		    "configuration reloaded; addresses, store and limits need a restart",
		    { 0 });
}

/* The store does not raise problems; a failure of its latest write becomes one here. */
static void serve_watch_store(struct serve *s)
{
	struct store_queue_stats q;

	store_queue_stats(s->server.queue, &q);
	if (q.last_error)
		problem_raise(&s->server, PROBLEM_STORE_FAILED, PROBLEM_OF_SERVER, "%s",
			      q.why[0] ? q.why : gh_strerror(q.last_error));
	else
		problem_clear(&s->server, PROBLEM_STORE_FAILED, PROBLEM_OF_SERVER);
}

void serve_run(struct serve *s)
{
	const struct timespec second = { .tv_sec = 1 };
	unsigned ticks = 0;

	serve_certificates_watch(s);
	for (;;) {
		int signal = sigtimedwait(&s->signals, NULL, &second);

		if (signal == SIGHUP)
			serve_reload(s);
		else if (signal > 0)
			return;
		else if (errno != EAGAIN && errno != EINTR)
			return;
		serve_watch_store(s);
		open_files_watch(s);
		serve_listeners_tick(s);
		watchdog_tick(&s->watchdog, s);
		punch_index_tick(s->index);
		server_clock_tick(&s->server);
		devices_held_tick(&s->server);
		upkeep_tick(s->server.upkeep);
		planner_tick(s->server.planner);
		syncs_tick(s->server.syncs);
		query_mirror_tick(s->server.query_mirror);
		roster_intake_tick(s->server.intake);
		unit_cards_tick(s->server.unit_cards);
		unit_counts_tick(s->server.unit_counts);
		comparisons_tick(s->server.comparisons);
		unit_erasures_tick(s->server.unit_erasures);
		doors_keep(&s->server, false);
		upgrade_tick(s->upgrade);
		devices_resend_due(&s->server);
		if (ticks % 4 == 0) {
			heap_tick(&s->heap);
			serve_certificates_watch(s);
		}
		if (++ticks % 10 == 0) {
			commands_tick(&s->server, server_steady_ms(&s->server));
			accounts_tick(&s->server);
		}
		if (ticks % 60 == 0) {
			devices_tick(&s->server);
			devices_options_tick(&s->server);
			problems_tick(&s->server);
			notify_status(s);
		}
	}
}
