/* libgatehouse reads from `gatehouse sim terminal` what it was set to contain. */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "expectation.h"

#define OK(call) assert_int_equal(GH_OK, (call))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void both_ways(struct program *r,
		      void (*check)(const struct expectation *, struct gh_terminal *),
		      const struct expectation *truth)
{
	const char *address[] = { r->tcp, r->udp };

	for (size_t i = 0; i < 2; i++) {
		struct gh_terminal *t = expectation_connect(address[i], 0);

		assert_non_null(t);
		check(truth, t);
		gh_terminal_free(t);
	}
}

static void read_all(const struct expectation *truth, struct gh_terminal *t)
{
	OK(expectation_users(truth, t));
	OK(expectation_punches(truth, t));
}

static void every_layout_is_read_as_it_is_held(void **state)
{
	static const struct {
		const char *users, *punches;
		uint8_t user_size;
		struct ghi_terminal_punch_format format;
	} c[] = {
		{ "72", "40", 72, { GHI_PUNCH_40, 40 } },
		{ "28", "16", 28, { GHI_PUNCH_16, 16 } },
		{ "28", "8", 28, { GHI_PUNCH_8A, 8 } },
		{ "16", "8b", 16, { GHI_PUNCH_8B, 8 } },
		{ "72", "49", 72, { GHI_PUNCH_40, 49 } },
		{ "72", "52", 72, { GHI_PUNCH_40, 52 } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char arguments[128];
		struct expectation truth;
		struct program r;

		snprintf(arguments, sizeof(arguments),
			 "--users 130 --punches 3000 --users-layout %s --punch-layout %s",
			 c[i].users, c[i].punches);
		expectation_open(&truth, "tft", 130, 3000);
		expectation_close(&truth);
		truth.plan.user_size = c[i].user_size;
		truth.plan.punch = c[i].format;
		term_users_open(&truth.users, &truth.plan);
		term_log_open(&truth.log, &truth.users);
		program_start(&r, arguments);
		both_ways(&r, read_all, &truth);
		program_stop(&r);
		expectation_close(&truth);
	}
}

static void a_small_table_comes_in_one_packet_and_an_empty_one_too(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 2 };
	(void)state;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		char arguments[64];
		struct expectation truth;
		struct program r;

		snprintf(arguments, sizeof(arguments), "--users %u --punches %u", sizes[i],
			 sizes[i]);
		expectation_open(&truth, "tft", sizes[i], sizes[i]);
		program_start(&r, arguments);
		both_ways(&r, read_all, &truth);
		program_stop(&r);
		assert_int_equal(program_number(&r, "READ_BUFFER"), -1);
		expectation_close(&truth);
	}
}

static void every_kind_of_firmware_is_read_or_reports_why_not(void **state)
{
	static const struct {
		const char *persona;
		enum gh_err users, punches;
	} c[] = {
		{ "tft", GH_OK, GH_OK },
		{ "f19", GH_OK, GH_OK },
		{ "bw", GH_OK, GH_OK },
		{ "ma300", GH_OK, GH_OK },
		{ "old", GH_OK, GH_OK },
		{ "visible", GH_OK, GH_OK },
		{ "chinese", GH_OK, GH_OK },
		{ "letters", GH_OK, GH_OK },
		{ "dates", GH_OK, GH_OK },
		{ "sloppy", GH_OK, GH_OK },
		{ "unbuffered", GH_OK, GH_OK },
		{ "mute", GH_OK, GH_OK },
		{ "wifi", GH_OK, GH_OK },
		{ "access", GH_OK, GH_EUNSUPPORTED },
		{ "liar", GH_ETRUNCATED, GH_ETRUNCATED },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char arguments[64];
		struct expectation truth;
		struct program r;

		snprintf(arguments, sizeof(arguments), "--persona %s --users 40 --punches 700",
			 c[i].persona);
		expectation_open(&truth, c[i].persona, 40, 700);
		program_start(&r, arguments);
		for (int udp = 0; udp < 2; udp++) {
			bool mute = !strcmp(c[i].persona, "mute");
			struct gh_terminal *t = expectation_connect_within(udp ? r.udp : r.tcp,
									   mute ? 1000 : 8000);
			enum gh_err users, punches;

			assert_non_null(t);
			users = expectation_users(&truth, t);
			punches = expectation_punches(&truth, t);
			if (users != c[i].users || punches != c[i].punches)
				print_error("%s %s: %s\n", c[i].persona, udp ? "udp" : "tcp",
					    gh_terminal_error(t)->text);
			assert_int_equal(users, c[i].users);
			assert_int_equal(punches, c[i].punches);
			gh_terminal_free(t);
		}
		program_stop(&r);
		expectation_close(&truth);
	}
}

