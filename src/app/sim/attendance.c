/* `gatehouse sim attendance`: its options, and the line it prints at the end. */
#include "app/sim/push.h"
#include "app/sim/sim.h"
#include "base/clock.h"
#include "base/number.h"
#include "sim/attendance/fleet.h"

#include <argp.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	OPT_TEMPLATES = PUSH_KEY_OF_KIND,
	OPT_PHOTOS,
	OPT_LOG_CAPACITY,
	OPT_PHOTO_CAPACITY,
	OPT_TRUTH,
};

static const struct argp_option options[] = {
#define PUSH_GROUP PUSH_OPTION_GROUP
#define PUSH_OPTION PUSH_OPTION_ROW
#include "app/sim/push_option.def"
#undef PUSH_GROUP
#undef PUSH_OPTION
	{ "comm-key", PUSH_KEY_COMM_KEY, "K", 0,
	  "the key that newer devices show at the handshake", 1 },
	{ "persona", PUSH_KEY_PERSONA, "LIST", 0,
	  "kinds of device, dealt out in turn (2.2.14,2.4.1; mixed: one of each)", 1 },
	{ "users", PUSH_KEY_USERS, "N", 0, "people on each device (10)", 2 },
	{ "punches", PUSH_KEY_PUNCHES, "N", 0,
	  "punches in the log of each device at the start (20)", 2 },
	{ "rate", PUSH_KEY_RATE, "R", 0, "new punches a second over the whole fleet (0)", 2 },
	{ "templates", OPT_TEMPLATES, "PERCENT", 0,
	  "people with fingers, faces and pictures (20)", 2 },
	{ "photos", OPT_PHOTOS, "PERMILLE", 0, "punches in a thousand with a photo (20)", 2 },
	{ "log-capacity", OPT_LOG_CAPACITY, "N", 0,
	  "punches that each log has room for (0: any number); of a full one the oldest go, as "
	  "many as "
	  "the device's setting DelRecord (1), and with 0 no new one is made",
	  2 },
	{ "photo-capacity", OPT_PHOTO_CAPACITY, "N", 0,
	  "the same of photos of punches, whose oldest always go (0: any number)", 2 },
	{ "now", PUSH_KEY_NOW, NULL, 0,
	  "device clocks show the present and follow the server's Date and TimeZone, so bytes "
	  "differ from run to run",
	  2 },
	{ "pace", PUSH_KEY_PACE, "MS", 0,
	  "time between two polls, instead of the server's Delay", 4 },
	{ "timeout", PUSH_KEY_TIMEOUT, "SECONDS", 0, "patience for an answer (15)", 4 },
	{ "account", PUSH_KEY_FILE, "FILE", 0,
	  "append each acknowledged punch, on disk at once: serial, PIN, time, status, verify "
	  "mode, work code",
	  5 },
	{ "truth", OPT_TRUTH, "FILE", 0,
	  "append what happens when people come: serial, time, PIN, what (opened, waits, "
	  "refused, message, "
	  "alarm, alarm-cancelled), and why, or the text",
	  5 },
	{ 0 },
};

static const char before[] =
	"Simulates attendance clocks that call a server by the PUSH protocol: handshake, "
	"polls, "
	"uploads of every kind, commands with results, retries until acknowledged. At the end "
	"one line of JSON reports what was sent and what was acknowledged.\v";

static const char examples[] =
	"Examples:\n"
	"  Three clocks with twenty punches each; end when all of it is acknowledged:\n"
	"    gatehouse sim attendance --server http://127.0.0.1:8080 --devices 3 --once\n"
	"  A busy site with clocks that show the present, until Ctrl-C:\n"
	"    gatehouse sim attendance --server http://127.0.0.1:8080 --devices 500 \\\n"
	"        --users 200 --punches 0 --rate 50 --now\n"
	"  Everything that can go wrong, at a hundred times the speed, with an account:\n"
	"    gatehouse sim attendance --server http://127.0.0.1:8080 --devices 200 \\\n"
	"        --persona mixed --fault all --speed 100 --once --account safe.tsv\n"
	"\n"
	"A server that holds unknown devices must approve them first; until then they\n"
	"try again. Status: 0 when it ended as requested; 1 when --once ran out of\n"
	"time or the account could not be written; 2 for a wrong option.\n";

struct run {
	struct plan plan;
	struct sim_push_run push;
	const char *truth; /* NULL: none */
};

/* --- options --- */

static void attendance_option_list(struct argp_state *state, struct plan *p, int key,
				   const char *text)
{
	gh_slice bad = { 0 };

	if (key == PUSH_KEY_PERSONA && persona_mix_parse(gh_slice_of(text), &p->mix, &bad))
		argp_error(state, "--persona: no such kind, or too many: %.*s", GH_FMT(bad));
	if (key == PUSH_KEY_FAULT && att_faults_parse(gh_slice_of(text), &p->faults, &bad))
		argp_error(state, "--fault: no such fault: %.*s", GH_FMT(bad));
}

