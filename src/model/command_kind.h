/* The kinds of command and their arguments: what a device shall do, by meaning. How a dialect
 * expresses a kind is that dialect's own table (wire/attendance/command.h,
 * session/terminal/command.def).
 *
 * Arguments are kept as text of one form, "name=value" LF, in the order of the kind's row. No
 * value holds a line end or a NUL, so nothing is escaped and the bytes are the value's own. */
#ifndef GH_MODEL_COMMAND_KIND_H
#define GH_MODEL_COMMAND_KIND_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "model/command_rule.h"
#include "model/kind.h"
#include "model/token.h"

enum command_kind {
#define COMMAND_KIND(NAME, name, types, nature, scope, life, most, last, returns, needs, \
		     subject, record, arguments, about)                                  \
	COMMAND_KIND_##NAME,
#include "model/command_kind.def"
#undef COMMAND_KIND
	COMMAND_KINDS /* also: none, of a row that was stored before commands had kinds */
};

enum command_repeat { REPEAT_AGAIN, REPEAT_ONCE, REPEAT_HANDSHAKE, REPEAT_CHECKED };

enum command_nature {
#define COMMAND_NATURE(NAME, json, repeat) COMMAND_NATURE_##NAME,
#include "model/command_nature.def"
#undef COMMAND_NATURE
	COMMAND_NATURES
};

enum command_need {
#define COMMAND_NEED(NAME, option, digit, words) COMMAND_NEED_##NAME,
#include "model/command_need.def"
#undef COMMAND_NEED
	COMMAND_NEEDS
};

struct command_need_row {
	const char *option; /* "": no device reports it */
	size_t digit;	    /* of INFO's functions, from 1; 0: none */
	const char *words;
};
extern const struct command_need_row command_needs[COMMAND_NEEDS];

/* Contexts of return codes. */
enum command_returns {
	RETURNS_GENERAL,
	RETURNS_FACE,
	RETURNS_DELETE,
	RETURNS_DELETE_PICTURE,
	RETURNS_ENROLL,
	RETURNS_ENROLL_CARD,
	RETURNS_FILE,
	RETURNS_COUNT,
	RETURNS_SHELL,
	RETURNS_ACCESS, /* of access devices, whatever the command */
};

struct command_kind_row {
	const char *name;
	const char *types;
	enum command_nature nature;
	enum token_scope scope;
	int32_t life_s; /* 0: the server's setting */
	int32_t most_s;
	bool last;
	enum command_returns returns;
	enum command_need need;
	const char *subject;
	enum model_kind_id record; /* KIND_COUNT: none */
	const char *arguments;
	const char *about;
};

/* Borrowed, static; of COMMAND_KINDS that of raw words. */
const struct command_kind_row *command_kind_row(enum command_kind kind);
/* By the name in the database. COMMAND_KINDS: there is none. */
enum command_kind command_kind_of(gh_slice name);
/* By a name in the API. COMMAND_KINDS: there is none. */
enum command_kind command_kind_of_type(gh_slice type);
/* The name in the API: the first of its types, or its own name. */
gh_slice command_kind_type(enum command_kind kind);

const char *command_nature_name(enum command_nature nature);
enum command_repeat command_repeat(enum command_kind kind);

/* How long a command of that kind waits, in milliseconds. ttl_s: the requested time, 0: none;
 * standing_ms: the server's setting, which shortens every kind. GH_EINVALID: ttl_s is beyond the
 * kind's limit. */
GH_MUST_CHECK enum gh_err command_life(enum command_kind kind, int64_t ttl_s,
				       int64_t standing_ms, int64_t *out_ms);

/* --- arguments --- */

enum command_argument_id {
#define COMMAND_ARGUMENT(name, type, least, most, flags, about) ARGUMENT_##name,
#include "model/command_argument.def"
#undef COMMAND_ARGUMENT
	ARGUMENTS
};

struct command_argument_row {
	const char *name;
	struct command_rule rule;
	uint8_t flags;
	const char *about;
};
extern const struct command_argument_row command_arguments[ARGUMENTS];
/* ARGUMENTS: there is none of that name. */
enum command_argument_id command_argument_of(gh_slice name);

/* One argument of a kind's row. */
struct command_parameter {
	enum command_argument_id id;
	bool required;
	bool lenient;	/* required, but words that a person wrote may lack it */
	bool has_usual; /* `usual` is the value of an absent one; it may be empty */
	gh_slice usual;
};
/* The next one of `arguments` as the kind's row has them; *text moves on. False: no more. */
bool command_parameter_next(const char **text, struct command_parameter *out);

/* Append "name=value" LF. GH_EMALFORMED in w->err: a line end or NUL in the value. */
void command_argument_put(struct ghi_writer *w, const char *name, gh_slice value);
/* The next of them; *in moves on. False: no more. */
bool command_argument_next(gh_slice *in, gh_slice *name, gh_slice *value);
/* The value of one; false: absent, with *value empty. */
bool command_argument(gh_slice arguments, enum command_argument_id id, gh_slice *value);
/* The same as a number; false: absent, or no number. */
bool command_argument_number(gh_slice arguments, enum command_argument_id id, int64_t *value);
/* The same as a moment. */
bool command_argument_time(gh_slice arguments, enum command_argument_id id, ghi_civil *value);

/* The arguments of a kind with a record, as that record; text is borrowed. GH_EINVALID: a value
 * is not a number. */
GH_MUST_CHECK enum gh_err command_record(enum command_kind kind, gh_slice arguments,
					 union model_record *out);
/* The inverse: the present fields, in the order of the record's table. */
void command_record_put(struct ghi_writer *w, enum command_kind kind, const void *record);

#endif
