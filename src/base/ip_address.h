/* Numeric IP addresses as bytes, to compare them and to know a network by them. */
#ifndef GH_BASE_IP_ADDRESS_H
#define GH_BASE_IP_ADDRESS_H

#include "base/slice.h"

#define IP_ADDRESS_TEXT 46 /* bytes of one as text, with its NUL */

struct sockaddr;

/* An IPv4 address has the form it has in IPv6, ::ffff:192.0.2.7. */
struct ip_address {
	uint8_t byte[16];
};

/* false: it is no address; *out is all zeros. */
bool ghi_ip_address_parse(gh_slice text, struct ip_address *out);
/* That of a socket; all zeros where it is of no IP family. */
struct ip_address ghi_ip_address_of(const struct sockaddr *sa);
bool ghi_ip_address_equal(const struct ip_address *a, const struct ip_address *b);
/* The first address of the network it is in: /24 of IPv4, /64 of IPv6. */
struct ip_address ghi_ip_address_network(const struct ip_address *a);
/* What one party can be assumed to hold: an IPv4 address, a /64 of IPv6. */
struct ip_address ghi_ip_address_party(const struct ip_address *a);

/* Whether it is an address of IPv4 as devices write it: four numbers to 255 with dots between. Leading zeros, as in
 * "192.168.001.201", are allowed. */
bool ghi_ipv4_is_dotted(gh_slice text);

#endif
