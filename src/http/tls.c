#include "http/tls.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEM_LIMIT 1048576
#define DIGEST_SIZE 32 /* of SHA-256 */

struct tls_identity {
	atomic_uint users;
	gnutls_certificate_credentials_t credentials;
	gnutls_datum_t ticket_key;   /* GnuTLS derives a new one from it every few hours */
	uint8_t digest[DIGEST_SIZE]; /* of the files */
};

struct tls {
	pthread_mutex_t lock;
	struct tls_identity *newest;
};

/* --- the files --- */

/* A whole PEM file as a string on the heap. */
static char *pem_read(const char *path, char *why, size_t why_size)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t n;

	if (f == NULL) {
		snprintf(why, why_size, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	text = malloc(PEM_LIMIT + 1);
	n = text ? fread(text, 1, PEM_LIMIT + 1, f) : 0;
	if (text == NULL || ferror(f) || n > PEM_LIMIT || n == 0) {
		snprintf(why, why_size, "cannot read %s: %s", path,
			 n > PEM_LIMIT ? "too large for a PEM file"
			 : n == 0      ? "nothing in it"
				       : strerror(errno));
		free(text);
		text = NULL;
	} else {
		text[n] = '\0';
	}
	fclose(f);
	return text;
}

enum gh_err tls_files_read(const char *cert, const char *key, struct tls_files *out, char *why,
			   size_t why_size)
{
	*out = (struct tls_files){ .cert_path = cert, .key_path = key ? key : cert };
	out->cert = pem_read(out->cert_path, why, why_size);
	if (out->cert)
		out->key = pem_read(out->key_path, why, why_size);
	if (out->key)
		return GH_OK;
	tls_files_clear(out);
	return GH_EINVALID;
}

void tls_files_clear(struct tls_files *files)
{
	free(files->cert);
	if (files->key)
		explicit_bzero(files->key, strlen(files->key));
	free(files->key);
	*files = (struct tls_files){ 0 };
}

/* --- what is negotiated --- */

static const struct {
	const char *text, *priority;
} versions[] = {
	[HTTP_TLS_1_0] = { "1.0", "VERS-TLS1.0" },
	[HTTP_TLS_1_1] = { "1.1", "VERS-TLS1.1" },
	[HTTP_TLS_1_2] = { "1.2", "VERS-TLS1.2" },
	[HTTP_TLS_1_3] = { "1.3", "VERS-TLS1.3" },
};

const char *tls_version_text(enum http_tls version)
{
	return versions[version].text;
}

void tls_priorities(const struct http_config *c, char out[TLS_PRIORITIES])
{
	int n = snprintf(out, TLS_PRIORITIES, "NORMAL:%%SERVER_PRECEDENCE:-VERS-ALL");

	for (enum http_tls v = HTTP_TLS_1_3 + 1; v-- > c->tls_oldest;)
		n += snprintf(out + n, TLS_PRIORITIES - (size_t)n, ":+%s",
			      versions[v].priority);
	if (!c->tls_compatible)
		snprintf(out + n, TLS_PRIORITIES - (size_t)n,
			 ":-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM"
			 ":-MAC-ALL:+AEAD:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA"
			 ":-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1");
}

/* --- the certificate --- */

void tls_identity_drop(struct tls_identity *i)
{
	if (i == NULL || atomic_fetch_sub(&i->users, 1) > 1)
		return;
	if (i->credentials)
		gnutls_certificate_free_credentials(i->credentials);
	if (i->ticket_key.data)
		gnutls_memset(i->ticket_key.data, 0, i->ticket_key.size);
	gnutls_free(i->ticket_key.data);
	free(i);
}

static int files_digest(const struct tls_files *files, uint8_t digest[DIGEST_SIZE])
{
	gnutls_hash_hd_t hash;
	int err = gnutls_hash_init(&hash, GNUTLS_DIG_SHA256);

	if (err)
		return err;
	/* Each with its NUL, so that nothing moves from one to the other unnoticed. */
	err = gnutls_hash(hash, files->cert, strlen(files->cert) + 1);
	if (err == 0)
		err = gnutls_hash(hash, files->key, strlen(files->key) + 1);
	gnutls_hash_deinit(hash, digest);
	return err;
}

static gnutls_datum_t datum_of(char *text)
{
	return (gnutls_datum_t){ (unsigned char *)text, (unsigned)strlen(text) };
}

/* One by one: the call that does all at once leaks memory when the certificate is malformed, up to GnuTLS
 * 3.7. On an error `why` gets a sentence. */
static int credentials_fill(gnutls_certificate_credentials_t credentials,
			    const struct tls_files *files, char *why, size_t why_size)
{
	gnutls_datum_t cert = datum_of(files->cert), key = datum_of(files->key);
	gnutls_x509_crt_t *chain = NULL;
	gnutls_x509_privkey_t private = NULL;
	unsigned n = 0;
	int err = gnutls_x509_crt_list_import2(&chain, &n, &cert, GNUTLS_X509_FMT_PEM,
					       GNUTLS_X509_CRT_LIST_SORT);

	if (err < 0) {
		snprintf(why, why_size, "certificate %s: %s", files->cert_path,
			 gnutls_strerror(err));
		return err;
	}
	err = gnutls_x509_privkey_init(&private);
	if (err == 0)
		err = gnutls_x509_privkey_import2(private, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (err < 0) {
		snprintf(why, why_size, "key %s: %s", files->key_path, gnutls_strerror(err));
	} else {
		err = gnutls_certificate_set_x509_key(credentials, chain, (int)n, private);
		if (err < 0)
			snprintf(why, why_size, "certificate %s and key %s: %s",
				 files->cert_path, files->key_path, gnutls_strerror(err));
	}
	gnutls_x509_privkey_deinit(private);
	for (unsigned i = 0; i < n; i++)
		gnutls_x509_crt_deinit(chain[i]);
	gnutls_free(chain);
	return err;
}

static enum gh_err identity_new(const struct tls_files *files, struct tls_identity **out,
				char *why, size_t why_size)
{
	struct tls_identity *i = calloc(1, sizeof(*i));
	int err = GNUTLS_E_MEMORY_ERROR;

	snprintf(why, why_size, "out of memory");
	if (i == NULL)
		return GH_ENOMEM;
	atomic_init(&i->users, 1);
	if (gnutls_certificate_allocate_credentials(&i->credentials) == 0 &&
	    gnutls_session_ticket_key_generate(&i->ticket_key) == 0 &&
	    files_digest(files, i->digest) == 0)
		err = credentials_fill(i->credentials, files, why, why_size);
	if (err < 0) {
		tls_identity_drop(i);
		return err == GNUTLS_E_MEMORY_ERROR ? GH_ENOMEM : GH_EINVALID;
	}
	*out = i;
	return GH_OK;
}

/* --- of a listener --- */

enum gh_err tls_open(const struct tls_files *files, struct tls **out, char *why,
		     size_t why_size)
{
	struct tls *t = calloc(1, sizeof(*t));
	enum gh_err err;

	if (t == NULL) {
		snprintf(why, why_size, "out of memory");
		return GH_ENOMEM;
	}
	err = identity_new(files, &t->newest, why, why_size);
	if (err) {
		free(t);
		return err;
	}
	pthread_mutex_init(&t->lock, NULL);
	*out = t;
	return GH_OK;
}

void tls_close(struct tls *t)
{
	if (t == NULL)
		return;
	tls_identity_drop(t->newest);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

enum gh_err tls_renew(struct tls *t, const struct tls_files *files, bool *changed, char *why,
		      size_t why_size)
{
	struct tls_identity *fresh = NULL, *old;
	enum gh_err err = identity_new(files, &fresh, why, why_size);

	if (err)
		return err;
	pthread_mutex_lock(&t->lock);
	old = t->newest;
	*changed = memcmp(old->digest, fresh->digest, DIGEST_SIZE) != 0;
	if (*changed)
		t->newest = fresh;
	pthread_mutex_unlock(&t->lock);
	tls_identity_drop(*changed ? old : fresh);
	return GH_OK;
}

/* --- a session --- */

static struct tls_identity *identity_newest(struct tls *t)
{
	struct tls_identity *i;

	pthread_mutex_lock(&t->lock);
	i = t->newest;
	atomic_fetch_add(&i->users, 1);
	pthread_mutex_unlock(&t->lock);
	return i;
}

/* The first two bytes of a ClientHello are the version it offers, up to 1.2 (RFC 8446, 4.1.2). The
 * library uses the session's own pointer; that of the session cache is free, as there is no cache. */
static int hello_received(gnutls_session_t session, unsigned type, unsigned when,
			  unsigned incoming, const gnutls_datum_t *message)
{
	enum http_tls *offered = gnutls_db_get_ptr(session);

	(void)type, (void)when;
	if (incoming && offered && message->size >= 2 && message->data[0] == 3 &&
	    message->data[1] >= 1 && message->data[1] <= 3)
		*offered = (enum http_tls)(message->data[1] - 1 + HTTP_TLS_1_0);
	return 0;
}

struct tls_identity *tls_session_begin(struct tls *t, gnutls_session_t session,
				       enum http_tls *offered)
{
	struct tls_identity *i = identity_newest(t);

	/* Without memory for it, the certificate of the start is shown, and there are no tickets. */
	if (gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, i->credentials) == 0)
		(void)gnutls_session_ticket_enable_server(session, &i->ticket_key);
	gnutls_db_set_ptr(session, offered);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CLIENT_HELLO,
					   GNUTLS_HOOK_PRE, hello_received);
	return i;
}
