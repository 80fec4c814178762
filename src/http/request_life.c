/* A request, step by step, as libmicrohttpd calls: the request line (request_begin), the
 * header lines, the body in pieces, the end of the body and every wake-up after it
 * (request_step), the end (request_end). */
#include "base/clock.h"
#include "http/http_private.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

/* The bytes of a request's arena that are charged even when the budget is exhausted: enough for
 * a heartbeat, a handshake or a GET of the API. */
#define ARENA_SMALL 16384

/* A lenient listener serves a request without Host; the library, at any level that refuses a
 * stray blank before a colon, does not. So there is one before the header lines are read. The
 * library requires this call on the thread that owns the connection, which is this one.
 *
 * Its value is the target, in the library's own memory. Version 1.0 takes what follows the value of the last
 * header line for room in its buffer where little is left of that, and of a head without lines this is the
 * last: a value elsewhere made it write there. */
static const char *request_host_provide(struct http_listener *l, const char *target,
					struct MHD_Connection *connection)
{
	/* Where there is no room for it, there is none for the request either. */
	return l->library_is_strict && l->config.lenient &&
			       MHD_set_connection_value(connection, MHD_HEADER_KIND, "Host",
							target) == MHD_YES
		       ? target
		       : NULL;
}

/* The version of a request. Version 1.0 of the library may have written into it what came behind the head,
 * for the reason above; it has read it by then, and serves none but those of HTTP/1. */
static void request_version_set(struct http_request *r, const char *version)
{
	static const char usual[] = "HTTP/1.1";

	r->version = version;
	if (!r->listener->library_is_strict)
		return;
	memcpy(r->version_text, version, sizeof(usual) - 1);
	if (memcmp(version, usual, sizeof(usual) - 2) != 0)
		memcpy(r->version_text, usual, sizeof(usual) - 1);
	r->version = r->version_text;
}

/* What a parameter takes of a connection's memory, and what is left for the rest of the head. */
#define PARAM_MEMORY 64
#define HEAD_MEMORY 1024
#define PARAMS_FEW 33

static bool target_fits(const struct http_listener *l, const char *target, size_t n)
{
	size_t params = 1;

	for (const char *at = target; (at = memchr(at, '&', n - (size_t)(at - target))); at++)
		params++;
	return n + params * PARAM_MEMORY + HEAD_MEMORY <= l->config.connection_memory ||
	       params < PARAMS_FEW;
}

/* Version 0.9.75 of the library drops the rest of such a request and waits for it, with its answer
 * made, until the idle timeout; so it is answered here, before the library reads the parameters. */
static void target_refuse(struct http_listener *l, struct MHD_Connection *connection)
{
	static const char reply[] = "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\n"
				    "Content-Type: text/plain\r\nContent-Length: 34\r\n\r\n"
				    "the target has too many parameters";
	char peer[INET6_ADDRSTRLEN] = "";

	atomic_fetch_add_explicit(&l->refusals, 1, memory_order_relaxed);
	connection_answer(connection, reply, sizeof(reply) - 1);
	if (l->config.no_request == NULL)
		return;
	connection_peer(connection, peer);
	l->config.no_request(l->config.ctx,
			     &(struct http_no_request){
				     .cause = HTTP_TOO_MANY_PARAMETERS,
				     .peer = peer,
				     .message = "a request target with too many parameters" });
}

void *request_begin(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct http_listener *l = cls;
	size_t line_n = strlen(target), n = line_n;
	const char *host;
	struct http_request *r;

	/* Those before " HTTP/", which not every version of the library leaves out. */
	while (l->config.lenient && n && target[n - 1] == ' ')
		n--;
	if (!target_fits(l, target, n)) {
		(void)connection_request_begun(connection, NULL);
		target_refuse(l, connection);
		return NULL;
	}
	r = malloc(sizeof(*r) + n);
	host = request_host_provide(l, target, connection);
	if (r == NULL)
		return NULL; /* request_step() closes the connection */
	*r = (struct http_request){
		.listener = l,
		.connection = connection,
		.owner = connection_request_begun(connection, r),
		.memory = &l->config.memory,
		.arena = { .share = &l->config.memory, .small = ARENA_SMALL },
		.target_n = n,
		.line_n = line_n,
		.host_provided = host,
	};
	if (r->owner)
		r->worker = r->owner->worker;
	memcpy(r->target, target, n);
	return r;
}

/* Pass the reply to libmicrohttpd. Before the body is read this also ends the connection. */
static enum MHD_Result reply_send(struct http_request *r)
{
	enum MHD_Result ok;

