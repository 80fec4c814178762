/* One command on its way through a terminal. */
#ifndef GH_SESSION_TERMINAL_ORDER_H
#define GH_SESSION_TERMINAL_ORDER_H

#include "model/person.h"
#include "model/template.h"
#include "session/terminal/batch.h"
#include "session/terminal/read.h"

struct terminal_order {
	struct terminal_worker *worker;
	struct gh_terminal *terminal;
	gh_slice text; /* the whole command */
	gh_slice args; /* what follows its first words */
	int64_t code;  /* Return, where it was carried out */
	bool stored;   /* it failed because of the store: to be tried again */
	bool over;     /* it ended the connection, as it had to */
	char result[200];
};

/* GH_OK: carried out, `code` says how; else why it was not, with `result` where that says more
 * than the terminal's own error. */
#define TERMINAL_COMMAND(words, function) \
	enum gh_err terminal_order_##function(struct terminal_order *o);
#include "session/terminal/command.def"
#undef TERMINAL_COMMAND

/* Refuse, with a sentence. */
__attribute__((format(printf, 3, 4))) enum gh_err terminal_refuse(struct terminal_order *o,
								  enum gh_err err,
								  const char *why, ...);
/* The arguments as a record of that table ("USERINFO"); its PIN must be there. */
GH_MUST_CHECK enum gh_err terminal_arguments(struct terminal_order *o, const char *table,
					     union model_record *out);
/* The value of KEY=VALUE among the arguments, empty when absent. */
gh_slice terminal_argument(const struct terminal_order *o, const char *key);
/* The same as a number; -1: absent, or none. */
int64_t terminal_argument_number(const struct terminal_order *o, const char *key);
/* A PIN as the library takes it. GH_EINVALID: empty, or too long for any terminal. */
GH_MUST_CHECK enum gh_err terminal_order_pin(struct terminal_order *o, gh_slice pin,
					     char out[GH_PIN_SIZE]);
/* A batch failed: whether because of the store. Returns err. */
enum gh_err terminal_batch_failed(struct terminal_order *o, struct terminal_batch *b,
				  enum gh_err err);

#endif
