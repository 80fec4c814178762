#include "sim/server.h"

#include "base/number.h"
#include "base/slice.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct parts {
	gh_slice host, port, prefix;
	bool brackets; /* an IPv6 address was written in them */
	bool https;
};

static gh_slice port_usual(bool https)
{
	return https ? GH_LIT("443") : GH_LIT("80");
}

static const char *url_split(gh_slice url, struct parts *out)
{
	gh_slice authority, path;
	uint64_t port;

	out->https = gh_slice_istarts(url, GH_LIT("https://"));
	if (!out->https && !gh_slice_istarts(url, GH_LIT("http://")))
		return "an address looks like http://HOST:PORT or https://HOST:PORT";
	url = gh_slice_from(url, out->https ? strlen("https://") : strlen("http://"));
	gh_slice_cut(url, '/', &authority, &path);
	out->prefix = gh_slice_from(url, authority.n);
	while (out->prefix.n && out->prefix.p[out->prefix.n - 1] == '/')
		out->prefix.n--;
	out->brackets = authority.n && authority.p[0] == '[';
	if (out->brackets) {
		if (!gh_slice_cut(gh_slice_from(authority, 1), ']', &out->host, &out->port))
			return "']' is missing after the IPv6 address";
		if (out->port.n && out->port.p[0] != ':')
			return "after ']' comes :PORT or nothing";
		if (out->port.n)
			out->port = gh_slice_from(out->port, 1);
	} else {
		gh_slice_cut(authority, ':', &out->host, &out->port);
	}
	if (out->host.n == 0 || out->host.n > 253)
		return "the host is missing or too long";
	if (out->port.n == 0)
		out->port = port_usual(out->https);
	if (ghi_number_parse(out->port, 65535, &port) || port == 0)
		return "the port is a number from 1 to 65535";
	return NULL;
}

/* "localhost" may be two addresses and the server on one of them: the first that takes a
 * connection is it. With one address there is nothing to try. */
static const struct addrinfo *address_that_answers(const struct addrinfo *all)
{
	const struct timeval patience = { .tv_sec = 2 };

	for (const struct addrinfo *a = all; a && all->ai_next; a = a->ai_next) {
		int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool there;

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		there = connect(fd, a->ai_addr, a->ai_addrlen) == 0;
		close(fd);
		if (there)
			return a;
	}
	return all;
}

/* Where connections go. */
static enum gh_err server_find(const struct parts *parts, struct sim_server *out,
			       const char **reason)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const struct addrinfo *there;
	char host[256], port[8];

	snprintf(host, sizeof(host), "%.*s", GH_FMT(parts->host));
	snprintf(port, sizeof(port), "%.*s", GH_FMT(parts->port));
	if (getaddrinfo(host, port, &hints, &found) || found == NULL) {
		*reason = "no such host";
		return GH_EUNREACHABLE;
	}
	there = address_that_answers(found);
	memcpy(&out->address, there->ai_addr, there->ai_addrlen);
	out->length = there->ai_addrlen;
	freeaddrinfo(found);
	return GH_OK;
}

static const char *proxy_split(const char *proxy, struct parts *out)
{
	const char *reason = url_split(gh_slice_of(proxy), out);

	if (reason || out->https || out->prefix.n)
		return "a proxy looks like http://HOST:PORT";
	return NULL;
}

static void server_name(struct sim_server *s, const struct parts *parts)
{
	const char *before = parts->brackets ? "[" : "", *after = parts->brackets ? "]" : "";
	bool usual = gh_slice_eq(parts->port, port_usual(parts->https));

	s->https = parts->https;
	snprintf(s->name, sizeof(s->name), "%.*s", GH_FMT(parts->host));
	snprintf(s->host, sizeof(s->host), "%s%s%s%s%.*s", before, s->name, after,
		 usual ? "" : ":", usual ? 0 : (int)parts->port.n, (const char *)parts->port.p);
	snprintf(s->prefix, sizeof(s->prefix), "%.*s", GH_FMT(parts->prefix));
}

/* What of it a proxy has to read. */
static void server_behind_proxy(struct sim_server *s, const struct parts *parts)
{
	const char *before = parts->brackets ? "[" : "", *after = parts->brackets ? "]" : "";

	if (s->https)
		snprintf(s->tunnel, sizeof(s->tunnel), "%s%s%s:%.*s", before, s->name, after,
			 GH_FMT(parts->port));
	else
		snprintf(s->prefix, sizeof(s->prefix), "http://%s%.*s", s->host,
			 GH_FMT(parts->prefix));
}

enum gh_err sim_server_open(const char *url, const char *proxy, struct sim_server *out,
			    const char **reason)
{
	struct sim_server server = { 0 };
	struct parts parts = { 0 }, by = { 0 };

	*reason = url_split(gh_slice_of(url), &parts);
	if (*reason == NULL && parts.prefix.n > 127)
		*reason = "the path is too long";
	if (*reason == NULL && proxy)
		*reason = proxy_split(proxy, &by);
	if (*reason)
		return GH_EINVALID;
	enum gh_err err = server_find(proxy ? &by : &parts, &server, reason);

	if (err)
		return err;
	server_name(&server, &parts);
	if (proxy)
		server_behind_proxy(&server, &parts);
	*out = server;
	return GH_OK;
}

enum gh_err sim_server_through(const struct sim_server *direct, const char *address,
			       uint16_t port, struct sim_server *out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct sim_server s = *direct;
	struct addrinfo *found = NULL;
	const char *after = strrchr(direct->host, ']'), *colon = strrchr(direct->host, ':');
	bool has_port = colon && (after == NULL || colon > after);
	char text[8];

	snprintf(text, sizeof(text), "%u", port);
	if (direct->tunnel[0] || strncmp(direct->prefix, "http", 4) == 0 ||
	    getaddrinfo(address, text, &hints, &found) || found == NULL)
		return GH_EINVALID;
	memcpy(&s.address, found->ai_addr, found->ai_addrlen);
	s.length = found->ai_addrlen;
	freeaddrinfo(found);
	if (s.https)
		snprintf(s.tunnel, sizeof(s.tunnel), "%.*s%s",
			 GH_FMT(gh_slice_of(direct->host)), has_port ? "" : ":443");
	else
		snprintf(s.prefix, sizeof(s.prefix), "http://%s%.*s", direct->host,
			 GH_FMT(gh_slice_of(direct->prefix)));
	s.from.length = 0;
	*out = s;
	return GH_OK;
}

enum gh_err sim_server_call_from(struct sim_server *s, const char *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&s->from.address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s->from.address;

	memset(&s->from, 0, sizeof(s->from));
	s->from.address.ss_family = s->address.ss_family;
	if (s->address.ss_family == AF_INET && inet_pton(AF_INET, address, &v4->sin_addr) == 1)
		s->from.length = sizeof(*v4);
	else if (s->address.ss_family == AF_INET6 &&
		 inet_pton(AF_INET6, address, &v6->sin6_addr) == 1)
		s->from.length = sizeof(*v6);
	return s->from.length ? GH_OK : GH_EINVALID;
}

enum gh_err sim_server_trust(struct sim_server *s, const char *ca, bool insecure,
			     const char **reason)
{
	return s->https ? sim_tls_open(s->name, ca, insecure, &s->tls, reason) : GH_OK;
}

void sim_server_close(struct sim_server *s)
{
	sim_tls_close(s->tls);
	s->tls = NULL;
}
