#include "tests.h"

#include "common.h"

static struct gh_terminal *connect_to(struct device *d, uint32_t key)
{
	return open_terminal(d, key, 3000);
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

static void udp_is_tried_where_tcp_is_refused(void **state)
{
	struct gh_terminal *t;
	struct device d;
	(void)state;

	device_init(&d);
	d.udp = true;
	device_start(&d);
	snprintf(d.address, sizeof(d.address), "127.0.0.1:%d", d.port);
	t = connect_to(&d, 0);
	assert_string_equal(gh_terminal_transport(t), "udp");
	assert_int_equal(count_users(t, NULL, 0), 3);
	gh_terminal_free(t);
	device_stop(&d);
}

static void short_punches_have_the_pin_of_their_user(void **state)
{
	static const char *const pins[] = { "1", "0007", "" };
	(void)state;

	for (int b = 0; b < 2; b++) {
		struct gh_terminal_punches *it;
		struct gh_terminal *t;
		struct gh_punch p;
		struct device d;
		size_t n = 0;

		device_init(&d);
		d.n_users = 2; /* the third is gone */
		d.punch_format =
			(struct ghi_terminal_punch_format){ b ? GHI_PUNCH_8B : GHI_PUNCH_8A,
							    8 };
		device_add_punches(&d, 30);
		device_start(&d);
		t = connect_to(&d, 0);
		OK(gh_terminal_punches_open(t, &it));
		while (gh_terminal_punches_next(it, &p) == GH_OK) {
			assert_string_equal(p.pin, pins[n % 3]);
			assert_int_equal(p.uid, n % 3 + 1);
			n++;
		}
		assert_int_equal(n, 30);
		gh_terminal_free(t);
		device_stop(&d);
	}
}

static void names_come_out_as_utf8_whatever_they_are(void **state)
{
	static const struct {
		const char *raw, *want;
	} c[] = {
		{ "", "" },
		{ "Ada", "Ada" },
		{ "\xE5\xBC\xA0\xE4\xB8\x89", "\xE5\xBC\xA0\xE4\xB8\x89" },
		{ "\xD5\xC5\xC8\xFD", "\xE5\xBC\xA0\xE4\xB8\x89" },
		/* Eight characters of three bytes fill the field; a ninth was cut. */
		{ "\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5"
		  "\xBC\xA0"
		  "xy\xE5",
		  "\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5\xBC\xA0\xE5"
		  "\xBC\xA0"
		  "xy" },
		/* Neither: byte by byte. */
		{ "Ren\xE9", "Ren\xC3\xA9" },
		{ "\xFF\xFE", "\xC3\xBF\xC3\xBE" },
	};
	struct gh_user u[8];
	struct gh_terminal *t;
	struct device d;
	size_t n = sizeof(c) / sizeof(c[0]);
	(void)state;

	device_init(&d);
	d.n_users = 0;
	for (size_t i = 0; i < n; i++) {
		struct gh_user *one = &d.users[d.n_users++];

		*one = (struct gh_user){ .uid = (uint16_t)(i + 1) };
		snprintf(one->pin, sizeof(one->pin), "%zu", i);
		memcpy(one->name_raw, c[i].raw, strlen(c[i].raw));
	}
	device_start(&d);
	t = connect_to(&d, 0);
	assert_int_equal(count_users(t, u, 8), n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(u[i].name, c[i].want);
		assert_string_equal(u[i].name_raw, c[i].raw);
	}
	gh_terminal_free(t);
	device_stop(&d);
}

static bool hang_up_once(struct device *d, const struct ghi_terminal_frame *f)
{
	int *countdown = d->hook_context;

	if (f->command == *countdown) {
		*countdown = 0;
		device_hang_up(d);
		return true;
	}
	return false;
}

static void a_dead_connection_is_replaced_between_calls(void **state)
{
	static const uint16_t repeatable[] = { GH_CMD_GET_TIME, GH_CMD_PREPARE_BUFFER };
	struct gh_terminal *t;
	struct gh_time now;
	struct device d;
	int command;
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		device_init(&d);
		command = repeatable[i];
		d.hook = hang_up_once;
		d.hook_context = &command;
		device_start(&d);
		t = connect_to(&d, 0);
		OK(gh_terminal_disable(t, 0));
		OK(gh_terminal_time_get(t, &now));
		assert_int_equal(count_users(t, NULL, 0), 3);
		assert_int_equal(d.connections, 2);
		gh_terminal_free(t);
		device_stop(&d);
		assert_int_equal(device_saw(&d, GH_CMD_DISABLEDEVICE), 2);
		assert_false(d.disabled);
	}
	/* A command that must not be executed twice is sent once. */
	device_init(&d);
	command = GH_CMD_UNLOCK;
	d.hook = hang_up_once;
	d.hook_context = &command;
	device_start(&d);
	t = connect_to(&d, 0);
	assert_int_equal(gh_terminal_unlock(t, 30), GH_ECLOSED);
	OK(gh_terminal_unlock(t, 30));
	gh_terminal_free(t);
	device_stop(&d);
}

