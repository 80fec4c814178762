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

int sim_account_open(const char *command, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0)
		fprintf(stderr, "%s: %s: %s\n", command, path, strerror(errno));
	return fd;
}

static void progress_refusal_print(const struct fleet_progress *p)
{
	fprintf(stderr, "%u of %u devices wait: ", p->refused, p->devices);
	if (*p->refusal)
		fprintf(stderr, "the server answers \"%s\"", p->refusal);
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
			progress_refusal_print(p);
		}
		return;
	}
	if (p->refused == last->refused &&
	    (p->refused == 0 || !strcmp(p->refusal, last->refusal)))
		return;
	if (p->refused)
		progress_refusal_print(p);
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
