/* `gatehouse sim access`: its options, and the line it prints at the end. */
#include "app/sim/push.h"
#include "app/sim/sim.h"
#include "base/clock.h"
#include "base/number.h"
#include "sim/access/fleet.h"
#include "sim/access/subs.h"

#include <argp.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	OPT_SUBS = PUSH_KEY_OF_KIND,
	OPT_WHOLE,
	OPT_REFUSE,
	OPT_PEAKS,
};

static const struct argp_option options[] = {
#define PUSH_GROUP PUSH_OPTION_GROUP
#define PUSH_OPTION PUSH_OPTION_ROW
#include "app/sim/push_option.def"
#undef PUSH_GROUP
#undef PUSH_OPTION
	{ "comm-key", PUSH_KEY_COMM_KEY, "K", 0, "the key that they register with (authKey)",
	  1 },
	{ "persona", PUSH_KEY_PERSONA, "LIST", 0,
	  "kinds of device, dealt out in turn (spec; mixed: one of each)", 1 },
	{ "subs", OPT_SUBS, "N", 0,
	  "sub-controllers behind each main controller (main-with-subs: 8), with two doors "
	  "each",
	  1 },
	{ "refuse", OPT_REFUSE, "CODE[=WORDS]", 0,
	  "answer commands that begin with these words, or all, by that code, and do not carry "
	  "them out",
	  3 },
	{ "users", PUSH_KEY_USERS, "N", 0,
	  "people on each device who may pass (10); three more may not", 2 },
	{ "punches", PUSH_KEY_PUNCHES, "N", 0,
	  "events that each device keeps at the start (20)", 2 },
	{ "rate", PUSH_KEY_RATE, "R", 0,
	  "people who come to a door, a second over the whole fleet (0); each makes up to "
	  "three events",
	  2 },
	{ "peaks", OPT_PEAKS, NULL, 0,
	  "with --rate: many come when shifts begin and end, few at night, by the clocks of "
	  "the devices; in a day as many as without",
	  2 },
	{ "now", PUSH_KEY_NOW, NULL, 0,
	  "device clocks show the present and follow the server, so bytes differ from run to "
	  "run",
	  2 },
	{ "pace", PUSH_KEY_PACE, "MS", 0,
	  "time between two polls, instead of the server's RequestDelay", 4 },
	{ "timeout", PUSH_KEY_TIMEOUT, "SECONDS", 0,
	  "patience for an answer, where the server's TimeoutSec is longer (15)", 4 },
	{ "whole-commands", OPT_WHOLE, NULL, 0,
	  "a command with a bad record changes nothing; otherwise the records before it stay",
	  4 },
	{ "truth", PUSH_KEY_FILE, "FILE", 0,
	  "append each event that really happened: serial, index, time, event, address, PIN, "
	  "card, direction",
	  5 },
	{ 0 },
};

static const char before[] =
	"Simulates door controllers and access terminals that call a server by the Security "
	"PUSH protocol: registration, polls, events, door states, commands with results, "
	"retries until acknowledged. People come to their doors, and tables and options "
	"decide who passes. At the end one line of JSON reports what was sent and what was "
	"acknowledged.\v";

static const char examples[] =
	"Examples:\n"
	"  Three controllers with twenty events each; end when all is acknowledged:\n"
	"    gatehouse sim access --server http://127.0.0.1:8080 --devices 3 --once\n"
	"  A busy site with clocks that show the present, until Ctrl-C:\n"
	"    gatehouse sim access --server http://127.0.0.1:8080 --devices 50 \\\n"
	"        --persona inbio260-pro,speedface-v5l --punches 0 --rate 10 --now\n"
	"  Everything that can go wrong, at a hundred times the speed, with the truth:\n"
	"    gatehouse sim access --server http://127.0.0.1:8080 --devices 22 \\\n"
	"        --persona mixed --fault all --speed 100 --once --truth truth.tsv\n"
	"\n"
	"A server that holds unknown devices must approve them first; until then they\n"
	"register again and again. Status: 0 when it ended as requested; 1 when --once\n"
	"ran out of time or the truth could not be written; 2 for a wrong option.\n";

struct access_run {
	struct acc_plan plan;
	struct sim_push_run push;
};

/* --- options --- */

static void access_option_list(struct argp_state *state, struct acc_plan *p, int key,
			       const char *text)
{
	gh_slice bad = { 0 };

	if (key == PUSH_KEY_PERSONA && acc_persona_mix_parse(gh_slice_of(text), &p->mix, &bad))
		argp_error(state, "--persona: no such kind, or too many: %.*s", GH_FMT(bad));
	if (key == PUSH_KEY_FAULT && acc_faults_parse(gh_slice_of(text), &p->faults, &bad))
		argp_error(state, "--fault: no such fault: %.*s", GH_FMT(bad));
}

static void access_option_refuse(struct argp_state *state, struct acc_plan *p, const char *arg)
{
	gh_slice code, words;

	p->refused =
		gh_slice_cut(gh_slice_of(arg), '=', &code, &words) ? (const char *)words.p : "";
	if (ghi_signed_parse(code, INT32_MIN, INT32_MAX, &p->refusal))
		argp_error(state, "--refuse: no such code: %s", arg);
}

