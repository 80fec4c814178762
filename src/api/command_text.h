/* From a structured request to the words a device understands. */
#ifndef GH_API_COMMAND_TEXT_H
#define GH_API_COMMAND_TEXT_H

#include "api/body.h"
#include "base/writer.h"
#include "model/token.h"

struct command_type {
	const char *name;
	const char *text; /* template; see command_type.def */
	enum token_scope scope;
	const char *about;
};

extern const struct command_type command_types[];
extern const size_t command_types_count;

const struct command_type *command_type_find(gh_slice name);

/* One value a template asks for. */
struct command_arg {
	gh_slice name, kind;
	gh_slice usual; /* what stands in for an absent one */
	bool has_usual; /* `usual` counts, be it empty */
	bool silent;	/* checked, not sent */
	bool required;
};

/* The next value of a template; *text moves on behind it. False: no more. */
bool command_arg_next(const char **text, struct command_arg *out);

/* Fill a template from a request. GH_EINVALID: `why` names the field and what is wrong;
 * GH_ESPACE: too long. */
GH_MUST_CHECK enum gh_err command_text_write(struct ghi_writer *w,
					     const struct command_type *type,
					     const struct body *b, char why[200]);

/* What a token must be allowed to queue this text as it stands: files, firmware and the shell
 * give full control of a device. */
enum token_scope command_text_scope(gh_slice text);

#endif
