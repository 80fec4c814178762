/* `gatehouse sim terminal`: its options, and its output when ready and at the end. */
#include "app/sim/sim.h"
#include "base/clock.h"
#include "base/number.h"
#include "sim/terminal/event_loop.h"

#include <argp.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	OPT_LISTEN = 0x100,
	OPT_DEVICES,
	OPT_SN,
	OPT_COMM_KEY,
	OPT_PERSONA,
	OPT_USERS_LAYOUT,
	OPT_PUNCH_LAYOUT,
	OPT_EVENT_SIZE,
	OPT_INLINE_MAX,
	OPT_USERS,
	OPT_PUNCHES,
	OPT_RATE,
	OPT_TEMPLATES,
	OPT_SEED,
	OPT_NOW,
	OPT_FAULT,
	OPT_PACE,
	OPT_DURATION,
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Where and who:", 1 },
	{ "listen", OPT_LISTEN, "ADDR:PORT", 0,
	  "TCP and UDP (127.0.0.1:4370); port 0 finds a free one", 0 },
	{ "devices", OPT_DEVICES, "N", 0, "how many terminals, on consecutive ports (1)", 0 },
	{ "sn", OPT_SN, "PREFIX", 0, "how serial numbers begin (SIM): SIM000001, SIM000002 ...",
	  0 },
	{ "comm-key", OPT_COMM_KEY, "K", 0, "the key that callers must prove (0: none)", 0 },
	{ NULL, 0, NULL, 0, "What kind of terminal:", 2 },
	{ "persona", OPT_PERSONA, "LIST", 0,
	  "kinds of firmware, dealt out in turn (tft); mixed: one of each", 0 },
	{ "users-layout", OPT_USERS_LAYOUT, "BYTES", 0, "of a user: 72, 28 or 16", 0 },
	{ "punch-layout", OPT_PUNCH_LAYOUT, "BYTES", 0,
	  "of a punch: 40 and more, 16, 8, or 8b (8 with flags)", 0 },
	{ "event-size", OPT_EVENT_SIZE, "BYTES", 0,
	  "of a live punch: 10, 12, 14, 32, 36, 37 or 52", 0 },
	{ "inline-max", OPT_INLINE_MAX, "BYTES", 0,
	  "a table up to this long comes in a single packet (1024)", 0 },
	{ NULL, 0, NULL, 0, "What it holds:", 3 },
	{ "users", OPT_USERS, "N", 0, "users of each terminal (10)", 0 },
	{ "punches", OPT_PUNCHES, "N", 0, "punches in the log of each at the start (20)", 0 },
	{ "rate", OPT_RATE, "R", 0, "new punches a second over all terminals (0)", 0 },
	{ "templates", OPT_TEMPLATES, "PERCENT", 0, "users with fingers, faces, photos (20)",
	  0 },
	{ "seed", OPT_SEED, "S", 0,
	  "where chance begins (1); the same seed gives the same bytes", 0 },
	{ "now", OPT_NOW, NULL, 0,
	  "clocks show the present (UTC), so bytes differ from run to run", 0 },
	{ NULL, 0, NULL, 0, "What goes wrong:", 4 },
	{ "fault", OPT_FAULT, "LIST", 0,
	  "faults, each with a chance in a hundred if you like: delay,drop:5", 0 },
	{ "pace", OPT_PACE, "MS", 0,
	  "pause before each packet, for callers that read one packet at a time (0)", 0 },
	{ NULL, 0, NULL, 0, "How long:", 5 },
	{ "duration", OPT_DURATION, "SECONDS", 0,
	  "end after that long; 0, the default, runs until Ctrl-C", 0 },
	{ 0 },
};

static const char before[] =
	"Simulates terminals that are called on port 4370, over TCP and UDP: users, templates, "
	"punches, operation log, options, live events, everything that can be written and "
	"deleted. When ready it prints one line for each transport; at the end one line of "
	"JSON reports the requests and answers.\v";

static const char examples[] =
	"Examples:\n"
	"  A terminal with half a million punches:\n"
	"    gatehouse sim terminal --users 1000 --punches 500000\n"
	"  Two punches a second, read live:\n"
	"    gatehouse sim terminal --listen 127.0.0.1:4370 --rate 2 &\n"
	"    gatehouse terminal tcp://127.0.0.1 punch watch\n"
	"  Old firmware behind a bad line, with a comm key:\n"
	"    gatehouse sim terminal --persona bw --comm-key 1234 --fault all\n"
	"\n"
	"Powering it off ends all connections, as restarting does; it is there again at once.\n"
	"Status: 0 when it ended as requested; 1 when it could not listen; 2 for a wrong "
	"option.\n";

struct run {
	struct term_plan plan; /* until its kind is set */
	struct term_plan plans[TERM_PLANS_MAX];
	uint32_t n_plans;
	const char *listen, *persona, *users_layout, *punch_layout, *event_size;
	int64_t duration_ms;
	double rate;
	bool now;
};

