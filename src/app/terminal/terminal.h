/* `gatehouse terminal`: one device on port 4370, over libgatehouse. What it can do is the table
 * cmd_terminal_verb.def; each row has a function in one of cmd_terminal_*.c. */
#ifndef GH_APP_TERMINAL_TERMINAL_H
#define GH_APP_TERMINAL_TERMINAL_H

#include <gatehouse/terminal.h>

#include "app/interrupt.h"
#include "app/progress.h"
#include "app/terminal/output.h"

/* The exit status of a verb; documented in --help and the manual. */
enum {
	TERMINAL_OK = 0,
	TERMINAL_REFUSED = 1, /* the device refuses, or has no such thing; or a file error */
	TERMINAL_USAGE = 2,   /* the command line makes no sense */
	TERMINAL_UNREACHABLE = 3, /* no device, or no answer in time */
	TERMINAL_WRONG_KEY = 4,
	TERMINAL_INCOMPLETE = 5, /* a read broke off; what was written is not there; damage */
	TERMINAL_INTERRUPTED = 130,
};

enum terminal_option {
#define TERMINAL_OPTION(id, name, arg, help) TERMINAL_##id,
#include "app/terminal/verb.def"
#undef TERMINAL_OPTION
	TERMINAL_OPTIONS
};

struct terminal {
	const char *address; /* NULL: none was given */
	struct gh_terminal_options options;
	bool timeout_given, format_given, help;
	enum out_format format;
	const char *opt[TERMINAL_OPTIONS]; /* NULL: not given; "" without a value */
	const struct terminal_verb *verb;
	int argc; /* what follows the verb */
	char **argv;
	struct interrupt *interrupt;
	struct gh_terminal *device; /* NULL before terminal_open() */
	struct progress progress;
};

struct terminal_verb {
	const char *words; /* one or two */
	const char *args;  /* as shown in --help */
	int least, most;   /* how many of them */
	const char *options;
	int (*run)(struct terminal *c);
	const char *help;
};

#define TERMINAL_VERB(words, args, least, most, options, run, help) int run(struct terminal *c);
#include "app/terminal/verb.def"
#undef TERMINAL_VERB

/* Connect. TERMINAL_OK, or a message was printed. Verbs look at their arguments first. */
int terminal_open(struct terminal *c);

/* Print why the latest call failed and what may help; returns the exit status. */
int terminal_failed(struct terminal *c);
/* The same after rows were given: what is there is not all. */
int terminal_broke_off(struct terminal *c, uint64_t rows);
/* The device refused, the connection did not fail: further requests are possible. */
bool terminal_is_refusal(enum gh_err err);
/* The command line makes no sense; TERMINAL_USAGE. */
__attribute__((format(printf, 1, 2))) int terminal_misuse(const char *format, ...);

/* Every template of the device; if its firmware has no table of them, each finger of each user
 * is requested. GH_OK: those were all, or `take` returned false. */
typedef bool terminal_take_template(void *context, const struct gh_template *t);
enum gh_err terminal_each_template(struct terminal *c, terminal_take_template *take,
				   void *context);

/* --- progress, on standard error when that is a terminal --- */

/* Of the read that runs; cheap enough for every record. */
void terminal_progress(struct terminal *c, const char *what);
void terminal_progress_count(struct terminal *c, const char *what, uint64_t done,
			     uint64_t total);
/* Take the line away; before every message, and at the end. */
void terminal_progress_end(struct terminal *c);

/* --- output --- */

/* Standard output in the requested format, with the columns of --columns. Where it names one that is not
 * there, a message is printed, no row is taken and terminal_out_end() returns TERMINAL_USAGE. */
struct out *terminal_out(struct terminal *c, const struct out_column *columns, unsigned how);
/* End it. `end` TERMINAL_OK: completely, and the status then; else it stays what it is. */
int terminal_out_end(struct out *o, int end);
/* What was done, for people only; machine formats print nothing. */
__attribute__((format(printf, 2, 3))) void terminal_done(struct terminal *c, const char *format,
							 ...);

/* --- arguments: TERMINAL_OK, or a message was printed --- */

int terminal_pin(const char *text);
int terminal_number(const char *text, const char *what, uint64_t max, uint64_t *out);
int terminal_seconds(const char *text, const char *what, double max, double *out);
/* FILE of --output, or "-". */
int terminal_save(struct terminal *c, const void *data, size_t size);

#endif
