#include "api/plan_view.h"

#include <stdlib.h>

#include "api/plan_words.h"
#include "core/access/rights/steps.h"
#include "core/command_words.h"
#include "core/roster_plan.h"
#include "render/plan.h"
#include "render/record.h"
#include "wire/access/data_command.h"

#define POLL_S 2 /* of a unit whose rhythm was not set */
#define WORDS_ROOM 1024

struct plan_writing {
	struct call *c;
	struct json *j;
};

static bool plan_fields_show(void *ctx, int64_t id, const void *record)
{
	struct record_view row = { .id = id, .record = record };

	fields_json_inner(ctx, &device_plan_fields, &row);
	return true;
}

/* --- units --- */

static void number_show(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

static void civil_show(struct json *j, const char *key, ghi_civil t)
{
	struct value v = value_of(VALUE_CIVIL, t);

	json_key(j, key);
	if (t > 0)
		value_json(j, &v);
	else
		json_null(j);
}

/* How long its commands take, one a poll unless more was set. */
static int64_t unit_seconds(struct call *c, const struct plan_unit *u)
{
	struct device *d = devices_find(c->server->devices, u->serial);
	int64_t batch = d ? device_batch_commands(d) : 0, delay = d ? device_delay_s(d) : 0;

	device_unref(d);
	batch = batch > 0 ? batch : 1;
	return (u->commands + batch - 1) / batch * (delay > 0 ? delay : POLL_S);
}

static bool unit_show(void *ctx, const struct plan_unit *u)
{
	struct plan_writing *w = ctx;
	struct json *j = w->j;

	json_object(j);
	json_key(j, "deviceSerial");
	json_string(j, u->serial);
	json_key(j, "state");
	json_string(j, gh_slice_of(plan_state_name(u->state)));
	civil_show(j, "at", u->at);
	civil_show(j, "goodUntil", u->good_until);
	number_show(j, "commands", u->commands);
	number_show(j, "bytes", u->bytes);
	number_show(j, "seconds", unit_seconds(w->c, u));
	number_show(j, "added", u->added);
	number_show(j, "changed", u->changed);
	number_show(j, "removed", u->removed);
	number_show(j, "rows", u->row_count);
	number_show(j, "acknowledged", u->acknowledged);
	number_show(j, "failed", u->failed);
	number_show(j, "foreign", u->foreigns);
	number_show(j, "refused", u->refusals);
	json_key(j, "refusals");
	json_raw(j, u->refusal.n ? u->refusal : GH_LIT("[]"));
	json_key(j, "foreignRows");
	json_raw(j, u->foreign.n ? u->foreign : GH_LIT("[]"));
	json_key(j, "note");
	if (u->note.n)
		json_string(j, u->note);
	else
		json_null(j);
	json_object_end(j);
	return j->text.err == GH_OK;
}

enum gh_err plan_show(struct call *c, int64_t plan, struct json *j)
{
	const struct store_ops *ops = c->server->db.ops;
	struct plan_writing w = { c, j };
	struct plan_units_of of = { .plan = plan };
	enum gh_err err;

	json_object(j);
	err = ops->entity_get(c->reader, ENTITY_DEVICE_PLAN, plan, plan_fields_show, j);
	json_key(j, "devices");
	json_array(j);
	if (err == GH_OK)
		err = ops->plan_units_read(c->reader, &of, unit_show, &w);
	json_array_end(j);
	json_object_end(j);
	return err;
}

/* --- steps --- */

static void row_show(struct json *j, const char *key, const struct plan_words *of,
		     gh_slice line)
{
	char text[WORDS_ROOM];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	json_key(j, key);
	plan_row_words(&w, of, line);
	if (line.n)
		json_string(j, ghi_written(&w));
	else
		json_null(j);
}

static void changes_show(struct json *j, const struct plan_step *p, const struct plan_words *of)
{
	struct ghi_data_command c = { 0 };
	gh_slice after, before, now = { 0 }, was = { 0 };
	bool more = true;

	if (p->verb == STEP_OPTION || ghi_data_command_parse(p->words, &c))
		return;
	after = p->verb == STEP_UPDATE ? c.records : (gh_slice){ 0 };
	before = p->before;
	while (more) {
		bool left = after.n && gh_slice_cut(after, '\n', &now, &after);
		bool had = before.p && gh_slice_cut(before, '\n', &was, &before);

		json_object(j);
		row_show(j, "before", of, was);
		row_show(j, "after", of, now);
		json_object_end(j);
		more = p->verb == STEP_UPDATE ? left : had;
		now = was = (gh_slice){ 0 };
	}
}

/* As it is sent, with secrets hidden. */
static void wire_show(struct json *j, const struct plan_step *p)
{
	size_t room = 4 * p->words.n + 64;
	uint8_t *text = malloc(room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	const struct ghi_access_table *t = ghi_access_table_find(p->table, NULL);

	if (t)
		ghi_data_rows_show(&w, t, p->words);
	else
		command_words_of(DEVICE_ACCESS)->show(&w, p->words);
	json_key(j, "wire");
	json_string(j, w.err ? GH_LIT("") : ghi_written(&w));
	free(text);
}

void plan_step_show(struct json *j, const struct plan_step *p, struct device *d,
		    gh_slice serial)
{
	const struct command_words *words = command_words_of(DEVICE_ACCESS);
	struct arena arena = { 0 };
	struct device_row row = { 0 };
	struct plan_words of = { .table = p->table };
	const char *meaning = NULL;
	bool roster = p->verb >= ROSTER_STEP;

	if (d && !roster) {
		device_row(d, &arena, &row);
		struct ghi_unit u = ghi_unit_of(row.access.parameters);

		of.numbered_doors = ghi_unit_numbers_doors(&u);
		of.packed_validity = u.packed_validity;
		of.cards_turned = row.access.cards_turned == 1;
	}
	if (p->has_return)
		meaning = roster ? command_words_of(DEVICE_ATTENDANCE)
					   ->meaning(COMMAND_KIND_UPDATE_PERSON, p->return_code)
				 : words->meaning(COMMAND_KIND_UPDATE_TABLE, p->return_code);
	json_object(j);
	number_show(j, "step", p->step);
	json_key(j, "deviceSerial");
	json_string(j, serial);
	json_key(j, "verb");
	json_string(j, gh_slice_of(roster ? roster_plan_word((enum roster_plan_kind)(
						    p->verb - ROSTER_STEP))
					  : step_verb_name((enum step_verb)p->verb)));
	json_key(j, "table");
	if (p->table.n)
		json_string(j, p->table);
	else
		json_null(j);
	json_key(j, "state");
	json_string(j, gh_slice_of(plan_step_state_name(p->state)));
	json_key(j, "takes");
	json_bool(j, p->takes);
	number_show(j, "rows", p->rows);
	number_show(j, "leftOut", p->left_out);
	json_key(j, "commandId");
	struct value id = value_of(VALUE_ID, p->command);

	if (p->command)
		value_json(j, &id);
	else
		json_null(j);
	json_key(j, "returnCode");
	if (p->has_return)
		json_int(j, p->return_code);
	else
		json_null(j);
	json_key(j, "meaning");
	if (meaning)
		json_string(j, gh_slice_of(meaning));
	else
		json_null(j);
	if (roster)
		roster_step_key_show(j, p);
	else
		wire_show(j, p);
	json_key(j, "changes");
	json_array(j);
	if (roster)
		roster_step_change_show(j, p);
	else
		changes_show(j, p, &of);
	json_array_end(j);
	json_object_end(j);
	ghi_arena_clear(&arena);
}
