#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/command_body.h"
#include "api/request_schemas.h"
#include "command_sample.h"
#include "model/command_field.h"
#include "model/kind.h"
#include "words.h"

/* Write a request's command into `to`; the error, with what is wrong. */
static enum gh_err text_of(const char *request, char *to, size_t n, struct fault *why)
{
	struct arena a = ghi_arena_with_limit(0);
	struct body b;
	struct ghi_writer w = ghi_writer_on(to, n - 1);
	enum gh_err err = body_parse(gh_slice_of(request), &a, &b, why);

	assert_int_equal(err, GH_OK);
	const struct body *type = body_find(&b, GH_LIT("type"));
	enum command_kind kind = command_kind_of_type(type->s);
	uint8_t given[1024];
	struct ghi_writer arguments = ghi_writer_on(given, sizeof(given));

	assert_int_not_equal(kind, COMMAND_KINDS);
	err = command_body_read(&arguments, kind, &b, why);
	if (err == GH_OK)
		ghi_command_words_write(&w, kind, ghi_written(&arguments));
	assert_int_equal(w.err, GH_OK);
	to[w.n] = 0;
	ghi_arena_clear(&a);
	return err;
}

static void structured_requests_become_the_documents_words(void **state)
{
	static const struct {
		const char *request, *text;
	} row[] = {
		{ "{\"type\":\"reboot\",\"deviceSerial\":\"X\"}", "REBOOT" },
		{ "{\"type\":\"unlock\",\"door\":2,\"seconds\":5}", "AC_UNLOCK" },
		{ "{\"type\":\"clear_log\"}", "CLEAR LOG" },
		{ "{\"type\":\"set_option\",\"name\":\"Volume\",\"value\":\"3\",\"ttl\":60}",
		  "SET OPTION Volume=3" },
		{ "{\"type\":\"query_punches\",\"from\":\"2024-01-01\",\"to\":\"2024-01-31\"}",
		  "DATA QUERY ATTLOG StartTime=2024-01-01 00:00:00\tEndTime=2024-01-31 "
		  "23:59:59" },
		{ "{\"type\":\"query_user\"}", "DATA QUERY USERINFO" },
		{ "{\"type\":\"query_user\",\"pin\":null}", "DATA QUERY USERINFO" },
		{ "{\"type\":\"query_user\",\"pin\":\"007\"}", "DATA QUERY USERINFO PIN=007" },
		{ "{\"type\":\"query_biodata\",\"biotype\":9,\"no\":0}",
		  "DATA QUERY BIODATA Type=9\tNo=0" },
		{ "{\"type\":\"enroll_fingerprint\",\"pin\":\"1\",\"finger\":6}",
		  "ENROLL_FP PIN=1\tFID=6\tRETRY=3\tOVERWRITE=0" },
		{ "{\"type\":\"enroll_fingerprint\",\"pin\":\"1\",\"finger\":6,\"retry\":1,"
		  "\"overwrite\":true}",
		  "ENROLL_FP PIN=1\tFID=6\tRETRY=1\tOVERWRITE=1" },
		{ "{\"type\":\"enroll_bio\",\"pin\":\"1\",\"biotype\":9}",
		  "ENROLL_BIO TYPE=9\tPIN=1\tCardNo=\tRETRY=3\tOVERWRITE=0" },
		{ "{\"type\":\"delete_person\",\"pin\":\"7\"}", "DATA DELETE USERINFO PIN=7" },
		{ "{\"type\":\"update_person\",\"person\":{\"name\":\"A b\",\"pin\":\"7\","
		  "\"privilege\":14,\"cards\":[\"11\",\"12\"],\"group\":\"2\",\"password\":"
		  "null}}",
		  "DATA UPDATE USERINFO PIN=7\tName=A b\tPri=14\tCard=11\tGrp=2\tViceCard=12" },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"7\",\"cards\":[],\"name\":"
		  "\"\"}}",
		  "DATA UPDATE USERINFO PIN=7\tName=\tCard=" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char text[512];
		struct fault fault = { .field = "" };

		assert_int_equal(text_of(row[i].request, text, sizeof(text), &fault), GH_OK);
		assert_string_equal(text, row[i].text);
	}
}

