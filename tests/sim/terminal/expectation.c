#include "tests.h"

#include "expectation.h"

#include <string.h>

#include "wire/terminal/packed_time.h"

void expectation_open(struct expectation *t, const char *persona, uint32_t users,
		      uint32_t punches)
{
	const struct term_persona *p = term_persona_of(gh_slice_of(persona));

	assert_non_null(p);
	/* Seed 1 begins on 3 March 2026 at 8. */
	t->plan = (struct term_plan){ .persona = p,
				      .punch = p->punch,
				      .user_size = p->user_size,
				      .event_size = p->event_size,
				      .sn_prefix = "SIM",
				      .seed = 1,
				      .start_s = 1772438400 + 86400 + 8 * 3600,
				      .devices = 1,
				      .users = users,
				      .punches = punches,
				      .templates = 20,
				      .inline_max = 1024 };
	term_users_open(&t->users, &t->plan);
	term_log_open(&t->log, &t->users);
}

void expectation_close(struct expectation *t)
{
	term_log_close(&t->log);
	term_users_close(&t->users);
}

static struct gh_terminal *connect_to(const char *address, uint32_t comm_key, int reply_ms)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;

	gh_terminal_options_init(&o);
	o.comm_key = comm_key;
	o.reply_ms = reply_ms;
	assert_int_equal(gh_terminal_new(address, &o, &t), GH_OK);
	if (gh_terminal_connect(t) == GH_OK)
		return t;
	print_message("%s\n", gh_terminal_error(t)->text);
	gh_terminal_free(t);
	return NULL;
}

struct gh_terminal *expectation_connect(const char *address, uint32_t comm_key)
{
	return connect_to(address, comm_key, 8000);
}

struct gh_terminal *expectation_connect_within(const char *address, int reply_ms)
{
	return connect_to(address, 0, reply_ms);
}

static enum gh_err text_is_ended(struct gh_terminal *device, enum gh_err err, size_t n,
				 size_t all)
{
	if (err != GH_EEND)
		return err;
	assert_int_equal(n, all);
	(void)device;
	return GH_OK;
}

enum gh_err expectation_users(const struct expectation *t, struct gh_terminal *device)
{
	struct gh_terminal_users *it;
	struct gh_user u;
	uint32_t n = 0;
	enum gh_err err = gh_terminal_users_open(device, &it);

	if (err)
		return err;
	while ((err = gh_terminal_users_next(it, &u)) == GH_OK) {
		const struct gh_user *want;

		assert_true(n < t->users.list->len);
		want = &term_users_at(&t->users, n++)->record;
		assert_int_equal(u.uid, want->uid);
		assert_string_equal(u.pin, want->pin);
		assert_string_equal(u.name_raw, want->name_raw);
		assert_string_equal(u.password, want->password);
		assert_int_equal(u.privilege, want->privilege);
		assert_int_equal(u.card, want->card);
		assert_int_equal(u.record_size, t->plan.user_size);
	}
	gh_terminal_users_close(it);
	return text_is_ended(device, err, n, t->users.list->len);
}

enum gh_err expectation_punches(const struct expectation *t, struct gh_terminal *device)
{
	struct gh_terminal_punches *it;
	struct term_day day = { 0 };
	struct gh_punch p, want;
	uint32_t n = t->log.first;
	enum gh_err err = gh_terminal_punches_open(device, &it);

	if (err)
		return err;
	while ((err = gh_terminal_punches_next(it, &p)) == GH_OK) {
		assert_true(n < t->log.end);
		term_log_get(&t->log, n++, &day, &want);
		assert_string_equal(p.pin, want.pin);
		assert_int_equal(p.time_code, want.time_code);
		assert_int_equal(p.time.valid, ghi_terminal_time_unpack(want.time_code).valid);
		assert_int_equal(p.status, want.status);
		if (t->plan.punch.layout == GHI_PUNCH_8B)
			want.verify &= 3;
		assert_int_equal(p.verify, want.verify);
		if (t->plan.punch.layout == GHI_PUNCH_40 ||
		    t->plan.punch.layout == GHI_PUNCH_16)
			assert_int_equal(p.work_code, want.work_code);
		assert_int_equal(p.record_size, t->plan.punch.size);
	}
	gh_terminal_punches_close(it);
	return text_is_ended(device, err, n, t->log.end);
}
