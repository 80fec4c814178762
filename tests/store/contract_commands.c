#include "contract.h"

#include <stdio.h>

static struct command command_of(int64_t device, const char *text)
{
	return (struct command){ .device = device,
				 .kind = COMMAND_KIND_UPDATE_PERSON,
				 .arguments = GH_LIT("pin=1\nname=x\n"),
				 .requested_by = GH_LIT("token a"),
				 .shown = gh_slice_of(text),
				 .created_ms = 1000,
				 .expires_ms = 9000 };
}

static void command_put_test(struct fixture *f, struct command *c, int64_t at_ms,
			     const char *detail)
{
	tx_begin(f);
	assert_ok(f->ops->command_put(f->s, c, at_ms, gh_slice_of(detail)));
	tx_commit(f);
}

static bool command_same(void *ctx, const struct command *c)
{
	const struct command *want = ctx;

	assert_int_equal(c->id, want->id);
	assert_int_equal(c->device, want->device);
	assert_slice(c->serial, "A1");
	assert_int_equal(c->kind, want->kind);
	assert_true(gh_slice_eq(c->arguments, want->arguments));
	assert_true(gh_slice_eq(c->requested_by, want->requested_by));
	assert_true(gh_slice_eq(c->shown, want->shown));
	assert_int_equal(c->state, want->state);
	assert_int_equal(c->tries, want->tries);
	assert_int_equal(c->created_ms, want->created_ms);
	assert_int_equal(c->sent_ms, want->sent_ms);
	assert_int_equal(c->done_ms, want->done_ms);
	assert_int_equal(c->expires_ms, want->expires_ms);
	assert_int_equal(c->has_return, want->has_return);
	if (want->has_return)
		assert_int_equal(c->return_code, want->return_code);
	assert_true(gh_slice_eq(c->result, want->result));
	assert_true(gh_slice_eq(c->sub_serial, want->sub_serial));
	return true;
}

struct history {
	size_t n;
	char text[16][64];
};

static bool see_event(void *ctx, const struct command_event *e)
{
	struct history *h = ctx;

	assert_true(h->n < 16);
	snprintf(h->text[h->n++], 64, "%d %s %.*s", (int)e->at_ms, command_state_name(e->state),
		 GH_FMT(e->detail));
	return true;
}

struct changes {
	size_t n;
	int64_t change[4], command[4];
};

static bool change_see(void *ctx, int64_t change, int64_t command)
{
	struct changes *c = ctx;

	assert_true(c->n < 4);
	c->change[c->n] = change;
	c->command[c->n++] = command;
	return true;
}

static void changes_are_followed_by_their_numbers(void **state)
{
	struct fixture *f = *state;
	struct command a = command_of(device_new(f, "A1"), "CHECK"), b = a;
	struct changes all = { 0 }, later = { 0 }, few = { 0 };
	int64_t change;

	assert_ok(f->ops->command_change_before(f->r, INT64_MAX, &change));
	assert_int_equal(change, 0);
	command_put_test(f, &a, 1000, "");
	command_put_test(f, &b, 1500, "");
	a.state = COMMAND_SENT;
	command_put_test(f, &a, 2000, "");
	assert_ok(f->ops->command_changes(f->r, 0, 100, change_see, &all));
	assert_int_equal(all.n, 2);
	assert_int_equal(all.command[0], b.id);
	assert_int_equal(all.command[1], a.id);
	assert_true(all.change[0] < all.change[1]);
	assert_ok(f->ops->command_changes(f->r, all.change[0], 100, change_see, &later));
	assert_int_equal(later.n, 1);
	assert_int_equal(later.command[0], a.id);
	assert_ok(f->ops->command_changes(f->r, 0, 1, change_see, &few));
	assert_int_equal(few.n, 1);
	assert_int_equal(few.command[0], a.id);
	assert_ok(f->ops->command_change_before(f->r, 2000, &change));
	assert_int_equal(change, all.change[0]);
}

