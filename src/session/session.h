/* What devices that call home say and hear. The device listener's callbacks; they know the
 * protocols and leave every effect to core. */
#ifndef GH_SESSION_SESSION_H
#define GH_SESSION_SESSION_H

#include "core/server.h"
#include "http/http.h"

/* For http_config: ctx is the struct server. */
void session_ready(void *server, struct http_request *r);
void session_refused(void *server, struct http_request *r, unsigned status, const char *reason);
void session_noise(void *server, const char *message);

#endif
