#include "sim/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool is_address(const char *host)
{
	struct in6_addr any;

	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static enum gh_err trust_load(struct sim_tls *t, const char *ca, bool insecure,
			      const char **reason)
{
	if (insecure)
		return GH_OK;
	*reason =
		"the certificates of the system cannot be read; give --ca FILE, or --insecure";
	if (ca == NULL)
		return gnutls_certificate_set_x509_system_trust(t->credentials) < 0
			       ? GH_EINVALID
			       : GH_OK;
	*reason = "the file of --ca has no certificate in PEM";
	return gnutls_certificate_set_x509_trust_file(t->credentials, ca, GNUTLS_X509_FMT_PEM) >
			       0
		       ? GH_OK
		       : GH_EINVALID;
}

enum gh_err sim_tls_open(const char *host, const char *ca, bool insecure, struct sim_tls **out,
			 const char **reason)
{
	struct sim_tls *t = calloc(1, sizeof(*t));
	enum gh_err err;

	*reason = "out of memory";
	if (t == NULL)
		return GH_ENOMEM;
	if (gnutls_certificate_allocate_credentials(&t->credentials) < 0) {
		free(t);
		return GH_ENOMEM;
	}
	if (!insecure)
		snprintf(t->host, sizeof(t->host), "%s", host);
	if (!is_address(host))
		snprintf(t->name, sizeof(t->name), "%s", host);
	err = trust_load(t, ca, insecure, reason);
	if (err) {
		sim_tls_close(t);
		return err;
	}
	*out = t;
	return GH_OK;
}

void sim_tls_close(struct sim_tls *t)
{
	if (t == NULL)
		return;
	gnutls_certificate_free_credentials(t->credentials);
	free(t);
}

enum gh_err sim_tls_begin(struct sim_tls *t, int fd, gnutls_session_t *out)
{
	gnutls_session_t s;

	/* Each connection is the first of its device: none is resumed. */
	if (gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS |
				    GNUTLS_NO_SIGNAL) < 0)
		return GH_ENOMEM;
	if (gnutls_set_default_priority(s) < 0 ||
	    gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, t->credentials) < 0 ||
	    (t->name[0] &&
	     gnutls_server_name_set(s, GNUTLS_NAME_DNS, t->name, strlen(t->name)) < 0)) {
		gnutls_deinit(s);
		return GH_ENOMEM;
	}
	if (t->host[0])
		gnutls_session_set_verify_cert(s, t->host, 0);
	gnutls_transport_set_int(s, fd);
	*out = s;
	return GH_OK;
}

static void failure_note(struct sim_tls *t, gnutls_session_t session, int code)
{
	gnutls_datum_t text = { 0 };

	if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
	    gnutls_certificate_verification_status_print(
		    gnutls_session_get_verify_cert_status(session), GNUTLS_CRT_X509, &text,
		    0) >= 0)
		snprintf(t->why, sizeof(t->why), "%s", (const char *)text.data);
	else
		snprintf(t->why, sizeof(t->why), "%s", gnutls_strerror(code));
	gnutls_free(text.data);
}

enum gh_err sim_tls_handshake(struct sim_tls *t, gnutls_session_t session)
{
	int code;

	do
		code = gnutls_handshake(session);
	while (code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_WARNING_ALERT_RECEIVED);
	if (code == GNUTLS_E_SUCCESS) {
		t->why[0] = '\0';
		return GH_OK;
	}
	if (code == GNUTLS_E_AGAIN)
		return GH_EBUSY;
	failure_note(t, session, code);
	return GH_EDENIED;
}

ssize_t sim_tls_send(gnutls_session_t session, const void *bytes, size_t n)
{
	ssize_t sent;

	do
		sent = gnutls_record_send(session, bytes, n);
	while (sent == GNUTLS_E_INTERRUPTED);
	if (sent >= 0)
		return sent;
	errno = sent == GNUTLS_E_AGAIN ? EAGAIN : EPIPE;
	return -1;
}

/* A record that carries no data of ours ends a read, and more may stand behind it in the socket, whose next
 * sign of it would never come. */
static bool more_has_come(int fd)
{
	uint8_t byte;

	return recv(fd, &byte, 1, MSG_PEEK) > 0;
}

ssize_t sim_tls_receive(gnutls_session_t session, int fd, void *to, size_t room)
{
	ssize_t n;

	do
		n = gnutls_record_recv(session, to, room);
	while (n == GNUTLS_E_INTERRUPTED || (n == GNUTLS_E_AGAIN && more_has_come(fd)));
	if (n >= 0)
		return n;
	/* Closed without a word of it. */
	if (n == GNUTLS_E_PREMATURE_TERMINATION)
		return 0;
	errno = n == GNUTLS_E_AGAIN ? EAGAIN : ECONNRESET;
	return -1;
}

void sim_tls_end(gnutls_session_t session)
{
	if (session == NULL)
		return;
	/* Whether it leaves or not, the socket is closed next. */
	(void)gnutls_bye(session, GNUTLS_SHUT_WR);
	gnutls_deinit(session);
}
