#include "sim/attendance/execution.h"
#include "sim/attendance/proxy.h"

#include "base/number.h"
#include "sim/attendance/calendar.h"
#include "sim/attendance/command.h"
#include "sim/attendance/door.h"
#include "sim/attendance/query.h"
#include "sim/attendance/request.h"
#include "sim/attendance/settings.h"
#include "wire/attendance/command.h"
#include "wire/push/answer.h"
#include "wire/push/command.h"

#include <stdio.h>

static const struct sim_command_row commands[COMMAND_KINDS] = {
#define COMMAND(KIND, function, table) \
	[COMMAND_KIND_##KIND] = { sim_command_##function, table },
#include "sim/attendance/command.def"
#undef COMMAND
};

const struct sim_command_row *sim_command_row(enum command_kind kind)
{
	return &commands[kind < COMMAND_KINDS ? kind : COMMAND_KIND_RAW];
}

/* --- answers --- */

bool sim_command_put(struct sim_device *d, gh_slice bytes)
{
	if (d->results == NULL)
		d->results = g_byte_array_new();
	if (bytes.n > SIM_RESULTS_MAX - d->results->len)
		return false;
	g_byte_array_append(d->results, bytes.p, (guint)bytes.n);
	return true;
}

void sim_command_answer(struct sim_device *d, gh_slice id, int64_t code, const char *cmd,
			const char *more)
{
	char line[512];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));

	if (!(d->persona->quirk & QUIRK_RESULT_SN) && cmd && *more == 0) {
		ghi_answer_write(&w, id, code, gh_slice_of(cmd));
	} else {
		ghi_put(&w, GH_LIT("ID="));
		ghi_put(&w, id);
		if (d->persona->quirk & QUIRK_RESULT_SN) {
			ghi_put(&w, GH_LIT("&SN="));
			ghi_put(&w, gh_slice_of(d->sn));
		}
		ghi_put(&w, GH_LIT("&Return="));
		ghi_put_signed(&w, code);
		if (cmd) {
			ghi_put(&w, GH_LIT("&CMD="));
			ghi_put(&w, gh_slice_of(cmd));
		}
		ghi_put(&w, gh_slice_of(more));
		ghi_put_u8(&w, '\n');
	}
	if (w.err || !sim_command_put(d, ghi_written(&w)))
		return;
	d->answers++;
	d->statistics->results++;
	d->statistics->commands_failed += code < 0;
}

/* Commands that the oldest documents answer without CMD (PUSH SDK 2013, 3.2.4-3, 8). */
static const char *old_less(const struct sim_device *d, const char *cmd)
{
	return d->persona->quirk & QUIRK_OLD_RESULTS ? NULL : cmd;
}

static void command_answer_ok(struct sim_device *d, const struct sim_command *o,
			      const char *cmd)
{
	sim_command_answer(d, o->id, RETURN_OK, cmd, "");
}

/* --- control --- */

static void execution_list_clear(struct sim_device *d, enum stream_id s)
{
	d->cursor[s].first = d->cursor[s].next = stream_end(d, s);
	if (d->cursor[s].acked < d->cursor[s].first)
		d->cursor[s].acked = d->cursor[s].first;
	if (s == STREAM_ATTPHOTO)
		d->photos = 0;
}

void sim_command_clear_log(struct sim_device *d, const struct sim_command *o)
{
	execution_list_clear(d, STREAM_ATTLOG);
	command_answer_ok(d, o, old_less(d, "CLEAR_LOG"));
}

void sim_command_clear_photo(struct sim_device *d, const struct sim_command *o)
{
	execution_list_clear(d, STREAM_ATTPHOTO);
	command_answer_ok(d, o, old_less(d, "CLEAR_PHOTO"));
}

void sim_command_clear_data(struct sim_device *d, const struct sim_command *o)
{
	sim_contents_empty(&d->contents);
	for (enum stream_id s = 0; s < STREAMS; s++)
		execution_list_clear(d, s);
	d->informed = false;
	command_answer_ok(d, o, old_less(d, "CLEAR_DATA"));
}

