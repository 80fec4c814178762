#include "sim/access/unit.h"

#include "sim/access/command.h"
#include "sim/access/door.h"
#include "sim/access/options.h"
#include "sim/access/shift.h"
#include "sim/access/subs.h"
#include "sim/access/visits.h"
#include "wire/access/state.h"

#include <stdio.h>

enum { BOOT_MS = 5000, ERROR_DELAY_MS = 30000, REQUEST_DELAY_MS = 30000, TIMEOUT_MS = 10000 };

/* A line of the truth for each event that is made. */
static void unit_event_happened(void *ctx, const struct panel_event *e)
{
	enum { OPENED = 200 };
	struct unit *u = ctx;
	struct unit_event_text text;
	struct access_event event;

	/* A gate counts who goes through, by the side. */
	if (e->event == OPENED && e->address == 1)
		u->gate_in++;
	else if (e->event == OPENED)
		u->gate_out++;
	u->gate_runs += e->event == OPENED;
	unit_event_extras(u, e);

	unit_event(u, e, &event, &text);
	acc_statistics_event(u->statistics, u->sn, &event);
}

/* The events of the days before the start, some with the time of a clock that was wrong (fault
 * clock-jump). */
static void unit_past_known(struct unit *u)
{
	enum { YEAR_2000 = 946684800, DAY_S = 86400 };
	uint32_t before = 0; /* of the index at its latest reset */

	for (uint32_t i = u->panel.ring.first; i < u->panel.ring.next; i++) {
		struct panel_event *e = &u->panel.ring.events[i % u->panel.ring.cap];
		uint64_t which = sim_hash(u->plan->seed, u->number, i);

		if (unit_fault(u, ACC_FAULT_CLOCK_JUMP, which))
			e->at_s = which & 1 ? YEAR_2000 + i : e->at_s - DAY_S;
		if (e->index && i > u->panel.ring.first &&
		    unit_fault(u, ACC_FAULT_INDEX_RESET, which))
			before = e->index - 1;
		e->index -= e->index ? before : 0;
		unit_event_happened(u, e);
	}
	u->panel.ring.index -= before;
}

enum gh_err unit_open(struct unit *u, const struct acc_plan *plan, uint32_t number,
		      struct acc_statistics *statistics)
{
	enum { FEW_EVENTS = 20 };
	const uint64_t seed = sim_hash(plan->seed, number, 'U');
	int n;

	*u = (struct unit){ .plan = plan,
			    .persona = plan->mix.persona[number % plan->mix.n],
			    .statistics = statistics,
			    .number = number,
			    .prng = { sim_hash(plan->seed, number, 'A') },
			    .request_delay_ms = REQUEST_DELAY_MS,
			    .error_delay_ms = ERROR_DELAY_MS,
			    .timeout_ms = TIMEOUT_MS,
			    .flush_ms = SIM_NEVER,
			    .realtime = true };
	n = snprintf(u->sn, sizeof(u->sn), "%s%06u", plan->sn_prefix, number + 1);
	panel_open(&u->panel, u->persona, plan->start_s, (uint32_t)seed);
	population_open(&u->population, plan->users, sim_hash(seed, 0, 'P'));
	g_queue_init(&u->outbox.posts);
	g_queue_init(&u->visits);
	if (n < 0 || (size_t)n >= sizeof(u->sn))
		return GH_ETOOBIG;
	u->registered = acc_options_open(&u->panel, u->sn, number, plan->comm_key);
	if (plan->faults.permille[ACC_FAULT_OVERWRITE])
		u->panel.ring.capacity = FEW_EVENTS;
	u->panel.refer = unit_identify;
	u->panel.observer_ctx = u;
	population_people(&u->panel, plan->users, seed);
	population_past(&u->population, &u->panel, plan->events);
	unit_past_known(u);
	u->panel.observer = unit_event_happened;
	acc_subs_open(u);
	u->acked = u->sent = u->panel.ring.first;
	/* The devices of a fleet start one after the other. */
	u->ready_ms = acc_plan_wait(plan, (int64_t)sim_below(&u->prng, 2 * plan->devices));
	return GH_OK;
}

void unit_close(struct unit *u)
{
	acc_subs_close(u);
	population_close(&u->population);
	panel_close(&u->panel);
	acc_outbox_clear(&u->outbox);
	g_queue_clear_full(&u->visits, g_free);
	if (u->commands)
		g_byte_array_unref(u->commands);
	unit_fetch_free(u);
	g_free((void *)(uintptr_t)u->last_state.p);
	*u = (struct unit){ 0 };
}

/* --- time --- */

/* What its clock shows so many milliseconds after the start. */
static int64_t unit_clock_at(const struct unit *u, int64_t ms)
{
	enum { GAIN = 4 };
	bool fast = u->plan->faults.permille[ACC_FAULT_CLOCK_FAST] > 0;
	int64_t gained_s = fast ? (ms - u->clock_set_ms) * GAIN / 1000 : 0;

	return u->plan->start_s + ms / 1000 + u->clock_off_s + gained_s;
}

