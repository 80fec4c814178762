#include "tests.h"

#include "common.h"

static void calls_before_connecting_fail_with_a_reason(void **state)
{
	struct gh_terminal *t;
	struct gh_time now;
	(void)state;

	OK(gh_terminal_new("127.0.0.1", NULL, &t));
	assert_int_equal(gh_terminal_time_get(t, &now), GH_ECLOSED);
	assert_string_equal(gh_terminal_error(t)->text, "cannot read the clock: not connected");
	assert_string_equal(gh_terminal_transport(t), "");
	OK(gh_terminal_disconnect(t));
	gh_terminal_free(t);
	gh_terminal_free(NULL);
}

static void addresses_are_read_or_refused(void **state)
{
	static const char *const good[] = {
		"127.0.0.1",
		"127.0.0.1:4370",
		"tcp://127.0.0.1",
		"UDP://127.0.0.1:1",
		"[::1]:4370",
		"tcp://[::1]",
		"::1",
		"terminal.example:65535",
		"tcp://127.0.0.1/",
	};
	static const char *const bad[] = {
		"",	"tcp://", "udp://:4370", "host:0", "host:65536", "host:x",
		"[::1", "[::1]x", "http://host", "ho st",  "user@host",	 NULL,
	};
	struct gh_terminal *t;
	(void)state;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		OK(gh_terminal_new(good[i], NULL, &t));
		gh_terminal_free(t);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(gh_terminal_new(bad[i], NULL, &t), GH_EINVALID);
}

static bool reply_http(struct device *d, const struct ghi_terminal_frame *f)
{
	(void)f;
	device_raw(d, "HTTP/1.1 400 Bad Request\r\n", 26);
	return true;
}

static bool socket_swallow(struct device *d, const struct ghi_terminal_frame *f)
{
	(void)d;
	(void)f;
	return true;
}

static bool protected_device(struct device *d, const struct ghi_terminal_frame *f)
{
	if (f->command != GH_CMD_CONNECT)
		return false;
	device_reply(d, GH_PROTECTED, 0, NULL, 0);
	return true;
}

static void unreachable_hosts_are_distinguished(void **state)
{
	static const struct {
		device_hook *hook;
		enum gh_err want;
	} c[] = { { reply_http, GH_EMALFORMED },
		  { socket_swallow, GH_ETIMEOUT },
		  { protected_device, GH_EUNSUPPORTED } };
	struct gh_terminal_options o;
	struct gh_terminal *t;
	struct device d;
	(void)state;

	gh_terminal_options_init(&o);
	o.reply_ms = 300;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		device_init(&d);
		d.hook = c[i].hook;
		device_start(&d);
		OK(gh_terminal_new(d.address, &o, &t));
		assert_int_equal(gh_terminal_connect(t), c[i].want);
		assert_int_equal(gh_terminal_error(t)->err, c[i].want);
		gh_terminal_free(t);
		device_stop(&d);
	}
	/* The port is closed again. */
	for (int udp = 0; udp < 2; udp++) {
		snprintf(d.address, sizeof(d.address), "%s://127.0.0.1:%d", udp ? "udp" : "tcp",
			 d.port);
		OK(gh_terminal_new(d.address, &o, &t));
		assert_int_equal(gh_terminal_connect(t), GH_EUNREACHABLE);
		gh_terminal_free(t);
	}
	OK(gh_terminal_new("tcp://no-such-host.invalid", &o, &t));
	assert_int_equal(gh_terminal_connect(t), GH_EUNREACHABLE);
	gh_terminal_free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_before_connecting_fail_with_a_reason),
		cmocka_unit_test(addresses_are_read_or_refused),
		cmocka_unit_test(unreachable_hosts_are_distinguished),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
