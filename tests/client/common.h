/* What the tests of the client share. Include after tests.h. */
#ifndef GH_TESTS_CLIENT_COMMON_H
#define GH_TESTS_CLIENT_COMMON_H

#include <gatehouse/terminal.h>

#include <stdio.h>
#include <string.h>

#include "device.h"

#define OK(call) assert_int_equal(GH_OK, (call))

static inline struct gh_terminal *open_terminal(const struct device *d, uint32_t key,
						int reply_ms)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;

	gh_terminal_options_init(&o);
	o.comm_key = key;
	o.reply_ms = reply_ms;
	o.connect_ms = 3000;
	OK(gh_terminal_new(d->address, &o, &t));
	OK(gh_terminal_connect(t));
	return t;
}

#endif
