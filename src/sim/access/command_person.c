/* What happens at a device with the server's part in it: enrolment on command, templates of photos, identification by the
 * server, and the counters of a gate (Security PUSH 3.1.2, 7.14, 9.6, 10). */
#include "base/base64.h"
#include "base/number.h"
#include "sim/access/command.h"
#include "sim/access/door.h"
#include "sim/access/rights.h"
#include "wire/access/identification.h"
#include "wire/access/parameters.h"
#include "wire/access/state.h"

#include <stdio.h>

enum { EVENT_IDENTIFYING = 223, BIT_ENROLMENT = 40 };

/* --- enrolment --- */

static bool enrolment_begins(struct unit *u, const struct unit_command *c, gh_slice pin)
{
	if (!acc_persona_can(u->persona, BIT_ENROLMENT))
		unit_answer(u, c, UNIT_UNSUPPORTED, "");
	else if (pin.n == 0 || pin.n > PANEL_PIN)
		unit_answer(u, c, UNIT_PARAMETER, "");
	else
		return true;
	return false;
}

/* A card that is shown. MODE 1: it is stored, too. */
void unit_command_enroll_info(struct unit *u, const struct unit_command *c)
{
	gh_slice pin = unit_pair(c->args, "PIN"), type = unit_pair(c->args, "TYPE");
	char body[160], row[160];
	unsigned card;

	if (!enrolment_begins(u, c, pin))
		return;
	card = 1 + (unsigned)(sim_next(&u->prng) % 0xFFFFFF);
	snprintf(body, sizeof(body), "TYPE=%.*s\tPIN=%.*s\tTMP=%u", GH_FMT(type), GH_FMT(pin),
		 card);
	if (gh_slice_eq(unit_pair(c->args, "MODE"), GH_LIT("1"))) {
		snprintf(row, sizeof(row), "Pin=%.*s\tCardNo=%u\tGroup=1", GH_FMT(pin), card);
		if (panel_row_put(&u->panel.tables, PANEL_USER, gh_slice_of(row)))
			return;
	}
	acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", "&type=EnrollInfoData",
		       gh_slice_of(body));
	unit_answer(u, c, UNIT_OK, "");
}

/* A template and a photo; a number is given to each part of a face or palm. */
void unit_command_enroll_bio(struct unit *u, const struct unit_command *c)
{
	gh_slice pin = unit_pair(c->args, "PIN"), type = unit_pair(c->args, "TYPE");
	gh_slice no = unit_pair(c->args, "NO");
	char body[400], row[256], where[128];
	bool there;

	if (!enrolment_begins(u, c, pin))
		return;
	snprintf(where, sizeof(where), "Pin=%.*s\tType=%.*s", GH_FMT(pin), GH_FMT(type));
	there = false;
	for (size_t i = 0; panel_row_at(&u->panel.tables, PANEL_BIODATA, i); i++)
		there |= panel_row_matches(panel_row_at(&u->panel.tables, PANEL_BIODATA, i),
					   gh_slice_of(where));
	if (there && gh_slice_eq(unit_pair(c->args, "OVERWRITE"), GH_LIT("0"))) {
		unit_answer(u, c, UNIT_NOT_SAVED, "");
		return;
	}
	snprintf(body, sizeof(body),
		 "TYPE=%.*s\tPIN=%.*s\tNO=%.*s\tINDEX=0\tMAJOR_VER=58\tMINOR_VER=1\t"
		 "TMP=QUFBQUFBQUFBQUE=\tBIOPHOTO=/9j/4AAQSkZJRg==",
		 GH_FMT(type), GH_FMT(pin), GH_FMT(no));
	if (gh_slice_eq(unit_pair(c->args, "MODE"), GH_LIT("1"))) {
		snprintf(row, sizeof(row),
			 "Pin=%.*s\tNo=%.*s\tIndex=0\tValid=1\tDuress=0\tType=%.*s\tMajorVer="
			 "58\t"
			 "MinorVer=1\tFormat=0\tTmp=QUFBQUFBQUFBQUE=",
			 GH_FMT(pin), GH_FMT(no), GH_FMT(type));
		if (panel_row_put(&u->panel.tables, PANEL_BIODATA, gh_slice_of(row)))
			return;
	}
	acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", "&type=BioData",
		       gh_slice_of(body));
	unit_answer(u, c, UNIT_OK, "");
}

/* --- photos --- */

/* The template that a photo is made into, by the device's own algorithm; of a person who has one of that version
 * none is made (3.1). It comes back where that is ordered (9.1.1, PostBackTmpFlag). */
static void photo_template_make(struct unit *u, gh_slice row)
{
	gh_slice pin = unit_pair(row, "PIN"), type = unit_pair(row, "Type"), major, minor;
	const char *versions = panel_option(&u->panel, GH_LIT("MultiBioVersion"));
	uint64_t n;
	char made[256], where[128];

	if (!gh_slice_eq(unit_pair(row, "PostBackTmpFlag"), GH_LIT("1")) ||
	    ghi_number_parse(type, UINT8_MAX, &n))
		return;
	gh_slice_cut(ghi_list_part(gh_slice_of(versions), n), '.', &major, &minor);
	snprintf(where, sizeof(where), "Pin=%.*s\tType=%.*s\tMajorVer=%.*s", GH_FMT(pin),
		 GH_FMT(type), GH_FMT(major));
	if (panel_rows_matching(&u->panel.tables, PANEL_BIODATA, gh_slice_of(where)) == 0) {
		snprintf(
			made, sizeof(made),
			"Pin=%.*s\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=%.*s\tMajorVer=%.*s\t"
			"MinorVer=%.*s\tFormat=0\tTmp=QUFBQUFBQUE=",
			GH_FMT(pin), GH_FMT(type), GH_FMT(major), GH_FMT(minor));
		if (panel_row_put(&u->panel.tables, PANEL_BIODATA, gh_slice_of(made)))
			return;
	}
	unit_rows_upload(u, PANEL_BIODATA, gh_slice_of(where));
}