/* After the first piece: nothing more, a closed connection, a refusal, or fewer bytes than
 * expected. */
static bool cut_off(struct device *d, const struct ghi_terminal_frame *f)
{
	int *how = d->hook_context;

	if (f->command != GH_CMD_READ_BUFFER ||
	    (f->data.p[0] | f->data.p[1] | f->data.p[2]) == 0)
		return false;
	if (*how == 1)
		device_hang_up(d);
	else if (*how == 2)
		device_reply(d, GH_ACK_ERROR, 0, NULL, 0);
	else if (*how == 3)
		device_stream(d, d->punches, 100);
	return true;
}

static void a_table_cut_off_is_an_error_and_not_a_short_one(void **state)
{
	static const enum gh_err want[] = { GH_ETIMEOUT, GH_ECLOSED, GH_EDENIED };
	(void)state;

	for (int how = 0; how < 3; how++) {
		struct gh_terminal_punches *it;
		struct gh_terminal *t;
		struct gh_punch p;
		struct gh_time now;
		struct device d;
		size_t n = 0;
		enum gh_err err;

		device_init(&d);
		device_add_punches(&d, 5000);
		d.hook = cut_off;
		d.hook_context = &how;
		device_start(&d);
		t = open_terminal(&d, 0, 500);
		OK(gh_terminal_punches_open(t, &it));
		while ((err = gh_terminal_punches_next(it, &p)) == GH_OK)
			n++;
		assert_int_equal(err, want[how]);
		assert_int_equal(n, (65472 - 4) / 40);
		assert_int_equal(gh_terminal_error(t)->expected, 200004);
		assert_int_equal(gh_terminal_error(t)->got, 65472);
		assert_non_null(strstr(gh_terminal_error(t)->text, "cannot read the punches"));
		/* And it stays one. */
		assert_int_equal(gh_terminal_punches_next(it, &p), want[how]);
		gh_terminal_punches_close(it);
		OK(gh_terminal_time_get(t, &now));
		gh_terminal_free(t);
		device_stop(&d);
	}
}

/* Every third piece ends with the connection; how 1: and a punch was made meanwhile, 2: and the
 * oldest has made room for it. */
static bool hang_up_often(struct device *d, const struct ghi_terminal_frame *f)
{
	int *how = d->hook_context;
	static unsigned n;

	if (f->command != GH_CMD_READ_BUFFER || ++n % 3)
		return false;
	if (*how == 1) {
		uint32_t size = (uint32_t)(d->punches_bytes - 4 - 40);

		memcpy(d->punches, &size, sizeof(size));
		d->punches_bytes -= 40;
	} else if (*how == 2) {
		memmove(d->punches + 4, d->punches + 44, d->punches_bytes - 44);
	}
	device_hang_up(d);
	return true;
}

