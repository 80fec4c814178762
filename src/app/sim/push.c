#include "app/sim/push.h"

#include "app/sim/sim.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void sim_option_milliseconds(struct argp_state *state, const char *name, const char *text,
			     int64_t *out)
{
	*out = (int64_t)sim_option_number(state, name, text, 0, 86400000);
}

void sim_option_seconds(struct argp_state *state, const char *name, const char *text,
			int64_t *out)
{
	*out = (int64_t)(sim_option_real(state, name, text, 0, 1e8) * 1000);
}

void sim_option_check_plain(struct argp_state *state, const char *name, const char *text,
			    size_t max)
{
	if (strlen(text) > max || text[strcspn(text, " \t\r\n&=%?#+")])
		argp_error(state,
			   "--%s: at most %zu characters, without blanks and & = %% ? # +",
			   name, max);
}

static error_t push_options_check(struct argp_state *state, struct sim_push_run *r,
				  const char *rate_and_once)
{
	const char *reason;

	if (r->server == NULL)
		argp_error(state, "--server URL is missing");
	else if (sim_server_open(r->server, r->proxy, r->plan.server, &reason))
		argp_error(state, "--server %s%s%s: %s", r->server, r->proxy ? " --proxy " : "",
			   r->proxy ? r->proxy : "", reason);
	else if (r->from && sim_server_call_from(r->plan.server, r->from))
		argp_error(state,
			   "--from %s: a numeric address of the same family as the server's",
			   r->from);
	else if ((r->ca || r->insecure) && !r->plan.server->https)
		argp_error(state, "--ca and --insecure go with an address that begins with "
				  "https://");
	else if (sim_server_trust(r->plan.server, r->ca, r->insecure, &reason))
		argp_error(state, "--server %s: %s", r->server, reason);
	if (r->rate > 0)
		*r->plan.interval_us = (int64_t)((double)*r->plan.devices * 1e6 / r->rate);
	if (r->rate > 0 && *r->plan.once)
		argp_error(state, "%s", rate_and_once);
	if (r->rate > 0 && *r->plan.interval_us == 0)
		argp_error(state, "--rate: more than a million a second for each device");
	return 0;
}

/* Which devices there are, and what they show. */
static error_t push_option_who(int key, char *arg, struct argp_state *state,
			       struct sim_push_run *r)
{
	switch (key) {
	case PUSH_KEY_SERVER:
		r->server = arg;
		return 0;
	case PUSH_KEY_PROXY:
		r->proxy = arg;
		return 0;
	case PUSH_KEY_FROM:
		r->from = arg;
		return 0;
	case PUSH_KEY_CA:
		r->ca = arg;
		return 0;
	case PUSH_KEY_INSECURE:
		r->insecure = true;
		return 0;
	case PUSH_KEY_DEVICES:
		*r->plan.devices =
			(uint32_t)sim_option_number(state, "devices", arg, 1, 100000);
		return 0;
	case PUSH_KEY_SN:
		sim_option_check_plain(state, "sn", arg, 20);
		*r->plan.sn_prefix = arg;
		return 0;
	case PUSH_KEY_COMM_KEY:
		sim_option_check_plain(state, "comm-key", arg, 128);
		*r->plan.comm_key = arg;
		return 0;
	case PUSH_KEY_RATE:
		r->rate = sim_option_real(state, "rate", arg, 0, 1e6);
		return 0;
	case PUSH_KEY_SEED:
		*r->plan.seed = sim_option_number(state, "seed", arg, 0, INT64_MAX);
		return 0;
	case PUSH_KEY_FILE:
		r->file = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

error_t sim_push_option_parse(int key, char *arg, struct argp_state *state,
			      struct sim_push_run *r, const char *rate_and_once)
{
	switch (key) {
	case PUSH_KEY_ONCE:
		*r->plan.once = true;
		return 0;
	case PUSH_KEY_NOW:
		*r->plan.follow_clock = true;
		return 0;
	case PUSH_KEY_DURATION:
		sim_option_seconds(state, "duration", arg, &r->duration_ms);
		return 0;
	case PUSH_KEY_PACE:
		sim_option_milliseconds(state, "pace", arg, r->plan.delay_ms);
		return 0;
	case PUSH_KEY_RETRY:
		sim_option_milliseconds(state, "retry", arg, r->plan.error_delay_ms);
		return 0;
	case PUSH_KEY_SPEED:
		*r->plan.speed = sim_option_real(state, "speed", arg, 0.01, 100000);
		return 0;
	case PUSH_KEY_TIMEOUT:
		sim_option_seconds(state, "timeout", arg, r->plan.timeout_ms);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "what is \"%s\"?", arg);
		return 0;
	case ARGP_KEY_END:
		return push_options_check(state, r, rate_and_once);
	default:
		return push_option_who(key, arg, state, r);
	}
}

int sim_account_open(const char *command, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0)
		fprintf(stderr, "%s: %s: %s\n", command, path, strerror(errno));
	return fd;
}

static void progress_refusal_print(const struct fleet_progress *p,
				   const struct sim_server *server)
{
	fprintf(stderr, "%u of %u devices wait: ", p->refused, p->devices);
	if (*p->refusal)
		fprintf(stderr, "the server answers \"%s\"", p->refusal);
	else if (server && server->tls && server->tls->proxy_status[0])
		fprintf(stderr, "the proxy answers %s to CONNECT", server->tls->proxy_status);
	else if (server && server->tls && server->tls->why[0])
		fprintf(stderr, "TLS: %s --ca FILE trusts other certificates, --insecure any",
			server->tls->why);
	else
		fprintf(stderr, "the server does not answer");
	/* 406 is what an access device gets that registers and waits. */
	if (strstr(p->refusal, "approval") || !strcmp(p->refusal, "406"))
		fprintf(stderr, "; 'gatehouse device list' shows them, 'gatehouse device "
				"approve' lets them in");
}

void sim_progress_show(void *ctx, const struct fleet_progress *p)
{
	struct sim_progress *last = ctx;

	if (last->terminal) {
		fprintf(stderr, "\r\033[K%" PRIu64 " records acknowledged, %" PRIu64 " to go",
			p->acknowledged, p->pending);
		if (p->refused) {
			fputs("; ", stderr);
			progress_refusal_print(p, last->server);
		}
		return;
	}
	if (p->refused == last->refused &&
	    (p->refused == 0 || !strcmp(p->refusal, last->refusal)))
		return;
	if (p->refused)
		progress_refusal_print(p, last->server);
	else
		fprintf(stderr, "no device waits any more");
	fputc('\n', stderr);
	last->refused = p->refused;
	g_strlcpy(last->refusal, p->refusal, sizeof(last->refusal));
}

void sim_progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
