#include "sim/attendance/execute.h"

#include "base/number.h"
#include "sim/attendance/calendar.h"
#include "sim/attendance/order.h"
#include "sim/attendance/query.h"
#include "sim/attendance/request.h"
#include "sim/attendance/settings.h"
#include "wire/push/answer.h"
#include "wire/push/command.h"

#include <stdio.h>

static const struct {
	const char *words;
	void (*run)(struct unit *u, const struct order *o);
} commands[] = {
#define COMMAND(words, function) { words, order_##function },
#include "sim/attendance/command.def"
#undef COMMAND
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* --- answers --- */

bool order_put(struct unit *u, gh_slice bytes)
{
	if (u->results == NULL)
		u->results = g_byte_array_new();
	if (bytes.n > UNIT_RESULTS - u->results->len)
		return false;
	g_byte_array_append(u->results, bytes.p, (guint)bytes.n);
	return true;
}

void order_answer(struct unit *u, gh_slice id, int64_t code, const char *cmd, const char *more)
{
	char line[512];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));

	if (!(u->persona->quirk & QUIRK_RESULT_SN) && cmd && *more == 0) {
		ghi_answer_write(&w, id, code, gh_slice_of(cmd));
	} else {
		ghi_put(&w, GH_LIT("ID="));
		ghi_put(&w, id);
		if (u->persona->quirk & QUIRK_RESULT_SN) {
			ghi_put(&w, GH_LIT("&SN="));
			ghi_put(&w, gh_slice_of(u->sn));
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
	if (w.err || !order_put(u, ghi_written(&w)))
		return;
	u->answers++;
	u->account->results++;
	u->account->commands_failed += code < 0;
}

/* Commands that the oldest documents answer without CMD (PUSH SDK 2013, 3.2.4-3, 8). */
static const char *old_less(const struct unit *u, const char *cmd)
{
	return u->persona->quirk & QUIRK_OLD_RESULTS ? NULL : cmd;
}

static void done(struct unit *u, const struct order *o, const char *cmd)
{
	order_answer(u, o->id, RETURN_OK, cmd, "");
}

/* --- control --- */

static void clear_list(struct unit *u, enum stream_id s)
{
	u->cursor[s].first = u->cursor[s].next = stream_end(u, s);
	if (u->cursor[s].acked < u->cursor[s].first)
		u->cursor[s].acked = u->cursor[s].first;
}

void order_clear_log(struct unit *u, const struct order *o)
{
	clear_list(u, STREAM_ATTLOG);
	done(u, o, old_less(u, "CLEAR_LOG"));
}

void order_clear_photo(struct unit *u, const struct order *o)
{
	clear_list(u, STREAM_ATTPHOTO);
	done(u, o, old_less(u, "CLEAR_PHOTO"));
}

void order_clear_data(struct unit *u, const struct order *o)
{
	holdings_empty(&u->holdings);
	for (enum stream_id s = 0; s < STREAMS; s++)
		clear_list(u, s);
	u->informed = false;
	done(u, o, old_less(u, "CLEAR_DATA"));
}

void order_clear_biodata(struct unit *u, const struct order *o)
{
	enum gh_err err = holdings_take(&u->holdings, TABLE_BIODATA, (gh_slice){ 0 });

	order_answer(u, o->id, err ? RETURN_FULL : RETURN_OK, "CLEAR_BIODATA", "");
}

void order_check(struct unit *u, const struct order *o)
{
	u->check = true;
	done(u, o, "CHECK");
}

void order_log_now(struct unit *u, const struct order *o)
{
	u->flush = true;
	done(u, o, "LOG");
}

void order_restart(struct unit *u, const struct order *o)
{
	/* What follows it in the batch is not carried out (PUSH SDK 2013, 3.2.4-6). */
	u->reboot = true;
	u->done = u->commands->len;
	done(u, o, "REBOOT");
}

void order_unlock(struct unit *u, const struct order *o)
{
	done(u, o, u->persona->quirk & QUIRK_OLD_RESULTS ? "LOG" : "AC_UNLOCK");
}

void order_unalarm(struct unit *u, const struct order *o)
{
	done(u, o, u->persona->quirk & QUIRK_OLD_RESULTS ? "LOG" : "AC_UNALARM");
}

/* --- settings --- */

void order_set_option(struct unit *u, const struct order *o)
{
	enum gh_err err = settings_set(u, o->args);

	u->settings_due |= err == GH_OK && (u->push_options.n || u->persona->can & CAN_OPTIONS);
	order_answer(u, o->id,
		     err == GH_OK	    ? RETURN_OK
		     : err == GH_EMALFORMED ? RETURN_PARAMETER
					    : RETURN_FULL,
		     "SET OPTION", "");
}

void order_reload_options(struct unit *u, const struct order *o)
{
	done(u, o, old_less(u, "RELOAD OPTIONS"));
}

void order_info(struct unit *u, const struct order *o)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	done(u, o, "INFO");
	settings_put_all(&w, u, "\n");
	if (w.err == GH_OK)
		order_put(u, ghi_written(&w));
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

void order_verify_sum(struct unit *u, const struct order *o)
{
	char more[128];
	ghi_civil from, to;
	gh_slice begin, end;

	if (!time_arg(o->args, "StartTime", "00:00:00", &from) ||
	    !time_arg(o->args, "EndTime", "23:59:59", &to)) {
		order_answer(u, o->id, RETURN_PARAMETER, "VERIFY SUM", "");
		return;
	}
	pair_get(o->args, "StartTime", &begin);
	pair_get(o->args, "EndTime", &end);
	snprintf(more, sizeof(more), "&StartTime=%.*s&EndTime=%.*s&AttlogSum=%u",
		 (int)(begin.n < 20 ? begin.n : 20), (const char *)begin.p,
		 (int)(end.n < 20 ? end.n : 20), (const char *)end.p, query_count(u, from, to));
	order_answer(u, o->id, RETURN_OK, "VERIFY SUM", more);
}

static gh_slice answer_line(gh_slice id, int64_t code, const char *cmd, char *to, size_t cap)
{
	struct ghi_writer w = ghi_writer_on(to, cap);

	ghi_answer_write(&w, id, code, gh_slice_of(cmd));
	return ghi_written(&w);
}

void order_account(struct unit *u, const struct order *o)
{
	char line[128];
	ghi_civil from = 0, to = INT64_MAX;
	gh_slice text;
	uint64_t claimed = 0;
	uint32_t count;

	time_arg(o->args, "Start", "00:00:00", &from);
	time_arg(o->args, "End", "23:59:59", &to);
	if (pair_get(o->args, "Count", &text) && ghi_number_parse(text, UINT32_MAX, &claimed)) {
		order_answer(u, o->id, RETURN_PARAMETER, "ACCOUNT", "");
		return;
	}
	count = query_count(u, from, to);
	/* More here than the server has: they come again. The text has it the other way
	 * round, its examples do not (PUSH SDK 2013, 3.2.5-3). */
	if (count > claimed)
		query_times(u, STREAM_ATTLOG, from, to,
			    answer_line(o->id, count, "ACCOUNT", line, sizeof(line)));
	else
		order_answer(u, o->id, count, "ACCOUNT", "");
}

void order_sync_people(struct unit *u, const struct order *o)
{
	char line[128];

	query_table(u, TABLE_USERINFO, (gh_slice){ 0 },
		    answer_line(o->id, request_count(u, TABLE_USERINFO), "SYNC", line,
				sizeof(line)));
}

/* --- the queue --- */

static void carry_out(struct unit *u, const struct ghi_command *c, struct items_text *text)
{
	struct order o = { .id = c->id, .args = c->text, .text = text };
	size_t best = COMMANDS, longest = 0;

	u->account->commands++;
	for (size_t i = 0; i < COMMANDS; i++) {
		gh_slice words = gh_slice_of(commands[i].words);

		if (words.n >= longest && gh_slice_istarts(c->text, words) &&
		    (c->text.n == words.n || c->text.p[words.n] == ' ' ||
		     c->text.p[words.n] == '\t')) {
			best = i;
			longest = words.n;
		}
	}
	if (best == COMMANDS) {
		gh_slice word, rest;
		char cmd[32];

		gh_slice_cut(c->text, ' ', &word, &rest);
		snprintf(cmd, sizeof(cmd), "%.*s", GH_FMT(word));
		order_answer(u, c->id, RETURN_UNSUPPORTED, cmd, "");
		return;
	}
	o.args = gh_slice_trim(gh_slice_from(c->text, longest));
	commands[best].run(u, &o);
}

void execute_pending(struct unit *u, struct items_text *text)
{
	while (u->commands && u->done < u->commands->len && !u->query.active &&
	       !u->fetch.active && (u->results == NULL || u->results->len < UNIT_RESULTS / 2)) {
		gh_slice in = { u->commands->data + u->done, u->commands->len - u->done };
		struct ghi_command c;
		enum gh_err err = ghi_command_next(&in, &c);

		u->done = u->commands->len - in.n;
		if (err == GH_OK)
			carry_out(u, &c, text);
		else if (err == GH_ENOTFOUND)
			u->done = u->commands->len;
	}
}
