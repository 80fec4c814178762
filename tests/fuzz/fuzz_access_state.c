/* Rows of states: what is read is borrowed, each door has a state within its bits or none, and a row
 * written from them reads back. */
#include "fuzz.h"
#include "wire/access/state.h"
#include "wire/push/lines.h"

static void doors_read_back(const struct ghi_door_states *s)
{
	struct ghi_door_state door[GHI_STATE_DOORS];
	uint8_t text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_door_states again;
	unsigned doors = 0;

	for (; doors < GHI_STATE_DOORS; doors++) {
		int sensor = ghi_sensor_of(s, doors + 1), relay = ghi_relay_of(s, doors + 1),
		    alarm = ghi_alarm_of(s, doors + 1);

		check(sensor >= -1 && sensor <= 3 && relay >= -1 && relay <= 1 && alarm >= -1 &&
		      alarm <= 255);
		if (sensor < 0 || relay < 0 || alarm < 0)
			break;
		door[doors] = (struct ghi_door_state){ (enum ghi_sensor)sensor, relay != 0,
						       (uint8_t)alarm };
	}
	if (doors == 0 || s->time == GHI_CIVIL_NONE)
		return;
	ghi_door_states_write(&w, s->time, door, doors, (struct ghi_state_widths){ 0 });
	check(w.err == GH_OK);
	check(ghi_door_states_parse(ghi_written(&w), &again) == GH_OK);
	for (unsigned i = 1; i <= doors; i++) {
		check(ghi_sensor_of(s, i) == ghi_sensor_of(&again, i));
		check(ghi_relay_of(s, i) == ghi_relay_of(&again, i));
		check(ghi_alarm_of(s, i) == ghi_alarm_of(&again, i));
	}
}

static void gate_reads_back(const struct ghi_gate_state *g)
{
	uint8_t text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_gate_state again;

	ghi_gate_state_write(&w, g);
	check(w.err == GH_OK);
	check(ghi_gate_state_parse(ghi_written(&w), &again) == GH_OK);
	check(again.state == g->state && again.in == g->in && again.runs == g->runs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice line;
	struct ghi_lines l = ghi_lines_of((gh_slice){ data, size });

	while (ghi_lines_next(&l, &line)) {
		struct ghi_door_states s;
		struct ghi_gate_state g;
		struct ghi_link_photo p;

		if (ghi_door_states_parse(line, &s) == GH_OK) {
			check(fuzz_inside(s.sensor, line) && fuzz_inside(s.relay, line) &&
			      fuzz_inside(s.alarm, line) && fuzz_inside(s.door, line));
			doors_read_back(&s);
		}
		if (ghi_gate_state_parse(line, &g) == GH_OK)
			gate_reads_back(&g);
		if (ghi_link_photo_parse(line, &p) == GH_OK)
			check(p.record_index >= 0 && fuzz_inside(p.files, line) &&
			      fuzz_inside(p.video, line) && fuzz_inside(p.picture, line));
	}
	return 0;
}
