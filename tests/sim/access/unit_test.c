#include "tests.h"

#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

static char seen[1 << 20];

struct unit_test *unit_test_of(const char *persona)
{
	struct unit_test *t = calloc(1, sizeof(*t));
	gh_slice bad;

	assert_non_null(t);
	t->plan = (struct acc_plan){ .devices = 1,
				     .users = 4,
				     .events = 5,
				     .seed = 1,
				     .sn_prefix = "T",
				     .speed = 1,
				     .subs = -1,
				     .delay_ms = -1,
				     .error_delay_ms = -1,
				     .timeout_ms = 15000,
				     .start_s = 1704096000 };
	snprintf(t->plan.server.host, sizeof(t->plan.server.host), "door.test:8080");
	assert_int_equal(acc_persona_mix_parse(gh_slice_of(persona), &t->plan.mix, &bad),
			 GH_OK);
	t->statistics = acc_statistics_to(-1);
	t->scratch = malloc(sizeof(*t->scratch));
	assert_non_null(t->scratch);
	seen[0] = 0;
	return t;
}

void unit_test_open(struct unit_test *t)
{
	assert_int_equal(unit_open(&t->unit, &t->plan, 0, &t->statistics), GH_OK);
}

void unit_test_close(struct unit_test *t)
{
	unit_close(&t->unit);
	free(t->scratch);
	free(t->text);
	free(t);
}

const char *unit_test_request(struct unit_test *t, int64_t within_ms)
{
	int64_t end = t->now_ms + within_ms;
	size_t n;

	while (!unit_next_request(&t->unit, t->now_ms, t->scratch, &t->request)) {
		int64_t wake = unit_wake_ms(&t->unit);

		if (wake > end) {
			t->now_ms = end;
			return NULL;
		}
		t->now_ms = wake > t->now_ms ? wake : t->now_ms + 1;
	}
	n = t->request.head.n + t->request.body.n;
	free(t->text);
	t->text = malloc(n + 1);
	assert_non_null(t->text);
	memcpy(t->text, t->request.head.p, t->request.head.n);
	if (t->request.body.n)
		memcpy(t->text + t->request.head.n, t->request.body.p, t->request.body.n);
	t->text[n] = 0;
	if (strlen(seen) + n + 2 < sizeof(seen)) {
		strcat(seen, t->text);
		strcat(seen, "\n");
	}
	return t->text;
}

unsigned unit_test_seen(const struct unit_test *t, const char *what)
{
	unsigned n = 0;

	(void)t;
	for (const char *at = seen; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

void unit_test_respond_status(struct unit_test *t, int status, const char *body)
{
	struct sim_reply r = sim_reply_with_limit(1 << 20);
	char head[512];
	int n = snprintf(
		head, sizeof(head),
		"HTTP/1.1 %d X\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
		status, strlen(body));

	assert_int_equal(sim_reply_feed(&r, (gh_slice){ (const uint8_t *)head, (size_t)n }),
			 GH_OK);
	assert_int_equal(sim_reply_feed(&r, gh_slice_of(body)), GH_OK);
	assert_true(r.complete);
	unit_response(&t->unit, t->now_ms, &r);
	sim_reply_clear(&r);
}

void unit_test_respond(struct unit_test *t, const char *body)
{
	unit_test_respond_status(t, 200, body);
}

void unit_test_lose(struct unit_test *t)
{
	unit_no_response(&t->unit, t->now_ms);
}

const char *unit_test_body(const struct unit_test *t)
{
	return strstr(t->text, "\r\n\r\n") + 4;
}

const char *unit_test_expect(struct unit_test *t, const char *what)
{
	const char *text = unit_test_request(t, 400000);

	if (text == NULL || strstr(text, what) == NULL)
		fail_msg("expected \"%s\", got: %.400s", what, text ? text : "nothing");
	return text;
}

/* As a server answers: a table's count, the time, or OK. */
void unit_test_respond_as_server(struct unit_test *t)
{
	const char *table = strstr(t->text, "tablename="), *count = strstr(t->text, "&count=");
	char body[96];

	if (strstr(t->text, "/rtdata?")) {
		unit_test_respond(t, "DateTime=583050990,ServerTZ=+0800");
	} else if (table && count && !strstr(t->text, "type=count") &&
		   !strstr(t->text, "type=options")) {
		table += strlen("tablename=");
		snprintf(body, sizeof(body), "%.*s=%d", (int)strcspn(table, "& "), table,
			 atoi(count + strlen("&count=")));
		unit_test_respond(t, body);
	} else {
		unit_test_respond(t, "OK");
	}
}

void unit_test_begin(struct unit_test *t)
{
	unit_test_expect(t, "/cdata?");
	assert_non_null(strstr(t->text, "options=all"));
	unit_test_respond(t, "OK");
	unit_test_expect(t, "/registry?");
	unit_test_respond(t, "RegistryCode=Uy47fxftP3");
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION);
	unit_test_drain(t);
}

void unit_test_drain(struct unit_test *t)
{
	while (unit_test_request(t, 0))
		unit_test_respond_as_server(t);
}

const char *unit_test_command(struct unit_test *t, const char *line)
{
	const char *text;

	seen[0] = 0;
	while ((text = unit_test_request(t, 400000)) && !strstr(text, "/getrequest"))
		unit_test_respond_as_server(t);
	assert_non_null(text);
	unit_test_respond(t, line);
	for (unsigned i = 0; i < 100; i++) {
		text = unit_test_request(t, 400000);
		assert_non_null(text);
		unit_test_respond_as_server(t);
		if (strstr(text, "/devicecmd"))
			return unit_test_body(t);
	}
	fail_msg("no result for %s", line);
	return NULL;
}
