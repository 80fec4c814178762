/* Messages of the terminal's verbs: failures with advice, progress, what was done. */
#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/message.h"
#include "app/terminal/terminal.h"
#include "base/clock.h"
#include "base/number.h"

/* --- failures --- */

/* What an error means to the user. */
static const struct {
	enum gh_err err;
	int end;
	const char *advice;
} meaning[] = {
	{ GH_EAUTH, TERMINAL_WRONG_KEY,
	  "The key is in the device's menu: Comm. -> PC connection -> Comm key. Give it with "
	  "--comm-key or in GATEHOUSE_COMM_KEY." },
	{ GH_EUNREACHABLE, TERMINAL_UNREACHABLE,
	  "Is the device switched on, the address that of its menu Comm. -> Ethernet, and the "
	  "port (usually 4370) open from here?" },
	{ GH_ETIMEOUT, TERMINAL_UNREACHABLE,
	  "Is this the device's address, and does a firewall stand between? A slow line needs "
	  "a longer --timeout." },
	{ GH_ECLOSED, TERMINAL_UNREACHABLE,
	  "Another program may be connected to the device; most serve one at a time." },
	{ GH_EUNSUPPORTED, TERMINAL_REFUSED,
	  "This firmware cannot do it; 'info' shows what the device is." },
	{ GH_EFULL, TERMINAL_REFUSED, NULL },
	{ GH_EBUSY, TERMINAL_REFUSED, "The device's menu may be in use; try again." },
	{ GH_EMALFORMED, TERMINAL_INCOMPLETE, NULL },
	{ GH_ETRUNCATED, TERMINAL_INCOMPLETE, NULL },
	{ GH_ECHECKSUM, TERMINAL_INCOMPLETE, NULL },
	{ GH_EINVALID, TERMINAL_USAGE, NULL },
	{ GH_ETOOBIG, TERMINAL_USAGE, NULL },
	{ GH_ECANCELLED, TERMINAL_INTERRUPTED, NULL },
	{ GH_EIO, TERMINAL_UNREACHABLE, NULL },
};

bool terminal_is_refusal(enum gh_err err)
{
	return err == GH_EUNSUPPORTED || err == GH_EDENIED || err == GH_ENOTFOUND;
}

int terminal_failed(struct terminal *c)
{
	const struct gh_terminal_error *e = gh_terminal_error(c->device);
	bool connecting = e->attempted && !strcmp(e->attempted, "connect");
	enum gh_err err = e->err;

	terminal_progress_end(c);
	if (err == GH_ECANCELLED && interrupt_seen(c->interrupt)) {
		message_print("interrupted");
		return TERMINAL_INTERRUPTED;
	}
	message_print("%s: %s", c->address, e->text);
	if (connecting && err == GH_EMALFORMED) {
		fprintf(stderr, "Something else than such a device answers there.\n");
		return TERMINAL_UNREACHABLE;
	}
	/* Over UDP a closed port is known only from the error that comes back. */
	if (connecting && e->system)
		err = GH_EUNREACHABLE;
	for (size_t i = 0; i < G_N_ELEMENTS(meaning); i++) {
		if (meaning[i].err != err)
			continue;
		if (meaning[i].advice)
			fprintf(stderr, "%s\n", meaning[i].advice);
		/* What the device finds invalid is its own refusal. */
		return meaning[i].end == TERMINAL_USAGE && e->reply ? TERMINAL_REFUSED
								    : meaning[i].end;
	}
	return TERMINAL_REFUSED;
}

int terminal_broke_off(struct terminal *c, uint64_t rows)
{
	int end = terminal_failed(c);

	if (rows == 0)
		return end;
	fprintf(stderr, "Incomplete: the device has more than the %llu shown.\n",
		(unsigned long long)rows);
	return end == TERMINAL_INTERRUPTED ? end : TERMINAL_INCOMPLETE;
}

int terminal_misuse(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_vprint(format, ap);
	va_end(ap);
	return TERMINAL_USAGE;
}

/* --- progress --- */

