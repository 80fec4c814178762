#include "tests.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "common.h"
#include "wire/terminal/event.h"

/* Every claim holds over TCP and over UDP. */
static struct device d;
static struct gh_terminal *t;

static void pair_begin(bool udp)
{
	device_init(&d);
	d.udp = udp;
}

static void pair_connect(void)
{
	device_start(&d);
	t = open_terminal(&d, 0, 3000);
}

static void pair_end(void)
{
	gh_terminal_free(t);
	device_stop(&d);
}

#define BOTH for (int udp = 0; udp < 2; udp++)

/* Events come while the registration is under way, and after it, several in a packet. */
static bool events_read(struct device *dev, const struct ghi_terminal_frame *f)
{
	static const struct gh_punch p = {
		.pin = "0007", .uid = 2, .verify = 1, .time = { 2024, 5, 6, 7, 8, 9, 1 }
	};
	uint8_t b[256];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	uint32_t mask = f->data.n == 4 ? f->data.p[0] : 0;

	if (f->command != GH_CMD_REG_EVENT || mask == 0)
		return false;
	ghi_terminal_event_write_punch(&w, &p, 32);
	device_event(dev, GH_EVENT_PUNCH, b, w.n);
	device_answer(dev, f);
	w = ghi_writer_on(b, sizeof(b));
	ghi_terminal_event_write_punch(&w, &p, 52);
	ghi_terminal_event_write_punch(&w, &p, 52);
	device_event(dev, GH_EVENT_PUNCH, b, w.n);
	w = ghi_writer_on(b, sizeof(b));
	ghi_terminal_event_write_punch(&w, &p, 10);
	device_event(dev, GH_EVENT_PUNCH, b, w.n);
	if (dev->hook_context) {
		dev->hook_context = NULL;
		device_hang_up(dev);
	}
	return true;
}

static void live_punches_arrive_and_survive_a_lost_connection(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_live *live;
		struct gh_event e;
		int lost = 1, want = udp ? 4 : 8;

		pair_begin(udp);
		d.hook = events_read;
		d.hook_context = udp ? NULL : &lost;
		pair_connect();
		OK(gh_terminal_disable(t, 0));
		OK(gh_terminal_live_open(t, GH_EVENT_PUNCH, &live));
		for (int i = 0; i < want; i++) {
			OK(gh_terminal_live_next(live, 5000, &e));
			assert_int_equal(e.type, GH_EVENT_PUNCH);
			assert_string_equal(e.punch.pin, "0007");
			assert_int_equal(e.punch.time.hour, 7);
		}
		assert_int_equal(gh_terminal_live_next(live, 50, &e), GH_ETIMEOUT);
		assert_int_equal(gh_terminal_live_reconnects(live), udp ? 0 : 1);
		gh_terminal_live_close(live);
		pair_end();
		assert_int_equal(d.event_mask, 0);
		assert_false(d.disabled);
		assert_true(d.event_acks >= 3);
	}
}

static void *cancel_soon(void *arg)
{
	usleep(50000);
	gh_terminal_cancel(arg);
	return NULL;
}

static bool device_mute(struct device *dev, const struct ghi_terminal_frame *f)
{
	(void)dev;
	return f->command == GH_CMD_GET_TIME;
}

static void a_call_is_cancelled_from_another_thread(void **state)
{
	(void)state;
	BOTH
	{
		pthread_t thread;
		struct gh_time now;
		struct gh_terminal_live *live;
		struct gh_event e;
		char v[32];

		pair_begin(udp);
		d.hook = device_mute;
		device_start(&d);
		t = open_terminal(&d, 0, 60000);
		assert_int_equal(pthread_create(&thread, NULL, cancel_soon, t), 0);
		assert_int_equal(gh_terminal_time_get(t, &now), GH_ECANCELLED);
		pthread_join(thread, NULL);
		/* Before a call it counts for that one only. */
		gh_terminal_cancel(t);
		gh_terminal_cancel(t);
		assert_int_equal(gh_terminal_option_get(t, "MAC", v, sizeof(v)), GH_ECANCELLED);
		OK(gh_terminal_option_get(t, "MAC", v, sizeof(v)));
		OK(gh_terminal_live_open(t, GH_EVENT_PUNCH, &live));
		assert_int_equal(pthread_create(&thread, NULL, cancel_soon, t), 0);
		assert_int_equal(gh_terminal_live_next(live, -1, &e), GH_ECANCELLED);
		pthread_join(thread, NULL);
		gh_terminal_live_close(live);
		pair_end();
	}
}

/* Three scans and a result, as an F19 sends them. */
static bool events_enrolment(struct device *dev, const struct ghi_terminal_frame *f)
{
	uint8_t result = *(const uint8_t *)dev->hook_context;
	struct gh_event e = { .type = GH_EVENT_ENROLL_FINGER,
			      .result = result,
			      .size = 100,
			      .finger = 5,
			      .punch = { .pin = "1" } };
	uint8_t b[64], good = 100;
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (f->command != GH_CMD_STARTENROLL)
		return false;
	device_answer(dev, f);
	for (int i = 0; i < 3; i++) {
		device_event(dev, GH_EVENT_FINGER, NULL, 0);
		device_event(dev, GH_EVENT_FINGER_SCORE, &good, 1);
	}
	ghi_terminal_event_write(&w, &e);
	device_event(dev, GH_EVENT_ENROLL_FINGER, b, w.n);
	return true;
}

static bool count_step(void *context, const struct gh_event *e)
{
	(void)e;
	++*(int *)context;
	return *(int *)context < 100;
}

static void a_finger_is_enrolled_at_the_device(void **state)
{
	static const struct {
		uint8_t result;
		enum gh_err want;
	} c[] = { { 0, GH_OK }, { 5, GH_EEXISTS }, { 6, GH_ETIMEOUT }, { 4, GH_EDENIED } };
	(void)state;

	BOTH
	{
		for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
			uint8_t result = c[i].result;
			int steps = 0;

			pair_begin(udp);
			d.hook = events_enrolment;
			d.hook_context = &result;
			pair_connect();
			assert_int_equal(gh_terminal_enroll(t, "1", 5, count_step, &steps),
					 c[i].want);
			assert_int_equal(steps, 7);
			steps = 99;
			assert_int_equal(gh_terminal_enroll(t, "1", 5, count_step, &steps),
					 GH_ECANCELLED);
			assert_int_equal(gh_terminal_enroll(t, "1", 11, NULL, NULL),
					 GH_EINVALID);
			pair_end();
			assert_int_equal(d.event_mask, 0);
		}
	}
}

static bool hang_up_on_restart(struct device *dev, const struct ghi_terminal_frame *f)
{
	if (f->command != GH_CMD_RESTART)
		return false;
	device_hang_up(dev);
	return true;
}

static void restart_counts_as_done_when_the_device_goes_without_a_word(void **state)
{
	(void)state;
	for (int silent = 0; silent < 2; silent++) {
		pair_begin(false);
		d.hook = silent ? hang_up_on_restart : NULL;
		pair_connect();
		OK(gh_terminal_restart(t));
		assert_false(gh_terminal_is_connected(t));
		OK(gh_terminal_connect(t));
		OK(gh_terminal_poweroff(t));
		pair_end();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_punches_arrive_and_survive_a_lost_connection),
		cmocka_unit_test(a_call_is_cancelled_from_another_thread),
		cmocka_unit_test(a_finger_is_enrolled_at_the_device),
		cmocka_unit_test(restart_counts_as_done_when_the_device_goes_without_a_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
