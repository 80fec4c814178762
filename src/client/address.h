/* Where a terminal is: "tcp://HOST:PORT", "udp://[::1]", "HOST". */
#ifndef GH_CLIENT_ADDRESS_H
#define GH_CLIENT_ADDRESS_H

#include "base/err.h"

#include <stdbool.h>

struct ghi_address {
	bool tcp, udp; /* what may be tried */
	char host[256];
	char port[6];
};

/* GH_EINVALID: not an address. */
GH_MUST_CHECK enum gh_err ghi_address_parse(const char *text, struct ghi_address *out);

#endif
