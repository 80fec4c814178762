/* DATA UPDATE, DELETE and QUERY, and the enrolments that end in the same tables. */
#include "base/base64.h"
#include "base/number.h"
#include "sim/attendance/command.h"
#include "sim/attendance/execution.h"
#include "sim/attendance/query.h"
#include "sim/attendance/visits.h"
#include "wire/attendance/command.h"
#include "wire/push/answer.h"

#include <stdio.h>

enum { OP_FINGER = 6, OP_CARD = 15, OP_FACE = 65, RECORD_LIMIT = 200000 };
enum { ENROLLED_ALREADY = 2 };

bool execution_has_person(const struct sim_device *d, gh_slice pin)
{
	char text[64];
	uint32_t user;
	gh_slice keys;

	snprintf(text, sizeof(text), "PIN=%.*s", (int)(pin.n < 40 ? pin.n : 40),
		 (const char *)pin.p);
	keys = gh_slice_of(text);
	if (sim_contents_get(&d->contents, TABLE_USERINFO, keys))
		return true;
	return people_find(d->plan, d->persona, pin, &user) &&
	       !sim_contents_hides(&d->contents, TABLE_USERINFO, keys);
}

/* The documents' checks, in the order of their codes. */
static int64_t data_record_check(const struct sim_device *d, enum table_id t, gh_slice pairs)
{
	const struct table *table = &tables[t];
	gh_slice value, data;
	uint64_t size;

	if (t == TABLES || table->word == NULL)
		return RETURN_UNSUPPORTED;
	if (table->can && !(d->persona->can & table->can))
		return RETURN_UNSUPPORTED;
	if (!pair_get(pairs, table->key[0], &value) || value.n == 0)
		return RETURN_PARAMETER;
	if (pairs.n > RECORD_LIMIT)
		return RETURN_TOO_LONG;
	if (table->user && !execution_has_person(d, value))
		return RETURN_NO_USER;
	if (table->data && pair_get(pairs, table->data, &data)) {
		if (pair_get(pairs, "Size", &value) &&
		    !ghi_number_parse(value, INT32_MAX, &size) && size != data.n)
			return table->size_error;
		if (data.n == 0 || ghi_base64_count(data) != data.n)
			return RETURN_BAD_FORMAT;
	}
	return RETURN_OK;
}

static int64_t data_record_put(struct sim_device *d, enum table_id t, gh_slice pairs)
{
	int64_t code = data_record_check(d, t, pairs);

	if (code == RETURN_OK && sim_contents_put(&d->contents, t, pairs))
		code = RETURN_FULL;
	if (code == RETURN_OK)
		d->informed = false;
	return code;
}

/* The table of a command; "TABLE pairs" where it is not in its words. */
static enum table_id cut_table(enum table_id named, gh_slice args, gh_slice *pairs)
{
	gh_slice word;

	*pairs = args;
	if (named != TABLES)
		return named;

	gh_slice_cut(args, ' ', &word, pairs);
	return table_named(word);
}

/* Store a record that was made on the device itself. It is uploaded like every other event. */
static enum gh_err made_here(struct sim_device *d, enum table_id t, gh_slice pin, unsigned type,
			     unsigned no, gh_slice keys, struct items_text *text)
{
	char pairs[PEOPLE_TEMPLATE + 256];
	gh_slice record =
		items_template_pairs(d->plan, t, pin, type, no, text, pairs, sizeof(pairs));
	enum gh_err err = sim_contents_put(&d->contents, t, record);

	if (err == GH_OK)
		sim_device_event(d, t, 0, keys);
	d->informed = false;
	return err;
}

/* The template of a comparison photo is uploaded on request (Attendance PUSH 2020-03,
 * 12.1.1.8). */
static void post_back(struct sim_device *d, gh_slice pairs, struct items_text *text)
{
	char keys[80];
	gh_slice flag, pin;

	if (!(d->persona->can & CAN_BIO_DATA) || !pair_get(pairs, "PostBackTmpFlag", &flag) ||
	    !gh_slice_eq(gh_slice_trim(flag), GH_LIT("1")) || !pair_get(pairs, "PIN", &pin) ||
	    pin.n >= PEOPLE_PIN)
		return;
	snprintf(keys, sizeof(keys), "PIN=%.*s\tType=9\tNo=0\tIndex=0", GH_FMT(pin));
	if (made_here(d, TABLE_BIODATA, pin, 9, 0, gh_slice_of(keys), text) == GH_OK)
		sim_device_event(d, TABLE_OPLOG, OP_FACE, pin);
}