static void firmware_that_refuses_the_protocol_is_reported(void **state)
{
	struct gh_terminal *t;
	struct program r;
	(void)state;

	program_start(&r, "--persona protected");
	OK(gh_terminal_new(r.tcp, NULL, &t));
	assert_int_equal(gh_terminal_connect(t), GH_EUNSUPPORTED);
	gh_terminal_free(t);
	program_stop(&r);
}

static void chinese_names_come_out_in_utf8(void **state)
{
	struct gh_terminal *t;
	struct program r;
	struct gh_user u;
	(void)state;

	program_start(&r, "--persona chinese --users 3");
	t = expectation_connect(r.tcp, 0);
	OK(gh_terminal_user_get(t, "1", &u));
	/* All of them are two or three characters of three bytes each. */
	assert_true(strlen(u.name) == 6 || strlen(u.name) == 9);
	assert_true(strlen(u.name_raw) * 3 == strlen(u.name) * 2);
	gh_terminal_free(t);
	program_stop(&r);
}

/* Faults that do not affect a careful caller. */
static void trouble_on_the_way_changes_nothing(void **state)
{
	static const struct {
		const char *fault;
		bool tcp, udp;
	} c[] = {
		{ "fragment:60", true, false }, { "coalesce:60", true, false },
		{ "delay:10", true, true },	{ "duplicate:30", true, true },
		{ "drop:5", false, true },	{ "checksum:5", false, true },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char arguments[96], word[16] = { 0 };
		struct expectation truth;
		struct program r;

		snprintf(arguments, sizeof(arguments), "--users 60 --punches 2000 --fault %s",
			 c[i].fault);
		memcpy(word, c[i].fault, strcspn(c[i].fault, ":"));
		expectation_open(&truth, "tft", 60, 2000);
		program_start(&r, arguments);
		for (int udp = 0; udp < 2; udp++) {
			struct gh_terminal *t;

			if (udp ? !c[i].udp : !c[i].tcp)
				continue;
			t = expectation_connect_within(udp ? r.udp : r.tcp, 4000);
			assert_non_null(t);
			read_all(&truth, t);
			gh_terminal_free(t);
		}
		program_stop(&r);
		assert_true(program_number(&r, word) > 0);
		expectation_close(&truth);
	}
}

/* Faults that may end a reading, but never without an error, and never with a wrong record. */
static void what_cannot_be_mended_is_an_error_and_never_a_wrong_record(void **state)
{
	static const char *const faults[] = { "drop:20", "checksum:20", "unsupported:40",
					      "all" };
	(void)state;

	for (size_t i = 0; i < COUNT(faults); i++) {
		char arguments[96];
		struct expectation truth;
		struct program r;

		snprintf(arguments, sizeof(arguments),
			 "--persona f19 --users 40 --punches 400 --fault %s", faults[i]);
		expectation_open(&truth, "f19", 40, 400);
		program_start(&r, arguments);
		for (int n = 0; n < 4; n++) {
			struct gh_terminal *t =
				expectation_connect_within(n % 2 ? r.udp : r.tcp, 1000);

			if (t == NULL)
				continue;
			(void)expectation_users(&truth, t);
			(void)expectation_punches(&truth, t);
			gh_terminal_free(t);
		}
		program_stop(&r);
		expectation_close(&truth);
	}
}

static void a_log_of_a_million_is_read_whole(void **state)
{
	struct gh_terminal *t;
	struct expectation truth;
	struct program r;
	(void)state;

	expectation_open(&truth, "tft", 1000, 1000000);
	program_start(&r, "--users 1000 --punches 1000000");
	t = expectation_connect(r.tcp, 0);
	OK(expectation_punches(&truth, t));
	gh_terminal_free(t);
	program_stop(&r);
	expectation_close(&truth);
}

static void a_paced_terminal_keeps_its_pace(void **state)
{
	struct gh_terminal *t;
	struct expectation truth;
	struct program r;
	(void)state;

	expectation_open(&truth, "f19", 10, 100);
	program_start(&r, "--persona f19 --users 10 --punches 100 --pace 20");
	t = expectation_connect(r.tcp, 0);
	OK(expectation_punches(&truth, t));
	gh_terminal_free(t);
	program_stop(&r);
	/* Every packet waits, those of the streams too. */
	assert_true(program_number(&r, "milliseconds") >= program_number(&r, "packets") * 20);
	expectation_close(&truth);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_is_read_as_it_is_held),
		cmocka_unit_test(a_small_table_comes_in_one_packet_and_an_empty_one_too),
		cmocka_unit_test(every_kind_of_firmware_is_read_or_reports_why_not),
		cmocka_unit_test(firmware_that_refuses_the_protocol_is_reported),
		cmocka_unit_test(chinese_names_come_out_in_utf8),
		cmocka_unit_test(trouble_on_the_way_changes_nothing),
		cmocka_unit_test(what_cannot_be_mended_is_an_error_and_never_a_wrong_record),
		cmocka_unit_test(a_log_of_a_million_is_read_whole),
		cmocka_unit_test(a_paced_terminal_keeps_its_pace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
