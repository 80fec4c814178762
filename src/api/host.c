#include "api/host.h"

#include <arpa/inet.h>

/* Without the port, and the brackets of an IPv6 address. */
static gh_slice host_name(gh_slice host)
{
	const uint8_t *end = host.n ? memchr(host.p, ']', host.n) : NULL;
	gh_slice name, port;

	if (host.n && host.p[0] == '[' && end)
		return (gh_slice){ host.p + 1, (size_t)(end - host.p) - 1 };
	gh_slice_cut(host, ':', &name, &port);
	return name;
}

static bool host_is_address(gh_slice name)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr any;

	if (name.n == 0 || name.n >= sizeof(text))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1;
}

bool host_allowed(gh_slice host, gh_slice names)
{
	gh_slice name = host_name(host), one;

	if (host_is_address(name) || gh_slice_ieq(name, GH_LIT("localhost")))
		return true;
	while (names.n) {
		gh_slice_cut(names, ',', &one, &names);
		one = gh_slice_trim(one);
		if (one.n && gh_slice_ieq(name, one))
			return true;
	}
	return false;
}