/* A photo that is no picture is also noted in the error log, with its command. */
static void data_picture_report(struct sim_device *d, gh_slice id)
{
	struct sim_error e = { 0 };

	if (!(d->persona->can & CAN_ERROR_LOG) || id.n >= sizeof(e.command))
		return;
	if (d->errors == NULL)
		d->errors = g_array_new(FALSE, TRUE, sizeof(e));
	memcpy(e.command, id.p, id.n);
	if (d->errors->len < SIM_EVENTS_MAX)
		g_array_append_val(d->errors, e);
}

void sim_command_data_update(struct sim_device *d, const struct sim_command *o)
{
	gh_slice pairs;
	enum table_id t = cut_table(o->table, o->args, &pairs);
	int64_t code = data_record_put(d, t, pairs);

	gh_slice pin;

	if (code == RETURN_OK && t == TABLE_USERINFO && pair_get(pairs, "PIN", &pin))
		guest_keep(d, pin);
	if (code == RETURN_OK && t == TABLE_BIOPHOTO)
		post_back(d, pairs, o->text);
	else if (code == RETURN_BAD_FORMAT && t == TABLE_BIOPHOTO)
		data_picture_report(d, o->id);
	sim_command_answer(d, o->id, code, "DATA", "");
}

/* A line of a file of updates. TABLES: it is none. */
static enum table_id package_table(gh_slice line, gh_slice *pairs)
{
	gh_slice rest;
	const struct sim_command_row *row =
		sim_command_row(ghi_command_words_kind(line, &rest));

	rest = gh_slice_trim(rest);
	if (row->run == sim_command_data_update)
		return cut_table(row->table, rest, pairs);
	/* "DATA TABLE pairs", an earlier spelling. */
	if (row->run == NULL && gh_slice_istarts(rest, GH_LIT("DATA ")))
		return cut_table(TABLES, gh_slice_from(rest, strlen("DATA ")), pairs);
	return TABLES;
}

int64_t execution_package(struct sim_device *d, gh_slice text, bool replace, enum table_id t)
{
	int64_t done = 0;
	gh_slice line, rest, pairs;

	if (replace && (t == TABLES || sim_contents_delete(&d->contents, t, (gh_slice){ 0 })))
		return RETURN_PARAMETER;
	while (text.n) {
		gh_slice_cut(text, '\n', &line, &text);
		line = gh_slice_trim(line);
		if (gh_slice_starts(line, GH_LIT("C:")) &&
		    gh_slice_cut(gh_slice_from(line, 2), ':', &rest, &line))
			line = gh_slice_trim(line);
		t = package_table(line, &pairs);
		done += t != TABLES && data_record_put(d, t, pairs) == RETURN_OK;
	}
	return done;
}

void sim_command_data_delete(struct sim_device *d, const struct sim_command *o)
{
	gh_slice pairs, value;
	enum table_id t = cut_table(o->table, o->args, &pairs);
	int64_t code = RETURN_OK;

	if (t == TABLES || (tables[t].can && !(d->persona->can & tables[t].can)))
		code = RETURN_UNSUPPORTED;
	else if (!pair_get(pairs, tables[t].key[0], &value) || value.n == 0)
		code = RETURN_PARAMETER;
	else if (sim_contents_delete(&d->contents, t, pairs))
		code = RETURN_FULL;
	sim_command_answer(d, o->id, code, "DATA", "");
}

static void query_log(struct sim_device *d, const struct sim_command *o, enum stream_id s)
{
	char line[128];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));
	gh_slice begin, end;
	ghi_civil from, to;

	ghi_answer_write(&w, o->id, RETURN_OK, GH_LIT("DATA"));
	if (!pair_get(o->args, "StartTime", &begin) || !pair_get(o->args, "EndTime", &end) ||
	    ghi_civil_parse(gh_slice_trim(begin), &from) ||
	    ghi_civil_parse(gh_slice_trim(end), &to))
		sim_command_answer(d, o->id, RETURN_PARAMETER, "DATA", "");
	else
		query_times(d, s, from, to, ghi_written(&w));
}

void sim_command_query_punches(struct sim_device *d, const struct sim_command *o)
{
	query_log(d, o, STREAM_ATTLOG);
}

