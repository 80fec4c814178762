#include "contract.h"

static struct audit_row audit_of(const char *action, const char *subject)
{
	return (struct audit_row){
		.at_ms = 1772341200123,
		.actor = AUDIT_TOKEN,
		.actor_id = 7,
		.by = GH_LIT("reception"),
		.from = GH_LIT("192.0.2.1"),
		.action = gh_slice_of(action),
		.subject = gh_slice_of(subject),
		.outcome = AUDIT_DONE,
		.after = GH_LIT("{\"door\":2}"),
	};
}

struct audit_seen {
	size_t n;
	char text[16][256];
};

static bool audit_note_row(void *ctx, const void *row, const struct store_key *key)
{
	const struct audit_row *a = row;
	struct audit_seen *s = ctx;

	assert_int_equal(a->seq, key->number);
	if (s->n == 16)
		return false;
	snprintf(s->text[s->n++], sizeof(s->text[0]),
		 "%lld %s/%lld %.*s %.*s %.*s %.*s %.*s %lld", (long long)a->seq,
		 audit_actor_word(a->actor), (long long)a->actor_id, GH_FMT(a->by),
		 GH_FMT(a->action), GH_FMT(a->subject), GH_FMT(a->outcome), GH_FMT(a->after),
		 (long long)a->command);
	return true;
}

static struct audit_seen audit_read(struct fixture *f)
{
	struct store_rows rows = ROWS(STORE_AUDIT, .limit = 16);
	struct audit_seen s = { 0 };

	assert_ok(f->ops->rows_read(f->r, &rows, audit_note_row, &s));
	return s;
}

static void rows_have_numbers_without_a_gap_and_outlive_what_they_are_about(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "AU1");
	struct audit_row row = audit_of("open_door", "door:AU1:2");
	struct audit_seen s;

	tx_begin(f);
	assert_ok(f->ops->audit_put(f->s, &row));
	row.action = GH_LIT("close_door");
	assert_ok(f->ops->audit_put(f->s, &row));
	tx_commit(f);
	tx_begin(f);
	assert_ok(f->ops->audit_put(f->s, &row));
	tx_rollback(f);
	assert_ok(write_alone(f, f->ops->device_delete(f->s, a)));
	row.action = GH_LIT("delete_device");
	assert_ok(write_alone(f, f->ops->audit_put(f->s, &row)));
	s = audit_read(f);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.text[0],
			    "1 token/7 reception open_door door:AU1:2 done {\"door\":2} 0");
	assert_string_equal(s.text[1],
			    "2 token/7 reception close_door door:AU1:2 done {\"door\":2} 0");
	assert_string_equal(s.text[2],
			    "3 token/7 reception delete_device door:AU1:2 done {\"door\":2} 0");
}

static void a_row_names_what_is_stored_in_its_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t device = device_new(f, "AU2");
	struct command c = { .device = device,
			     .kind = COMMAND_KIND_OPEN_DOOR,
			     .shown = GH_LIT("AC_UNLOCK"),
			     .expires_ms = 9 };
	struct token t = { .name = GH_LIT("x"), .hash = { 1, 2, 3 } };
	struct audit_row row = audit_of("open_door", "door:AU2:1"),
			 made = audit_of("create_token", "token:");
	char want[128];
	struct audit_seen s;

	row.command_at = &c.id;
	made.subject_at = &t.id;
	tx_begin(f);
	assert_ok(f->ops->command_put(f->s, &c, 1, (gh_slice){ 0 }));
	assert_ok(f->ops->audit_put(f->s, &row));
	assert_ok(f->ops->token_put(f->s, &t));
	assert_ok(f->ops->audit_put(f->s, &made));
	tx_commit(f);
	s = audit_read(f);
	assert_int_equal(s.n, 2);
	snprintf(want, sizeof(want),
		 "1 token/7 reception open_door door:AU2:1 done {\"door\":2} %lld",
		 (long long)c.id);
	assert_true(c.id > 0);
	assert_string_equal(s.text[0], want);
	snprintf(want, sizeof(want),
		 "2 token/7 reception create_token token:%lld done {\"door\":2} 0",
		 (long long)t.id);
	assert_string_equal(s.text[1], want);
}

static void a_transaction_with_nothing_else_is_a_write(void **state)
{
	struct fixture *f = *state;
	struct audit_row row = audit_of("open_door", "door:AU3:1");

	tx_begin(f);
	assert_false(f->ops->wrote(f->s));
	assert_ok(f->ops->audit_put(f->s, &row));
	assert_true(f->ops->wrote(f->s));
	tx_commit(f);
	fixture_reopen(f);
	assert_int_equal(audit_read(f).n, 1);
}

int contract_audit(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(rows_have_numbers_without_a_gap_and_outlive_what_they_are_about),
		CONTRACT(a_row_names_what_is_stored_in_its_transaction),
		CONTRACT(a_transaction_with_nothing_else_is_a_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