static void a_command_is_followed_through_its_life(void **state)
{
	struct fixture *f = *state;
	struct command c =
		command_of(device_new(f, "A1"), "DATA UPDATE USERINFO PIN=1\tName=x");
	struct command other = c;
	struct history h = { 0 };

	/* Events and commands are numbered apart. */
	command_put_test(f, &other, 500, "");
	other.state = COMMAND_SENT;
	command_put_test(f, &other, 600, "");
	command_put_test(f, &c, 1000, "by admin");
	assert_true(c.id > 0);
	assert_ok(f->ops->command_get(f->r, c.id, command_same, &c));
	c.state = COMMAND_SENT;
	c.tries = 1;
	c.sent_ms = 2000;
	command_put_test(f, &c, 2000, "");
	assert_ok(f->ops->command_get(f->r, c.id, command_same, &c));
	c.state = COMMAND_FAILED;
	c.done_ms = 3000;
	c.has_return = true;
	c.return_code = -1002;
	c.result = GH_LIT("CMD=DATA\n\xff");
	c.sub_serial = GH_LIT("SUB1");
	command_put_test(f, &c, 3000, "the device says no");
	assert_ok(f->ops->command_get(f->r, c.id, command_same, &c));
	tx_begin(f);
	assert_ok(f->ops->command_find(f->s, c.id, command_same, &c));
	tx_commit(f);
	assert_ok(f->ops->command_events_read(f->r, c.id, see_event, &h));
	assert_int_equal(h.n, 3);
	assert_string_equal(h.text[0], "1000 queued by admin");
	assert_string_equal(h.text[1], "2000 sent ");
	assert_string_equal(h.text[2], "3000 failed the device says no");
	h.n = 0;
	assert_ok(f->ops->command_events_read(f->r, c.id + 1, see_event, &h));
	assert_int_equal(h.n, 0);
}

static void an_unknown_command_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct command c = command_of(device_new(f, "A1"), "CHECK");
	struct seen seen = { 0 };

	assert_int_equal(f->ops->command_get(f->r, 5, see_command, &seen), GH_ENOTFOUND);
	tx_begin(f);
	assert_int_equal(f->ops->command_find(f->s, 5, see_command, &seen), GH_ENOTFOUND);
	tx_commit(f);
	c.id = 5;
	assert_int_equal(write_alone(f, f->ops->command_put(f->s, &c, 1, GH_LIT(""))),
			 GH_ENOTFOUND);
	c.id = 0;
	c.device += 1;
	assert_int_equal(write_alone(f, f->ops->command_put(f->s, &c, 1, GH_LIT(""))),
			 GH_ENOTFOUND);
	assert_int_equal(seen.n, 0);
}

static void many_new_commands_are_queued_in_their_order(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct command c[300], *of[300];
	struct seen seen = { 0 };
	struct history h = { 0 };

	for (int i = 0; i < 300; i++) {
		of[i] = &c[i];
		c[i] = command_of(i % 3 ? a : b, "CHECK");
		c[i].subject = i % 2 ? GH_LIT("pin=1") : GH_LIT("");
		c[i].shown = i % 5 ? GH_LIT("a\xff'b\tc,d") : GH_LIT("");
	}
	assert_ok(write_alone(f, f->ops->commands_add(f->s, of, 300, 7)));
	for (int i = 1; i < 300; i++)
		assert_true(c[i].id > c[i - 1].id);
	assert_ok(f->ops->commands_waiting(f->r, b, see_command, &seen));
	assert_int_equal(seen.n, 100);
	for (int i = 0; i < 60; i++) {
		assert_int_equal(seen.id[i], c[3 * i].id);
		assert_slice(gh_slice_of(seen.text[i]), 3 * i % 5 ? "a\xff'b\tc,d" : "");
	}
	assert_ok(f->ops->command_events_read(f->r, c[299].id, see_event, &h));
	assert_int_equal(h.n, 1);
	assert_string_equal(h.text[0], "7 queued ");
	c[299].device = 12345;
	assert_int_equal(write_alone(f, f->ops->commands_add(f->s, of, 300, 7)), GH_ENOTFOUND);
}