void sim_command_clear_biodata(struct sim_device *d, const struct sim_command *o)
{
	enum gh_err err = sim_contents_delete(&d->contents, TABLE_BIODATA, (gh_slice){ 0 });

	sim_command_answer(d, o->id, err ? RETURN_FULL : RETURN_OK, "CLEAR_BIODATA", "");
}

void sim_command_check(struct sim_device *d, const struct sim_command *o)
{
	d->check = true;
	command_answer_ok(d, o, "CHECK");
}

void sim_command_log_now(struct sim_device *d, const struct sim_command *o)
{
	d->flush = true;
	command_answer_ok(d, o, "LOG");
}

void sim_command_restart(struct sim_device *d, const struct sim_command *o)
{
	/* What follows it in the batch is not carried out (PUSH SDK 2013, 3.2.4-6). */
	d->reboot = true;
	d->done = d->commands->len;
	command_answer_ok(d, o, "REBOOT");
}

void sim_command_unlock(struct sim_device *d, const struct sim_command *o)
{
	door_unlock(d);
	command_answer_ok(d, o, d->persona->quirk & QUIRK_OLD_RESULTS ? "LOG" : "AC_UNLOCK");
}

void sim_command_unalarm(struct sim_device *d, const struct sim_command *o)
{
	door_alarm_cancel(d);
	command_answer_ok(d, o, d->persona->quirk & QUIRK_OLD_RESULTS ? "LOG" : "AC_UNALARM");
}

/* --- settings --- */

void sim_command_set_option(struct sim_device *d, const struct sim_command *o)
{
	enum gh_err err = settings_set(d, o->args);

	d->settings_due |= err == GH_OK && (d->push_options.n || d->persona->can & CAN_OPTIONS);
	sim_command_answer(d, o->id,
			   err == GH_OK		  ? RETURN_OK
			   : err == GH_EMALFORMED ? RETURN_PARAMETER
						  : RETURN_FULL,
			   "SET OPTION", "");
}

void sim_command_reload_options(struct sim_device *d, const struct sim_command *o)
{
	proxy_choose(d);
	command_answer_ok(d, o, old_less(d, "RELOAD OPTIONS"));
}

void sim_command_info(struct sim_device *d, const struct sim_command *o)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	command_answer_ok(d, o, "INFO");
	settings_put_all(&w, d, "\n");
	if (w.err == GH_OK)
		sim_command_put(d, ghi_written(&w));
}

/* --- counts --- */

static bool time_arg(gh_slice args, const char *key, const char *bare_time, ghi_civil *out)
{
	char text[24];
	gh_slice value;

	if (!pair_get(args, key, &value))
		return false;
	value = gh_slice_trim(value);
	if (value.n == 10) { /* a date alone */
		snprintf(text, sizeof(text), "%.*s %s", GH_FMT(value), bare_time);
		value = gh_slice_of(text);
	}
	return ghi_civil_parse(value, out) == GH_OK;
}

void sim_command_verify_sum(struct sim_device *d, const struct sim_command *o)
{
	char more[128];
	ghi_civil from, to;
	gh_slice begin, end;

	if (!time_arg(o->args, "StartTime", "00:00:00", &from) ||
	    !time_arg(o->args, "EndTime", "23:59:59", &to)) {
		sim_command_answer(d, o->id, RETURN_PARAMETER, "VERIFY SUM", "");
		return;
	}
	pair_get(o->args, "StartTime", &begin);
	pair_get(o->args, "EndTime", &end);
	snprintf(more, sizeof(more), "&StartTime=%.*s&EndTime=%.*s&AttlogSum=%u",
		 (int)(begin.n < 20 ? begin.n : 20), (const char *)begin.p,
		 (int)(end.n < 20 ? end.n : 20), (const char *)end.p, query_count(d, from, to));
	sim_command_answer(d, o->id, RETURN_OK, "VERIFY SUM", more);
}

static gh_slice answer_line(gh_slice id, int64_t code, const char *cmd, char *to, size_t cap)
{
	struct ghi_writer w = ghi_writer_on(to, cap);

	ghi_answer_write(&w, id, code, gh_slice_of(cmd));
	return ghi_written(&w);
}

