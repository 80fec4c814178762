/* Each request that the document prints is what a device sends that is in the state it is about: the
 * request line and the body to the letter, the headers when sorted. Tokens are those of other sessions
 * in print; they are compared by their form. argv[1] is the file of the vectors.
 *
 * Where a print is cut or against itself, the test has what stands in its place. Not here: sec-003 and sec-004, the
 * exchange of keys, which no simulated device begins. */
#include "tests.h"

#include "sim/access/command.h"
#include "sim/access/door.h"
#include "unit_test.h"
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>

static const char *vectors_file;

/* A unit that is about to send what a vector has. */
struct printed {
	struct unit_test *t;
	struct vector *v;
	struct acc_persona persona;
};

static gh_slice body_of(const struct printed *p)
{
	return gh_slice_of(p->v->body);
}

/* A persona may be changed before the unit is opened; the serial number and the host are the vector's. */
static struct printed printed_open(const char *id, const char *persona)
{
	struct printed p = { .t = unit_test_of(persona), .v = vector_read(vectors_file, id) };
	const char *sn, *host;

	assert_non_null(p.v);
	p.persona = *p.t->plan.mix.persona[0];
	p.persona.push_version = "3.0.1";
	p.t->plan.users = 0;
	p.t->plan.events = 0;
	unit_test_open(p.t);
	sn = strstr(p.v->target, "SN=") ? strstr(p.v->target, "SN=") + 3 : "X";
	snprintf(p.t->unit.sn, sizeof(p.t->unit.sn), "%.*s", (int)strcspn(sn, "&"), sn);
	host = strstr(p.v->headers, "Host: ");
	if (host)
		snprintf(p.t->plan.server.host, sizeof(p.t->plan.server.host), "%.*s",
			 (int)strcspn(host + 6, "\n"), host + 6);
	return p;
}

/* The older head that some examples have. */
static void printed_old_head(struct printed *p)
{
	p->persona.head = acc_persona_named(GH_LIT("index-0"))->head;
}

/* Registered, configured, and everything that comes with it sent; nothing else is due. */
static void printed_ready(struct printed *p)
{
	p->t->unit.persona = &p->persona;
	p->t->unit.panel.persona = &p->persona;
	unit_test_begin(p->t);
	p->t->unit.poll_ms = INT64_MAX;
	p->t->unit.state_ms = INT64_MAX;
}

static int header_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A token's digits differ, and a language is what a device is set to. */
static void header_mask(char *line)
{
	char *token = strstr(line, "token=");

	if (token)
		for (char *c = token + 6; *c && *c != ';'; c++)
			*c = '?';
	if (!strncmp(line, "Accept-Language: ", 17))
		line[17] = 0;
}

/* The lines of a head but its length, sorted; the text is cut up. */
static size_t headers_sort(char *text, char *lines[32])
{
	char *line;
	size_t n = 0;

	while ((line = strsep(&text, "\r\n")) && n < 32)
		if (*line && strncmp(line, "Content-Length: ", 16) != 0) {
			header_mask(line);
			lines[n++] = line;
		}
	qsort(lines, n, sizeof(lines[0]), header_compare);
	return n;
}

