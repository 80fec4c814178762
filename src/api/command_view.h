/* A command as the API shows it. */
#ifndef GH_API_COMMAND_VIEW_H
#define GH_API_COMMAND_VIEW_H

#include "api/value.h"
#include "model/command.h"

struct command_view {
	const struct command *c;
	gh_slice shown; /* its text, without secrets */
	uint8_t *own;	/* heap; what `shown` points to where it differs */
};

/* A row is a struct command_view. */
extern const struct fields command_fields;

/* Hide the values of passwords, keys, pictures and templates. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err command_view_init(struct command_view *v, const struct command *c);
void command_view_clear(struct command_view *v);

#endif