/* A photo in which there is no face: it is stored, and reported in the error log. */
static void photo_check(struct unit *u, gh_slice command, gh_slice row)
{
	gh_slice content = unit_pair(row, "Content");

	if (content.n && !gh_slice_starts(content, GH_LIT("/9j/")))
		unit_error_upload(u, command, "D01E0001");
}

void unit_photo_written(struct unit *u, gh_slice command, gh_slice row)
{
	photo_check(u, command, row);
	photo_template_make(u, row);
}

/* The row as if the photo had come in it. */
void unit_photo_fetched(struct unit *u, gh_slice photo)
{
	struct unit_fetch *f = &u->fetch;
	char id[sizeof(f->id)];
	const struct unit_command c = { .id = gh_slice_of(memcpy(id, f->id, sizeof(id))),
					.words = f->words };
	gh_slice left = { f->row->data, f->row->len }, pair, name, value;
	GString *rows = g_string_new(NULL);
	char *room = g_malloc(BASE64_ROOM(photo.n));
	gh_slice content = base64_encode(photo, room);

	while (left.n) {
		gh_slice_cut(left, '\t', &pair, &left);
		gh_slice_cut(pair, '=', &name, &value);
		if (!gh_slice_ieq(name, GH_LIT("url")) && !gh_slice_ieq(name, GH_LIT("size")) &&
		    !gh_slice_ieq(name, GH_LIT("content")) &&
		    !gh_slice_ieq(name, GH_LIT("format")))
			g_string_append_printf(rows, "%.*s\t", GH_FMT(pair));
	}
	g_string_append_printf(rows,
			       f->table == PANEL_USERPIC ? "size=%zu\tformat=0\tcontent=%.*s\n"
							 : "Size=%zu\tContent=%.*s\tFormat=0\n",
			       content.n, GH_FMT(content));
	g_string_append_len(rows, (const char *)f->rest->data, f->rest->len);
	unit_rows_put(u, &c, gh_slice_of(panel_table_name((enum panel_table_id)f->table)),
		      (gh_slice){ (const uint8_t *)rows->str, rows->len });
	g_free(room);
	g_string_free(rows, TRUE);
}

/* --- identification by the server --- */

void unit_identify(void *ctx, const struct panel_attempt *a, const struct panel_verdict *v)
{
	struct unit *u = ctx;
	struct panel_event e = panel_event_of(&u->panel, EVENT_IDENTIFYING, (int32_t)a->door);
	struct unit_event_text text;
	struct access_event event;
	char body[512];
	struct ghi_writer w = ghi_writer_on(body, sizeof(body));
	struct acc_post *p;

	if (u->asking || u->sending) {
		panel_attempt_end(&u->panel, a, v, PANEL_ANSWER_LATE);
		return;
	}
	snprintf(e.pin, sizeof(e.pin), "%s", v->pin);
	e.direction = a->direction;
	e.card = a->factor == PANEL_CARD ? a->card : 0;
	e.verify = a->factor == PANEL_CARD ? 4 : 1;
	unit_event(u, &e, &event, &text);
	ghi_identification_write(&w, &event, GHI_ADDRESS_DOOR);
	p = acc_outbox_add(&u->outbox, ACC_POST_IDENTIFY, "cdata", "&AuthType=device",
			   ghi_written(&w));
	if (p == NULL)
		return;
	g_queue_push_head(&u->outbox.posts, g_queue_pop_tail(&u->outbox.posts));
	u->asking = true;
	u->asked = *a;
	u->asked.pin = u->asked.password = (gh_slice){ 0 };
	u->asked_verdict = *v;
	u->statistics->identifications++;
}

void unit_identified(struct unit *u, gh_slice body)
{
	static const enum panel_answer of_auth[GHI_AUTHS] = {
		[GHI_AUTH_SUCCESS] = PANEL_ANSWER_YES,
		[GHI_AUTH_FAILED] = PANEL_ANSWER_NO,
		[GHI_AUTH_TIMEOUT] = PANEL_ANSWER_LATE,
	};
	struct ghi_auth_reply r;
	enum panel_answer answer = PANEL_ANSWER_LATE;

	if (ghi_auth_reply_read(body, &r) == GH_OK)
		answer = of_auth[r.auth];
	u->asking = false;
	panel_attempt_end(&u->panel, &u->asked, &u->asked_verdict, answer);
}

/* --- the counters of a gate --- */

void unit_gate_upload(struct unit *u)
{
	char text[160];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	const struct ghi_gate_state s = { .state = 1,
					  .sensors = 2,
					  .in = u->gate_in,
					  .out = u->gate_out,
					  .alarms = u->gate_alarms,
					  .runs = u->gate_runs };

	if (!(u->persona->quirk & ACC_CHANNEL))
		return;
	ghi_gate_state_write(&w, &s);
	ghi_put(&w, GH_LIT("\r\n"));
	acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", "&table=irstate", ghi_written(&w));
}
