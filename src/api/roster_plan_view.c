/* Steps of plans about people of a clock or terminal, as the API shows them. */
#include <stdio.h>

#include "api/body.h"
#include "api/plan_view.h"
#include "core/roster_plan.h"

#define WORDS_BYTES 16384
#define VALUES_BYTES (1 << 20)

static void value_words_put(struct ghi_writer *w, const struct body *v)
{
	char digits[24];

	if (v->kind == BODY_INT || v->kind == BODY_BOOL) {
		snprintf(digits, sizeof(digits), " %lld", (long long)v->i);
		ghi_put(w, v->kind == BODY_INT ? gh_slice_of(digits)
			   : v->i	       ? GH_LIT(" yes")
					       : GH_LIT(" no"));
	} else if (v->kind == BODY_TEXT) {
		ghi_put(w, GH_LIT(" "));
		ghi_put(w, v->s);
	}
	for (size_t i = 0; i < v->parts; i++)
		value_words_put(w, &v->part[i]);
}

/* "PIN 7, name Ann, cards 815 816" */
static void values_show(struct json *j, const char *key, const struct plan_step *p,
			gh_slice values)
{
	struct arena a = ghi_arena_with_limit(VALUES_BYTES);
	struct ghi_writer w = ghi_writer_on(ghi_arena_alloc(&a, WORDS_BYTES), WORDS_BYTES);
	struct body b = { 0 };
	struct fault fault;
	gh_slice pin = { 0 };
	char number[40];
	int64_t no;

	(void)command_argument(p->words, ARGUMENT_pin, &pin);
	json_key(j, key);
	if (values.n == 0 || a.failed || body_parse(values, &a, &b, &fault)) {
		json_null(j);
		ghi_arena_clear(&a);
		return;
	}
	ghi_put(&w, GH_LIT("PIN "));
	ghi_put(&w, pin);
	if (command_argument_number(p->words, ARGUMENT_no, &no)) {
		snprintf(number, sizeof(number), ", number %lld", (long long)no);
		ghi_put(&w, gh_slice_of(number));
	}
	for (size_t i = 0; i < b.parts; i++) {
		const struct body *part = &b.part[i];

		if (part->parts == 0 && (part->kind == BODY_ARRAY || part->s.n == 0) &&
		    part->kind != BODY_INT && part->kind != BODY_BOOL)
			continue;
		ghi_put(&w, GH_LIT(", "));
		ghi_put(&w, part->name);
		value_words_put(&w, part);
	}
	json_string(j, w.err ? pin : ghi_written(&w));
	ghi_arena_clear(&a);
}

void roster_step_change_show(struct json *j, const struct plan_step *p)
{
	gh_slice after = { 0 };

	(void)command_argument(p->words, ARGUMENT_value, &after);
	json_object(j);
	values_show(j, "before", p, p->before);
	values_show(j, "after", p, after);
	json_object_end(j);
}

void roster_step_key_show(struct json *j, const struct plan_step *p)
{
	static const struct {
		const char *json;
		enum command_argument_id id;
	} number[] = { { "type", ARGUMENT_biotype },
		       { "no", ARGUMENT_no },
		       { "index", ARGUMENT_part } };
	gh_slice pin = { 0 };
	int64_t n;

	(void)command_argument(p->words, ARGUMENT_pin, &pin);
	json_key(j, "wire");
	json_string(j, (gh_slice){ 0 });
	json_key(j, "pin");
	json_string(j, pin);
	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		if (command_argument_number(p->words, number[i].id, &n)) {
			json_key(j, number[i].json);
			json_int(j, n);
		}
}