	if (r->response == NULL)
		http_reply(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain",
			   GH_LIT("no reply was made"));
	r->phase = HTTP_ANSWERED;
	ok = MHD_queue_response(r->connection, r->status, r->response);
	reply_drop(r);
	return ok;
}

static bool request_expects_continue(const struct http_request *r)
{
	const char *v = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Expect");

	return v && strcmp(r->version, "HTTP/1.0") != 0;
}

static enum MHD_Result request_head_received(struct http_request *r)
{
	struct http_listener *l = r->listener;
	const char *fault = framing_check(r);

	r->phase = HTTP_BODY;
	atomic_fetch_add_explicit(&l->requests, 1, memory_order_relaxed);
	if (r->owner)
		peers_head_received(l->peers, r->owner->peer, r->body_comes,
				    ghi_clock_monotonic_ms());
	if (fault) {
		reply_refuse(r, MHD_HTTP_BAD_REQUEST, fault);
	} else if (r->length > l->config.body_limit) {
		reply_refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
	} else if (l->config.head) {
		l->config.head(l->config.ctx, r);
	}
	if (r->response == NULL)
		return MHD_YES;
	/* A reply at this point ends the connection. If the body is announced and not too large,
	 * read and drop it first and keep the connection. */
	if (fault || r->length > l->config.body_limit ||
	    (r->body_comes && request_expects_continue(r))) {
		r->answered_early = true;
		return reply_send(r);
	}
	return MHD_YES;
}

/* The library reports the end of what a peer sends only when it comes after the bytes it read
 * last; an end that arrived with them is reported at the idle timeout, and the body would stay
 * in memory until then. */
static bool request_broke_off(struct http_request *r)
{
	const union MHD_ConnectionInfo *info;
	char byte;

	if (r->chunked || r->listener->config.tls_cert || r->body_n + r->discarded >= r->length)
		return false;
	info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	return info && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Of a body that is skipped. */
static void body_keep(struct http_request *r, const char *p, size_t n)
{
	size_t more = r->keep > r->body_n ? r->keep - r->body_n : 0;

	r->discarded += n;
	if (more > n)
		more = n;
	/* Without room for it, it is not there to be seen. */
	if (more && body_append(r, p, more) != GH_OK)
		r->keep = 0;
	r->discarded -= more;
}

static enum MHD_Result request_body_received(struct http_request *r, const char *p, size_t n)
{
	enum gh_err err = GH_OK;

	if (r->response == NULL && r->discarding)
		body_keep(r, p, n);
	else if (r->response == NULL)
		err = body_append(r, p, n);
	else
		r->discarded += n;
	if (err != GH_OK) {
		body_free(r);
		if (err == GH_ETOOBIG)
			reply_refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
		else
			reply_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, NO_MEMORY_LEFT);
	}
	/* A reply cannot be sent before the body ends; a body without end is aborted. */
	if (r->discarded > r->listener->config.body_limit || request_broke_off(r))
		return MHD_NO;
	return MHD_YES;
}

/* Run the function given to http_resume_with(), on the thread that owns the connection. */
static void request_continue(struct http_request *r)
{
	void (*fn)(void *ctx) = r->continuation;

	r->continuation = NULL;
	atomic_store_explicit(&r->deferral, HTTP_NOT_DEFERRED, memory_order_relaxed);
	fn(r->continuation_ctx);
	atomic_fetch_sub(&r->listener->deferred, 1);
}

/* After a handler or a wake-up: reply, or suspend the connection until http_resume(). */
static enum MHD_Result request_reply_or_suspend(struct http_request *r)
{
	for (bool ran = false;; ran = true) {
		int state = atomic_load_explicit(&r->deferral, memory_order_acquire);

		if (state == HTTP_SUSPENDED)
			return MHD_YES;
		if (state == HTTP_DEFERRED) {
			MHD_suspend_connection(r->connection);
			/* When http_resume() was called first, it has not resumed the connection. */
			if (!atomic_compare_exchange_strong(&r->deferral, &state,
							    HTTP_SUSPENDED))
				MHD_resume_connection(r->connection);
			return MHD_YES;
		}
		if (state == HTTP_NOT_DEFERRED || r->continuation == NULL)
			return reply_send(r);
		if (ran) {
			/* The handler continues soon: serve other connections first. */
			MHD_suspend_connection(r->connection);
			MHD_resume_connection(r->connection);
			return MHD_YES;
		}
		request_continue(r);
	}
}

static enum MHD_Result request_body_complete(struct http_request *r)
{
	struct http_listener *l = r->listener;

