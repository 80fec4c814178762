/* The bytes of a unit's requests. */
#ifndef GH_SIM_ACCESS_UNIT_REQUEST_H
#define GH_SIM_ACCESS_UNIT_REQUEST_H

#include "sim/access/unit.h"

/* A request to an endpoint ("cdata"): `query` follows SN=. body.p NULL: GET. The body may lie in the
 * scratch. `cookie`: it bears the token of the session. */
void unit_request_to(const struct unit *u, const char *endpoint, gh_slice query, gh_slice body,
		     bool cookie, struct unit_scratch *scratch, struct sim_request *out);

/* GET of a path below the server's prefix, with one more header line or "". */
void unit_request_file(const struct unit *u, const char *path, const char *line,
		       struct unit_scratch *scratch, struct sim_request *out);

/* The token of a session, 32 digits and NUL: MD5 of the code, the serial number and `third`, in small
 * letters (Security PUSH 3.1.2, 4.5). */
void unit_token(const struct unit *u, const char *third, char to[40]);

#endif
