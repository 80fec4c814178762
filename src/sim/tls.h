/* TLS of simulated devices: which certificates they trust, and one session a connection. A session is driven
 * without blocking, as the socket below it.
 *
 * Threads: that of the fleet. */
#ifndef GH_SIM_TLS_H
#define GH_SIM_TLS_H

#include "base/err.h"

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sim_tls {
	gnutls_certificate_credentials_t credentials;
	char host
		[256]; /* the name that a certificate must have; empty: any certificate is taken */
	char name[256];	       /* sent in the handshake; empty where it is an address */
	char why[160];	       /* why the latest handshake failed; empty: none has */
	char proxy_status[13]; /* how a proxy answered that gave no tunnel; empty: none did */
};

/* `ca`: a file of certificates, PEM; NULL: those of the system. `insecure`: any certificate is taken.
 * GH_EINVALID: the file cannot be read; GH_ENOMEM. *reason is a static text. */
GH_MUST_CHECK enum gh_err sim_tls_open(const char *host, const char *ca, bool insecure,
				       struct sim_tls **out, const char **reason);
/* NULL is fine. */
void sim_tls_close(struct sim_tls *t);

/* On a socket that is connected, or will be; it stays the caller's. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sim_tls_begin(struct sim_tls *t, int fd, gnutls_session_t *out);
/* GH_OK: it is done. GH_EBUSY: when the socket has something, or has room. GH_EDENIED: it failed. */
GH_MUST_CHECK enum gh_err sim_tls_handshake(struct sim_tls *t, gnutls_session_t session);
/* As send() and recv(): how many bytes, or -1 with errno, which is EAGAIN where it is to be called again with
 * the same bytes. */
ssize_t sim_tls_send(gnutls_session_t session, const void *bytes, size_t n);
ssize_t sim_tls_receive(gnutls_session_t session, int fd, void *to, size_t room);
/* NULL is fine. */
void sim_tls_end(gnutls_session_t session);

#endif
