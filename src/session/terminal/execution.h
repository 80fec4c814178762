/* One command on its way through a terminal. It is typed: what carries it out parses no text. */
#ifndef GH_SESSION_TERMINAL_EXECUTION_H
#define GH_SESSION_TERMINAL_EXECUTION_H

#include "model/command.h"
#include "model/record.h"
#include "session/terminal/batch.h"
#include "session/terminal/read.h"

struct terminal_execution {
	struct terminal_worker *worker;
	struct gh_terminal *terminal;
	const struct command *command;
	int64_t code; /* Return, where it was carried out */
	bool stored;  /* it failed because of the store: to be tried again */
	bool over;    /* it ended the connection, as it had to */
	char result[200];
};

/* GH_OK: carried out, `code` says how; else why it was not, with `result` where that says more
 * than the terminal's own error. */
#define TERMINAL_COMMAND(KIND, function) \
	enum gh_err terminal_command_##function(struct terminal_execution *x);
#include "session/terminal/command.def"
#undef TERMINAL_COMMAND

/* Refuse, with a sentence. */
__attribute__((format(printf, 3, 4))) enum gh_err terminal_refuse(struct terminal_execution *x,
								  enum gh_err err,
								  const char *why, ...);
/* The arguments of a command that has a record. */
GH_MUST_CHECK enum gh_err terminal_command_record(struct terminal_execution *x,
						  union model_record *out);
/* One argument, empty when absent. */
gh_slice terminal_argument(const struct terminal_execution *x, enum command_argument_id id);
/* A PIN as the library takes it. GH_EINVALID: empty, or too long for any terminal. */
GH_MUST_CHECK enum gh_err terminal_command_pin(struct terminal_execution *x, gh_slice pin,
					       char out[GH_PIN_SIZE]);
/* A batch failed: whether because of the store. Returns err. */
enum gh_err terminal_batch_failed(struct terminal_execution *x, struct terminal_batch *b,
				  enum gh_err err);

/* End a query: store the gathered records, whose number is the Return. err: of the query; then the
 * batch is dropped. */
GH_MUST_CHECK enum gh_err terminal_query_end(struct terminal_execution *x,
					     struct terminal_batch *b, enum gh_err err);
/* The number in decimal, in `a`. */
gh_slice terminal_number_print(struct arena *a, uint64_t n);
/* A number from 0 to 255; otherwise the command is refused, `what` is the name in the sentence. */
GH_MUST_CHECK enum gh_err terminal_command_byte(struct terminal_execution *x, const char *what,
						int64_t n, uint8_t *to);

#endif
