#include "app/serve/announce.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "http/http.h"

#define ADDRESSES_MAX 8

/* "listening devices http://0.0.0.0:8080": programs that start the server read these lines, the first two. */
static void listener_print(const struct serve *s, const char *name, const struct address *at,
			   const struct http_listener *l, enum setting cert)
{
	bool v6 = strchr(at->host, ':') != NULL;

	printf("listening %s %s://%s%s%s:%u\n", name,
	       *setting_text(s->settings, cert) ? "https" : "http", v6 ? "[" : "", at->host,
	       v6 ? "]" : "", http_port(l));
}

/* An address of this machine that a clock may reach: up, IPv4, and not its own loopback. */
static bool interface_is_reachable(const struct ifaddrs *i)
{
	return i->ifa_addr && i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_UP) &&
	       !(i->ifa_flags & IFF_LOOPBACK);
}

static void clock_settings_print(const char *host, unsigned port)
{
	printf("  in a clock's menu (Comm., Cloud Server): server address %s, port %u\n", host,
	       port);
}

/* Where clocks are to be pointed: the address listened at, or those of the machine. */
static void clock_addresses_print(const struct address *at, unsigned port)
{
	struct ifaddrs *all = NULL;
	unsigned n = 0;

	if (strcmp(at->host, "0.0.0.0") != 0 && strcmp(at->host, "::") != 0) {
		if (strncmp(at->host, "127.", 4) == 0 || strcmp(at->host, "::1") == 0)
			printf("  no clock reaches this address, only this machine does; see "
			       "--listen\n");
		else
			clock_settings_print(at->host, port);
		return;
	}
	if (getifaddrs(&all) != 0)
		return;
	for (const struct ifaddrs *i = all; i && n < ADDRESSES_MAX; i = i->ifa_next) {
		char host[INET_ADDRSTRLEN];
		struct sockaddr_in in;

		if (!interface_is_reachable(i))
			continue;
		memcpy(&in, i->ifa_addr, sizeof(in));
		if (inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host)) == NULL)
			continue;
		clock_settings_print(host, port);
		n++;
	}
	freeifaddrs(all);
}

/* Where the first account is made. The code stands behind the # so that no log of requests has it. */
static void setup_print(const struct serve *s)
{
	const struct settings *set = s->settings;
	const struct http_listener *admin = s->admin ? s->admin : s->devices;
	bool v6 = strchr(set->admin.host, ':') != NULL;
	char code[SETUP_CODE];

	if (setup_code(s->accounts, code))
		printf("console %s://%s%s%s:%u/#setup=%s\n"
		       "  (makes the first account; good for an hour, a restart makes "
		       "another)\n",
		       *setting_text(set, set->one_listener ? SETTING_TLS_CERT
							    : SETTING_ADMIN_TLS_CERT)
			       ? "https"
			       : "http",
		       v6 ? "[" : "", set->admin.host, v6 ? "]" : "", http_port(admin), code);
	explicit_bzero(code, sizeof(code));
}

void serve_announce(const struct serve *s)
{
	const struct settings *set = s->settings;
	const struct http_listener *admin = s->admin ? s->admin : s->devices;

	listener_print(s, "devices", &set->listen, s->devices, SETTING_TLS_CERT);
	listener_print(s, "admin", &set->admin, admin,
		       set->one_listener ? SETTING_TLS_CERT : SETTING_ADMIN_TLS_CERT);
	clock_addresses_print(&set->listen, http_port(s->devices));
	setup_print(s);
	printf("  the administrator's token is in %s/admin.token\n", s->data.path);
	printf("  the devices: gatehouse device list --data %s\n", s->data.path);
	fflush(stdout);
}