static void a_bad_field_is_named(void **state)
{
	static const struct {
		const char *request, *word;
	} row[] = {
		{ "{\"type\":\"delete_user\"}", "\"pin\" is missing" },
		{ "{\"type\":\"delete_user\",\"pin\":\"\"}", "\"pin\"" },
		{ "{\"type\":\"delete_user\",\"pin\":7}", "\"pin\"" },
		{ "{\"type\":\"delete_user\",\"pin\":\"1\\tPri=14\"}", "\"pin\"" },
		{ "{\"type\":\"delete_user\",\"pin\":\"1\\nC:2:REBOOT\"}", "\"pin\"" },
		{ "{\"type\":\"reboot\",\"pin\":\"1\"}",
		  "\"pin\" is unknown for type \"reboot\"" },
		{ "{\"type\":\"unlock\",\"door\":\"two\"}", "\"door\"" },
		{ "{\"type\":\"update_person\"}", "\"person\" is missing" },
		{ "{\"type\":\"update_person\",\"person\":\"7\"}",
		  "\"person\" must be an object" },
		{ "{\"type\":\"update_person\",\"person\":{\"name\":\"A\"}}",
		  "\"person.pin\" is missing" },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"\"}}",
		  "\"person.pin\" may" },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":7}}",
		  "\"person.pin\" must" },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"7\",\"name\":\"A\\tPri="
		  "14\"}}",
		  "\"person.name\"" },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"7\",\"shoe\":\"4\"}}",
		  "\"person.shoe\" is unknown; there are: pin, name, " },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"7\",\"nme\":\"A\"}}",
		  "\"person.nme\" is unknown; did you mean \"name\"? There are: pin, name, " },
		{ "{\"type\":\"unlock\",\"dor\":2}",
		  "\"dor\" is unknown for type \"unlock\"; did you mean \"door\"? There are: "
		  "deviceSerial, type, ttl, " },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"7\",\"card\":\"1\","
		  "\"cards\":"
		  "[\"2\"]}}",
		  "\"person.cards\" is there twice" },
		{ "{\"type\":\"update_person\",\"person\":{\"pin\":\"7\",\"cards\":[\"1\","
		  "\"2\","
		  "\"3\"]}}",
		  "\"person.cards\" must" },
		{ "{\"type\":\"update_person\",\"pin\":\"7\",\"person\":{\"pin\":\"7\"}}",
		  "\"pin\" is unknown" },
		{ "{\"type\":\"query_punches\",\"from\":\"2024-02-30\",\"to\":\"2024-03-01\"}",
		  "\"from\"" },
		{ "{\"type\":\"enroll_fingerprint\",\"pin\":\"1\",\"finger\":6,\"overwrite\":"
		  "1}",
		  "\"overwrite\"" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char text[512], why[700];
		struct fault fault = { .field = "" };

		assert_int_equal(text_of(row[i].request, text, sizeof(text), &fault),
				 GH_EINVALID);
		snprintf(why, sizeof(why), "\"%s\" %s", fault.field, fault.message);
		if (strstr(why, row[i].word) == NULL)
			fail_msg("%s: %s", row[i].request, why);
	}
}

static void value_sample(struct body *m, const char *name, const struct command_rule *rule)
{
	gh_slice text = command_sample(rule);

	*m = (struct body){ .name = gh_slice_of(name), .kind = BODY_TEXT, .s = text };
	if (rule->type == ARGUMENT_BOOL)
		m->kind = BODY_BOOL;
	else if (rule->type == ARGUMENT_INT)
		m->kind = BODY_INT;
	m->i = strtoll((const char *)text.p, NULL, 10);
}

static void every_type_can_be_written(void **state)
{
	size_t types = 0;
	(void)state;

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		const struct command_kind_row *row = command_kind_row(k);
		const char *at = row->arguments;
		struct command_parameter p;
		struct body member[16], b = { .kind = BODY_OBJECT, .part = member };
		uint8_t given[512], text[512];
		struct ghi_writer g = ghi_writer_on(given, sizeof(given)),
				  w = ghi_writer_on(text, sizeof(text));
		struct fault fault;

		if (*row->types == 0)
			continue;
		types++;
		size_t n = 0, fields = 0;
		const struct command_field *field = command_fields_of(k, &n);
		struct body of_record[24];

		for (size_t i = 0; i < n; i++)
			if (field[i].required ||
			    (k == COMMAND_KIND_UPDATE_COMPARISON_PHOTO && !field[i].computed))
				value_sample(
					&of_record[fields++],
					model_kinds[row->record].field[field[i].field].json,
					&field[i].rule);
		if (row->record < KIND_COUNT)
			member[b.parts++] =
				(struct body){ .name = gh_slice_of(command_record_member(k)),
					       .kind = BODY_OBJECT,
					       .part = of_record,
					       .parts = fields };
		while (command_parameter_next(&at, &p))
			if (p.id != ARGUMENT_bytes &&
			    (k != COMMAND_KIND_PUT_FILE ||
			     (p.id != ARGUMENT_action && p.id != ARGUMENT_table &&
			      p.id != ARGUMENT_records)) &&
			    (k != COMMAND_KIND_UPDATE_COMPARISON_PHOTO ||
			     p.id == ARGUMENT_template_back))
				value_sample(&member[b.parts++], command_arguments[p.id].name,
					     &command_arguments[p.id].rule);
		if (command_body_read(&g, k, &b, &fault))
			fail_msg("%s: %s", row->name, fault.message);
		if (!ghi_command_words_exist(k))
			continue;
		ghi_command_words_write(&w, k, ghi_written(&g));
		assert_int_equal(w.err, GH_OK);
		assert_null(memchr(text, '{', w.n));
		assert_null(memchr(text, '[', w.n));
		assert_int_not_equal(w.n, 0);
	}
	assert_int_equal(types, 90);
}