struct seen_about {
	size_t n, of[8];
	int64_t id[8];
	bool only_one; /* of each */
};

static bool see_about(void *ctx, size_t of, const struct command *c)
{
	struct seen_about *seen = ctx;

	assert_true(seen->n < 8);
	seen->of[seen->n] = of;
	seen->id[seen->n++] = c->id;
	return !seen->only_one;
}

static void queued_commands_about_the_same_are_found_newest_first(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	static const char *const subject[] = {
		"pin=1", "pin=2", "pin=1", "", "pin=1", "pin=1"
	};
	struct command c[6];
	struct seen_about seen = { 0 }, none = { 0 }, one = { 0 };

	for (int i = 0; i < 6; i++) {
		c[i] = command_of(i == 5 ? b : a, "CHECK");
		c[i].subject = gh_slice_of(subject[i]);
		command_put_test(f, &c[i], 1, "");
	}
	c[2].state = COMMAND_SENT;
	command_put_test(f, &c[2], 2, "");
	const struct command_about of[] = { { a, GH_LIT("pin=3") },
					    { a, GH_LIT("pin=1") },
					    { a, GH_LIT("") },
					    { b, GH_LIT("pin=1") },
					    { a, GH_LIT("pin=2") } };

	tx_begin(f);
	assert_ok(f->ops->commands_about(f->s, of, 5, see_about, &seen));
	assert_ok(f->ops->commands_about(f->s, of, 0, see_about, &none));
	assert_ok(f->ops->commands_about(f->s, of, 1, see_about, &none));
	/* Only the newest of each is taken. */
	one.only_one = true;
	assert_ok(f->ops->commands_about(f->s, of, 5, see_about, &one));
	tx_commit(f);
	assert_int_equal(seen.n, 4);
	for (int i = 0; i < 4; i++) {
		static const int want[] = { 4, 0, 5, 1 }, place[] = { 1, 1, 3, 4 };

		assert_int_equal(seen.id[i], c[want[i]].id);
		assert_int_equal(seen.of[i], place[i]);
	}
	assert_int_equal(one.n, 3);
	assert_int_equal(one.id[0], c[4].id);
	assert_int_equal(one.id[1], c[5].id);
	assert_int_equal(none.n, 0);
}

static void open_commands_come_oldest_first(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct command c[14];
	struct seen of_a = { 0 }, all = { 0 }, some = { .stop_at = 2 };
	struct seen read_a = { 0 }, read_all = { 0 };

	/* Two of each state, one for each device. */
	for (int i = 0; i < 14; i++) {
		c[i] = command_of(i % 2 ? b : a, "CHECK");
		command_put_test(f, &c[i], 1, "");
		assert_true(i == 0 || c[i].id > c[i - 1].id);
	}
	/* Changed from the last to the first: order is by number, not by change. */
	for (int i = 13; i >= 0; i--) {
		c[i].state = (enum command_state)(i / 2);
		command_put_test(f, &c[i], 2, "");
	}
	tx_begin(f);
	assert_ok(f->ops->commands_open(f->s, a, see_command, &of_a));
	assert_ok(f->ops->commands_open(f->s, 0, see_command, &all));
	assert_ok(f->ops->commands_open(f->s, 0, see_command, &some));
	tx_commit(f);
	assert_ok(f->ops->commands_waiting(f->r, a, see_command, &read_a));
	assert_ok(f->ops->commands_waiting(f->r, 0, see_command, &read_all));
	assert_memory_equal(&read_a, &of_a, sizeof(of_a));
	assert_memory_equal(&read_all, &all, sizeof(all));
	assert_int_equal(of_a.n, 3);
	assert_int_equal(all.n, 6);
	assert_int_equal(some.n, 2);
	for (int i = 0; i < 6; i++)
		assert_int_equal(all.id[i], c[i].id);
	for (int i = 0; i < 3; i++)
		assert_int_equal(of_a.id[i], c[2 * i].id);
}

