#include "tests.h"

#include "core/access/doors_kept.h"

static void what_is_written_is_read_back(void **state)
{
	struct door_state door[DOORS_MAX] = { 0 }, read[DOORS_MAX] = { 0 };
	bool known[DOORS_MAX] = { false }, again[DOORS_MAX] = { false };
	uint8_t text[DOORS_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	int64_t reported;
	(void)state;

	/* As long as they get: every number at its end. */
	for (int i = 0; i < DOORS_MAX; i++) {
		struct door_state *s = &door[i];

		s->number = i + 1;
		known[i] = i != 3;
		s->now = (struct door_report){ i % 5 - 1, i % 3 - 1, i == 5 ? -1 : 255 };
		s->sensor_since_ms = s->relay_since_ms = s->event_seq = INT64_MAX;
		for (int k = 0; k < DOOR_ALARMS; k++)
			s->alarm_since_ms[k] = INT64_MAX - k;
		s->event = i ? 65535 : -1;
		s->event_ms = INT64_MAX;
		s->pin_n = i % 2 ? DOOR_PIN : 0;
		memset(s->pin, 0xff, s->pin_n);
	}
	doors_text_write(&w, INT64_MAX, door, known);
	assert_int_equal(w.err, GH_OK);
	assert_int_equal(doors_text_read(ghi_written(&w), &reported, read, again), GH_OK);
	assert_true(reported == INT64_MAX);
	for (int i = 0; i < DOORS_MAX; i++) {
		assert_int_equal(again[i], known[i]);
		if (!known[i])
			continue;
		assert_int_equal(read[i].number, i + 1);
		assert_memory_equal(&read[i].now, &door[i].now, sizeof(door[i].now));
		assert_memory_equal(read[i].alarm_since_ms, door[i].alarm_since_ms,
				    sizeof(door[i].alarm_since_ms));
		assert_true(read[i].sensor_since_ms == door[i].sensor_since_ms);
		assert_true(read[i].event_seq == door[i].event_seq);
		assert_int_equal(read[i].event, door[i].event);
		assert_int_equal(read[i].pin_n, door[i].pin_n);
		assert_memory_equal(read[i].pin, door[i].pin, door[i].pin_n);
	}
}

static void what_makes_no_sense_changes_nothing(void **state)
{
	static const char long_pin[] =
		"1,5;1,1,0,0,5,5,0,0,0,0,0,0,0,0,1,0,5,"
		"00000000000000000000000000000000000000000000000000000000000000000000";
	static const char *const bad[] = {
		"",
		"2,5",
		"1,x",
		"1,5;1,2",
		"1,5;0,1,0,0,5,5,0,0,0,0,0,0,0,0,1,0,5,",
		"1,5;17,1,0,0,5,5,0,0,0,0,0,0,0,0,1,0,5,",
		"1,5;1,4,0,0,5,5,0,0,0,0,0,0,0,0,1,0,5,",
		"1,5;1,1,2,0,5,5,0,0,0,0,0,0,0,0,1,0,5,",
		"1,5;1,1,0,256,5,5,0,0,0,0,0,0,0,0,1,0,5,",
		"1,5;1,1,0,0,-5,5,0,0,0,0,0,0,0,0,1,0,5,",
		"1,5;1,1,0,0,5,5,0,0,0,0,0,0,0,0,1,0,5,3",
		"1,5;1,1,0,0,5,5,0,0,0,0,0,0,0,0,1,0,5,3g",
		long_pin,
	};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct door_state door[DOORS_MAX] = { 0 };
		bool known[DOORS_MAX] = { false };
		int64_t reported = 7;

		assert_int_equal(doors_text_read(gh_slice_of(bad[i]), &reported, door, known),
				 GH_EMALFORMED);
		assert_int_equal(reported, 7);
		for (int k = 0; k < DOORS_MAX; k++)
			assert_false(known[k] || door[k].number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(what_makes_no_sense_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
