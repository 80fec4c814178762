/* The life of a terminal without a terminal: facts and results go in, states come out. */
#include "tests.h"

#include "session/terminal/life.h"

#define T0 INT64_C(1000000)

static const struct terminal_facts approved = { .approved = true };

/* One step that must be taken for that cause, to that state. */
static void life_step(struct terminal_life *life, const struct terminal_facts *facts,
		      enum terminal_life_cause result, int64_t now,
		      enum terminal_life_cause cause, enum terminal_life_state state)
{
	assert_string_equal(
		terminal_life_cause_name(terminal_life_step(life, facts, result, now)),
		terminal_life_cause_name(cause));
	assert_string_equal(terminal_life_state_name(life->state),
			    terminal_life_state_name(state));
}

/* No cause, no step. */
static void life_stay(struct terminal_life *life, const struct terminal_facts *facts,
		      int64_t now)
{
	enum terminal_life_state state = life->state;

	life_step(life, facts, CAUSE_NONE, now, CAUSE_NONE, state);
}

static const struct {
	enum terminal_life_cause result;
	enum terminal_life_state state;
} first_visit[] = {
	{ CAUSE_CONNECTED, LIFE_IDENTIFYING },	 { CAUSE_IDENTIFIED, LIFE_DESCRIBING },
	{ CAUSE_DESCRIBED, LIFE_SETTING_CLOCK }, { CAUSE_CLOCK_CHECKED, LIFE_READING },
	{ CAUSE_LOG_READ, LIFE_READY },
};

/* Connected, its log and then its people read at `now`. */
static struct terminal_life life_ready(const struct terminal_facts *facts, int64_t now)
{
	struct terminal_facts without_commands = *facts;
	struct terminal_life life;

	without_commands.command_waits = false;

	terminal_life_begin(&life);
	life_step(&life, facts, CAUSE_NONE, now, CAUSE_APPROVED, LIFE_CONNECTING);
	for (size_t i = 0; i < sizeof(first_visit) / sizeof(first_visit[0]); i++) {
		life_stay(&life, facts, now);
		assert_int_equal(terminal_life_wait_ms(&life, facts, now), 0);
		assert_true(terminal_life_is_linked(life.state));
		life_step(&life, facts, first_visit[i].result, now, first_visit[i].result,
			  first_visit[i].state);
	}
	life_step(&life, &without_commands, CAUSE_NONE, now, CAUSE_PEOPLE_DUE,
		  LIFE_READING_PEOPLE);
	life_stay(&life, facts, now);
	life_step(&life, facts, CAUSE_PEOPLE_READ, now, CAUSE_PEOPLE_READ, LIFE_READY);
	return life;
}

static void a_held_device_is_not_called(void **state)
{
	const struct terminal_facts held = { 0 };
	struct terminal_life life;

	(void)state;
	terminal_life_begin(&life);
	life_stay(&life, &held, T0);
	assert_true(terminal_life_wait_ms(&life, &held, T0) == LIFE_WAIT_FOREVER);
	assert_false(terminal_life_is_linked(life.state));
	life_step(&life, &approved, CAUSE_NONE, T0, CAUSE_APPROVED, LIFE_CONNECTING);
}

static void the_log_is_read_before_commands_and_live_events(void **state)
{
	struct terminal_facts busy = approved;

	(void)state;
	busy.command_waits = busy.live = true;
	struct terminal_life life = life_ready(&busy, T0);

	life_step(&life, &busy, CAUSE_NONE, T0, CAUSE_COMMAND_WAITS, LIFE_EXECUTING);
	busy.command_waits = false;
	life_step(&life, &busy, CAUSE_EXECUTED, T0, CAUSE_EXECUTED, LIFE_READY);
	life_step(&life, &busy, CAUSE_NONE, T0, CAUSE_LIVE_WANTED, LIFE_COUNTING);
	life_step(&life, &busy, CAUSE_PUNCHES_COMPLETE, T0, CAUSE_PUNCHES_COMPLETE,
		  LIFE_SUBSCRIBING);
	life_step(&life, &busy, CAUSE_SUBSCRIBED, T0, CAUSE_SUBSCRIBED, LIFE_LISTENING);
	assert_int_equal(terminal_life_wait_ms(&life, &busy, T0), LIFE_LISTEN_MS);
}

