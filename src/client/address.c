#include "client/address.h"

#include "base/number.h"

#define USUAL_PORT "4370"

static bool address_copy(gh_slice s, char *out, size_t size)
{
	if (s.n >= size)
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = 0;
	return true;
}

enum gh_err ghi_address_parse(const char *text, struct ghi_address *out)
{
	struct ghi_address a = { .tcp = true, .udp = true };
	gh_slice in = gh_slice_of(text), host, port;
	uint64_t number;

	if (gh_slice_istarts(in, GH_LIT("tcp://")))
		a.udp = false;
	else if (gh_slice_istarts(in, GH_LIT("udp://")))
		a.tcp = false;
	if (!a.tcp || !a.udp)
		in = gh_slice_from(in, sizeof("tcp://") - 1);
	if (in.n && in.p[in.n - 1] == '/')
		in.n--;
	if (in.n && in.p[0] == '[') {
		if (!gh_slice_cut(gh_slice_from(in, 1), ']', &host, &port))
			return GH_EINVALID;
		if (port.n && port.p[0] != ':')
			return GH_EINVALID;
		if (port.n)
			port = gh_slice_from(port, 1);
	} else {
		gh_slice_cut(in, ':', &host, &port);
		/* A second colon: an IPv6 address without its brackets. */
		if (port.n && memchr(port.p, ':', port.n)) {
			host = in;
			port.n = 0;
		}
	}
	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] <= ' ' || host.p[i] == '/' || host.p[i] == '@')
			return GH_EINVALID;
	if (port.n == 0)
		port = GH_LIT(USUAL_PORT);
	if (host.n == 0 || ghi_number_parse(port, UINT16_MAX, &number) || number == 0 ||
	    !address_copy(host, a.host, sizeof(a.host)) ||
	    !address_copy(port, a.port, sizeof(a.port)))
		return GH_EINVALID;
	*out = a;
	return GH_OK;
}
