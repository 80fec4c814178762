/* The listeners of the server: their configuration, and which part serves a request. */
#include <sys/stat.h>

#include "app/serve/serve.h"
#include "core/contacts.h"
#include "core/problems.h"
#include "session/session.h"

#define HEAD_TIME_S 30 /* for a request's head */
#define BODY_TIME_S 60 /* before a body's rate counts */
#define BODY_RATE 1024 /* bytes a second; a slower body is cut off */

/* --- the callbacks of the listeners --- */

static void device_ready(void *ctx, struct http_request *r)
{
	session_ready(&((struct serve *)ctx)->server, r);
}

static void device_refused(void *ctx, struct http_request *r, unsigned status,
			   const char *reason)
{
	session_refused(&((struct serve *)ctx)->server, r, status, reason);
}

static void no_request_note(struct serve *s, enum contact_port port,
			    const struct http_no_request *what)
{
	static const enum contact_reason reason[] = {
		[HTTP_NO_HTTP] = CONTACT_NOT_HTTP,
		[HTTP_NO_TLS] = CONTACT_NOT_HTTPS,
		[HTTP_TLS_TOO_OLD] = CONTACT_OLD_TLS,
		[HTTP_TOO_MANY_PARAMETERS] = CONTACT_REQUEST_REFUSED,
	};

	contact_note(&s->server, &(struct contact){ .reason = reason[what->cause],
						    .port = port,
						    .peer = gh_slice_of(what->peer),
						    .bytes = what->bytes,
						    .detail = gh_slice_of(what->message) });
}

static void device_no_request(void *ctx, const struct http_no_request *what)
{
	struct serve *s = ctx;

	no_request_note(s, CONTACT_DEVICES, what);
	session_no_request(&s->server, what);
}

static void admin_head(void *ctx, struct http_request *r)
{
	api_head(((struct serve *)ctx)->api, r);
}

static void admin_ready(void *ctx, struct http_request *r)
{
	api_ready(((struct serve *)ctx)->api, r);
}

static void admin_refused(void *ctx, struct http_request *r, unsigned status,
			  const char *reason)
{
	api_refused(((struct serve *)ctx)->api, r, status, reason);
}

static void shared_refused(void *ctx, struct http_request *r, unsigned status,
			   const char *reason)
{
	if (api_owns(http_target(r)))
		admin_refused(ctx, r, status, reason);
	else
		device_refused(ctx, r, status, reason);
}

static void library_message(void *ctx, const char *message)
{
	struct serve *s = ctx;

	LOG(&s->log, LOG_DEBUG, "HTTP library", { "message", gh_slice_of(message) });
}

static void admin_no_request(void *ctx, const struct http_no_request *what)
{
	struct serve *s = ctx;

	no_request_note(s, CONTACT_ADMIN, what);
	LOG(&s->log, LOG_DEBUG, "not a request", { "why", gh_slice_of(what->message) });
}

static void device_head(void *ctx, struct http_request *r)
{
	session_head(&((struct serve *)ctx)->server, r);
}

static void shared_head(void *ctx, struct http_request *r)
{
	if (api_owns(http_target(r))) {
		admin_head(ctx, r);
		return;
	}
	/* So that people are served too. */
	http_leave_room(r, &((struct serve *)ctx)->server.share);
	device_head(ctx, r);
}

static void shared_ready(void *ctx, struct http_request *r)
{
	if (api_owns(http_target(r)))
		admin_ready(ctx, r);
	else
		device_ready(ctx, r);
}

static const char *file_setting(const struct serve *s, enum setting id)
{
	const char *text = setting_text(s->settings, id);

	return *text ? text : NULL;
}

/* What one address may take of so much. */
static size_t address_share(const struct serve *s, size_t n)
{
	size_t percent = s->settings->address_share,
	       share = n / 100 * percent + n % 100 * percent / 100;

	return share ? share : 1;
}

/* People are never served with less than 1.2. */
static enum http_tls tls_oldest(const struct serve *s, bool people)
{
	/* The words of the setting are in the order of the versions. */
	enum http_tls oldest = HTTP_TLS_1_0 + s->settings->tls_oldest;

	return people && oldest < HTTP_TLS_1_2 ? HTTP_TLS_1_2 : oldest;
}

/* Always false: what may be done about an address that cannot be had. */
static bool listener_refused(struct serve *s, const char *option)
{
	size_t n = strlen(s->why);

	if (strncmp(s->why, "cannot listen", strlen("cannot listen")) == 0)
		snprintf(s->why + n, sizeof(s->why) - n,
			 "\n--%s ADDR:PORT names another address", option);
	return false;
}

