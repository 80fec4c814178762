#include "tests.h"

#include "conversation.h"

#include <stdio.h>
#include <stdlib.h>

struct conversation conversation_of(const char *persona)
{
	struct conversation t = { .plan = { .devices = 1,
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
	t.statistics = statistics_to(-1, -1);
	t.scratch = malloc(sizeof(*t.scratch));
	assert_non_null(t.scratch);
	return t;
}

void conversation_open(struct conversation *t)
{
	assert_int_equal(sim_device_open(&t->device, &t->plan, 0, &t->statistics), GH_OK);
}

void conversation_close(struct conversation *t)
{
	sim_device_close(&t->device);
	free(t->scratch);
	free(t->text);
}

const char *conversation_request(struct conversation *t, int64_t within_ms)
{
	int64_t end = t->now_ms + within_ms;

	while (!sim_device_next_request(&t->device, t->now_ms, t->scratch, &t->request)) {
		int64_t wake = sim_device_wake_ms(&t->device);

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

void conversation_respond_bytes(struct conversation *t, int status, const char *header,
				gh_slice body)
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
	sim_device_response(&t->device, t->now_ms, &r);
	sim_reply_clear(&r);
}

const char *conversation_body(const struct conversation *t)
{
	return strstr(t->text, "\r\n\r\n") + 4;
}

unsigned conversation_count(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

void conversation_respond(struct conversation *t, const char *body)
{
	conversation_respond_bytes(t, 200, "Content-Type: text/plain\r\n", gh_slice_of(body));
}

void conversation_no_response(struct conversation *t)
{
	sim_device_no_response(&t->device, t->now_ms);
}

const char *conversation_expect(struct conversation *t, const char *what)
{
	const char *text = conversation_request(t, 120000);

	if (text == NULL || strstr(text, what) == NULL)
		fail_msg("expected \"%s\", got: %.400s", what, text ? text : "nothing");
	return text;
}

void conversation_begin(struct conversation *t, const char *more)
{
	char options[2048];
	const char *text;

	snprintf(options, sizeof(options), "%s%s%s", HANDSHAKE, ALL_FLAGS, more);
	conversation_expect(t, "/cdata");
	assert_non_null(strstr(t->text, "options=all"));
	conversation_respond(t, options);
	text = conversation_request(t, 0);
	assert_non_null(text);
	if (strstr(text, "table=options")) {
		conversation_respond(t, "OK");
		text = conversation_request(t, 0);
		assert_non_null(text);
	}
	assert_non_null(strstr(text, "INFO="));
	conversation_respond(t, "OK");
}

unsigned conversation_drain(struct conversation *t)
{
	unsigned n = 0;

	while (conversation_request(t, 0)) {
		n++;
		conversation_respond(t, "OK");
	}
	return n;
}

const char *conversation_command(struct conversation *t, const char *line)
{
	const char *text;

	while ((text = conversation_request(t, 120000)) && !strstr(text, "/getrequest"))
		conversation_respond(t, "OK");
	assert_non_null(text);
	conversation_respond(t, line);
	for (unsigned i = 0; i < 100; i++) {
		text = conversation_request(t, 120000);
		assert_non_null(text);
		if (strstr(text, "/devicecmd")) {
			conversation_respond(t, "OK");
			return strstr(text, "\r\n\r\n") + 4;
		}
		conversation_respond(t, "OK");
	}
	fail_msg("no result for %s", line);
	return NULL;
}
