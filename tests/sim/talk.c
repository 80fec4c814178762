#include "tests.h"

#include "talk.h"

#include <stdio.h>
#include <stdlib.h>

struct talk talk_of(const char *persona)
{
	struct talk t = { .plan = { .devices = 1,
				    .users = 4,
				    .punches = 5,
				    .templates = 100,
				    .seed = 1,
				    .sn_prefix = "T",
				    .speed = 1,
				    .delay_ms = -1,
				    .error_delay_ms = -1,
				    .timeout_ms = 15000,
				    .start_s = 1704096000 } };
	gh_slice bad;

	snprintf(t.plan.server.host, sizeof(t.plan.server.host), "clock.test:8080");
	assert_int_equal(persona_mix_parse(gh_slice_of(persona), &t.plan.mix, &bad), GH_OK);
	t.account = account_to(-1);
	t.scratch = malloc(sizeof(*t.scratch));
	assert_non_null(t.scratch);
	return t;
}

void talk_open(struct talk *t)
{
	assert_int_equal(unit_open(&t->unit, &t->plan, 0, &t->account), GH_OK);
}

void talk_close(struct talk *t)
{
	unit_close(&t->unit);
	free(t->scratch);
	free(t->text);
}

const char *talk_ask(struct talk *t, int64_t within_ms)
{
	int64_t end = t->now_ms + within_ms;

	while (!unit_next(&t->unit, t->now_ms, t->scratch, &t->request)) {
		int64_t wake = unit_wake(&t->unit);

		if (wake > end) {
			t->now_ms = end;
			return NULL;
		}
		t->now_ms = wake > t->now_ms ? wake : t->now_ms + 1;
	}
	t->text_n = t->request.head.n + t->request.body.n;
	free(t->text);
	t->text = malloc(t->text_n + 1);
	assert_non_null(t->text);
	memcpy(t->text, t->request.head.p, t->request.head.n);
	if (t->request.body.n)
		memcpy(t->text + t->request.head.n, t->request.body.p, t->request.body.n);
	t->text[t->text_n] = 0;
	return t->text;
}

void talk_say_bytes(struct talk *t, int status, const char *header, gh_slice body)
{
	struct sim_reply r = sim_reply_with_limit(1 << 20);
	char head[512];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n",
			 status, header, body.n);

	r.exact_case = t->request.exact_case;
	assert_int_equal(sim_reply_feed(&r, (gh_slice){ (const uint8_t *)head, (size_t)n }),
			 GH_OK);
	assert_int_equal(sim_reply_feed(&r, body), GH_OK);
	assert_true(r.complete);
	unit_reply(&t->unit, t->now_ms, &r);
	sim_reply_clear(&r);
}

void talk_say(struct talk *t, const char *body)
{
	talk_say_bytes(t, 200, "Content-Type: text/plain\r\n", gh_slice_of(body));
}

void talk_lose(struct talk *t)
{
	unit_lost(&t->unit, t->now_ms);
}

const char *talk_expect(struct talk *t, const char *what)
{
	const char *text = talk_ask(t, 120000);

	if (text == NULL || strstr(text, what) == NULL)
		fail_msg("expected \"%s\", got: %.400s", what, text ? text : "nothing");
	return text;
}

void talk_begin(struct talk *t, const char *more)
{
	char hello[2048];
	const char *text;

	snprintf(hello, sizeof(hello), "%s%s%s", HELLO, ALL_FLAGS, more);
	talk_expect(t, "/cdata");
	assert_non_null(strstr(t->text, "options=all"));
	talk_say(t, hello);
	text = talk_ask(t, 0);
	assert_non_null(text);
	if (strstr(text, "table=options")) {
		talk_say(t, "OK");
		text = talk_ask(t, 0);
		assert_non_null(text);
	}
	assert_non_null(strstr(text, "INFO="));
	talk_say(t, "OK");
}

unsigned talk_drain(struct talk *t)
{
	unsigned n = 0;

	while (talk_ask(t, 0)) {
		n++;
		talk_say(t, "OK");
	}
	return n;
}

const char *talk_command(struct talk *t, const char *line)
{
	const char *text;

	while ((text = talk_ask(t, 120000)) && !strstr(text, "/getrequest"))
		talk_say(t, "OK");
	assert_non_null(text);
	talk_say(t, line);
	for (unsigned i = 0; i < 100; i++) {
		text = talk_ask(t, 120000);
		assert_non_null(text);
		if (strstr(text, "/devicecmd")) {
			talk_say(t, "OK");
			return strstr(text, "\r\n\r\n") + 4;
		}
		talk_say(t, "OK");
	}
	fail_msg("no result for %s", line);
	return NULL;
}