static bool serve_devices_listen(struct serve *s)
{
	bool shared = s->settings->one_listener;
	struct http_config config = {
		.name = "devices",
		.address = s->settings->listen.host,
		.port = s->settings->listen.port,
		.tls_cert = file_setting(s, SETTING_TLS_CERT),
		.tls_key = file_setting(s, SETTING_TLS_KEY),
		.tls_oldest = tls_oldest(s, shared),
		.tls_compatible = !shared,
		.threads = s->settings->threads,
		.connections = s->settings->connections,
		.address_connections = (unsigned)address_share(s, s->settings->connections),
		.address_bodies = address_share(s, s->memory.ceiling),
		.idle_timeout_s = s->settings->idle_timeout_s,
		.head_time_s = HEAD_TIME_S,
		.body_time_s = BODY_TIME_S,
		.body_rate = BODY_RATE,
		.connection_memory = shared ? 16384 : 6144,
		.body_limit = s->settings->body_limit,
		/* A sixteenth is left to the administrator. */
		.memory = { &s->memory, shared ? 0 : s->memory.ceiling / 16 },
		.lenient = true,
		.ctx = s,
		.head = shared ? shared_head : device_head,
		.ready = shared ? shared_ready : device_ready,
		.refused = shared ? shared_refused : device_refused,
		.no_request = device_no_request,
		.library = library_message,
	};

	if (http_listen(&config, &s->devices, s->why, sizeof(s->why)) != GH_OK)
		return listener_refused(s, "listen");
	if (config.tls_cert && config.tls_oldest < HTTP_TLS_1_2)
		LOG(&s->log, LOG_WARNING,
		    "devices are served with versions of TLS that are broken; set tls-oldest "
		    "to "
		    "1.2 when no firmware needs them",
		    { 0 });
	return true;
}

static bool serve_admin_listen(struct serve *s)
{
	struct http_config config = {
		.name = "admin",
		.address = s->settings->admin.host,
		.port = s->settings->admin.port,
		.tls_cert = file_setting(s, SETTING_ADMIN_TLS_CERT),
		.tls_key = file_setting(s, SETTING_ADMIN_TLS_KEY),
		.tls_oldest = HTTP_TLS_1_2,
		.threads = 2,
		.connections = ADMIN_CONNECTIONS,
		.address_connections = (unsigned)address_share(s, ADMIN_CONNECTIONS),
		.address_bodies = address_share(s, s->memory.ceiling),
		.idle_timeout_s = s->settings->idle_timeout_s,
		.head_time_s = HEAD_TIME_S,
		.body_time_s = BODY_TIME_S,
		.body_rate = BODY_RATE,
		.connection_memory = 16384,
		.body_limit = s->settings->body_limit,
		.memory = { &s->memory, 0 },
		.ctx = s,
		.head = admin_head,
		.ready = admin_ready,
		.refused = admin_refused,
		.no_request = admin_no_request,
		.library = library_message,
	};

	if (s->settings->one_listener)
		return true;
	return http_listen(&config, &s->admin, s->why, sizeof(s->why)) == GH_OK ||
	       listener_refused(s, "admin");
}

/* Whether a name of another site can be made to lead to the admin listener: it is on this machine
 * only, where nothing else protects it, and shows no certificate that belongs to a name. */
static bool serve_name_can_be_rebound(const struct serve *s)
{
	const char *host = s->settings->admin.host;
	enum setting cert =
		s->settings->one_listener ? SETTING_TLS_CERT : SETTING_ADMIN_TLS_CERT;
	bool here = g_str_has_prefix(host, "127.") || strcmp(host, "::1") == 0;

	return here && *setting_text(s->settings, cert) == '\0';
}

/* Another number when one of the files is another one, was written, or may be read by others than before. */
static uint64_t certificates_mark(const struct serve *s)
{
	static const enum setting files[] = { SETTING_TLS_CERT, SETTING_TLS_KEY,
					      SETTING_ADMIN_TLS_CERT, SETTING_ADMIN_TLS_KEY };
	uint64_t mark = 1;
	struct stat st;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *file = file_setting(s, files[i]);
		bool there = file && stat(file, &st) == 0;
		const uint64_t part[] = { there ? (uint64_t)st.st_ino : 0,
					  there ? (uint64_t)st.st_size : 0,
					  there ? (uint64_t)st.st_mtim.tv_sec : 0,
					  there ? (uint64_t)st.st_mtim.tv_nsec : 0,
					  there ? (uint64_t)st.st_ctim.tv_sec : 0,
					  there ? (uint64_t)st.st_ctim.tv_nsec : 0 };

		for (size_t k = 0; k < sizeof(part) / sizeof(part[0]); k++)
			mark = (mark ^ part[k]) * UINT64_C(0x100000001b3);
	}
	return mark;
}

