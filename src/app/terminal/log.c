/* gatehouse terminal HOST punch …, oplog */
#include <string.h>

#include "app/confirm.h"
#include "app/message.h"
#include "app/terminal/terminal.h"

/* How long to wait for a punch before the state of the connection is checked. Over UDP the
 * library tests the connection after half a minute without events. */
enum { LOOK_TCP_MS = 1000, LOOK_UDP_MS = 40000 };

static const struct out_column punch_columns[] = {
	{ "pin", "PIN", CELL_ID },
	{ "time", "TIME               ", CELL_ID },
	{ "status", "STATUS", CELL_TEXT | CELL_DROP(4) },
	{ "verify", "VERIFY", CELL_TEXT | CELL_DROP(2) },
	{ "uid", NULL, CELL_ID },
	{ "work_code", "WORK CODE", CELL_TEXT | CELL_DROP(1) },
	{ "flags", "FLAGS", CELL_TEXT | CELL_DROP(3) },
	{ 0 },
};

static const char *flag_of(const struct gh_time *t)
{
	return t->valid ? NULL : "impossible_date";
}

enum { NO_PIN = 1, NO_PUNCH = 2, NO_DATE = 4 };

/* What is odd about a record: none of them is left out. */
static unsigned punch_faults(const struct gh_punch *p)
{
	unsigned faults = p->time.valid ? 0 : NO_DATE;

	if (p->pin[0] == 0)
		return faults | (p->uid ? NO_PIN : NO_PUNCH);
	for (const char *c = p->pin; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			return faults | NO_PUNCH;
	return faults;
}

static const char *punch_flags(unsigned faults)
{
	static const char *const words[] = {
		[0] = NULL,
		[NO_PIN] = "no_pin",
		[NO_PUNCH] = "no_punch",
		[NO_DATE] = "impossible_date",
		[NO_DATE | NO_PIN] = "impossible_date no_pin",
		[NO_DATE | NO_PUNCH] = "impossible_date no_punch",
	};

	return words[faults];
}

static bool log_punch_put(struct out *o, const struct gh_punch *p)
{
	char time[GH_TIME_TEXT];

	gh_time_format(&p->time, time);
	const struct out_value values[] = {
		out_text(p->pin),
		out_text(time),
		out_number(p->status),
		out_number(p->verify),
		p->uid ? out_number(p->uid) : (struct out_value){ 0 },
		out_number(p->work_code),
		out_flag(punch_flags(punch_faults(p))),
	};
	return out_row(o, values);
}

int terminal_punch_list(struct terminal *c)
{
	struct gh_terminal_punches *it;
	struct gh_punch p;
	struct out *o;
	uint64_t rows = 0, odd = 0;
	enum gh_err err;
	int end = terminal_open(c);

	if (end)
		return end;
	terminal_progress(c, "the device prepares its punches");
	if (gh_terminal_punches_open(c->device, &it))
		return terminal_failed(c);
	o = terminal_out(c, punch_columns, 0);
	while ((err = gh_terminal_punches_next(it, &p)) == GH_OK && log_punch_put(o, &p)) {
		rows++;
		odd += (punch_faults(&p) & (NO_PIN | NO_PUNCH)) != 0;
		terminal_progress(c, "reading the punches");
	}
	terminal_progress_end(c);
	if (odd)
		message_print("%s: %llu of %llu records have no PIN, or are no punches: see "
			      "their flags",
			      c->address, (unsigned long long)odd, (unsigned long long)rows);
	end = err == GH_OK || err == GH_EEND ? TERMINAL_OK : terminal_broke_off(c, rows);
	gh_terminal_punches_close(it);
	return terminal_out_end(o, end);
}

/* --- watch --- */

/* Report a change of the connection, once each time. */
static void log_connection_report(struct terminal *c, struct gh_terminal_live *it,
				  unsigned *reconnects, bool *lost)
{
	if (gh_terminal_live_reconnects(it) != *reconnects) {
		message_print("%s: reconnected; punches made meanwhile are in the log only "
			      "('punch list')",
			      c->address);
		*reconnects = gh_terminal_live_reconnects(it);
		*lost = false;
	} else if (!gh_terminal_is_connected(c->device) && !*lost) {
		message_print("%s: %s; trying again until Ctrl-C", c->address,
			      gh_terminal_error(c->device)->text);
		*lost = true;
	}
}

static int log_watch(struct terminal *c, struct gh_terminal_live *it, struct out *o)
{
	bool tcp = !strcmp(gh_terminal_transport(c->device), "tcp"), lost = false;
	unsigned reconnects = 0;
	struct gh_event e;

	for (;;) {
		enum gh_err err =
			gh_terminal_live_next(it, tcp ? LOOK_TCP_MS : LOOK_UDP_MS, &e);

		/* It goes on until it is interrupted: that is no failure. */
		if (err == GH_ECANCELLED && interrupt_seen(c->interrupt))
			return TERMINAL_OK;
		if (err == GH_EAUTH || err == GH_EUNSUPPORTED || err == GH_ENOMEM ||
		    err == GH_ECANCELLED)
			return terminal_failed(c);
		log_connection_report(c, it, &reconnects, &lost);
		if (err == GH_OK && e.type == GH_EVENT_PUNCH && e.decoded &&
		    !log_punch_put(o, &e.punch))
			return TERMINAL_OK; /* which ends with the message about the output */
	}
}

int terminal_punch_watch(struct terminal *c)
{
	struct gh_terminal_live *it;
	struct out *o;
	int end = terminal_open(c);

	if (end)
		return end;
	if (gh_terminal_live_open(c->device, GH_EVENT_PUNCH, &it))
		return terminal_failed(c);
	message_print("%s: watching; Ctrl-C ends it", c->address);
	if (!c->format_given || c->format == OUT_JSON)
		c->format = OUT_NDJSON;
	o = terminal_out(c, punch_columns, OUT_LIVE);
	end = log_watch(c, it, o);
	gh_terminal_live_close(it);
	return terminal_out_end(o, end);
}

int terminal_punch_clear(struct terminal *c)
{
	int end;

	if (!confirm_question(c->opt[TERMINAL_yes],
			      "This erases every punch on %s for good; "
			      "'backup' saves them.",
			      c->address))
		return TERMINAL_USAGE;
	end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_punches_clear(c->device))
		return terminal_failed(c);
	terminal_done(c, "erased");
	return TERMINAL_OK;
}

