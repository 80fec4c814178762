/* The errors of the API: a code for programs, a status, and what can be done about it. */
#ifndef GH_API_ERROR_H
#define GH_API_ERROR_H

#include <stddef.h>

#include "base/err.h"

enum error_code {
#define ERROR(code, status, hint) ERROR_##code,
#include "api/error.def"
#undef ERROR
	ERROR_CODES
};

struct error_row {
	const char *code;
	unsigned status;
	const char *hint; /* "": none */
};

extern const struct error_row error_rows[ERROR_CODES];

/* The codes as words of an enumeration. */
const char *error_code_word(size_t i);
/* The code of an error of the store or the core. */
enum error_code error_code_of(enum gh_err err);
/* The code of a refusal that came with a status only. */
enum error_code error_code_of_status(unsigned status);

#endif