int64_t unit_clock_s(const struct unit *u)
{
	return unit_clock_at(u, u->now_ms);
}

/* The moment of passage `i`, in milliseconds after the start; they come at even distances, each unit's
 * at its own part of the first, or more of them when shifts begin. */
static int64_t passage_ms(const struct unit *u, uint64_t i)
{
	int64_t interval = u->plan->interval_us;
	int64_t phase = (int64_t)(sim_hash(u->plan->seed, u->number, 'T') % (uint64_t)interval);

	int64_t even_ms = (phase + interval * (int64_t)i) / 1000;

	return u->plan->peaks ? sim_shift_ms(u->plan->start_s, even_ms) : even_ms;
}

/* Events whose time is a day off: those of some passages (fault clock-jump). */
static void unit_skew(struct unit *u)
{
	uint64_t which = sim_hash(u->plan->seed, u->number, u->population.passages);

	u->panel.skew_s = 0;
	if (unit_fault(u, ACC_FAULT_CLOCK_JUMP, which))
		u->panel.skew_s = which & 1 ? 86400 : -86400;
}

/* A person comes to a door, of the unit or of one of its sub-controllers. */
static void unit_passage(struct unit *u, uint64_t i, int64_t at_s)
{
	struct acc_sub *sub = acc_sub_of_passage(u, i);

	if (sub)
		population_passage(&sub->population, &sub->panel, at_s);
	else
		population_passage(&u->population, &u->panel, at_s);
}

/* When something is due at a door next; INT64_MAX: never. */
static int64_t unit_due_s(const struct unit *u)
{
	int64_t own = population_due_s(&u->population), subs = acc_subs_due_s(u);

	return own < subs ? own : subs;
}

void unit_follow(struct unit *u, int64_t now_ms)
{
	u->now_ms = now_ms;
	while (u->plan->interval_us && passage_ms(u, u->population.passages) <= now_ms) {
		int64_t at_s = unit_clock_at(u, passage_ms(u, u->population.passages));

		unit_skew(u);
		if (unit_fault(u, ACC_FAULT_INDEX_RESET,
			       sim_hash(u->plan->seed, u->number, ~u->population.passages)))
			u->panel.ring.index = 0;
		unit_passage(u, u->population.passages++, at_s);
		population_follow(&u->population, &u->panel, at_s);
		acc_subs_follow(u, at_s);
	}
	population_follow(&u->population, &u->panel, unit_clock_s(u));
	acc_subs_follow(u, unit_clock_s(u));
	u->panel.skew_s = 0;
}

int64_t unit_wake_ms(const struct unit *u)
{
	int64_t at = u->poll_ms, due;

	if (u->in_flight != UNIT_NOTHING)
		return SIM_NEVER;
	if (u->state != UNIT_READY || u->now_ms < u->ready_ms)
		return u->ready_ms;
	if (u->plan->interval_us && (due = passage_ms(u, u->population.passages)) < at)
		at = due;
	if (u->state_ms < at)
		at = u->state_ms;
	if (!u->realtime && u->flush_ms < at)
		at = u->flush_ms;
	/* Leaves and locks move in whole seconds. */
	due = unit_due_s(u);
	if (due != INT64_MAX) {
		due = (due - u->plan->start_s - u->clock_off_s) * 1000;
		if (due < at)
			at = due;
	}
	return at > u->now_ms ? at : u->now_ms + 1;
}

bool unit_fault(struct unit *u, enum acc_fault f, uint64_t which)
{
	if (sim_hash(which, f, 'F') % 1000 >= u->plan->faults.permille[f])
		return false;
	u->statistics->faults[f]++;
	return true;
}

void unit_power_cycle(struct unit *u)
{
	u->statistics->reboots++;
	u->lose_power = u->reboot = false;
	u->state = UNIT_OFF;
	u->tries = 0;
	u->repeat = (struct unit_upload){ 0 };
	acc_outbox_clear(&u->outbox);
	u->sending = NULL;
	if (u->commands)
		g_byte_array_set_size(u->commands, 0);
	u->done = 0;
	u->fetch.active = false;
	u->asking = false;
	panel_boot(&u->panel);
	u->ready_ms = u->now_ms + acc_plan_wait(u->plan, BOOT_MS);
}

/* --- what is to be sent --- */

bool unit_idle(const struct unit *u)
{
	return u->state == UNIT_READY && u->in_flight == UNIT_NOTHING &&
	       u->outbox.posts.length == 0 && u->acked >= u->panel.ring.next &&
	       u->repeat.to <= u->repeat.from &&
	       (u->commands == NULL || u->done >= u->commands->len) && !u->fetch.active &&
	       !u->reboot && u->last_state.n && u->visits.length == 0 &&
	       !(u->plan->visits && u->plan->visits->more);
}

uint64_t unit_pending(const struct unit *u)
{
	uint32_t from = u->acked > u->panel.ring.first ? u->acked : u->panel.ring.first;

	return u->panel.ring.next - from;
}

