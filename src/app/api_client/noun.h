/* Commands that call a running server: nouns with verbs, each a row of a table. */
#ifndef GH_APP_API_CLIENT_NOUN_H
#define GH_APP_API_CLIENT_NOUN_H

#include "app/api_client/client.h"
#include "app/table.h"

/* The exit status of a command; documented in --help. */
enum {
	CMD_OK = 0,
	CMD_FAILED = 1,	     /* the server refused, or something went wrong on the way */
	CMD_USAGE = 2,	     /* the command line makes no sense */
	CMD_UNREACHABLE = 3, /* no server answers */
	CMD_DENIED = 4,	     /* no token, or one that may not */
	CMD_INTERRUPTED = 130,
};

enum cmd_option {
#define CMD_OPTION(name, arg, help) CMD_##name,
#define CMD_OPTION_AS(name, flag, arg, help) CMD_##name,
#include "app/api_client/option.def"
#undef CMD_OPTION
#undef CMD_OPTION_AS
	CMD_OPTIONS
};

struct cmd {
	struct client client;
	const struct noun *noun;
	const struct verb *verb;
	const char *opt[CMD_OPTIONS]; /* NULL: not given */
	bool json, help;
	bool latest; /* the list comes newest first, and is printed the other way round */
	char period[2][16]; /* dates that options point to */
	char *devices;	    /* --device, where it was given several times */
	int argc;	    /* what follows the verb */
	char **argv;
};

struct verb {
	const char *word;
	const char *args; /* as shown in --help */
	int least, most;  /* how many of them; most -1: any number */
	const char *options;
	const char *help;
	/* The body that KEY=VALUE arguments are fields of, as request_schema_named() takes it. */
	const char *fields;
	/* What may follow the verb, a line each; NULL: nothing, as an example. */
	const char *examples;
	int (*run)(struct cmd *c);
	/* Does it without a server, where that can be; *end is the exit status. NULL: never. */
	bool (*offline)(struct cmd *c, int *end);
	/* What cmd_list, cmd_each and cmd_show need besides: */
	const char *method;
	const char *path; /* "%s" stands for an argument */
	const char *done; /* cmd_each: what happened to it */
	/* cmd_order_verb: the type of command, or "WORD:TYPE" each, parted by blanks, of which the argument at the
	 * place "*" is the word; and which of its fields the arguments are, parted by blanks. "@" before one: the
	 * argument is a file, of which it is the content in base64. "deviceSerial", the first: the argument is
	 * what --device is elsewhere. */
	const char *order, *places;
	const struct column *columns;
};

struct noun {
	const char *word;
	const char *about;
	const struct verb *verb; /* ended by a row without a word */
};

/* Read the command line and run the verb; the exit status. */
int cmd_run(const struct noun *n, int argc, char **argv);

/* --- verbs that need no function of their own --- */

/* GET path, with the options that are query parameters, and print the list in the form of --format.
 * The verb takes LIST_OPTIONS. */
int cmd_list(struct cmd *c);
#define LIST_OPTIONS "query sort before after cursor limit total columns format"
/* `method` path for each argument. */
int cmd_each(struct cmd *c);

/* --- for those that do --- */

/* The path with the options that are query parameters. g_free() it. */
char *cmd_query(struct cmd *c, const char *path);
/* As cmd_list(), of another method or with a body; it is not taken. */
int cmd_list_call(struct cmd *c, const char *method, const char *path, json_t *body);
/* The same; *reply, where it is set, is that of the server, to be released. */
int cmd_list_keep(struct cmd *c, const char *method, const char *path, json_t *body,
		  json_t **reply);
/* Print a reply that is a list, as cmd_list() does. */
int cmd_list_print(struct cmd *c, json_t *reply);
/* An object of the KEY=VALUE arguments from argv[first] on, with the types that the server's document has for
 * the verb's fields; `type`: of a command, or NULL. CMD_OK, or a message was printed. */
int cmd_pairs(struct cmd *c, int first, const char *type, json_t **out);
/* The same of `n` given ones, by a document that was fetched. */
int cmd_pairs_typed(struct cmd *c, json_t *document, char *const *given, size_t n,
		    const char *type, json_t **out);
/* Whether a command in this state may still be answered. */
bool cmd_may_be_answered(const char *status);
/* Poll until the command with this number has ended or the time is over, and print it; CMD_OK:
 * it was executed. */
int cmd_wait(struct cmd *c, const char *id, double seconds);
/* The same, without a line of it: *reply is its answer, to be given back by json_decref(). CMD_OK: it is known what became
 * of it. */
int cmd_wait_read(struct cmd *c, const char *id, double seconds, json_t **reply);
/* POST what queues one command for the device argv[0], and print its number, or wait for its end where --wait is
 * given; body NULL: none. It is not taken. */
int cmd_order(struct cmd *c, const char *path, json_t *body);

#endif
