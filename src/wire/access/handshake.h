/* What a unit of the access dialect gets when it begins, from both ends (Security PUSH 3.1.2, 4.1,
 * 4.4, 4.5): the reply to its first request, to its registration and to its request for the
 * configuration. */
#ifndef GH_WIRE_ACCESS_HANDSHAKE_H
#define GH_WIRE_ACCESS_HANDSHAKE_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

typedef gh_slice ghi_server_option_TEXT;
typedef int64_t ghi_server_option_NUMBER;

struct ghi_server_options {
	/* With it the unit is registered, and does not register again. Not in the configuration. */
	gh_slice registry_code;
#define GHI_SERVER_OPTION(member, KIND, name) ghi_server_option_##KIND member;
#include "wire/access/server_option.def"
#undef GHI_SERVER_OPTION
};

/* All absent. */
void ghi_server_options_clear(struct ghi_server_options *o);

/* "registry=ok" and the code where there is one, then the options: lines parted by LF, without one at
 * the end. GH_EMALFORMED in w->err: a value has a line end or NUL in it. */
void ghi_server_options_write(struct ghi_writer *w, const struct ghi_server_options *o);

/* The unit's side; texts are borrowed. Unknown options are skipped, a number that is none is absent.
 * GH_ENOTFOUND: the reply is "OK" only, or has no code after all: the unit is to register.
 * `first`: of the first request; otherwise a code is not needed. GH_EMALFORMED: nothing of it is an
 * option. */
GH_MUST_CHECK enum gh_err ghi_server_options_parse(gh_slice body, bool first,
						   struct ghi_server_options *out);

/* The reply to a registration: "RegistryCode=…", without a line end. */
void ghi_registry_code_write(struct ghi_writer *w, gh_slice code);
/* GH_EDENIED: the server refuses it ("406"), or gives an empty code. GH_EMALFORMED. */
GH_MUST_CHECK enum gh_err ghi_registry_code_parse(gh_slice body, gh_slice *code);

#endif
