/* TLS of a listener: the certificate it shows, which can be renewed while it runs, and the keys of its
 * session tickets. A session is given both before its handshake; it keeps them to its end, so
 * connections that are open do not notice a renewal. A client that comes again resumes its session with a
 * ticket, which saves both sides the signature; with a new certificate there are new keys for tickets.
 *
 * Threads: any; one lock, held for a moment, guards which certificate is the newest. */
#ifndef GH_HTTP_TLS_H
#define GH_HTTP_TLS_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/http.h"

#define TLS_PRIORITIES 400 /* bytes of such a text, with its NUL */

struct tls_files {
	const char *cert_path, *key_path; /* borrowed */
	char *cert, *key;		  /* PEM, on the heap */
};

/* GH_EINVALID: one of them cannot be read; `why` has a sentence. */
GH_MUST_CHECK enum gh_err tls_files_read(const char *cert, const char *key,
					 struct tls_files *out, char *why, size_t why_size);
void tls_files_clear(struct tls_files *files);

/* What is negotiated, as GnuTLS takes it. */
void tls_priorities(const struct http_config *c, char out[TLS_PRIORITIES]);

struct tls;
struct tls_identity; /* a certificate, its key, and the key of tickets; counted */

/* GH_EINVALID: certificate or key; GH_ENOMEM. `why` has a sentence. */
GH_MUST_CHECK enum gh_err tls_open(const struct tls_files *files, struct tls **out, char *why,
				   size_t why_size);
void tls_close(struct tls *t);
/* From now on sessions get these. *changed: they are others than before. After an error nothing has
 * changed. */
GH_MUST_CHECK enum gh_err tls_renew(struct tls *t, const struct tls_files *files, bool *changed,
				    char *why, size_t why_size);

/* Before the handshake. *offered becomes the newest version that the client supports, when its first message has come,
 * 1.2 standing for later ones; it must last as long as the session. To be dropped after the
 * session's end; NULL is fine there. */
struct tls_identity *tls_session_begin(struct tls *t, gnutls_session_t session,
				       enum http_tls *offered);
void tls_identity_drop(struct tls_identity *i);

/* "1.2" */
const char *tls_version_text(enum http_tls version);

#endif