/* 32 digits of which none is set, 16 digits, or a number. */
static gh_slice event_verify_text(const struct unit *u, const struct panel_event *e,
				  char to[40])
{
	struct ghi_writer w = ghi_writer_on(to, 40);

	if (e->trigger || (u->panel.new_verify ? e->word == 0 : true)) {
		if (u->persona->quirk & ACC_WIDE_VERIFY && !e->trigger)
			ghi_put(&w, GH_LIT("00000000000000000000000000000000"));
		else
			ghi_put_signed(&w, e->verify);
	} else {
		verify_word_put(&w, e->word);
	}
	return ghi_written(&w);
}

/* It measures once its own unit of temperatures is set (IRTempUnit: 0 Celsius, 1 Fahrenheit); that of the server
 * comes before it (4.5, 7.2). */
static void event_measure(const struct unit *u, const struct panel_event *e,
			  struct access_event *out, struct unit_event_text *text)
{
	const char *own = panel_option(&u->panel, GH_LIT("IRTempUnit"));
	bool fahrenheit = u->fahrenheit < 0 ? own && strcmp(own, "1") == 0 : u->fahrenheit == 1;
	double celsius = 36 + (double)(sim_hash(u->plan->seed, e->index, 'T') % 15) / 10;

	out->mask = 255;
	out->temperature = out->temperature_as_shown = GH_LIT("255");
	if (own == NULL || *own == '\0' || e->pin[0] == '\0')
		return;
	snprintf(text->temperature, sizeof(text->temperature), "%.1f", celsius);
	snprintf(text->shown, sizeof(text->shown), "%.1f",
		 fahrenheit ? celsius * 9 / 5 + 32 : celsius);
	out->temperature = gh_slice_of(text->temperature);
	out->temperature_as_shown = gh_slice_of(text->shown);
}

void unit_event(const struct unit *u, const struct panel_event *e, struct access_event *out,
		struct unit_event_text *text)
{
	*out = access_event_empty();
	if (e->unit) {
		out->unit = gh_slice_of(acc_sub_at(u, e->unit)->sn);
		out->device_number = e->unit;
	}
	out->record_index = e->index;
	out->time = ghi_civil_from_seconds(e->at_s);
	snprintf(text->pin, sizeof(text->pin), "%s", e->pin);
	out->pin = gh_slice_of(text->pin);
	snprintf(text->card, sizeof(text->card),
		 e->card && u->persona->quirk & ACC_HEX_EVENTS ? "%016llX" : "%llu",
		 (unsigned long long)e->card);
	out->card = gh_slice_of(text->card);
	out->event = e->event;
	if (u->persona->quirk & ACC_HEX_EVENTS) {
		/* As a capture has it: digits, and a letter. */
		snprintf(text->event, sizeof(text->event), "%dE", e->event);
		out->event = ACCESS_ABSENT;
		out->event_text = gh_slice_of(text->event);
		out->flags |= ACCESS_ODD_EVENT;
	}
	out->address = e->address;
	out->direction = e->direction == 2 ? ACCESS_ABSENT : e->direction;
	out->verify_raw = event_verify_text(u, e, text->verify);
	if (e->linkage)
		out->linkage_id = e->linkage;
	if (u->persona->quirk & ACC_FIELDS_ALL) {
		out->site_code = 0;
		out->linkage_id = e->linkage;
		out->bit_count = 0;
		out->alarm_type = 0;
		out->device_number = 1;
		out->unit = gh_slice_of(u->sn);
	}
	if (u->persona->quirk & ACC_NO_MEASURE)
		event_measure(u, e, out, text);
	if (e->alarm_type)
		out->alarm_type = e->alarm_type;
}

void unit_panel_states_write(struct ghi_writer *w, const struct panel *p, ghi_civil at)
{
	struct ghi_door_state doors[PANEL_DOORS];
	const struct ghi_state_widths widths = { p->persona->sensor_digits,
						 p->persona->relay_digits,
						 p->persona->alarm_digits };

	for (unsigned n = 1; n <= p->persona->doors; n++)
		doors[n - 1] = (struct ghi_door_state){
			.sensor = !panel_door_has_sensor(p, n) ? GHI_SENSOR_NONE
				  : p->door[n - 1].open	       ? GHI_SENSOR_OPEN
							       : GHI_SENSOR_CLOSED,
			.relay = panel_lock_released(p, n),
			.alarm = p->door[n - 1].alarms,
		};
	ghi_door_states_write(w, at, doors, p->persona->doors, widths);
}

static void unit_states_write(struct ghi_writer *w, const struct unit *u, ghi_civil at)
{
	unit_panel_states_write(w, &u->panel, at);
	acc_subs_states_write(w, u, at);
}

void unit_state_write(struct ghi_writer *w, const struct unit *u)
{
	unit_states_write(w, u, ghi_civil_from_seconds(u->panel.now_s));
}

void unit_state_write_timeless(struct ghi_writer *w, const struct unit *u)
{
	unit_states_write(w, u, ghi_civil_from_seconds(0));
}
