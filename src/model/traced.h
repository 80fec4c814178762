/* One exchange with a device: its request and the reply. */
#ifndef GH_MODEL_TRACED_H
#define GH_MODEL_TRACED_H

#include "base/slice.h"

struct traced {
	int64_t id; /* rises in the order in which numbers were taken; none is given again after a restart */
	int64_t at_ms;
	gh_slice serial; /* empty: no serial number could be read */
	gh_slice peer;
	gh_slice method, target, version;
	gh_slice headers; /* "Name: value\n" lines */
	gh_slice body;
	size_t body_size; /* as it came; body may be cut */
	unsigned status;
	gh_slice reply;
	gh_slice note; /* why, when it was refused */
};

#endif
