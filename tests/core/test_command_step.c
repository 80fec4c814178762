#include "tests.h"

#include "core/command_step.h"

/* Transitions that must never be in the table. */
static void no_edge_leads_back_from_an_answer(void **state)
{
	(void)state;
	for (enum command_input in = 0; in < COMMAND_INPUTS; in++) {
		enum command_state s = COMMAND_ACKNOWLEDGED;

		assert_int_equal(command_step(&s, in), GH_ESTATE);
		assert_int_equal(s, COMMAND_ACKNOWLEDGED);
		s = COMMAND_CANCELLED;
		assert_int_equal(command_step(&s, in), GH_ESTATE);
	}
}

static void every_open_command_can_be_cancelled_and_expires(void **state)
{
	(void)state;
	for (enum command_state from = 0; from < COMMAND_STATES; from++) {
		enum command_state a = from, b = from;
		enum gh_err want = command_is_open(from) ? GH_OK : GH_ESTATE;

		assert_int_equal(command_step(&a, COMMAND_CANCEL), want);
		assert_int_equal(command_step(&b, COMMAND_DEADLINE), want);
		if (want == GH_OK) {
			assert_int_equal(a, COMMAND_CANCELLED);
			assert_int_equal(b, COMMAND_EXPIRED);
		}
	}
}

static void an_answer_is_taken_however_late(void **state)
{
	static const enum command_state from[] = { COMMAND_QUEUED,   COMMAND_SENT,
						   COMMAND_DEFERRED, COMMAND_EXPIRED,
						   COMMAND_FAILED,   COMMAND_UNCERTAIN };
	(void)state;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		enum command_state s = from[i];

		assert_int_equal(command_step(&s, COMMAND_SUCCESS), GH_OK);
		assert_int_equal(s, COMMAND_ACKNOWLEDGED);
	}
}

static void a_lost_reply_puts_it_back_and_nothing_else_does(void **state)
{
	(void)state;
	for (enum command_state from = 0; from < COMMAND_STATES; from++)
		for (enum command_input in = 0; in < COMMAND_INPUTS; in++) {
			enum command_state s = from;

			if (command_step(&s, in) == GH_OK && s == COMMAND_QUEUED) {
				/* The latter with the unit's power. */
				assert_true(from == COMMAND_SENT || from == COMMAND_DEFERRED);
				assert_int_equal(in, COMMAND_LOST);
			}
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_edge_leads_back_from_an_answer),
		cmocka_unit_test(every_open_command_can_be_cancelled_and_expires),
		cmocka_unit_test(an_answer_is_taken_however_late),
		cmocka_unit_test(a_lost_reply_puts_it_back_and_nothing_else_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
