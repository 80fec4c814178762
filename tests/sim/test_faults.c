/* What goes wrong on purpose. */
#include "tests.h"

#include "talk.h"

#include <glib.h>
#include <stdio.h>

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static const char *body_of(const struct talk *t)
{
	return strstr(t->text, "\r\n\r\n") + 4;
}

static void fault(struct talk *t, const char *list)
{
	gh_slice bad;

	assert_int_equal(sim_faults_parse(gh_slice_of(list), &t->plan.faults, &bad), GH_OK);
}

static void duplicate_sends_an_acknowledged_upload_once_more(void **state)
{
	struct talk t = talk_of("2.2.14");
	char first[4096];
	(void)state;

	fault(&t, "duplicate:100");
	talk_open(&t);
	talk_begin(&t, "");
	talk_expect(&t, "table=ATTLOG");
	snprintf(first, sizeof(first), "%s", t.text);
	talk_say(&t, "OK");
	talk_expect(&t, "table=ATTLOG");
	assert_string_equal(t.text, first);
	talk_say(&t, "OK");
	talk_expect(&t, "table=OPERLOG");
	assert_int_equal(t.account.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_int_equal(t.account.stream[STREAM_ATTLOG].repeated, 5);
	talk_close(&t);
}

static void a_bad_line_stands_between_good_ones_and_is_counted_apart(void **state)
{
	struct talk t = talk_of("2.2.14");
	(void)state;

	fault(&t, "bad-line:100");
	talk_open(&t);
	talk_begin(&t, "");
	talk_expect(&t, "table=ATTLOG");
	assert_int_equal(count(body_of(&t), "\n"), 6);
	talk_say(&t, "OK");
	assert_int_equal(t.account.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_int_equal(t.account.bad_lines, 1);
	talk_close(&t);
}

static void a_reboot_loses_what_was_in_memory_and_keeps_the_log(void **state)
{
	struct talk t = talk_of("2.2.14");
	int64_t fell;
	(void)state;

	talk_open(&t);
	talk_begin(&t, "");
	talk_drain(&t);
	talk_expect(&t, "/getrequest");
	talk_say(&t, "C:1:SHELL date\n");
	talk_expect(&t, "/devicecmd");
	t.unit.lose_power = true; /* as the dice would have it */
	talk_lose(&t);
	fell = t.now_ms;
	talk_expect(&t, "options=all");
	assert_int_equal(t.now_ms - fell, 20000);
	talk_say(&t, HELLO ALL_FLAGS);
	talk_expect(&t, "table=options");
	talk_say(&t, "OK");
	talk_expect(&t, "INFO=");
	talk_say(&t, "OK");
	talk_expect(&t, "\r\n\r\nOPLOG 0\t0\t"); /* it says that it started, and nothing else */
	talk_say(&t, "OK");
	assert_null(talk_ask(&t, 0));
	talk_close(&t);
}

static void the_same_seed_meets_the_same_trouble(void **state)
{
	char *said[2];
	(void)state;

	for (size_t run = 0; run < 2; run++) {
		struct talk t = talk_of("2.4.1");
		GString *all = g_string_new("");

		fault(&t, "all");
		t.plan.punches = 300;
		t.plan.photos = 100;
		talk_open(&t);
		talk_begin(&t, "");
		for (unsigned i = 0; i < 400 && talk_ask(&t, 60000); i++) {
			g_string_append_printf(all, "%d %zu %s\n", t.request.trouble, t.text_n,
					       t.text);
			if (t.request.trouble >= TROUBLE_DROP)
				talk_lose(&t);
			else if (strstr(t.text, "options=all"))
				talk_say(&t, HELLO ALL_FLAGS);
			else
				talk_say(&t, "OK");
		}
		assert_true(all->len > 20000);
		said[run] = g_string_free(all, FALSE);
		talk_close(&t);
	}
	assert_string_equal(said[0], said[1]);
	g_free(said[0]);
	g_free(said[1]);
}

/* A server that always says 0 makes the device begin again after each failure; the dice must
 * not fall the same way every time. */
static void trouble_does_not_repeat_itself_for_ever(void **state)
{
	struct talk t = talk_of("2.1.1");
	(void)state;

	fault(&t, "reboot:20,drop-reply:20");
	t.plan.users = 2;
	t.plan.punches = 300;
	talk_open(&t);
	for (unsigned i = 0; !unit_idle(&t.unit); i++) {
		assert_true(i < 20000);
		assert_non_null(talk_ask(&t, 120000));
		if (t.request.trouble >= TROUBLE_DROP)
			talk_lose(&t);
		else if (strstr(t.text, "options=all"))
			talk_say(&t, HELLO ALL_FLAGS "ATTLOGStamp=0\n");
		else
			talk_say(&t, "OK");
	}
	assert_int_equal(t.account.stream[STREAM_ATTLOG].acknowledged, 300);
	talk_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(duplicate_sends_an_acknowledged_upload_once_more),
		cmocka_unit_test(a_bad_line_stands_between_good_ones_and_is_counted_apart),
		cmocka_unit_test(a_reboot_loses_what_was_in_memory_and_keeps_the_log),
		cmocka_unit_test(the_same_seed_meets_the_same_trouble),
		cmocka_unit_test(trouble_does_not_repeat_itself_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
