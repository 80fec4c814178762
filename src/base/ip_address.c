#include "base/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/number.h"

static const uint8_t v4_prefix[12] = { [10] = 0xFF, [11] = 0xFF };

static bool is_v4(const struct ip_address *a)
{
	return memcmp(a->byte, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool ghi_ip_address_parse(gh_slice text, struct ip_address *out)
{
	char copy[IP_ADDRESS_TEXT];

	*out = (struct ip_address){ .byte = { 0 } };
	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	if (inet_pton(AF_INET, copy, out->byte + sizeof(v4_prefix)) == 1) {
		memcpy(out->byte, v4_prefix, sizeof(v4_prefix));
		return true;
	}
	return inet_pton(AF_INET6, copy, out->byte) == 1;
}

struct ip_address ghi_ip_address_of(const struct sockaddr *sa)
{
	struct ip_address a = { .byte = { 0 } };

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;

		memcpy(a.byte, v4_prefix, sizeof(v4_prefix));
		memcpy(a.byte + sizeof(v4_prefix), &in->sin_addr, sizeof(in->sin_addr));
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)sa;

		memcpy(a.byte, &in->sin6_addr, sizeof(a.byte));
	}
	return a;
}

bool ghi_ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
	return memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

/* The first n bytes, and zeros. */
static struct ip_address address_cut(const struct ip_address *a, size_t n)
{
	struct ip_address out = { .byte = { 0 } };

	memcpy(out.byte, a->byte, n);
	return out;
}

struct ip_address ghi_ip_address_network(const struct ip_address *a)
{
	return address_cut(a, is_v4(a) ? 15 : 8);
}

struct ip_address ghi_ip_address_party(const struct ip_address *a)
{
	return is_v4(a) ? *a : address_cut(a, 8);
}

bool ghi_ipv4_is_dotted(gh_slice text)
{
	gh_slice part;
	uint64_t n;

	for (int i = 0; i < 4; i++) {
		bool more = gh_slice_cut(text, '.', &part, &text);

		if (more != (i < 3) || part.n > 3 || ghi_number_parse(part, 255, &n))
			return false;
	}
	return true;
}