void sim_command_query_photos(struct sim_device *d, const struct sim_command *o)
{
	if (d->persona->can & CAN_PHOTO)
		query_log(d, o, STREAM_ATTPHOTO);
	else
		sim_command_answer(d, o->id, RETURN_UNSUPPORTED, "DATA", "");
}

void sim_command_data_query(struct sim_device *d, const struct sim_command *o)
{
	char line[128], keys[128];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));
	gh_slice pairs, finger;
	enum table_id t = cut_table(o->table, o->args, &pairs);

	ghi_answer_write(&w, o->id, RETURN_OK, GH_LIT("DATA"));
	if (t == TABLES || tables[t].tag == NULL ||
	    (tables[t].can && !(d->persona->can & tables[t].can))) {
		sim_command_answer(d, o->id, RETURN_UNSUPPORTED, "DATA", "");
		return;
	}
	/* FingerID here is FID everywhere else (Attendance PUSH 2020-03, 12.1.3). */
	if (t == TABLE_FINGERTMP && pairs.n < 96 && pair_get(pairs, "FingerID", &finger)) {
		snprintf(keys, sizeof(keys), "%.*s\tFID=%.*s", GH_FMT(pairs), GH_FMT(finger));
		pairs = gh_slice_of(keys);
	}
	query_table(d, t, pairs, ghi_written(&w));
}

/* A finger, face or card is enrolled at the device. */
static void device_enroll(struct sim_device *d, const struct sim_command *o, enum table_id t,
			  const char *cmd)
{
	bool unified = t == TABLE_BIODATA;
	char keys[80];
	gh_slice pin, text;
	uint64_t type = 0, no = 0;

	if (!pair_get(o->args, "PIN", &pin) || pin.n == 0 || pin.n >= PEOPLE_PIN ||
	    (pair_get(o->args, unified ? "TYPE" : "FID", &text) &&
	     ghi_number_parse(text, 9, unified ? &type : &no))) {
		sim_command_answer(d, o->id, RETURN_PARAMETER, cmd, "");
		return;
	}
	if (!(d->persona->can & tables[t].can)) {
		sim_command_answer(d, o->id, RETURN_UNSUPPORTED, cmd, "");
		return;
	}
	if (!execution_has_person(d, pin)) {
		sim_command_answer(d, o->id, RETURN_NO_USER, cmd, "");
		return;
	}
	if (unified)
		snprintf(keys, sizeof(keys), "PIN=%.*s\tType=%u\tNo=0\tIndex=0", GH_FMT(pin),
			 (unsigned)type);
	else
		snprintf(keys, sizeof(keys), "PIN=%.*s\tFID=%u", GH_FMT(pin), (unsigned)no);
	if (sim_contents_get(&d->contents, t, gh_slice_of(keys)) &&
	    (!pair_get(o->args, "OVERWRITE", &text) || !gh_slice_eq(text, GH_LIT("1")))) {
		sim_command_answer(d, o->id, ENROLLED_ALREADY, cmd, "");
		return;
	}
	if (made_here(d, t, pin, (unsigned)type, (unsigned)no, gh_slice_of(keys), o->text)) {
		sim_command_answer(d, o->id, RETURN_FULL, cmd, "");
		return;
	}
	sim_device_event(d, TABLE_OPLOG, unified ? OP_FACE : OP_FINGER, pin);
	sim_command_answer(d, o->id, RETURN_OK, cmd, "");
}

void sim_command_enroll_fp(struct sim_device *d, const struct sim_command *o)
{
	device_enroll(d, o, TABLE_FINGERTMP, "ENROLL_FP");
}

void sim_command_enroll_bio(struct sim_device *d, const struct sim_command *o)
{
	device_enroll(d, o, TABLE_BIODATA, "ENROLL_BIO");
}

void sim_command_enroll_mf(struct sim_device *d, const struct sim_command *o)
{
	gh_slice pin;
	int64_t code = RETURN_OK;

	if (!pair_get(o->args, "PIN", &pin) || pin.n == 0)
		code = RETURN_PARAMETER;
	else if (!execution_has_person(d, pin))
		code = RETURN_NO_USER;
	else
		sim_device_event(d, TABLE_OPLOG, OP_CARD, pin);
	sim_command_answer(d, o->id, code, "ENROLL_MF", "");
}