/* An option's value ends where it is printed or read by line. */
static void terminal_option_check_plain(struct argp_state *state, const char *text)
{
	if (strlen(text) > 20 || text[strcspn(text, " \t\r\n=")])
		argp_error(state, "--sn: at most 20 characters, without blanks and =");
}

/* --- the layouts --- */

static void user_layout(struct argp_state *state, const struct run *r, struct term_plan *p)
{
	p->user_size = p->persona->user_size;
	if (r->users_layout)
		p->user_size = (uint8_t)sim_option_number(state, "users-layout",
							  r->users_layout, 16, 72);
	if (p->user_size != 72 && p->user_size != 28 && p->user_size != 16)
		argp_error(state, "--users-layout %s: 72, 28 or 16 is expected",
			   r->users_layout);
}

static void punch_layout(struct argp_state *state, const struct run *r, struct term_plan *p)
{
	static const struct {
		const char *word;
		struct ghi_terminal_punch_format format;
	} known[] = { { "8", { GHI_PUNCH_8A, 8 } },
		      { "8a", { GHI_PUNCH_8A, 8 } },
		      { "8b", { GHI_PUNCH_8B, 8 } },
		      { "16", { GHI_PUNCH_16, 16 } } };

	p->punch = p->persona->punch;
	if (r->punch_layout == NULL)
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(r->punch_layout, known[i].word)) {
			p->punch = known[i].format;
			return;
		}
	p->punch.layout = GHI_PUNCH_40;
	p->punch.size = (uint16_t)sim_option_number(state, "punch-layout", r->punch_layout, 40,
						    GHI_TERMINAL_PUNCH_MAX);
}

static void event_size(struct argp_state *state, const struct run *r, struct term_plan *p)
{
	static const uint8_t known[] = { 10, 12, 14, 32, 36, 37, 52 };

	p->event_size = p->persona->event_size;
	if (r->event_size == NULL)
		return;
	p->event_size = (uint8_t)sim_option_number(state, "event-size", r->event_size, 10, 52);
	if (memchr(known, p->event_size, sizeof(known)) == NULL)
		argp_error(state, "--event-size %s: 10, 12, 14, 32, 36, 37 or 52 is expected",
			   r->event_size);
}

static int64_t run_start(const struct run *r)
{
	enum { MARCH_2026 = 1772438400, DAY = 86400, MORNING = 8 * 3600 };

	return r->now ? ghi_clock_wall_ms() / 1000
		      : MARCH_2026 + (int64_t)(r->plan.seed % 100) * DAY + MORNING;
}

/* --- the kinds --- */

/* Another kind, with its own layouts unless others are given. */
static void run_add_plan(struct argp_state *state, struct run *r,
			 const struct term_persona *persona)
{
	struct term_plan *p = &r->plans[r->n_plans];

	if (r->n_plans == TERM_PLANS_MAX) {
		argp_error(state, "--persona: more than %d", TERM_PLANS_MAX);
		return;
	}
	*p = r->plan;
	p->persona = persona;
	user_layout(state, r, p);
	punch_layout(state, r, p);
	event_size(state, r, p);
	if (persona->quirks & TERM_TEXT_PIN &&
	    (p->user_size != 72 || p->punch.layout == GHI_PUNCH_16 || p->event_size == 12))
		argp_error(state, "--persona %s: its PINs are no numbers, as this layout needs",
			   persona->name);
	r->n_plans++;
}

static void run_add_kinds(struct argp_state *state, struct run *r)
{
	gh_slice rest = gh_slice_of(r->persona), word;
	const struct term_persona *persona;

	if (gh_slice_eq(rest, GH_LIT("mixed"))) {
		for (size_t i = 0; (persona = term_persona_at(i)); i++)
			run_add_plan(state, r, persona);
		return;
	}
	do {
		gh_slice_cut(rest, ',', &word, &rest);
		persona = term_persona_of(word);
		if (persona)
			run_add_plan(state, r, persona);
		else
			argp_error(state, "--persona: no such kind: %.*s", GH_FMT(word));
	} while (rest.n);
}

static void terminal_options_check(struct argp_state *state, struct run *r)
{
	struct term_plan *p = &r->plan;

	if (r->rate > 0) {
		p->interval_us = (int64_t)((double)p->devices * 1e6 / r->rate);
		if (p->interval_us == 0)
			argp_error(state, "--rate: more than a million a second for each");
	}
	p->start_s = run_start(r);
	for (int i = TERM_FAULT_SLOT; i <= TERM_FAULT_FOREIGN; i++)
		p->spoils |= p->faults.permille[i] != 0;
	run_add_kinds(state, r);
}

static void terminal_option_list(struct argp_state *state, struct term_plan *p,
				 const char *text)
{
	gh_slice bad = { 0 };

	if (term_faults_parse(gh_slice_of(text), &p->faults, &bad))
		argp_error(state, "--fault: no such fault: %.*s", GH_FMT(bad));
}