/* --- oplog --- */

static bool log_operation_put(struct out *o, const struct gh_oplog *l)
{
	const char *text = gh_terminal_oplog_text(l->op);
	char time[GH_TIME_TEXT];

	gh_time_format(&l->time, time);
	const struct out_value values[] = {
		out_number(l->admin),
		out_number(l->op),
		out_text(time),
		text ? out_text(text) : (struct out_value){ 0 },
		out_number(l->param[0]),
		out_number(l->param[1]),
		out_number(l->param[2]),
		out_number(l->param[3]),
		out_flag(flag_of(&l->time)),
	};
	return out_row(o, values);
}

int terminal_oplog(struct terminal *c)
{
	static const struct out_column columns[] = {
		{ "admin", "ADMIN", CELL_ID | CELL_DROP(6) },
		{ "op", "OP", CELL_ID },
		{ "time", "TIME", CELL_ID },
		{ "text", "WHAT", CELL_TEXT },
		{ "param1", "1", CELL_TEXT | CELL_DROP(5) },
		{ "param2", "2", CELL_TEXT | CELL_DROP(4) },
		{ "param3", "3", CELL_TEXT | CELL_DROP(3) },
		{ "param4", "4", CELL_TEXT | CELL_DROP(2) },
		{ "flags", "FLAGS", CELL_TEXT | CELL_DROP(1) },
		{ 0 },
	};
	struct gh_terminal_oplogs *it;
	struct gh_oplog l;
	struct out *o;
	uint64_t rows = 0;
	enum gh_err err;
	int end = terminal_open(c);

	if (end)
		return end;
	if (gh_terminal_oplogs_open(c->device, &it))
		return terminal_failed(c);
	o = terminal_out(c, columns, 0);
	while ((err = gh_terminal_oplogs_next(it, &l)) == GH_OK && log_operation_put(o, &l)) {
		rows++;
		terminal_progress(c, "reading the operation log");
	}
	terminal_progress_end(c);
	end = err == GH_OK || err == GH_EEND ? TERMINAL_OK : terminal_broke_off(c, rows);
	gh_terminal_oplogs_close(it);
	return terminal_out_end(o, end);
}
