/* A command as people and programs read it. */
#ifndef GH_RENDER_COMMAND_H
#define GH_RENDER_COMMAND_H

#include "model/command_title.h"
#include "render/field.h"

struct command_view {
	struct command command; /* texts are borrowed */
	gh_slice meaning;	/* of the return code, empty: none */
	bool has_content;	/* a file, or output, of these bytes */
	int64_t content_bytes;
	gh_slice content_fault; /* empty: none */
	gh_slice remedy;	/* where it failed; empty: none is known */
	int64_t expected_ms;	/* when its device calls next; 0: not known, or it ended */
	char title_room[COMMAND_TITLE_MAX];
	size_t title_n;
};

/* A row is a struct command_view, a struct command_event; of a person's, a struct command_view. */
extern const struct fields command_fields, command_event_fields, person_order_fields;

#endif
