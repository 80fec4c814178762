#include "tests.h"

#include <gatehouse/terminal.h>

#include <stdio.h>
#include <string.h>

#include "device.h"

#define OK(call) assert_int_equal(GH_OK, (call))

static struct gh_terminal *connect_to(struct device *d, uint32_t key)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;

	gh_terminal_options_init(&o);
	o.comm_key = key;
	o.reply_ms = 3000;
	OK(gh_terminal_new(d->address, &o, &t));
	OK(gh_terminal_connect(t));
	return t;
}

static size_t count_users(struct gh_terminal *t, struct gh_user *out, size_t cap)
{
	struct gh_terminal_users *it;
	struct gh_user u;
	size_t n = 0;
	enum gh_err err;

	OK(gh_terminal_users_open(t, &it));
	while ((err = gh_terminal_users_next(it, &u)) == GH_OK) {
		if (n < cap)
			out[n] = u;
		n++;
	}
	assert_int_equal(err, GH_EEND);
	gh_terminal_users_close(it);
	return n;
}

/* The punches are those of device_add_punches(). */
static size_t count_punches(struct gh_terminal *t, bool with_pin)
{
	struct gh_terminal_punches *it;
	struct gh_punch p;
	size_t n = 0;
	enum gh_err err;

	OK(gh_terminal_punches_open(t, &it));
	while ((err = gh_terminal_punches_next(it, &p)) == GH_OK) {
		char pin[GH_PIN_SIZE];

		snprintf(pin, sizeof(pin), "%zu", n % 1000 + 1);
		if (with_pin)
			assert_string_equal(p.pin, pin);
		assert_int_equal(p.status, n % 2);
		assert_true(p.time.valid);
		n++;
	}
	if (err != GH_EEND)
		print_message("%s\n", gh_terminal_error(t)->text);
	assert_int_equal(err, GH_EEND);
	gh_terminal_punches_close(it);
	return n;
}

static void users_are_listed_with_their_names_in_utf8(void **state)
{
	(void)state;
	for (int udp = 0; udp < 2; udp++) {
		struct device d;
		struct gh_user u[4];
		struct gh_terminal *t;

		device_init(&d);
		d.udp = udp;
		device_start(&d);
		t = connect_to(&d, 0);
		assert_string_equal(gh_terminal_transport(t), udp ? "udp" : "tcp");
		assert_int_equal(count_users(t, u, 4), 3);
		assert_string_equal(u[0].pin, "1");
		assert_string_equal(u[0].name, "Ada");
		assert_int_equal(u[0].card, 4000000000u);
		assert_int_equal(u[0].privilege, GH_PRIVILEGE_ADMIN);
		assert_string_equal(u[1].pin, "0007");
		assert_string_equal(u[1].name, "\xE5\xBC\xA0\xE4\xB8\x89");
		assert_string_equal(u[2].name, "J\xC3\xBCrgen");
		gh_terminal_free(t);
		device_stop(&d);
		assert_int_equal(device_saw(&d, GH_CMD_EXIT), 1);
	}
}

static void punches_of_every_layout_come_out_whole(void **state)
{
	static const struct {
		struct ghi_terminal_punch_format format;
		bool pin;
	} c[] = {
		{ { GHI_PUNCH_40, 40 }, true }, { { GHI_PUNCH_16, 16 }, true },
		{ { GHI_PUNCH_8A, 8 }, false }, { { GHI_PUNCH_8B, 8 }, false },
		{ { GHI_PUNCH_40, 49 }, true }, { { GHI_PUNCH_40, 52 }, true },
	};
	static const size_t packets[] = { 0, 1008, 500 };
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		for (int udp = 0; udp < 2; udp++)
			for (size_t p = 0; p < 3; p++) {
				struct device d;
				struct gh_terminal *t;

				device_init(&d);
				d.udp = udp;
				d.packet = packets[p];
				d.punch_format = c[i].format;
				device_add_punches(&d, 4321);
				device_start(&d);
				t = connect_to(&d, 0);
				assert_int_equal(count_punches(t, c[i].pin), 4321);
				gh_terminal_free(t);
				device_stop(&d);
			}
}

static void the_comm_key_opens_and_a_wrong_one_does_not(void **state)
{
	struct device d;
	struct gh_terminal_options o;
	struct gh_terminal *t;
	(void)state;

	device_init(&d);
	d.comm_key = 983039;
	device_start(&d);
	t = connect_to(&d, 983039);
	assert_int_equal(count_users(t, NULL, 0), 3);
	gh_terminal_free(t);

	gh_terminal_options_init(&o);
	o.comm_key = 1;
	OK(gh_terminal_new(d.address, &o, &t));
	assert_int_equal(gh_terminal_connect(t), GH_EAUTH);
	assert_int_equal(gh_terminal_error(t)->reply, GH_ACK_UNAUTH);
	assert_non_null(strstr(gh_terminal_error(t)->text, "comm key"));
	gh_terminal_free(t);
	device_stop(&d);
}

static void lossy_udp_gives_every_record_once(void **state)
{
	static const unsigned every[] = { 7, 3 };
	(void)state;

	for (int session = 0; session < 2; session++)
		for (int i = 0; i < 2; i++) {
			struct device d;
			struct gh_terminal *t;

			device_init(&d);
			d.udp = true;
			d.session_index = session;
			d.drop_every = every[i];
			d.twice_every = 2;
			device_add_punches(&d, session ? 300 : 1500);
			device_start(&d);
			t = connect_to(&d, 0);
			assert_int_equal(count_punches(t, true), session ? 300 : 1500);
			gh_terminal_free(t);
			device_stop(&d);
		}
}

static void devices_without_buffered_reads_are_read_directly(void **state)
{
	(void)state;
	for (int mute = 0; mute < 2; mute++) {
		struct device d;
		struct gh_terminal *t;
		struct gh_terminal_options o;

		device_init(&d);
		d.no_buffered = !mute;
		d.mute_buffered = mute;
		d.packet = 1008;
		device_add_punches(&d, 2000);
		device_start(&d);
		gh_terminal_options_init(&o);
		o.reply_ms = 500;
		OK(gh_terminal_new(d.address, &o, &t));
		OK(gh_terminal_connect(t));
		assert_int_equal(count_users(t, NULL, 0), 3);
		assert_int_equal(count_punches(t, true), 2000);
		gh_terminal_free(t);
		device_stop(&d);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_listed_with_their_names_in_utf8),
		cmocka_unit_test(punches_of_every_layout_come_out_whole),
		cmocka_unit_test(the_comm_key_opens_and_a_wrong_one_does_not),
		cmocka_unit_test(lossy_udp_gives_every_record_once),
		cmocka_unit_test(devices_without_buffered_reads_are_read_directly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
