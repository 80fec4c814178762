/* Open commands when the machine's clock was set. */
#include "contract.h"

static bool see_times(void *ctx, const struct command *c)
{
	int64_t *times = ctx;

	times[0] = c->sent_ms;
	times[1] = c->expires_ms;
	return true;
}

static void a_clock_that_was_set_moves_open_commands_but_no_act_forwards(void **state)
{
	struct fixture *f = *state;
	int64_t device = device_new(f, "A1");
	static const struct {
		enum command_kind kind;
		enum command_state state;
		int64_t by, now, sent, expires;
	} rows[] = {
		{ COMMAND_KIND_INFO, COMMAND_QUEUED, 5000, 7000, 0, 14000 },
		{ COMMAND_KIND_INFO, COMMAND_SENT, 5000, 7000, 6500, 14000 },
		{ COMMAND_KIND_CLEAR_LOG, COMMAND_QUEUED, 5000, 7000, 0, 14000 },
		{ COMMAND_KIND_INFO, COMMAND_QUEUED, -1000, 1000, 0, 8000 },
		/* Queued, in the old time, in the future. */
		{ COMMAND_KIND_INFO, COMMAND_QUEUED, 5000, 5500, 0, 13500 },
		{ COMMAND_KIND_OPEN_DOOR, COMMAND_QUEUED, 5000, 7000, 0, 9000 },
		{ COMMAND_KIND_OPEN_DOOR, COMMAND_SENT, 5000, 7000, 1500, 9000 },
		{ COMMAND_KIND_RESTART, COMMAND_QUEUED, 5000, 7000, 0, 9000 },
		{ COMMAND_KIND_RAW, COMMAND_QUEUED, 5000, 7000, 0, 9000 },
		{ COMMAND_KIND_OPEN_DOOR, COMMAND_QUEUED, -1000, 1000, 0, 8000 },
		{ COMMAND_KIND_INFO, COMMAND_FAILED, 5000, 7000, 1500, 9000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct command c = { .device = device,
				     .kind = rows[i].kind,
				     .shown = GH_LIT("x"),
				     .created_ms = 1000,
				     .expires_ms = 9000 };
		int64_t times[2] = { -1, -1 };

		tx_begin(f);
		assert_ok(f->ops->command_put(f->s, &c, 1000, (gh_slice){ 0 }));
		c.state = rows[i].state;
		c.sent_ms = c.state == COMMAND_QUEUED ? 0 : 1500;
		assert_ok(f->ops->command_put(f->s, &c, 1500, (gh_slice){ 0 }));
		tx_commit(f);
		tx_begin(f);
		assert_ok(f->ops->commands_shift(f->s, rows[i].by, rows[i].now));
		tx_commit(f);
		assert_ok(f->ops->command_get(f->r, c.id, see_times, times));
		if (times[0] != rows[i].sent || times[1] != rows[i].expires)
			fail_msg("row %zu: %lld %lld", i, (long long)times[0],
				 (long long)times[1]);
	}
}

static bool see_arguments(void *ctx, const struct command *c)
{
	snprintf(ctx, 64, "%.*s", GH_FMT(c->arguments));
	return true;
}

/* A door that is held open for an hour is not held for a day more. */
static void what_waits_for_a_moment_comes_no_later_where_the_clock_went_back(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum command_kind kind;
		enum command_state state;
		int64_t by;
		const char *arguments, *then;
	} rows[] = {
		{ COMMAND_KIND_END_HOLD, COMMAND_QUEUED, -90000, "door=2\nnot_before=100000\n",
		  "door=2\nnot_before=10000\n" },
		{ COMMAND_KIND_END_STAY, COMMAND_QUEUED, -90000, "not_before=100000\npin=7\n",
		  "not_before=10000\npin=7\n" },
		{ COMMAND_KIND_END_HOLD, COMMAND_QUEUED, -900000, "door=2\nnot_before=100000\n",
		  "door=2\nnot_before=0\n" },
		{ COMMAND_KIND_END_HOLD, COMMAND_QUEUED, 90000, "door=2\nnot_before=100000\n",
		  "door=2\nnot_before=100000\n" },
		{ COMMAND_KIND_END_HOLD, COMMAND_CANCELLED, -90000,
		  "door=2\nnot_before=100000\n", "door=2\nnot_before=100000\n" },
	};
	int64_t device = device_new(f, "A1");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct command c = { .device = device,
				     .kind = rows[i].kind,
				     .shown = GH_LIT("x"),
				     .arguments = gh_slice_of(rows[i].arguments),
				     .created_ms = 1000,
				     .expires_ms = 900000 };
		char text[64] = "";

		tx_begin(f);
		assert_ok(f->ops->command_put(f->s, &c, 1000, (gh_slice){ 0 }));
		c.state = rows[i].state;
		assert_ok(f->ops->command_put(f->s, &c, 1500, (gh_slice){ 0 }));
		assert_ok(f->ops->commands_shift(f->s, rows[i].by, 2000));
		tx_commit(f);
		assert_ok(f->ops->command_get(f->r, c.id, see_arguments, text));
		assert_string_equal(text, rows[i].then);
		tx_begin(f);
		c.state = COMMAND_CANCELLED;
		assert_ok(f->ops->command_put(f->s, &c, 2000, (gh_slice){ 0 }));
		tx_commit(f);
	}
}

int contract_command_times(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(a_clock_that_was_set_moves_open_commands_but_no_act_forwards),
		CONTRACT(what_waits_for_a_moment_comes_no_later_where_the_clock_went_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