void sim_command_account(struct sim_device *d, const struct sim_command *o)
{
	char line[128];
	ghi_civil from = 0, to = INT64_MAX;
	gh_slice text;
	uint64_t claimed = 0;
	uint32_t count;

	time_arg(o->args, "Start", "00:00:00", &from);
	time_arg(o->args, "End", "23:59:59", &to);
	if (pair_get(o->args, "Count", &text) && ghi_number_parse(text, UINT32_MAX, &claimed)) {
		sim_command_answer(d, o->id, RETURN_PARAMETER, "ACCOUNT", "");
		return;
	}
	count = query_count(d, from, to);
	/* More here than the server has: they come again. The text has it the other way
	 * round, its examples do not (PUSH SDK 2013, 3.2.5-3). */
	if (count > claimed)
		query_times(d, STREAM_ATTLOG, from, to,
			    answer_line(o->id, count, "ACCOUNT", line, sizeof(line)));
	else
		sim_command_answer(d, o->id, count, "ACCOUNT", "");
}

void sim_command_sync_people(struct sim_device *d, const struct sim_command *o)
{
	char line[128];

	query_table(d, TABLE_USERINFO, (gh_slice){ 0 },
		    answer_line(o->id, request_count(d, TABLE_USERINFO), "SYNC", line,
				sizeof(line)));
}

/* --- the queue --- */

/* The word of a command in its answer: "CLEAR LOG" is CLEAR_LOG there, two words of others stay. */
static void answer_word(gh_slice text, char *to, size_t cap)
{
	static const char *const two[] = { "SET", "RELOAD", "VERIFY" };
	gh_slice word, rest, second, more;
	bool whole = false, clear;

	gh_slice_cut(text, ' ', &word, &rest);
	gh_slice_cut(gh_slice_trim(rest), ' ', &second, &more);
	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++)
		whole |= gh_slice_ieq(word, gh_slice_of(two[i]));
	clear = gh_slice_ieq(word, GH_LIT("CLEAR"));
	if (!whole && !clear)
		second = (gh_slice){ 0 };
	snprintf(to, cap, "%.*s%s%.*s", GH_FMT(word),
		 clear	 ? "_"
		 : whole ? " "
			 : "",
		 GH_FMT(second));
}

/* A fault answers it in place of the device. */
static bool answer_spoilt(struct sim_device *d, const struct ghi_command *c)
{
	struct sim_prng g = { sim_hash(d->plan->seed ^ d->number, d->orders++, 'A') };
	char cmd[32];

	for (enum att_fault f = ATT_FAULTS_OF_ALL; f < ATT_FAULTS; f++) {
		if (!sim_chance(&g, d->plan->faults.permille[f]))
			continue;
		d->statistics->faults[f]++;
		answer_word(c->text, cmd, sizeof(cmd));
		sim_command_answer(d, c->id, att_fault_code[f], cmd, "");
		return true;
	}
	return false;
}

static void carry_out(struct sim_device *d, const struct ghi_command *c,
		      struct items_text *text)
{
	struct sim_command o = { .id = c->id, .text = text };
	const struct sim_command_row *row =
		sim_command_row(ghi_command_words_kind(c->text, &o.args));

	d->statistics->commands++;
	if (answer_spoilt(d, c))
		return;
	if (row->run == NULL) {
		gh_slice word, rest;
		char cmd[32];

		gh_slice_cut(c->text, ' ', &word, &rest);
		snprintf(cmd, sizeof(cmd), "%.*s", GH_FMT(word));
		sim_command_answer(d, c->id, RETURN_UNSUPPORTED, cmd, "");
		return;
	}
	o.args = gh_slice_trim(o.args);
	o.table = row->table;
	row->run(d, &o);
}

void execution_pending(struct sim_device *d, struct items_text *text)
{
	while (d->commands && d->done < d->commands->len && !d->query.active &&
	       !d->fetch.active &&
	       (d->results == NULL || d->results->len < SIM_RESULTS_MAX / 2)) {
		gh_slice in = { d->commands->data + d->done, d->commands->len - d->done };
		struct ghi_command c;
		enum gh_err err = ghi_command_next(&in, &c);

		d->done = d->commands->len - in.n;
		if (err == GH_OK)
			carry_out(d, &c, text);
		else if (err == GH_ENOTFOUND)
			d->done = d->commands->len;
	}
}