static void a_lost_connection_is_replaced_in_mid_table(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		struct gh_terminal_punches *it;
		struct gh_terminal *t;
		struct gh_punch p;
		struct device d;
		enum gh_err err;
		size_t n = 0;

		device_init(&d);
		device_add_punches(&d, 20000);
		d.hook = hang_up_often;
		d.hook_context = &how;
		device_start(&d);
		t = connect_to(&d, 0);
		OK(gh_terminal_disable(t, 0));
		if (how == 0) {
			assert_int_equal(count_punches(t, true), 20000);
		} else {
			/* What was read does not fit what is there now. */
			OK(gh_terminal_punches_open(t, &it));
			while ((err = gh_terminal_punches_next(it, &p)) == GH_OK)
				n++;
			assert_int_equal(err, GH_ETRUNCATED);
			assert_non_null(strstr(gh_terminal_error(t)->text, "changed"));
			assert_true(n < 20000);
			gh_terminal_punches_close(it);
		}
		assert_true(d.connections > 1);
		gh_terminal_free(t);
		device_stop(&d);
		assert_false(d.disabled);
	}
}

/* And one that counts more than came is an error, when all that came was given. */
static void a_counter_that_lies_hides_no_punch(void **state)
{
	static const size_t counters[] = { 0, 1, 5001 };
	(void)state;

	for (int dword = 0; dword < 2; dword++)
		for (size_t i = 0; i < 3; i++) {
			struct gh_terminal *t;
			struct device d;

			device_init(&d);
			device_add_punches(&d, 5000);
			d.n_punches = counters[i];
			d.lie_counters = dword;
			device_start(&d);
			t = connect_to(&d, 0);
			if (counters[i] <= 5000 || dword) {
				assert_int_equal(count_punches(t, true), 5000);
			} else {
				struct gh_terminal_punches *it;
				struct gh_punch p;
				size_t n = 0;

				OK(gh_terminal_punches_open(t, &it));
				while (gh_terminal_punches_next(it, &p) == GH_OK)
					n++;
				assert_int_equal(n, 5000);
				assert_int_equal(gh_terminal_punches_next(it, &p),
						 GH_ETRUNCATED);
				assert_int_equal(gh_terminal_error(t)->expected, 5001);
			}
			gh_terminal_free(t);
			device_stop(&d);
		}
}

static void one_byte_at_a_time_is_as_good_as_all_at_once(void **state)
{
	struct gh_terminal *t;
	struct device d;
	(void)state;

	device_init(&d);
	d.cut = 1;
	device_add_punches(&d, 200);
	device_start(&d);
	t = connect_to(&d, 0);
	assert_int_equal(count_users(t, NULL, 0), 3);
	assert_int_equal(count_punches(t, true), 200);
	gh_terminal_free(t);
	device_stop(&d);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_listed_with_their_names_in_utf8),
		cmocka_unit_test(punches_of_every_layout_come_out_whole),
		cmocka_unit_test(the_comm_key_opens_and_a_wrong_one_does_not),
		cmocka_unit_test(lossy_udp_gives_every_record_once),
		cmocka_unit_test(devices_without_buffered_reads_are_read_directly),
		cmocka_unit_test(udp_is_tried_where_tcp_is_refused),
		cmocka_unit_test(short_punches_have_the_pin_of_their_user),
		cmocka_unit_test(names_come_out_as_utf8_whatever_they_are),
		cmocka_unit_test(a_dead_connection_is_replaced_between_calls),
		cmocka_unit_test(a_table_cut_off_is_an_error_and_not_a_short_one),
		cmocka_unit_test(a_lost_connection_is_replaced_in_mid_table),
		cmocka_unit_test(a_counter_that_lies_hides_no_punch),
		cmocka_unit_test(one_byte_at_a_time_is_as_good_as_all_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