static void open_commands_outlive_a_restart(void **state)
{
	struct fixture *f = *state;
	struct command c = command_of(device_new(f, "A1"), "CHECK");
	struct seen seen = { 0 };

	command_put_test(f, &c, 1, "");
	fixture_reopen(f);
	tx_begin(f);
	assert_ok(f->ops->commands_open(f->s, c.device, see_command, &seen));
	tx_commit(f);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.text[0], "CHECK");
}

static void what_a_transaction_writes_it_finds(void **state)
{
	struct fixture *f = *state;
	struct command c = command_of(device_new(f, "A1"), "CHECK");
	struct seen seen = { 0 }, outside = { 0 };
	struct history h = { 0 };

	tx_begin(f);
	assert_ok(f->ops->command_put(f->s, &c, 1, GH_LIT("")));
	assert_ok(f->ops->commands_open(f->s, c.device, see_command, &seen));
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.id[0], c.id);
	assert_ok(f->ops->command_find(f->s, c.id, command_same, &c));
	assert_int_equal(f->ops->command_get(f->r, c.id, see_command, &outside), GH_ENOTFOUND);
	tx_rollback(f);
	assert_int_equal(f->ops->command_get(f->r, c.id, see_command, &outside), GH_ENOTFOUND);
	assert_ok(f->ops->command_events_read(f->r, c.id, see_event, &h));
	assert_int_equal(h.n, 0);
}

static void a_number_is_not_used_again_after_a_deletion(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct command first = command_of(a, "CHECK"), second = command_of(b, "CHECK");
	struct history h = { 0 };

	command_put_test(f, &first, 1, "first");
	tx_begin(f);
	assert_ok(f->ops->device_delete(f->s, a));
	tx_commit(f);
	fixture_reopen(f);
	command_put_test(f, &second, 2, "second");
	assert_true(second.id > first.id);
	assert_ok(f->ops->command_events_read(f->r, first.id, see_event, &h));
	assert_int_equal(h.n, 0);
}

static void command_lists_go_by_state_and_page(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct command c[20];
	struct store_counts counts;

	for (int i = 0; i < 20; i++) {
		c[i] = command_of(i % 2 ? b : a, "CHECK");
		c[i].state = i < 5 ? COMMAND_QUEUED : COMMAND_EXPIRED;
		command_put_test(f, &c[i], 1, "");
	}
	struct {
		struct store_rows q;
		enum command_state state;
		size_t n;
		int first, last;
	} t[] = {
		{ ROWS(STORE_COMMANDS, .limit = 99), COMMAND_STATES, 20, 0, 19 },
		{ ROWS(STORE_COMMANDS, .limit = 99), COMMAND_QUEUED, 5, 0, 4 },
		{ ROWS(STORE_COMMANDS, .limit = 99), COMMAND_SENT, 0, 0, 0 },
		{ ROWS(STORE_COMMANDS, .limit = 3, .after = c[7].id), COMMAND_EXPIRED, 3, 8,
		  10 },
		{ ROWS(STORE_COMMANDS, .limit = 3, .descending = true), COMMAND_QUEUED, 3, 4,
		  2 },
		{ ROWS(STORE_COMMANDS, .limit = 99, .device = b), COMMAND_EXPIRED, 8, 5, 19 },
		{ ROWS(STORE_COMMANDS, .limit = 99, .device = b, .before = c[6].id,
		       .descending = true),
		  COMMAND_STATES, 3, 5, 1 },
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct store_term term = { store_column_find(STORE_COMMANDS, GH_LIT("status")),
					   MATCH_EQUAL,
					   { .i = t[i].state } };
		struct seen seen = { 0 };

		t[i].q.term = &term;
		t[i].q.terms = t[i].state < COMMAND_STATES;
		assert_ok(f->ops->rows_read(f->r, &t[i].q, see_number, &seen));
		assert_int_equal(seen.n, t[i].n);
		if (seen.n == 0)
			continue;
		assert_int_equal(seen.id[0], c[t[i].first].id);
		assert_int_equal(seen.id[seen.n - 1], c[t[i].last].id);
	}
	assert_ok(f->ops->counts(f->r, &counts));
	for (enum command_state s = 0; s < COMMAND_STATES; s++)
		assert_int_equal(counts.commands[s], s == COMMAND_QUEUED    ? 5
						     : s == COMMAND_EXPIRED ? 15
									    : 0);
}