void terminal_progress(struct terminal *c, const char *what)
{
	uint64_t done, total;
	char *of;

	if (!progress_is_due(&c->progress))
		return;
	gh_terminal_progress(c->device, &done, &total);
	of = g_format_size(total);
	if (total)
		fprintf(stderr, PROGRESS_LINE "%s: %u%% of %s", what,
			(unsigned)(100 * (done < total ? done : total) / total), of);
	else
		fprintf(stderr, PROGRESS_LINE "%s", what);
	g_free(of);
}

void terminal_progress_count(struct terminal *c, const char *what, uint64_t done,
			     uint64_t total)
{
	if (progress_is_due(&c->progress))
		fprintf(stderr, PROGRESS_LINE "%s: %llu of %llu", what,
			(unsigned long long)done, (unsigned long long)total);
}

void terminal_progress_end(struct terminal *c)
{
	progress_end(&c->progress);
}

/* --- output --- */

static void columns_misuse(const struct out_column *columns, const char *unknown)
{
	GString *known = g_string_new(NULL);

	for (; columns->key; columns++)
		g_string_append_printf(known, "%s%s", known->len ? ", " : "", columns->key);
	terminal_misuse("--columns: there is no field \"%s\" here; there are: %s", unknown,
			known->str);
	g_string_free(known, TRUE);
}

struct out *terminal_out(struct terminal *c, const struct out_column *columns, unsigned how)
{
	struct out_choice choice;
	char *unknown = NULL;

	if (c->opt[TERMINAL_columns] == NULL)
		return out_open(stdout, c->format, columns, NULL, how);
	if (out_choose(columns, c->opt[TERMINAL_columns], &choice, &unknown))
		return out_open(stdout, c->format, columns, &choice, how);
	columns_misuse(columns, unknown);
	g_free(unknown);
	return out_open_none();
}

int terminal_out_end(struct out *o, int end)
{
	int failed = out_close(o, end == TERMINAL_OK);

	if (failed == 0)
		return end;
	if (failed == OUT_NONE) /* terminal_out() printed why */
		return TERMINAL_USAGE;
	if (failed != EPIPE) /* then the reader has enough */
		message_print("standard output cannot be written: %s", g_strerror(failed));
	return end ? end : TERMINAL_INCOMPLETE;
}

void terminal_done(struct terminal *c, const char *format, ...)
{
	va_list ap;

	if (c->format != OUT_TABLE)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

/* --- arguments --- */

int terminal_pin(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n >= GH_PIN_SIZE)
		return terminal_misuse("%s: a PIN has 1 to %d characters", text,
				       GH_PIN_SIZE - 1);
	return TERMINAL_OK;
}

int terminal_number(const char *text, const char *what, uint64_t max, uint64_t *out)
{
	if (ghi_number_parse(gh_slice_of(text), max, out))
		return terminal_misuse("%s: %s is a number from 0 to %llu", text, what,
				       (unsigned long long)max);
	return TERMINAL_OK;
}

int terminal_seconds(const char *text, const char *what, double max, double *out)
{
	char *end;
	double v = g_ascii_strtod(text, &end);

	if (*text == 0 || *end || !(v >= 0 && v <= max))
		return terminal_misuse("%s: %s are a number from 0 to %g", text, what, max);
	*out = v;
	return TERMINAL_OK;
}

int terminal_save(struct terminal *c, const void *data, size_t size)
{
	const char *path = c->opt[TERMINAL_output];
	GError *error = NULL;

	if (!strcmp(path, "-")) {
		if (fwrite(data, 1, size, stdout) == size && fflush(stdout) == 0)
			return TERMINAL_OK;
		message_print("standard output cannot be written");
		return TERMINAL_REFUSED;
	}
	/* All of it or none, readable by its owner only, because of people's biometrics. */
	if (!g_file_set_contents_full(path, data, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT,
				      S_IRUSR | S_IWUSR, &error)) {
		message_print("%s", error->message);
		g_error_free(error);
		return TERMINAL_REFUSED;
	}
	terminal_done(c, "%s: %zu bytes", path, size);
	return TERMINAL_OK;
}
