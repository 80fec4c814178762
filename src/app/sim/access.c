/* `gatehouse sim access`: its options, and the line it prints at the end. */
#include "app/sim/push.h"
#include "app/sim/sim.h"
#include "base/clock.h"
#include "base/number.h"
#include "sim/access/fleet.h"
#include "sim/access/subs.h"
#include "sim/access/visits.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND "gatehouse sim access"

enum {
	OPT_SUBS = PUSH_KEY_OF_KIND,
	OPT_WHOLE,
	OPT_REFUSE,
	OPT_PEAKS,
	OPT_VISITS,
	OPT_TABLES,
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
	{ "visits", OPT_VISITS, "FILE", 0,
	  "people who come besides, as the file grows, a line each: serial, door, in or out, "
	  "card, its number, time, parted by tabs (or: finger or face, PIN; password, "
	  "PIN:PASSWORD). The clock of a device goes to the time of each",
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
	{ "tables", OPT_TABLES, "FILE", 0,
	  "at the end write what each device holds: a line of JSON for each row of its tables",
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
	"  Who passes whose doors, and what the controllers hold afterwards:\n"
	"    gatehouse sim access --server http://127.0.0.1:8080 --devices 2 --once \\\n"
	"        --visits visits.tsv --truth truth.tsv --tables tables.ndjson\n"
	"\n"
	"A server that holds unknown devices must approve them first; until then they\n"
	"register again and again. Status: 0 when it ended as requested; 1 when --once\n"
	"ran out of time or a file could not be read or written; 2 for a wrong option.\n";

struct access_run {
	struct acc_plan plan;
	struct sim_push_run push;
	const char *visits_path, *tables_path; /* NULL: none */
	struct acc_visits visits;
	FILE *tables;
	int truth;
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
	case OPT_VISITS:
		r->visits_path = arg;
		break;
	case OPT_TABLES:
		r->tables_path = arg;
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
		if (r->visits_path && p->follow_clock)
			argp_error(state, "--visits moves the clocks, --now holds them to the "
					  "present: one of them");
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

static int access_tables_write(const struct access_run *r, const struct acc_fleet *f)
{
	enum { ROWS_BYTES = 256 << 20 };
	bool written = true;

	for (uint32_t i = 0; r->tables && i < r->plan.devices; i++) {
		struct json j = json_with_limit(ROWS_BYTES);

		acc_fleet_rows_write(f, i, &j);
		written = written && j.text.err == GH_OK &&
			  fwrite(json_text(&j).p, 1, json_text(&j).n, r->tables) ==
				  json_text(&j).n;
		json_clear(&j);
	}
	if (r->tables == NULL || (written && fflush(r->tables) == 0))
		return 0;
	fprintf(stderr, COMMAND ": %s: the tables cannot be written\n", r->tables_path);
	return 1;
}

/* Why a run ended early. */
static void access_error_print(const struct access_run *r, bool truth, enum gh_err err)
{
	if (r->plan.visits && r->visits.problem)
		fprintf(stderr, COMMAND ": %s, line %u: %s\n", r->visits_path, r->visits.lines,
			r->visits.problem);
	else
		fprintf(stderr, COMMAND ": %s\n",
			truth ? "the truth cannot be written" : gh_strerror(err));
}

static int access_run(struct access_run *r)
{
	struct acc_statistics statistics = acc_statistics_to(r->truth);
	struct acc_fleet *fleet = NULL;
	enum gh_err err = acc_fleet_open(&r->plan, &statistics, &fleet);
	int status = 0;

	if (err == GH_OK) {
		err = acc_fleet_run(fleet, r->push.duration_ms);
		sim_progress_clear();
		status = access_report(fleet);
		status |= access_tables_write(r, fleet);
		if (r->plan.once && !acc_fleet_complete(fleet))
			status = 1;
	}
	if (err == GH_OK && r->visits.n) {
		r->visits.problem = "the line has no end";
		r->visits.lines++;
		err = GH_EMALFORMED;
	}
	if (err) {
		access_error_print(r, statistics.broken, err);
		status = 1;
	}
	acc_fleet_close(fleet);
	return status;
}

/* --- files --- */

/* false: one cannot be opened, and standard error has why. */
static bool access_files_open(struct access_run *r)
{
	r->truth = r->visits.fd = -1;
	if (r->push.file) {
		r->truth = sim_account_open(COMMAND, r->push.file);
		if (r->truth < 0)
			return false;
	}
	if (r->visits_path) {
		r->visits =
			acc_visits_of(open(r->visits_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
		r->plan.visits = &r->visits;
		if (r->visits.fd < 0)
			fprintf(stderr, COMMAND ": %s: %s\n", r->visits_path, strerror(errno));
	}
	if (r->tables_path) {
		r->tables = fopen(r->tables_path, "we");
		if (r->tables == NULL)
			fprintf(stderr, COMMAND ": %s: %s\n", r->tables_path, strerror(errno));
	}
	return (r->visits_path == NULL || r->visits.fd >= 0) &&
	       (r->tables_path == NULL || r->tables);
}

static void access_files_close(struct access_run *r)
{
	if (r->truth >= 0)
		close(r->truth);
	if (r->visits.fd >= 0)
		close(r->visits.fd);
	if (r->tables)
		fclose(r->tables);
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
	int status = 1;
	gh_slice bad;

	r.push = (struct sim_push_run){ .plan = SIM_PUSH_PLAN(&r.plan) };
	if (acc_persona_mix_parse(GH_LIT("spec"), &r.plan.mix, &bad))
		return 2;
	argp_err_exit_status = 2;
	argv[0] = (char *)(uintptr_t)COMMAND;
	if (argp_parse(&argp, argc, argv, 0, NULL, &r))
		return 2;
	r.plan.start_s = access_start(&r.plan);
	r.plan.progress = sim_progress_show;
	r.plan.progress_ctx = &progress;
	progress.server = &r.plan.server;
	if (access_files_open(&r))
		status = access_run(&r);
	access_files_close(&r);
	sim_server_close(&r.plan.server);
	return status;
}