static void commands_past_their_time_come_by_it_and_not_all_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct seen seen = { 0 }, first = { 0 }, none = { 0 };
	struct command c[7];

	for (int i = 0; i < 7; i++) {
		c[i] = command_of(i % 2 ? b : a, "CHECK");
		c[i].expires_ms = 5000 - 100 * i;
		/* The last one has ended. */
		c[i].state = i == 6 ? COMMAND_FAILED : (enum command_state)(i % 3);
		command_put_test(f, &c[i], 1, "");
	}
	tx_begin(f);
	assert_ok(f->ops->commands_expired(f->s, 4800, 10, see_command, &seen));
	assert_ok(f->ops->commands_expired(f->s, 4800, 2, see_command, &first));
	assert_ok(f->ops->commands_expired(f->s, 4499, 10, see_command, &none));
	tx_commit(f);
	assert_int_equal(seen.n, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(seen.id[i], c[5 - i].id);
	assert_int_equal(first.n, 2);
	assert_int_equal(first.id[0], c[5].id);
	assert_int_equal(none.n, 0);
}

static int64_t commands_counted(struct fixture *f, enum command_state s)
{
	struct store_counts counts;

	assert_ok(f->ops->counts(f->r, &counts));
	return counts.commands[s];
}

static void a_command_that_ends_is_counted_once_however_often_it_is_stored(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct command c[3];

	for (int i = 0; i < 3; i++) {
		c[i] = command_of(a, "CHECK");
		command_put_test(f, &c[i], 1, "");
	}
	assert_int_equal(commands_counted(f, COMMAND_QUEUED), 3);
	for (int i = 0; i < 2; i++) {
		c[i].state = COMMAND_ACKNOWLEDGED;
		command_put_test(f, &c[i], 2, "");
		command_put_test(f, &c[i], 3, "again");
		assert_int_equal(commands_counted(f, COMMAND_ACKNOWLEDGED), i + 1);
	}
	c[2].state = COMMAND_FAILED;
	tx_begin(f);
	assert_ok(f->ops->command_put(f->s, &c[2], 4, GH_LIT("")));
	tx_rollback(f);
	assert_int_equal(commands_counted(f, COMMAND_FAILED), 0);
	assert_int_equal(commands_counted(f, COMMAND_QUEUED), 1);
	fixture_reopen(f);
	command_put_test(f, &c[2], 5, "");
	assert_int_equal(commands_counted(f, COMMAND_FAILED), 1);
	assert_int_equal(commands_counted(f, COMMAND_ACKNOWLEDGED), 2);
	assert_int_equal(commands_counted(f, COMMAND_QUEUED), 0);
	/* Those that have ended stay when their device goes. */
	assert_ok(write_alone(f, f->ops->device_delete(f->s, a)));
	assert_int_equal(commands_counted(f, COMMAND_ACKNOWLEDGED), 2);
}

int contract_commands(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(changes_are_followed_by_their_numbers),
		CONTRACT(a_command_is_followed_through_its_life),
		CONTRACT(an_unknown_command_is_not_found),
		CONTRACT(many_new_commands_are_queued_in_their_order),
		CONTRACT(queued_commands_about_the_same_are_found_newest_first),
		CONTRACT(open_commands_come_oldest_first),
		CONTRACT(open_commands_outlive_a_restart),
		CONTRACT(what_a_transaction_writes_it_finds),
		CONTRACT(a_number_is_not_used_again_after_a_deletion),
		CONTRACT(command_lists_go_by_state_and_page),
		CONTRACT(commands_past_their_time_come_by_it_and_not_all_at_once),
		CONTRACT(a_command_that_ends_is_counted_once_however_often_it_is_stored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
