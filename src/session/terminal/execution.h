/* The execution of one command on a terminal. Commands are typed: executing functions parse no
 * text. */
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
	int64_t code; /* Return, if it was executed */
	bool stored;  /* it failed because of the store: it is tried again */
	bool over;    /* it ended the connection, as intended */
	char result[200];
};

/* GH_OK: executed, the Return is in `code`. Otherwise the reason why not, with `result` if it
 * has more details than the error of the terminal. */
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
/* A PIN in the form of the library. GH_EINVALID: empty, or too long for any terminal. */
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