static void headers_compare(char *wanted, char *sent)
{
	char *a[32], *b[32];
	size_t n = headers_sort(wanted, a);

	assert_int_equal(headers_sort(sent, b), n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(b[i], a[i]);
}

/* The next request to its endpoint is the vector's; what comes before it is answered. */
static void printed_check(struct printed *p)
{
	char line[512], *text, *end;
	bool whole;

	snprintf(line, sizeof(line), "%s %s HTTP/1.1\r\n", p->v->method, p->v->target);
	for (int i = 0;; i++) {
		const char *sent = unit_test_request(p->t, 400000);

		if (sent == NULL || i == 40)
			fail_msg("%s: never sent: %s", p->v->id, line);
		if (!strncmp(sent, line, strlen(line)))
			break;
		unit_test_respond_as_server(p->t);
	}
	assert_string_equal(unit_test_body(p->t), p->v->body);
	text = strdup(p->t->text);
	end = strstr(text, "\r\n\r\n");
	*end = 0;
	/* Some examples leave headers out. */
	whole = strstr(p->v->headers, "User-Agent: ");
	if (whole)
		headers_compare(p->v->headers, strstr(text, "\r\n") + 2);
	free(text);
	unit_test_close(p->t);
	vector_free(p->v);
}

static void the_first_request(void **state)
{
	struct printed p = printed_open("sec-002", "spec");

	(void)state;
	p.t->unit.persona = &p.persona;
	printed_check(&p);
}

static void the_registration(void **state)
{
	struct printed p = printed_open("sec-005", "spec");
	gh_slice rest = body_of(&p), pair, name, value;

	(void)state;
	g_array_set_size(p.t->unit.panel.options, 0);
	g_hash_table_remove_all(p.t->unit.panel.option_places);
	while (rest.n) {
		gh_slice_cut(rest, ',', &pair, &rest);
		gh_slice_cut(pair, '=', &name, &value);
		assert_int_equal(panel_option_set(&p.t->unit.panel, name, value), GH_OK);
	}
	p.t->unit.registered = p.t->unit.panel.options->len;
	unit_test_expect(p.t, "options=all");
	unit_test_respond(p.t, "OK");
	printed_check(&p);
}

/* All options of one device, in its own order. */
static void the_options_of_a_unit(void **state)
{
	struct printed p = printed_open("sec-007", "spec");
	gh_slice rest = body_of(&p), pair, name, value;
	GString *names = g_string_new("");

	(void)state;
	while (rest.n) {
		gh_slice_cut(rest, ',', &pair, &rest);
		gh_slice_cut(pair, '=', &name, &value);
		assert_int_equal(panel_option_set(&p.t->unit.panel, name, value), GH_OK);
		g_string_append_printf(names, "%s%.*s", names->len ? "," : "", GH_FMT(name));
	}
	p.persona.own_options = names->str;
	p.t->unit.persona = &p.persona;
	p.t->unit.panel.persona = &p.persona;
	unit_test_expect(p.t, "options=all");
	unit_test_respond(p.t, "OK");
	unit_test_expect(p.t, "/registry?");
	unit_test_respond(p.t, "RegistryCode=c");
	unit_test_expect(p.t, "/push?");
	unit_test_respond(p.t, UNIT_CONFIGURATION "\nPushOptionsFlag=1");
	printed_check(&p);
	g_string_free(names, TRUE);
}

static void the_request_for_the_configuration(void **state)
{
	struct printed p = printed_open("sec-006", "spec");

	(void)state;
	p.t->unit.state = UNIT_CONFIGURE;
	printed_check(&p);
}

static void a_ping_and_a_poll(void **state)
{
	struct printed p = printed_open("sec-012", "spec");

	(void)state;
	printed_ready(&p);
	for (int i = 0; i < 6; i++)
		unit_line_upload(&p.t->unit, "errorlog", "x");
	p.t->unit.ping_ms = 0;
	printed_check(&p);
	p = printed_open("sec-027", "spec");
	printed_ready(&p);
	p.t->unit.poll_ms = 0;
	printed_check(&p);
}

/* 2017-01-10 11:49:32 */
#define EVENT_S 1484048972

static void an_event(void **state)
{
	static const char *const ids[] = { "sec-013", "sec-024" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct printed p = printed_open(ids[i], "spec");
		struct panel_event e = {
			.at_s = EVENT_S, .event = 27, .address = 1, .direction = 1, .pin = "0"
		};

		printed_ready(&p);
		p.t->unit.panel.ring.index = 20;
		panel_event_make(&p.t->unit.panel, &e);
		printed_check(&p);
	}
}

static void a_state_of_doors(void **state)
{
	struct printed p = printed_open("sec-014", "spec");

	(void)state;
	p.persona.doors = 1;
	p.persona.sensors = false;
	printed_ready(&p);
	p.t->unit.panel.door[0].alarms = GHI_ALARM_TAMPER;
	/* 2017-01-10 15:42:40 */
	unit_clock_set(&p.t->unit, 1484062960);
	p.t->unit.panel.now_s = 1484062960;
	printed_check(&p);
}

static void a_result(void **state)
{
	struct printed p = printed_open("sec-015", "spec");

	(void)state;
	printed_ready(&p);
	p.t->unit.poll_ms = 0;
	unit_test_expect(p.t, "/getrequest");
	unit_test_respond(p.t, "C:1:DATA UPDATE user Pin=1");
	printed_check(&p);
}

static void rows_that_are_uploaded(void **state)
{
	static const struct {
		const char *id;
		enum panel_table_id table;
		bool old;
	} cases[] = {
		{ "sec-016", PANEL_USER, false },    { "sec-018", PANEL_TEMPLATEV10, false },
		{ "sec-019", PANEL_BIOPHOTO, true }, { "sec-021", PANEL_USERPIC, true },
		{ "sec-022", PANEL_BIODATA, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct printed p = printed_open(cases[i].id, "spec");
		gh_slice rows = body_of(&p), row, table;

		if (cases[i].old)
			printed_old_head(&p);
		printed_ready(&p);
		/* Some were recorded before a registration. */
		if (strstr(p.v->headers, "Cookie") == NULL)
			p.persona.quirk |= ACC_NO_COOKIE;
		while (rows.n) {
			gh_slice_cut(rows, '\n', &row, &rows);
			gh_slice_cut(row, ' ', &table, &row);
			assert_int_equal(
				panel_row_put(&p.t->unit.panel.tables, cases[i].table, row),
				GH_OK);
		}
		unit_rows_upload(&p.t->unit, cases[i].table, (gh_slice){ 0 });
		printed_check(&p);
	}
}

static void body_replace(struct printed *p, const char *what, const char *by)
{
	GString *text = g_string_new(p->v->body);

	assert_true(g_string_replace(text, what, by, 0) > 0);
	free(p->v->body);
	p->v->body = strdup(text->str);
	g_string_free(text, TRUE);
}

/* The keys of its sample are not those of its own table (7.6), which a unit writes. */
static void an_identity_card(void **state)
{
	static const char *const keys[][2] = {
		{ "\tIDNum=", "\tID_Num=" },
		{ "\tDNNum=", "\tDN_Num=" },
		{ "\tValidInfo=", "\tValid_Info=" },
		{ "\tAdditionalInfo=", "\tAdditional_Info=" },
		{ "\tFPTemplate", "\tFP_Template" },
	};
	struct printed p = printed_open("sec-017", "spec");
	gh_slice row, table;

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		body_replace(&p, keys[i][0], keys[i][1]);
	printed_ready(&p);
	gh_slice_cut(body_of(&p), ' ', &table, &row);
	assert_int_equal(panel_row_put(&p.t->unit.panel.tables, PANEL_IDENTITYCARD, row),
			 GH_OK);
	unit_rows_upload(&p.t->unit, PANEL_IDENTITYCARD, (gh_slice){ 0 });
	printed_check(&p);
}

/* Its picture is cut in print. A still, and video from 30 seconds before to 30 after. */
static void a_linked_picture(void **state)
{
	struct printed p = printed_open("sec-026", "spec");
	/* 2024-01-18 14:59:30; 231: a linkage of a camera */
	struct panel_event e = {
		.at_s = 1705589970, .event = 231, .address = 1, .linkage = 3, .pin = "0"
	};

	(void)state;
	body_replace(&p, "PhotoData=AAAA........", "PhotoData=/9j/4AAQSkZJRg==");
	printed_ready(&p);
	assert_int_equal(panel_row_put(&p.t->unit.panel.tables, PANEL_INOUTFUN,
				       GH_LIT("Index=3\tOutTime=505282817")),
			 GH_OK);
	p.t->unit.panel.ring.index = 0;
	panel_event_make(&p.t->unit.panel, &e);
	printed_check(&p);
}

static void an_error_and_a_snapshot(void **state)
{
	struct printed p = printed_open("sec-023", "spec");

	(void)state;
	printed_ready(&p);
	p.persona.quirk |= ACC_NO_COOKIE;
	unit_error_upload(&p.t->unit, GH_LIT("123"), "D01E0001");
	printed_check(&p);
	p = printed_open("sec-020", "spec");
	printed_old_head(&p);
	printed_ready(&p);
	p.persona.quirk |= ACC_NO_COOKIE;
	unit_line_upload(&p.t->unit, "ATTPHOTO", p.v->body);
	printed_check(&p);
}

static void the_counters_of_a_gate(void **state)
{
	struct printed p = printed_open("sec-025", "channel");

	(void)state;
	printed_ready(&p);
	p.t->unit.gate_in = p.t->unit.gate_out = 2;
	p.t->unit.gate_alarms = p.t->unit.gate_runs = 1;
	unit_gate_upload(&p.t->unit);
	printed_check(&p);
}

static void people_put(struct panel *p, enum panel_table_id t, const char *format, int n)
{
	char row[96];

	for (int i = 1; i <= n; i++) {
		snprintf(row, sizeof(row), format, i);
		assert_int_equal(panel_row_put(&p->tables, t, gh_slice_of(row)), GH_OK);
	}
}

static void counts_of_rows(void **state)
{
	static const struct {
		const char *id, *command, *row;
		enum panel_table_id table;
		int n;
	} cases[] = {
		{ "sec-125", "C:288:DATA COUNT user", "Pin=%d", PANEL_USER, 5 },
		{ "sec-128", "C:80:DATA COUNT biophoto Type=9", "PIN=%d\tType=9",
		  PANEL_BIOPHOTO, 2 },
		{ "sec-130", "C:80:DATA COUNT biodata Type=9", "Pin=%d\tType=9\tNo=0\tIndex=0",
		  PANEL_BIODATA, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct printed p = printed_open(cases[i].id, "spec");

		printed_ready(&p);
		people_put(&p.t->unit.panel, cases[i].table, cases[i].row, cases[i].n);
		p.t->unit.poll_ms = 0;
		unit_test_expect(p.t, "/getrequest");
		unit_test_respond(p.t, cases[i].command);
		printed_check(&p);
	}
}

static void packets_of_a_query(void **state)
{
	static const struct {
		const char *id, *command;
		enum panel_table_id table;
	} cases[] = {
		{ "sec-132", "C:415:DATA QUERY tablename=user,fielddesc=*,filter=*",
		  PANEL_USER },
		{ "sec-138", "C:99:DATA QUERY tablename=biophoto,fielddesc=*,filter=*",
		  PANEL_BIOPHOTO },
		{ "sec-139", "C:99:DATA QUERY tablename=biophoto,fielddesc=*,filter=*",
		  PANEL_BIOPHOTO },
		{ "sec-141", "C:99:DATA QUERY tablename=biodata,fielddesc=*,filter=Type=1",
		  PANEL_BIODATA },
		{ "sec-142", "C:99:DATA QUERY tablename=biodata,fielddesc=*,filter=Type=1",
		  PANEL_BIODATA },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct printed p = printed_open(cases[i].id, "spec");
		static const char *const all[] = { "sec-132", "sec-138", "sec-139", "sec-141",
						   "sec-142" };

		printed_ready(&p);
		if (i)
			p.persona.package = 80;
		for (size_t j = 0; j < sizeof(all) / sizeof(all[0]); j++) {
			struct vector *v = vector_read(vectors_file, all[j]);
			gh_slice rows = gh_slice_of(v->body), row, table;

			while (rows.n && cases[j].table == cases[i].table) {
				gh_slice_cut(rows, '\n', &row, &rows);
				gh_slice_cut(row, ' ', &table, &row);
				assert_int_equal(panel_row_put(&p.t->unit.panel.tables,
							       cases[i].table, row),
						 GH_OK);
			}
			vector_free(v);
		}
		p.t->unit.poll_ms = 0;
		unit_test_expect(p.t, "/getrequest");
		unit_test_respond(p.t, cases[i].command);
		printed_check(&p);
	}
}

static void a_stored_event(void **state)
{
	struct printed p = printed_open("sec-134", "spec");
	struct panel_event e;

	(void)state;
	printed_ready(&p);
	e = panel_event_of(&p.t->unit.panel, 100, 1);
	/* 2017-01-19 15:14:48 */
	e.at_s = 1484838888;
	/* It keeps no other. */
	p.t->unit.panel.ring.first = p.t->unit.panel.ring.next;
	p.t->unit.panel.ring.index = 91;
	panel_event_make(&p.t->unit.panel, &e);
	p.t->unit.poll_ms = 0;
	unit_test_expect(p.t, "/getrequest");
	unit_test_respond(p.t, "C:415:DATA QUERY tablename=transaction,fielddesc=*,filter=*");
	printed_check(&p);
}

static void a_request_for_the_time_and_one_for_a_file(void **state)
{
	static const struct {
		const char *id, *command;
	} cases[] = {
		{ "sec-175", "C:1:SET OPTIONS DateTime=583080894" },
		{ "sec-167",
		  "C:1:UPGRADE checksum=a5bf4dcd6020f408589224274aab132d,"
		  "url=http://192.168.213.17:8088/fireware/F20/admin/emfw.cfg,size=2312" },
		{ "sec-169",
		  "C:1:UPGRADE type=1,checksum=a5bf4dcd6020f408589224274aab132d,size=2312,"
		  "url=http://192.168.0.13:89/data/emfw.cfg" },
		{ "sec-171",
		  "C:1:UPGRADE checksum=a5bf4dcd6020f408589224274aab132d,size=2312,"
		  "url=http://192.168.0.13:89/data/emfw.cfg,supportsubcontracting=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct printed p = printed_open(cases[i].id, "spec");

		printed_ready(&p);
		/* With the server in the target, as behind a proxy. */
		if (!strncmp(p.v->target, "http:", 5))
			snprintf(p.t->plan.server.prefix, sizeof(p.t->plan.server.prefix),
				 "http://%s", p.t->plan.server.host);
		p.t->unit.poll_ms = 0;
		unit_test_expect(p.t, "/getrequest");
		unit_test_respond(p.t, cases[i].command);
		printed_check(&p);
	}
}

static void a_request_for_identification(void **state)
{
	struct printed p = printed_open("sec-188", "spec");
	const struct panel_attempt a = { .door = 1,
					 .factor = PANEL_FINGER,
					 .pin = GH_LIT("1") };

	(void)state;
	printed_ready(&p);
	people_put(&p.t->unit.panel, PANEL_USER, "Pin=%d", 1);
	people_put(&p.t->unit.panel, PANEL_USERAUTHORIZE,
		   "Pin=%d\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1", 1);
	assert_int_equal(
		panel_option_set(&p.t->unit.panel, GH_LIT("AutoServerFunOn"), GH_LIT("1")),
		GH_OK);
	p.t->unit.panel.now_s = EVENT_S;
	panel_attempt(&p.t->unit.panel, &a);
	printed_check(&p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_request),
		cmocka_unit_test(the_registration),
		cmocka_unit_test(the_options_of_a_unit),
		cmocka_unit_test(the_request_for_the_configuration),
		cmocka_unit_test(a_ping_and_a_poll),
		cmocka_unit_test(an_event),
		cmocka_unit_test(a_state_of_doors),
		cmocka_unit_test(a_result),
		cmocka_unit_test(rows_that_are_uploaded),
		cmocka_unit_test(an_error_and_a_snapshot),
		cmocka_unit_test(an_identity_card),
		cmocka_unit_test(a_linked_picture),
		cmocka_unit_test(a_stored_event),
		cmocka_unit_test(the_counters_of_a_gate),
		cmocka_unit_test(counts_of_rows),
		cmocka_unit_test(packets_of_a_query),
		cmocka_unit_test(a_request_for_the_time_and_one_for_a_file),
		cmocka_unit_test(a_request_for_identification),
	};

	if (argc < 2)
		return 2;
	vectors_file = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
