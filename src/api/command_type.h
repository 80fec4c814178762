/* The types of commands as a client shows them: what one does, and the fields that it takes (model/command_kind.def). */
#ifndef GH_API_COMMAND_TYPE_H
#define GH_API_COMMAND_TYPE_H

#include <stdbool.h>
#include <stddef.h>

/* What it does, in words; static. Of a name that is no type, of words of no known one. */
const char *command_type_about(const char *type);
/* Whether what else a device answers is what it is for. `type` may be NULL. */
bool command_type_reports(const char *type);
/* Whether what it erases is lost. */
bool command_type_erases(const char *type);

struct command_type_field {
	const char *name;  /* static */
	const char *about; /* static; "": nothing */
	char range[64];	   /* "0 to 9"; "": any text */
	bool required;
};

/* Field number i of what a request of the type may have, those of its record first; what is computed is none. false: no
 * more. */
bool command_type_field(const char *type, size_t i, struct command_type_field *out);

#endif
