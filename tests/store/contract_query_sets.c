#include "contract.h"

static bool set_note(void *ctx, const struct query_set *set)
{
	struct seen *seen = ctx;

	snprintf(seen->text[seen->n], sizeof(seen->text[0]),
		 "%lld %.*s %s %lld/%lld %lld %lld %d", (long long)set->command,
		 GH_FMT(set->table), query_state_name(set->state), (long long)set->stored,
		 (long long)set->packets, (long long)set->bytes, (long long)set->counted,
		 set->mirrored);
	seen->n++;
	return true;
}

static bool packet_note(void *ctx, const struct query_packet *p)
{
	struct seen *seen = ctx;

	snprintf(seen->text[seen->n], sizeof(seen->text[0]), "%lld %zu %d",
		 (long long)p->number, p->body.n, p->packed);
	seen->n++;
	return true;
}

static void set_store(struct fixture *f, struct query_set set)
{
	assert_ok(write_alone(f, f->ops->query_set_put(f->s, &set)));
}

static void packet_store(struct fixture *f, int64_t command, int64_t number, const char *body)
{
	struct query_packet p = { command, number, number == 2, gh_slice_of(body) };

	assert_ok(write_alone(f, f->ops->query_packet_put(f->s, &p)));
}

static struct seen packets_of(struct fixture *f, int64_t command, int64_t after)
{
	struct seen seen = { 0 };

	assert_ok(f->ops->query_packets_read(f->r, command, after, 10, packet_note, &seen));
	return seen;
}

static void a_packet_is_replaced_by_its_number(void **state)
{
	struct fixture *f = *state;
	struct seen seen;

	packet_store(f, 7, 2, "bb");
	packet_store(f, 7, 1, "a");
	packet_store(f, 8, 1, "other");
	packet_store(f, 7, 1, "aaaa");
	seen = packets_of(f, 7, 0);
	assert_int_equal(seen.n, 2);
	assert_string_equal(seen.text[0], "1 4 0");
	assert_string_equal(seen.text[1], "2 2 1");
	assert_int_equal(packets_of(f, 7, 1).n, 1);
	seen = (struct seen){ 0 };
	tx_begin(f);
	assert_ok(f->ops->query_packets_clear(f->s, 7));
	assert_ok(f->ops->query_packets_scan(f->s, 7, 0, 10, packet_note, &seen));
	tx_commit(f);
	assert_int_equal(seen.n, 0);
	assert_int_equal(packets_of(f, 8, 0).n, 1);
}

static void a_set_is_replaced_by_its_command(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "QS1");
	struct seen seen = { 0 };
	struct query_set set = { .command = 7,
				 .device = a,
				 .table = GH_LIT("user"),
				 .packets = 3,
				 .stored = 1,
				 .bytes = 10,
				 .counted = -1 };

	assert_int_equal(f->ops->query_set_get(f->r, 7, set_note, &seen), GH_ENOTFOUND);
	set_store(f, set);
	set.state = QUERY_COMPLETE;
	set.stored = 3;
	set.bytes = 30;
	tx_begin(f);
	assert_ok(f->ops->query_set_put(f->s, &set));
	assert_ok(f->ops->query_set_find(f->s, 7, set_note, &seen));
	tx_commit(f);
	assert_ok(f->ops->query_set_get(f->r, 7, set_note, &seen));
	assert_string_equal(seen.text[0], "7 user complete 3/3 30 -1 0");
	assert_string_equal(seen.text[1], seen.text[0]);
	assert_int_equal(write_alone(f, f->ops->query_set_put(
						f->s, &(struct query_set){ .command = 9,
									   .device = a + 9 })),
			 GH_ENOTFOUND);
}

static void complete_sets_are_due_until_they_are_in_the_mirror(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "QS1");
	struct seen seen = { 0 };

	set_store(f,
		  (struct query_set){ .command = 1, .device = a, .state = QUERY_INCOMPLETE });
	set_store(f, (struct query_set){ .command = 2, .device = a, .state = QUERY_COMPLETE });
	set_store(f, (struct query_set){ .command = 3,
					 .device = a,
					 .state = QUERY_COMPLETE,
					 .mirrored = true });
	set_store(f, (struct query_set){ .command = 4, .device = a, .state = QUERY_TRUNCATED });
	set_store(f, (struct query_set){ .command = 5, .device = a, .state = QUERY_COMPLETE });
	assert_ok(f->ops->query_sets_due(f->r, 0, 10, set_note, &seen));
	assert_int_equal(seen.n, 2);
	assert_ok(f->ops->query_sets_due(f->r, 2, 10, set_note, &seen));
	assert_int_equal(seen.n, 3);
	assert_int_equal(atoi(seen.text[1]), 5);
	assert_int_equal(atoi(seen.text[2]), 5);
}

static int64_t command_at(struct fixture *f, int64_t device, int64_t sent_ms)
{
	struct command c = { .device = device,
			     .kind = COMMAND_KIND_QUERY_TABLE,
			     .shown = GH_LIT("x"),
			     .state = COMMAND_SENT,
			     .sent_ms = sent_ms,
			     .created_ms = 1 };

	assert_ok(write_alone(f, f->ops->command_put(f->s, &c, 1, (gh_slice){ 0 })));
	return c.id;
}