/* Firmware that ends the connection when its people are read has its log read and its events sent. */
static void people_that_cannot_be_read_stop_nothing_else(void **state)
{
	struct terminal_life life;
	struct terminal_facts facts = approved;
	int64_t again = T0 + LIFE_PEOPLE_AGAIN_MS;

	(void)state;
	facts.read_interval_s = 2 * LIFE_PEOPLE_MS / 1000; /* no log is due */
	facts.live = true;
	terminal_life_begin(&life);
	life.state = LIFE_READY;
	life.was_read = true;
	life.read_ms = T0;
	life_step(&life, &facts, CAUSE_NONE, T0, CAUSE_PEOPLE_DUE, LIFE_READING_PEOPLE);
	life_step(&life, &facts, CAUSE_FAILED, T0, CAUSE_FAILED, LIFE_BACKING_OFF);
	life.state = LIFE_READY;
	life_step(&life, &facts, CAUSE_NONE, again - 1, CAUSE_LIVE_WANTED, LIFE_COUNTING);
	life.state = LIFE_READY;
	life_step(&life, &facts, CAUSE_NONE, again, CAUSE_PEOPLE_DUE, LIFE_READING_PEOPLE);
}

static void people_are_read_with_the_first_log_and_then_daily(void **state)
{
	struct terminal_facts facts = approved;
	struct terminal_life life = life_ready(&facts, T0);
	int64_t last = T0 + LIFE_PEOPLE_MS - 1, next = T0 + LIFE_PEOPLE_MS;

	(void)state;
	facts.read_interval_s = 2 * LIFE_PEOPLE_MS / 1000; /* no log is due */
	life_step(&life, &facts, CAUSE_NONE, last, CAUSE_NOTHING_DUE, LIFE_RESTING);
	life_stay(&life, &facts, next); /* no call for them alone */
	life = life_ready(&facts, T0);
	facts.command_waits = true;
	life_step(&life, &facts, CAUSE_NONE, next, CAUSE_COMMAND_WAITS, LIFE_EXECUTING);
	facts.command_waits = false;
	life_step(&life, &facts, CAUSE_EXECUTED, next, CAUSE_EXECUTED, LIFE_READY);
	life_step(&life, &facts, CAUSE_NONE, next, CAUSE_PEOPLE_DUE, LIFE_READING_PEOPLE);
	life_step(&life, &facts, CAUSE_PEOPLE_READ, next, CAUSE_PEOPLE_READ, LIFE_READY);
	life_step(&life, &facts, CAUSE_NONE, next, CAUSE_NOTHING_DUE, LIFE_RESTING);
}

static void punches_made_while_not_listening_are_read_from_the_log(void **state)
{
	struct terminal_facts facts = approved;

	(void)state;
	facts.live = true;
	struct terminal_life life = life_ready(&facts, T0);

	life_step(&life, &facts, CAUSE_NONE, T0, CAUSE_LIVE_WANTED, LIFE_COUNTING);
	life_step(&life, &facts, CAUSE_PUNCHES_MISSED, T0, CAUSE_PUNCHES_MISSED,
		  LIFE_VERIFYING);
	life_step(&life, &facts, CAUSE_IDENTIFIED, T0, CAUSE_IDENTIFIED, LIFE_SETTING_CLOCK);
	life_step(&life, &facts, CAUSE_CLOCK_CHECKED, T0, CAUSE_CLOCK_CHECKED, LIFE_READING);
}

static void firmware_without_live_events_rests_between_reads(void **state)
{
	struct terminal_facts facts = approved;

	(void)state;
	facts.live = true;
	facts.read_interval_s = 60;
	struct terminal_life life = life_ready(&facts, T0);

	life_step(&life, &facts, CAUSE_NONE, T0, CAUSE_LIVE_WANTED, LIFE_COUNTING);
	life_step(&life, &facts, CAUSE_PUNCHES_COMPLETE, T0, CAUSE_PUNCHES_COMPLETE,
		  LIFE_SUBSCRIBING);
	life_step(&life, &facts, CAUSE_LIVE_UNSUPPORTED, T0, CAUSE_LIVE_UNSUPPORTED,
		  LIFE_READY);
	life_step(&life, &facts, CAUSE_NONE, T0, CAUSE_NOTHING_DUE, LIFE_RESTING);
	life_stay(&life, &facts, T0 + 59999);
	assert_int_equal(terminal_life_wait_ms(&life, &facts, T0 + 59999), 1);
	life_step(&life, &facts, CAUSE_NONE, T0 + 60000, CAUSE_READ_DUE, LIFE_CONNECTING);
}