static error_t terminal_options_parse(int key, char *arg, struct argp_state *state)
{
	struct run *r = state->input;
	struct term_plan *p = &r->plan;

	switch (key) {
	case OPT_LISTEN:
		r->listen = arg;
		break;
	case OPT_DEVICES:
		p->devices = (uint32_t)sim_option_number(state, "devices", arg, 1, 200);
		break;
	case OPT_SN:
		terminal_option_check_plain(state, arg);
		p->sn_prefix = arg;
		break;
	case OPT_COMM_KEY:
		p->comm_key =
			(uint32_t)sim_option_number(state, "comm-key", arg, 0, UINT32_MAX);
		break;
	case OPT_PERSONA:
		r->persona = arg;
		break;
	case OPT_USERS_LAYOUT:
		r->users_layout = arg;
		break;
	case OPT_PUNCH_LAYOUT:
		r->punch_layout = arg;
		break;
	case OPT_EVENT_SIZE:
		r->event_size = arg;
		break;
	case OPT_INLINE_MAX:
		p->inline_max = (uint32_t)sim_option_number(state, "inline-max", arg, 0, 1024);
		break;
	case OPT_USERS:
		p->users = (uint32_t)sim_option_number(state, "users", arg, 0, TERM_USERS_MAX);
		break;
	case OPT_PUNCHES:
		p->punches =
			(uint32_t)sim_option_number(state, "punches", arg, 0, TERM_PUNCHES_MAX);
		break;
	case OPT_RATE:
		r->rate = sim_option_real(state, "rate", arg, 0, 1e6);
		break;
	case OPT_TEMPLATES:
		p->templates = (uint32_t)sim_option_number(state, "templates", arg, 0, 100);
		break;
	case OPT_SEED:
		p->seed = sim_option_number(state, "seed", arg, 0, INT64_MAX);
		break;
	case OPT_NOW:
		r->now = true;
		break;
	case OPT_FAULT:
		terminal_option_list(state, p, arg);
		break;
	case OPT_PACE:
		p->pace_ms = (uint32_t)sim_option_number(state, "pace", arg, 0, 60000);
		break;
	case OPT_DURATION:
		r->duration_ms =
			(int64_t)(sim_option_real(state, "duration", arg, 0, 1e8) * 1000);
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		break;
	case ARGP_KEY_END:
		terminal_options_check(state, r);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The personas and faults there are, from their tables. */
static char *terminal_help(int key, const char *text, void *input)
{
	const struct term_persona *p;
	GString *s;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	s = g_string_new("Kinds of terminal:\n");
	for (size_t i = 0; (p = term_persona_at(i)); i++)
		g_string_append_printf(s, "  %-11s %s\n", p->name, p->help);
	g_string_append(s, "\nFaults (all: each as often as is usual):\n");
	for (size_t i = 0; i < TERM_FAULTS; i++)
		g_string_append_printf(s, "  %-11s %s\n", term_fault_word[i],
				       term_fault_help[i]);
	g_string_append_printf(s, "\n%s", examples);
	return g_string_free(s, FALSE);
}

/* --- the run --- */

static int run_announce(const struct term_loop *s, uint32_t devices)
{
	for (uint32_t i = 0; i < devices; i++)
		for (int tcp = 1; tcp >= 0; tcp--) {
			char *address = term_loop_address(s, i, tcp);

			printf("listening terminal %s\n", address);
			g_free(address);
		}
	return fflush(stdout);
}

static int run_report(const struct term_loop *s)
{
	struct json j = json_with_limit(1 << 20);

	term_loop_report(s, &j);
	return sim_report_print(&j);
}

int cmd_sim_terminal(int argc, char **argv)
{
	const struct argp argp = { .options = options,
				   .parser = terminal_options_parse,
				   .doc = before,
				   .help_filter = terminal_help };
	struct run r = { .plan = { .devices = 1,
				   .users = 10,
				   .punches = 20,
				   .templates = 20,
				   .seed = 1,
				   .inline_max = 1024,
				   .sn_prefix = "SIM" },
			 .persona = "tft",
			 .listen = "127.0.0.1:4370" };
	const char *reason = "";
	struct term_loop *loop = NULL;
	enum gh_err err;
	int status = 1;

	argp_err_exit_status = 2;
	argv[0] = (char *)(uintptr_t) "gatehouse sim terminal";
	if (argp_parse(&argp, argc, argv, 0, NULL, &r))
		return 2;
	err = term_loop_open(r.plans, r.n_plans, r.listen, &loop, &reason);
	if (err) {
		fprintf(stderr, "gatehouse sim terminal: --listen %s: %s\n", r.listen, reason);
		return err == GH_EINVALID ? 2 : 1;
	}
	if (run_announce(loop, r.plan.devices) == 0 &&
	    term_loop_run(loop, r.duration_ms) == GH_OK)
		status = run_report(loop);
	term_loop_close(loop);
	return status;
}