static error_t access_options_parse(int key, char *arg, struct argp_state *state)
{
	struct access_run *r = state->input;
	struct acc_plan *p = &r->plan;

	switch (key) {
	case OPT_SUBS:
		p->subs = (int32_t)sim_option_number(state, "subs", arg, 0, ACC_SUBS_MAX);
		break;
	case OPT_WHOLE:
		p->whole = true;
		break;
	case OPT_PEAKS:
		p->peaks = true;
		break;
	case OPT_REFUSE:
		access_option_refuse(state, p, arg);
		break;
	case PUSH_KEY_USERS:
		p->users = (uint32_t)sim_option_number(state, "users", arg, 0, 60000);
		break;
	case PUSH_KEY_PUNCHES:
		p->events = (uint32_t)sim_option_number(state, "punches", arg, 0, 200000);
		break;
	case PUSH_KEY_PERSONA:
	case PUSH_KEY_FAULT:
		access_option_list(state, p, key, arg);
		break;
	case ARGP_KEY_END:
		if (p->peaks && r->push.rate <= 0)
			argp_error(state, "--peaks goes with --rate");
		/* fall through */
	default:
		return sim_push_option_parse(
			key, arg, state, &r->push,
			"--once ends when all events are sent; with --rate they never are");
	}
	return 0;
}

/* The personas and faults there are, from their tables. */
static char *access_help(int key, const char *text, void *input)
{
	GString *s;
	const struct acc_persona *p;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	s = g_string_new("Kinds of device:\n");
	for (size_t i = 0; (p = acc_persona_at(i)); i++)
		g_string_append_printf(s, "  %-15s %s\n", p->name, p->help);
	g_string_append(s, "\nFaults (all: each as often as is usual, but the last three):\n");
	for (size_t i = 0; i < ACC_FAULTS; i++)
		g_string_append_printf(s, "  %-15s %s\n", acc_fault_word[i], acc_fault_help[i]);
	g_string_append_printf(s, "\n%s", examples);
	return g_string_free(s, FALSE);
}

/* --- the run --- */

static int64_t access_start(const struct acc_plan *p)
{
	enum { YEAR_2024 = 1704067200, DAY = 86400, MORNING = 8 * 3600 };

	if (p->follow_clock)
		return ghi_clock_wall_ms() / 1000;
	return YEAR_2024 + (int64_t)(p->seed % 365) * DAY + MORNING;
}

static int access_report(const struct acc_fleet *f)
{
	struct json j = json_with_limit(1 << 20);

	acc_fleet_report(f, &j);
	return sim_report_print(&j);
}

static int access_run(const struct access_run *r, int fd)
{
	struct acc_statistics statistics = acc_statistics_to(fd);
	struct acc_fleet *fleet = NULL;
	enum gh_err err = acc_fleet_open(&r->plan, &statistics, &fleet);
	int status = 0;

	if (err == GH_OK) {
		err = acc_fleet_run(fleet, r->push.duration_ms);
		sim_progress_clear();
		status = access_report(fleet);
		if (r->plan.once && !acc_fleet_complete(fleet))
			status = 1;
	}
	if (err) {
		fprintf(stderr, "gatehouse sim access: %s\n",
			statistics.broken ? "the truth cannot be written" : gh_strerror(err));
		status = 1;
	}
	acc_fleet_close(fleet);
	return status;
}

int cmd_sim_access(int argc, char **argv)
{
	const struct argp argp = { .options = options,
				   .parser = access_options_parse,
				   .doc = before,
				   .help_filter = access_help };
	struct access_run r = { .plan = { .devices = 1,
					  .users = 10,
					  .events = 20,
					  .seed = 1,
					  .sn_prefix = "SIM",
					  .speed = 1,
					  .subs = -1,
					  .delay_ms = -1,
					  .error_delay_ms = -1,
					  .timeout_ms = 15000 } };
	struct sim_progress progress = { .terminal = isatty(STDERR_FILENO) };
	int fd = -1, status;
	gh_slice bad;

	r.push = (struct sim_push_run){ .plan = SIM_PUSH_PLAN(&r.plan) };
	if (acc_persona_mix_parse(GH_LIT("spec"), &r.plan.mix, &bad))
		return 2;
	argp_err_exit_status = 2;
	argv[0] = (char *)(uintptr_t) "gatehouse sim access";
	if (argp_parse(&argp, argc, argv, 0, NULL, &r))
		return 2;
	r.plan.start_s = access_start(&r.plan);
	if (r.push.file) {
		fd = sim_account_open(argv[0], r.push.file);
		if (fd < 0) {
			sim_server_close(&r.plan.server);
			return 1;
		}
	}
	r.plan.progress = sim_progress_show;
	r.plan.progress_ctx = &progress;
	progress.server = &r.plan.server;
	status = access_run(&r, fd);
	sim_server_close(&r.plan.server);
	if (fd >= 0)
		close(fd);
	return status;
}