static void full_control_needs_an_administrator(void **state)
{
	(void)state;

	assert_int_equal(command_kind_row(words_kind("CHECK"))->scope, TOKEN_WRITE);
	assert_int_equal(command_kind_row(words_kind("SHELL ls"))->scope, TOKEN_ADMIN);
	assert_int_equal(command_kind_row(words_kind("  Shell ls"))->scope, TOKEN_ADMIN);
	assert_int_equal(command_kind_row(words_kind("PutFile x\ty"))->scope, TOKEN_ADMIN);
	assert_int_equal(command_kind_row(words_kind("CLEAR DATA"))->scope, TOKEN_ADMIN);
}

static void secrets_in_commands_are_hidden(void **state)
{
	static const struct {
		const char *text, *shown;
	} row[] = {
		{ "CHECK", "CHECK" },
		{ "", "" },
		{ "DATA UPDATE USERINFO PIN=1\tName=Passwd\tPri=0",
		  "DATA UPDATE USERINFO PIN=1\tName=Passwd\tPri=0" },
		{ "DATA UPDATE USERINFO PIN=1\tPasswd=1234\tCard=5",
		  "DATA UPDATE USERINFO PIN=1\tPasswd=***\tCard=5" },
		{ "DATA UPDATE FINGERTMP PIN=1\tTMP=AAAA==",
		  "DATA UPDATE FINGERTMP PIN=1\tTMP=***" },
		{ "DATA UPDATE BIODATA Pin=1\ttmp=A=B\tpasswd=",
		  "DATA UPDATE BIODATA Pin=1\ttmp=***\tpasswd=***" },
		{ "SET OPTION ComKey=99", "SET OPTION ComKey=***" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint8_t text[512];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_command_words_show(&w, gh_slice_of(row[i].text));
		assert_true(gh_slice_eq(ghi_written(&w), gh_slice_of(row[i].shown)));
	}
}

/* What help and the document have of a person is what a body may have: the model's fields, and two names more. */
static void a_person_has_the_fields_of_the_model(void **state)
{
	const struct schema *s = request_record_schema(GH_LIT("person"));
	const struct model_kind *k = &model_kinds[KIND_PERSON];
	size_t fields = 0;
	(void)state;

	assert_ptr_equal(request_schema_named("CommandRequest.person"), s);
	assert_null(request_schema_named("CommandRequest.pet"));
	for (size_t i = 0; i < k->fields; i++) {
		size_t at = 0;

		if (k->field[i].flags & (MODEL_OWN | MODEL_EXTRA))
			continue;
		while (at < s->parts && strcmp(s->part[at].name, k->field[i].json) != 0)
			at++;
		if (at == s->parts)
			fail_msg("%s", k->field[i].json);
		assert_int_equal(s->part[at].kind == SCHEMA_INT, k->field[i].type == MODEL_INT);
		assert_int_equal((s->part[at].flags & SCHEMA_REQUIRED) != 0,
				 (k->field[i].flags & MODEL_KEY) != 0);
		assert_non_null(s->part[at].about);
		fields++;
	}
	assert_int_equal(s->parts, fields + 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(structured_requests_become_the_documents_words),
		cmocka_unit_test(a_bad_field_is_named),
		cmocka_unit_test(every_type_can_be_written),
		cmocka_unit_test(full_control_needs_an_administrator),
		cmocka_unit_test(secrets_in_commands_are_hidden),
		cmocka_unit_test(a_person_has_the_fields_of_the_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
