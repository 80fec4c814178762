#include "tests.h"

#include "wire/access/state.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ghi_door_states states_read(const char *line)
{
	struct ghi_door_states s;

	assert_int_equal(ghi_door_states_parse(gh_slice_of(line), &s), GH_OK);
	return s;
}

static void doors_are_read_from_texts_of_any_width(void **state)
{
	static const struct {
		const char *line;
		unsigned door;
		int sensor, relay, alarm;
	} c[] = {
		{ "time=2017-01-10 15:42:40\tsensor=00\trelay=00\talarm=0200000000000000", 1, 0,
		  0, 2 },
		{ "time=2017-01-10 15:42:40\tsensor=00\trelay=00\talarm=0200000000000000", 4, 0,
		  0, 0 },
		{ "time=2017-01-10 15:42:40\tsensor=00\trelay=00\talarm=0200000000000000", 5,
		  -1, 0, 0 },
		{ "time=2017-01-10 15:42:40\tsensor=09\trelay=01\talarm=0110", 1, 1, 1, 1 },
		{ "time=2017-01-10 15:42:40\tsensor=09\trelay=01\talarm=0110", 2, 2, 0, 0x10 },
		{ "time=2017-01-10 15:42:40\tsensor=09\trelay=01\talarm=0110", 3, 0, 0, -1 },
		{ "sensor=0002\trelay=100000\talarm=00000000", 5, 2, 1, -1 },
		{ "sensor=00c0\trelay=80\talarm=00000000000000ff", 8, 3, 1, 255 },
		{ "relay=02", 2, -1, 1, -1 },
		{ "relay=02", 0, -1, -1, -1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_door_states s = states_read(c[i].line);

		assert_int_equal(ghi_sensor_of(&s, c[i].door), c[i].sensor);
		assert_int_equal(ghi_relay_of(&s, c[i].door), c[i].relay);
		assert_int_equal(ghi_alarm_of(&s, c[i].door), c[i].alarm);
	}
	assert_int_equal(states_read("sensor=00\tdoor=0101").door.n, 4);
	assert_true(states_read("sensor=00").time == GHI_CIVIL_NONE);
}

static void what_is_no_state_is_refused(void **state)
{
	static const char *const bad[] = {
		"",	   "time=2017-01-10 15:42:40", "sensor=0G",
		"relay=1", "sensor=00\ttime=now",      "sensor=\trelay=\talarm=",
	};
	char line[300] = "alarm=";
	struct ghi_door_states s;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(ghi_door_states_parse(gh_slice_of(bad[i]), &s), GH_EMALFORMED);
	memset(line + 6, '0', 130);
	assert_int_equal(ghi_door_states_parse(gh_slice_of(line), &s), GH_ETOOBIG);
}

static void states_read_back_in_every_width(void **state)
{
	static const struct ghi_state_widths width[] = {
		{ 4, 2, 16 }, { 2, 6, 4 }, { 2, 2, 2 }, { 0, 0, 0 }, { 8, 8, 64 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(width); i++)
		for (unsigned doors = 1; doors <= 16; doors++) {
			struct ghi_door_state door[16];
			char text[256];
			struct ghi_writer w = ghi_writer_on(text, sizeof(text));
			struct ghi_door_states s;

			for (unsigned d = 0; d < doors; d++)
				door[d] =
					(struct ghi_door_state){ (enum ghi_sensor)((d + i) % 4),
								 (d + i) % 3 == 0,
								 (uint8_t)(d * 37 + i) };
			ghi_door_states_write(&w, 20170110154240, door, doors, width[i]);
			assert_int_equal(w.err, GH_OK);
			assert_int_equal(ghi_door_states_parse(ghi_written(&w), &s), GH_OK);
			assert_true(s.time == 20170110154240);
			assert_true(s.sensor.n >= width[i].sensor &&
				    s.relay.n >= width[i].relay && s.alarm.n >= width[i].alarm);
			for (unsigned d = 0; d < doors; d++) {
				assert_int_equal(ghi_sensor_of(&s, d + 1), door[d].sensor);
				assert_int_equal(ghi_relay_of(&s, d + 1), door[d].relay);
				assert_int_equal(ghi_alarm_of(&s, d + 1), door[d].alarm);
			}
		}
}

static void a_row_of_states_is_that_of_the_document(void **state)
{
	static const char want[] =
		"time=2017-01-10 15:42:40\tsensor=00\trelay=00\talarm=0200000000000000";
	struct ghi_door_state door[4] = { { .alarm = GHI_ALARM_TAMPER } };
	char text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_door_states_write(&w, 20170110154240, door, 4,
			      (struct ghi_state_widths){ 2, 2, 16 });
	assert_int_equal(w.n, strlen(want));
	assert_memory_equal(text, want, w.n);
	ghi_door_states_write(&w, 20170110154240, door, 65, (struct ghi_state_widths){ 0 });
	assert_int_equal(w.err, GH_ETOOBIG);
}

static void counters_of_a_gate_read_back(void **state)
{
	static const char line[] =
		"irstate=1\tirsensecount=2\tincount=2\toutcount=2\talarmcount=1\truncount=1";
	struct ghi_gate_state s;
	char text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	assert_int_equal(
		ghi_gate_state_parse(GH_LIT("irstate=1\tirsensecount=2\tincount=2\toutcount=2\t"
					    "alarmcount=1\truncount=1\r\n"),
				     &s),
		GH_OK);
	ghi_gate_state_write(&w, &s);
	assert_int_equal(w.n, strlen(line));
	assert_memory_equal(text, line, w.n);
	assert_int_equal(ghi_gate_state_parse(GH_LIT("incount=7"), &s), GH_OK);
	assert_true(s.in == 7 && s.out == -1);
	assert_int_equal(ghi_gate_state_parse(GH_LIT("incount=-7"), &s), GH_EMALFORMED);
	assert_int_equal(ghi_gate_state_parse(GH_LIT("x=1"), &s), GH_EMALFORMED);
}

static void a_picture_of_a_camera_names_its_event(void **state)
{
	static const char line[] = "LogIndex=1\tPhotoInfo=20240118145930-link-ch0.jpg\t"
				   "LinkVideo=1-30-30\tPhotoData=AAAA";
	struct ghi_link_photo p;
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	assert_int_equal(ghi_link_photo_parse(gh_slice_of(line), &p), GH_OK);
	assert_int_equal(p.record_index, 1);
	assert_int_equal(p.picture.n, 4);
	ghi_link_photo_write(&w, &p);
	assert_int_equal(w.n, strlen(line));
	assert_memory_equal(text, line, w.n);
	assert_int_equal(ghi_link_photo_parse(GH_LIT("PhotoInfo=x"), &p), GH_EMALFORMED);
	assert_int_equal(ghi_link_photo_parse(GH_LIT("LogIndex=x"), &p), GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(doors_are_read_from_texts_of_any_width),
		cmocka_unit_test(what_is_no_state_is_refused),
		cmocka_unit_test(states_read_back_in_every_width),
		cmocka_unit_test(a_row_of_states_is_that_of_the_document),
		cmocka_unit_test(counters_of_a_gate_read_back),
		cmocka_unit_test(a_picture_of_a_camera_names_its_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
