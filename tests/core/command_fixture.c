#include "tests.h"

#include <stdio.h>

#include "command_fixture.h"

struct server_fixture f;

struct device *d;

int command_fixture_open(void **state)
{
	(void)state;
	server_fixture_open(&f);
	d = server_admit(&f, "CLOCK1");
	server_approve(&f, d);
	return 0;
}

int command_fixture_close(void **state)
{
	(void)state;
	device_unref(d);
	server_fixture_close(&f);
	return 0;
}

const char *offer_line(int64_t id, const char *text)
{
	static char buf[128];

	snprintf(buf, sizeof(buf), "C:%lld:%s\n", (long long)id, text);
	return buf;
}