static void a_resting_terminal_is_called_for_a_command(void **state)
{
	struct terminal_facts facts = approved;

	(void)state;
	struct terminal_life life = life_ready(&facts, T0);

	life_step(&life, &facts, CAUSE_NONE, T0, CAUSE_NOTHING_DUE, LIFE_RESTING);
	assert_int_equal(terminal_life_wait_ms(&life, &facts, T0), LIFE_READ_INTERVAL_S * 1000);
	facts.commands_open = true; /* sent, and not answered yet */
	assert_int_equal(terminal_life_wait_ms(&life, &facts, T0), LIFE_COMMAND_LOOK_MS);
	life_stay(&life, &facts, T0);
	facts.command_waits = true;
	life_step(&life, &facts, CAUSE_NONE, T0, CAUSE_COMMAND_WAITS, LIFE_CONNECTING);
}

static void the_pause_after_a_failure_doubles_up_to_a_ceiling(void **state)
{
	int64_t now = T0, pause = LIFE_PAUSE_MS;
	struct terminal_life life;

	(void)state;
	terminal_life_begin(&life);
	life_step(&life, &approved, CAUSE_NONE, now, CAUSE_APPROVED, LIFE_CONNECTING);
	for (int i = 0; i < 10; i++) {
		life_step(&life, &approved, CAUSE_FAILED, now, CAUSE_FAILED, LIFE_BACKING_OFF);
		assert_int_equal(terminal_life_wait_ms(&life, &approved, now), pause);
		life_stay(&life, &approved, now + pause - 1);
		now += pause;
		life_step(&life, &approved, CAUSE_NONE, now, CAUSE_BACK_OFF_OVER,
			  LIFE_CONNECTING);
		pause = pause * 2 < LIFE_PAUSE_MAX_MS ? pause * 2 : LIFE_PAUSE_MAX_MS;
	}
	assert_int_equal(pause, LIFE_PAUSE_MAX_MS);
	/* A connection that lasted begins with the short pause again. */
	now += LIFE_STEADY_MS + 1;
	life_step(&life, &approved, CAUSE_FAILED, now, CAUSE_FAILED, LIFE_BACKING_OFF);
	assert_int_equal(terminal_life_wait_ms(&life, &approved, now), LIFE_PAUSE_MS);
}

static void a_change_hastens_the_next_attempt(void **state)
{
	int64_t now = T0;
	struct terminal_life life;

	(void)state;
	terminal_life_begin(&life);
	life_step(&life, &approved, CAUSE_NONE, now, CAUSE_APPROVED, LIFE_CONNECTING);
	for (int i = 0; i < 5; i++) {
		life_step(&life, &approved, CAUSE_FAILED, now, CAUSE_FAILED, LIFE_BACKING_OFF);
		now = life.retry_ms;
		life_step(&life, &approved, CAUSE_NONE, now, CAUSE_BACK_OFF_OVER,
			  LIFE_CONNECTING);
	}
	life_step(&life, &approved, CAUSE_FAILED, now, CAUSE_FAILED, LIFE_BACKING_OFF);
	assert_true(terminal_life_wait_ms(&life, &approved, now) > LIFE_HASTENED_MS);
	life_step(&life, &approved, CAUSE_WOKEN, now, CAUSE_WOKEN, LIFE_BACKING_OFF);
	assert_int_equal(terminal_life_wait_ms(&life, &approved, now), LIFE_HASTENED_MS);
	/* And never delays it. */
	life_step(&life, &approved, CAUSE_WOKEN, now + 1000, CAUSE_WOKEN, LIFE_BACKING_OFF);
	assert_int_equal(terminal_life_wait_ms(&life, &approved, now + 1000),
			 LIFE_HASTENED_MS - 1000);
}

/* Each state that can be entered, by a walk over all facts and results. */
struct walk {
	bool seen[LIFE_STATES][2]; /* before and after the people were read */
	bool caused[CAUSES];
};