	r->phase = HTTP_ANSWER;
	if (r->owner && r->body_comes)
		peers_body_received(l->peers, r->owner->peer);
	/* In this order, and the reverse in http_close(): either `closing` is seen here, or
	 * `answering` there. */
	atomic_fetch_add(&l->answering, 1);
	if (r->response == NULL && atomic_load(&l->closing)) {
		http_close_after(r);
		reply_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "the server is stopping");
	} else if (r->response == NULL) {
		l->config.ready(l->config.ctx, r);
	}
	return request_reply_or_suspend(r);
}

enum MHD_Result request_step(void *cls, struct MHD_Connection *connection, const char *url,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_n, void **request)
{
	struct http_request *r = *request;

	(void)cls, (void)connection, (void)url;
	if (r == NULL)
		return MHD_NO;
	resume_waiting(r->worker);
	if (r->phase == HTTP_HEAD) {
		r->method = method;
		request_version_set(r, version);
		return request_head_received(r);
	}
	if (*upload_n) {
		size_t n = *upload_n;

		*upload_n = 0;
		return request_body_received(r, upload, n);
	}
	if (r->phase == HTTP_BODY)
		return request_body_complete(r);
	return r->phase == HTTP_ANSWER ? request_reply_or_suspend(r) : MHD_YES;
}

bool http_defer(struct http_request *r)
{
	if (r->ended)
		return false;
	atomic_fetch_add(&r->listener->deferred, 1);
	atomic_store_explicit(&r->deferral, HTTP_DEFERRED, memory_order_relaxed);
	return true;
}

void http_resume(struct http_request *r)
{
	struct http_listener *l = r->listener;

	/* From here on the request may end at any moment, except while suspended. */
	if (atomic_exchange(&r->deferral, HTTP_RESUMED) == HTTP_SUSPENDED)
		resume_request(r);
	else
		atomic_fetch_sub(&l->deferred,
				 1); /* the last access: http_close() waits for it */
}

void http_resume_with(struct http_request *r, void (*fn)(void *ctx), void *ctx)
{
	r->continuation = fn;
	r->continuation_ctx = ctx;
	atomic_fetch_add(&r->listener->deferred, 1); /* until fn has run */
	http_resume(r);
}

bool connection_peer_left(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct pollfd p = { .events = POLLRDHUP };

	if (info == NULL)
		return false;
	/* Open as long as the connection is suspended. */
	p.fd = info->connect_fd;
	return poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL);
}

bool http_peer_left(const struct http_request *r)
{
	return connection_peer_left(r->connection);
}

static unsigned connection_status(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);

	return info ? info->http_status : 0;
}

/* libmicrohttpd answers malformed or too long header lines and chunks by itself. False: it did
 * not; the peer closed early, or the connection was aborted. */
static bool request_refused_by_library(struct http_request *r)
{
	struct http_listener *l = r->listener;
	unsigned status = connection_status(r->connection);

	if (status == 0)
		return false;
	atomic_fetch_add_explicit(&l->refusals, 1, memory_order_relaxed);
	if (l->config.refused)
		l->config.refused(l->config.ctx, r, status, MHD_get_reason_phrase_for(status));
	return true;
}

static void request_close_lingering(struct http_request *r)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (info)
		lingering_close_add(r->listener->lingering, info->connect_fd,
				    r->listener->config.tls_cert == NULL);
}

void request_end(void *cls, struct MHD_Connection *connection, void **request,
		 enum MHD_RequestTerminationCode how)
{
	struct http_request *r = *request;

	(void)cls;
	(void)connection;
	if (r == NULL)
		return;
	*request = NULL;
	if (r->owner) {
		r->owner->request = NULL;
		peers_request_ended(r->listener->peers, r->owner->peer,
				    ghi_clock_monotonic_ms());
	}
	request_free(r, how);
}

void request_free(struct http_request *r, enum MHD_RequestTerminationCode how)
{
	struct http_listener *l = r->listener;
	bool was_counted, unread;

	resume_waiting(r->worker);
	r->ended = true;
	/* A resumed connection is read first; if the peer has closed, that ends the request. */
	if (r->continuation)
		request_continue(r);
	was_counted = r->phase >= HTTP_ANSWER && !r->answered_early;
	unread = r->answered_early;
	if (r->phase < HTTP_ANSWER && how == MHD_REQUEST_TERMINATED_WITH_ERROR)
		unread = request_refused_by_library(r);
	if (unread)
		request_close_lingering(r);
	if (r->gone)
		r->gone(r->user, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	reply_drop(r);
	body_free(r);
	ghi_budget_release(r->memory, r->reply_charged);
	ghi_arena_clear(&r->arena);
	free(r);
	if (was_counted)
		atomic_fetch_sub_explicit(&l->answering, 1, memory_order_release);
}