bool serve_listeners_open(struct serve *s)
{
	const char *hosts = setting_text(s->settings, SETTING_ADMIN_HOSTS);
	struct api_settings settings = {
		.body_limit = s->settings->body_limit,
		.streams = 256,
		.heartbeat_s = 15,
		.check_host = *hosts || serve_name_can_be_rebound(s),
		.hosts = hosts,
		.secure = *setting_text(s->settings, s->settings->one_listener
							     ? SETTING_TLS_CERT
							     : SETTING_ADMIN_TLS_CERT) != 0,
		.folder = s->data.path,
	};
	enum gh_err err = api_open(&s->server, s->tokens, s->accounts, &settings, &s->api);

	if (err)
		return serve_failed(s, "cannot start the API", err);
	/* Before they are read: what is written meanwhile is read again. */
	s->certificates_read = s->certificates_seen = certificates_mark(s);
	if (!serve_devices_listen(s) || !serve_admin_listen(s))
		return false;
	api_listener_add(s->api, "devices", s->devices);
	if (s->admin)
		api_listener_add(s->api, "admin", s->admin);
	return true;
}

void serve_connections_limit(struct serve *s, size_t devices, size_t people)
{
	http_connections_limit(s->devices, devices, address_share(s, devices));
	if (s->admin)
		http_connections_limit(s->admin, people, address_share(s, people));
}

void serve_listeners_tick(struct serve *s)
{
	http_tick(s->devices);
	if (s->admin)
		http_tick(s->admin);
}

/* false: s->why has the reason. */
static bool serve_certificate_renew(struct serve *s, struct http_listener *l, const char *name,
				    enum setting cert, enum setting key)
{
	const char *file = file_setting(s, cert);
	bool changed = false;

	/* Between HTTP and HTTPS it changes with a restart. */
	if (l == NULL || file == NULL)
		return true;
	if (http_certificate_renew(l, file, file_setting(s, key), &changed, s->why,
				   sizeof(s->why)) != GH_OK) {
		LOG(&s->log, LOG_ERROR, "the certificate is not renewed; the old one is shown",
		    { "listener", gh_slice_of(name) }, { "why", gh_slice_of(s->why) });
		return false;
	}
	if (changed)
		LOG(&s->log, LOG_INFO, "certificate renewed", { "listener", gh_slice_of(name) },
		    { "file", gh_slice_of(file) });
	return true;
}

bool serve_certificates_check(struct serve *s)
{
	static const enum setting pairs[][2] = {
		{ SETTING_TLS_CERT, SETTING_TLS_KEY },
		{ SETTING_ADMIN_TLS_CERT, SETTING_ADMIN_TLS_KEY },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *cert = file_setting(s, pairs[i][0]);

		if (cert && http_certificate_check(cert, file_setting(s, pairs[i][1]), s->why,
						   sizeof(s->why)) != GH_OK)
			return false;
	}
	return true;
}

void serve_certificates_renew(struct serve *s)
{
	bool devices = serve_certificate_renew(s, s->devices, "devices", SETTING_TLS_CERT,
					       SETTING_TLS_KEY);
	bool admin = serve_certificate_renew(s, s->admin, "admin", SETTING_ADMIN_TLS_CERT,
					     SETTING_ADMIN_TLS_KEY);

	if (devices && admin)
		problem_clear(&s->server, PROBLEM_CERTIFICATE_REFUSED, PROBLEM_OF_SERVER);
	else
		problem_raise(&s->server, PROBLEM_CERTIFICATE_REFUSED, PROBLEM_OF_SERVER, "%s",
			      s->why);
}

void serve_certificates_watch(struct serve *s)
{
	uint64_t mark = certificates_mark(s);
	bool still = mark == s->certificates_seen;

	s->certificates_seen = mark;
	/* A certificate and its key are written one after the other. */
	if (!still || mark == s->certificates_read)
		return;
	s->certificates_read = mark;
	serve_certificates_renew(s);
}

static void serve_listener_close(struct serve *s, struct http_listener *l)
{
	if (l == NULL)
		return;
	if (s->api)
		api_listener_remove(s->api, l);
	http_close(l);
}

void serve_listeners_close(struct serve *s)
{
	serve_listener_close(s, s->devices);
	serve_listener_close(s, s->admin);
}