static void sets_of_later_commands_of_one_moment_that_are_in_the_mirror_are_found(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "QS1"), b = device_new(f, "QS2"), id[6];
	struct seen seen = { 0 };

	for (int i = 0; i < 6; i++) {
		id[i] = command_at(f, i == 4 ? b : a, i == 3 ? 51 : 50);
		set_store(f, (struct query_set){ .command = id[i],
						 .device = i == 4 ? b : a,
						 .state = QUERY_COMPLETE,
						 .mirrored = i != 2 });
	}
	tx_begin(f);
	assert_ok(f->ops->query_sets_taken(f->s, a, id[0], 50, set_note, &seen));
	tx_commit(f);
	/* Not itself, one that is not in it, of another moment, of another device. */
	assert_int_equal(seen.n, 2);
	assert_int_equal(atoi(seen.text[0]), (int)id[1]);
	assert_int_equal(atoi(seen.text[1]), (int)id[5]);
}

static void the_bytes_of_a_device_and_its_oldest_set_are_found(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "QS1"), b = device_new(f, "QS2"), bytes, oldest;

	set_store(f, (struct query_set){ .command = 1, .device = a });
	set_store(f, (struct query_set){ .command = 2, .device = a, .bytes = 20 });
	set_store(f, (struct query_set){ .command = 3, .device = a, .bytes = 300 });
	set_store(f, (struct query_set){ .command = 4, .device = b, .bytes = 4000 });
	tx_begin(f);
	assert_ok(f->ops->query_held(f->s, a, 9, &bytes, &oldest));
	assert_int_equal(bytes, 320);
	assert_int_equal(oldest, 2);
	assert_ok(f->ops->query_held(f->s, a, 2, &bytes, &oldest));
	assert_int_equal(oldest, 3);
	assert_ok(f->ops->query_held(f->s, b, 4, &bytes, &oldest));
	assert_int_equal(bytes, 4000);
	assert_int_equal(oldest, 0);
	assert_ok(f->ops->query_held(f->s, b + 9, 0, &bytes, &oldest));
	assert_int_equal(bytes + oldest, 0);
	tx_commit(f);
}

static void sets_go_with_their_device(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "QS1");
	struct seen seen = { 0 };

	set_store(f, (struct query_set){ .command = 1, .device = a });
	packet_store(f, 1, 1, "a");
	packet_store(f, 2, 1, "b");
	assert_ok(write_alone(f, f->ops->device_delete(f->s, a)));
	assert_int_equal(f->ops->query_set_get(f->r, 1, set_note, &seen), GH_ENOTFOUND);
	assert_int_equal(packets_of(f, 1, 0).n, 0);
	assert_int_equal(packets_of(f, 2, 0).n, 1);
}

static void sets_age_out_with_their_command(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "QS1");
	struct seen seen = { 0 };

	for (int i = 0; i < 3; i++) {
		struct command c = { .device = a,
				     .kind = COMMAND_KIND_QUERY_TABLE,
				     .arguments = GH_LIT("table=user"),
				     .created_ms = 10,
				     .expires_ms = 1000 };

		assert_ok(write_alone(f, f->ops->command_put(f->s, &c, 10, (gh_slice){ 0 })));
		set_store(f, (struct query_set){ .command = c.id, .device = a });
		packet_store(f, c.id, 1, "a");
		c.state = i == 2 ? COMMAND_SENT : COMMAND_ACKNOWLEDGED;
		c.done_ms = i == 0 ? 20 : i == 1 ? 90 : 0;
		assert_ok(write_alone(f, f->ops->command_put(f->s, &c, 20, (gh_slice){ 0 })));
		seen.id[i] = c.id;
	}
	struct store_expiry e = { .what = KEPT_COMMANDS, .before_ms = 50, .limit = 100 };

	assert_ok(write_alone(f, f->ops->rows_expire(f->s, &e)));
	assert_int_equal(e.removed, 1);
	assert_int_equal(f->ops->query_set_get(f->r, seen.id[0], set_note, &seen),
			 GH_ENOTFOUND);
	assert_int_equal(packets_of(f, seen.id[0], 0).n, 0);
	for (int i = 1; i < 3; i++) {
		assert_ok(f->ops->query_set_get(f->r, seen.id[i], set_note, &seen));
		assert_int_equal(packets_of(f, seen.id[i], 0).n, 1);
	}
}

int contract_query_sets(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(a_packet_is_replaced_by_its_number),
		CONTRACT(a_set_is_replaced_by_its_command),
		CONTRACT(complete_sets_are_due_until_they_are_in_the_mirror),
		CONTRACT(sets_of_later_commands_of_one_moment_that_are_in_the_mirror_are_found),
		CONTRACT(the_bytes_of_a_device_and_its_oldest_set_are_found),
		CONTRACT(sets_go_with_their_device),
		CONTRACT(sets_age_out_with_their_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