static void walk_from(struct walk *w, const struct terminal_life *from)
{
	/* The second one lies behind every pause and interval that began at the first. */
	static const int64_t moment[] = { T0, T0 + 3600000 };

	if (w->seen[from->state][from->people_read])
		return;
	w->seen[from->state][from->people_read] = true;
	for (unsigned bits = 0; bits < 256; bits++)
		for (enum terminal_life_cause result = 0; result <= CAUSE_NONE; result++) {
			const struct terminal_facts facts = {
				.stopping = bits & 1,
				.deleted = bits & 2,
				.approved = bits & 4,
				.moved = bits & 8,
				.live = bits & 16,
				.command_waits = bits & 32,
				.commands_open = bits & 64,
			};
			struct terminal_life life = *from;
			enum terminal_life_cause cause =
				terminal_life_step(&life, &facts, result, moment[bits >> 7]);

			if (cause == CAUSE_NONE)
				continue;
			w->caused[cause] = true;
			walk_from(w, &life);
		}
}

static void every_state_and_cause_can_happen(void **state)
{
	struct walk w = { 0 };
	struct terminal_life life;

	(void)state;
	terminal_life_begin(&life);
	walk_from(&w, &life);
	for (enum terminal_life_state s = 0; s < LIFE_STATES; s++)
		if (!w.seen[s][false] && !w.seen[s][true])
			fail_msg("%s is never entered", terminal_life_state_name(s));
	for (enum terminal_life_cause c = 0; c < CAUSES; c++)
		if (!w.caused[c])
			fail_msg("%s never causes anything", terminal_life_cause_name(c));
}

/* What must hold in each state, whatever it is doing. */
static void urgent_causes_end_every_state(void **state)
{
	static const struct {
		struct terminal_facts facts;
		enum terminal_life_cause cause;
		enum terminal_life_state to;
		bool linked_only;
	} row[] = {
		{ { .approved = true, .stopping = true }, CAUSE_STOPPING, LIFE_STOPPED, false },
		{ { .approved = true, .deleted = true }, CAUSE_DELETED, LIFE_STOPPED, false },
		{ { .approved = false }, CAUSE_UNAPPROVED, LIFE_WAITING, true },
		{ { .approved = true, .moved = true }, CAUSE_MOVED, LIFE_CONNECTING, true },
	};

	(void)state;
	for (enum terminal_life_state s = 0; s < LIFE_STATES; s++)
		for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
			struct terminal_life life;

			if (s == LIFE_STOPPED ||
			    (row[i].linked_only && !terminal_life_is_linked(s)))
				continue;
			terminal_life_begin(&life);
			life.state = s;
			life_step(&life, &row[i].facts, CAUSE_NONE, T0, row[i].cause,
				  row[i].to);
		}
}

static void a_failure_ends_every_connection(void **state)
{
	(void)state;
	for (enum terminal_life_state s = 0; s < LIFE_STATES; s++) {
		struct terminal_life life;

		if (!terminal_life_is_linked(s))
			continue;
		terminal_life_begin(&life);
		life.state = s;
		life_step(&life, &approved, CAUSE_FAILED, T0, CAUSE_FAILED, LIFE_BACKING_OFF);
		assert_int_equal(terminal_life_link(life.state, TERMINAL_READING),
				 TERMINAL_FAILED);
	}
}

static void a_stopped_life_goes_on_when_the_device_is_back(void **state)
{
	struct terminal_life life;

	(void)state;
	terminal_life_begin(&life);
	life.state = LIFE_STOPPED;
	life_stay(&life, &approved, T0);
	life_step(&life, &approved, CAUSE_RESUMED, T0, CAUSE_RESUMED, LIFE_WAITING);
	life_step(&life, &approved, CAUSE_NONE, T0, CAUSE_APPROVED, LIFE_CONNECTING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_held_device_is_not_called),
		cmocka_unit_test(the_log_is_read_before_commands_and_live_events),
		cmocka_unit_test(people_that_cannot_be_read_stop_nothing_else),
		cmocka_unit_test(people_are_read_with_the_first_log_and_then_daily),
		cmocka_unit_test(punches_made_while_not_listening_are_read_from_the_log),
		cmocka_unit_test(firmware_without_live_events_rests_between_reads),
		cmocka_unit_test(a_resting_terminal_is_called_for_a_command),
		cmocka_unit_test(the_pause_after_a_failure_doubles_up_to_a_ceiling),
		cmocka_unit_test(a_change_hastens_the_next_attempt),
		cmocka_unit_test(every_state_and_cause_can_happen),
		cmocka_unit_test(urgent_causes_end_every_state),
		cmocka_unit_test(a_failure_ends_every_connection),
		cmocka_unit_test(a_stopped_life_goes_on_when_the_device_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
