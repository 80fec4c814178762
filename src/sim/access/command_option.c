/* Options, and the clock, which is one of them (Security PUSH 3.1.2, 9.3, 9.5). */
#include "base/civil_time.h"
#include "model/access_option.h"
#include "sim/access/command.h"
#include "sim/access/options.h"
#include "wire/access/pack.h"
#include "wire/access/parameters.h"

#include <stdio.h>

/* The zone that a unit is in which takes its time for UTC (fault clock-utc). */
enum { UTC_OFF_S = 3 * 3600 };

static bool option_date_time(struct unit *u, gh_slice value)
{
	ghi_civil t;
	struct acc_post *p;

	if (ghi_packed_read(value, &t) || !ghi_civil_valid(t))
		return false;
	unit_clock_set(u, ghi_civil_to_seconds(t) +
				  (unit_fault(u, ACC_FAULT_CLOCK_UTC, 0) ? UTC_OFF_S : 0));
	/* Some units fetch the time at once (9.5.1). */
	if (u->persona->quirk & ACC_STRICT) {
		p = acc_outbox_add(&u->outbox, ACC_POST_TIME, "rtdata", "&type=time",
				   (gh_slice){ 0 });
		if (p)
			p->get = true;
	}
	return true;
}

/* Store one; to the letter a value that the tables of the document do not have is not stored (9.5.1). */
static int64_t option_store(struct unit *u, gh_slice name, gh_slice value)
{
	char text[ACCESS_OPTION_WHY * 2], why[ACCESS_OPTION_WHY];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct access_option o;

	if (u->persona->quirk & ACC_STRICT && access_option_find(name, &o) &&
	    value.n < sizeof(text) && access_option_encode(&o, value, true, &w, why))
		return UNIT_NOT_SAVED;
	return panel_option_set(&u->panel, name, value) ? UNIT_NOT_SAVED : UNIT_OK;
}

void unit_command_set_options(struct unit *u, const struct unit_command *c)
{
	struct ghi_parameters list = ghi_parameters_of(c->args);
	gh_slice name, value;
	int64_t code = UNIT_PARAMETER;

	while (ghi_parameters_next(&list, &name, &value)) {
		if (gh_slice_ieq(name, GH_LIT("DateTime")))
			code = option_date_time(u, value) ? UNIT_OK : UNIT_DATA;
		else
			code = option_store(u, name, value);
		if (code < 0)
			break;
	}
	unit_answer(u, c, code, "");
}

void unit_command_get_options(struct unit *u, const struct unit_command *c)
{
	char text[8192], query[160];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	acc_options_answer(&w, &u->panel, c->args);
	snprintf(query, sizeof(query),
		 "&type=options&cmdid=%.*s&tablename=options&count=1&packcnt=1&packidx=1",
		 GH_FMT(c->id));
	if (w.err == GH_OK)
		acc_outbox_add(&u->outbox, ACC_POST_PACKET, "querydata", query,
			       ghi_written(&w));
	unit_answer(u, c, w.err ? UNIT_PARAMETER : UNIT_OK, "");
}

void unit_command_test_host(struct unit *u, const struct unit_command *c)
{
	gh_slice name, value;

	unit_answer(u, c,
		    gh_slice_cut(c->args, '=', &name, &value) && value.n ? UNIT_OK
									 : UNIT_PARAMETER,
		    "");
}

/* The screen answers later with the same id (9.5.3). */
void unit_command_screen(struct unit *u, const struct unit_command *c)
{
	gh_slice url;

	if (!(u->persona->quirk & (ACC_CHANNEL | ACC_STRICT))) {
		unit_answer(u, c, UNIT_UNSUPPORTED, "");
		return;
	}
	unit_answer(u, c, UNIT_DEFERRED, "");
	unit_answer(u, c,
		    ghi_parameters_get(c->args, "URL", &url) &&
				    gh_slice_istarts(url, GH_LIT("http"))
			    ? UNIT_OK
			    : UNIT_URL,
		    "");
}