static error_t attendance_options_parse(int key, char *arg, struct argp_state *state)
{
	struct run *r = state->input;
	struct plan *p = &r->plan;

	switch (key) {
	case PUSH_KEY_USERS:
		p->users = (uint32_t)sim_option_number(state, "users", arg, 0, 1000000);
		break;
	case PUSH_KEY_PUNCHES:
		p->punches = (uint32_t)sim_option_number(state, "punches", arg, 0, 10000000);
		break;
	case OPT_TEMPLATES:
		p->templates = (uint32_t)sim_option_number(state, "templates", arg, 0, 100);
		break;
	case OPT_PHOTOS:
		p->photos = (uint32_t)sim_option_number(state, "photos", arg, 0, 1000);
		break;
	case OPT_LOG_CAPACITY:
		p->log_capacity =
			(uint32_t)sim_option_number(state, "log-capacity", arg, 0, 10000000);
		break;
	case OPT_PHOTO_CAPACITY:
		p->photo_capacity =
			(uint32_t)sim_option_number(state, "photo-capacity", arg, 0, 10000000);
		break;
	case OPT_TRUTH:
		r->truth = arg;
		break;
	case PUSH_KEY_PERSONA:
	case PUSH_KEY_FAULT:
		attendance_option_list(state, p, key, arg);
		break;
	default:
		return sim_push_option_parse(
			key, arg, state, &r->push,
			"--once ends when the log is empty; with --rate it never is");
	}
	return 0;
}

/* The personas and faults there are, from their tables. */
static char *attendance_help(int key, const char *text, void *input)
{
	GString *s;
	const struct persona *p;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	s = g_string_new("Kinds of device:\n");
	for (size_t i = 0; (p = persona_at(i)); i++)
		g_string_append_printf(s, "  %-11s %s\n", p->name, p->help);
	g_string_append(s, "\nFaults (all: each as often as is usual):\n");
	for (size_t i = 0; i < ATT_FAULTS; i++)
		g_string_append_printf(s, "  %-11s %s\n", att_fault_word[i], att_fault_help[i]);
	g_string_append_printf(s, "\n%s", examples);
	return g_string_free(s, FALSE);
}

/* --- the run --- */

static int64_t attendance_start(const struct plan *p)
{
	enum { YEAR_2024 = 1704067200, DAY = 86400, MORNING = 8 * 3600 };

	if (p->follow_clock)
		return ghi_clock_wall_ms() / 1000 / 4 * 4;
	/* Times of a seed are multiples of four; see sim/attendance/calendar.h. */
	return YEAR_2024 + (int64_t)(p->seed % 365) * DAY + MORNING;
}

static int attendance_report(const struct fleet *f)
{
	struct json j = json_with_limit(1 << 20);

	fleet_report(f, &j);
	return sim_report_print(&j);
}

static int attendance_run(const struct run *r, int fd, int truth)
{
	struct statistics statistics = statistics_to(fd, truth);
	struct fleet *fleet = NULL;
	enum gh_err err = fleet_open(&r->plan, &statistics, &fleet);
	int status = 0;

	if (err == GH_OK) {
		err = fleet_run(fleet, r->push.duration_ms);
		sim_progress_clear();
		status = attendance_report(fleet);
		if (r->plan.once && !fleet_complete(fleet))
			status = 1;
	}
	if (err) {
		fprintf(stderr, "gatehouse sim attendance: %s\n",
			statistics.broken ? "the account, or the truth, cannot be written"
					  : gh_strerror(err));
		status = 1;
	}
	fleet_close(fleet);
	return status;
}

int cmd_sim_attendance(int argc, char **argv)
{
	const struct argp argp = { .options = options,
				   .parser = attendance_options_parse,
				   .doc = before,
				   .help_filter = attendance_help };
	struct run r = { .plan = { .devices = 1,
				   .users = 10,
				   .punches = 20,
				   .templates = 20,
				   .photos = 20,
				   .seed = 1,
				   .sn_prefix = "SIM",
				   .speed = 1,
				   .delay_ms = -1,
				   .error_delay_ms = -1,
				   .timeout_ms = 15000 } };
	struct sim_progress progress = { .terminal = isatty(STDERR_FILENO) };
	int fd = -1, truth = -1, status = 1;
	gh_slice bad;

	r.push = (struct sim_push_run){ .plan = SIM_PUSH_PLAN(&r.plan) };
	if (persona_mix_parse(GH_LIT("2.2.14,2.4.1"), &r.plan.mix, &bad))
		return 2;
	argp_err_exit_status = 2;
	argv[0] = (char *)(uintptr_t) "gatehouse sim attendance";
	if (argp_parse(&argp, argc, argv, 0, NULL, &r))
		return 2;
	r.plan.start_s = attendance_start(&r.plan);
	r.plan.progress = sim_progress_show;
	r.plan.progress_ctx = &progress;
	progress.server = &r.plan.server;
	if (r.push.file)
		fd = sim_account_open(argv[0], r.push.file);
	if (r.truth)
		truth = sim_account_open(argv[0], r.truth);
	if ((fd >= 0 || !r.push.file) && (truth >= 0 || !r.truth))
		status = attendance_run(&r, fd, truth);
	sim_server_close(&r.plan.server);
	if (fd >= 0)
		close(fd);
	if (truth >= 0)
		close(truth);
	return status;
}
