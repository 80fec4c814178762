/* DATA UPDATE, DELETE and QUERY, and the enrolments that end in the same tables. */
#include "base/base64.h"
#include "base/number.h"
#include "sim/attendance/execute.h"
#include "sim/attendance/order.h"
#include "sim/attendance/query.h"
#include "wire/push/answer.h"

#include <stdio.h>

enum { OP_FINGER = 6, OP_CARD = 15, OP_FACE = 65, RECORD_LIMIT = 200000 };
enum { ENROLLED_ALREADY = 2 };

static bool has_person(const struct unit *u, gh_slice pin)
{
	char text[64];
	uint32_t user;
	gh_slice keys;

	snprintf(text, sizeof(text), "PIN=%.*s", (int)(pin.n < 40 ? pin.n : 40),
		 (const char *)pin.p);
	keys = gh_slice_of(text);
	if (holdings_get(&u->holdings, TABLE_USERINFO, keys))
		return true;
	return people_find(u->plan, u->persona, pin, &user) &&
	       !holdings_hide(&u->holdings, TABLE_USERINFO, keys);
}

/* The documents' checks, in the order of their codes. */
static int64_t check_record(const struct unit *u, enum table_id t, gh_slice pairs)
{
	const struct table *table = &tables[t];
	gh_slice value, data;
	uint64_t size;

	if (t == TABLES || table->word == NULL)
		return RETURN_UNSUPPORTED;
	if (table->can && !(u->persona->can & table->can))
		return RETURN_UNSUPPORTED;
	if (!pair_get(pairs, table->key[0], &value) || value.n == 0)
		return RETURN_PARAMETER;
	if (pairs.n > RECORD_LIMIT)
		return RETURN_TOO_LONG;
	if (table->user && !has_person(u, value))
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

static int64_t put_record(struct unit *u, enum table_id t, gh_slice pairs)
{
	int64_t code = check_record(u, t, pairs);

	if (code == RETURN_OK && holdings_put(&u->holdings, t, pairs))
		code = RETURN_FULL;
	if (code == RETURN_OK)
		u->informed = false;
	return code;
}

/* "TABLE pairs" */
static enum table_id cut_table(gh_slice args, gh_slice *pairs)
{
	gh_slice word;

	gh_slice_cut(args, ' ', &word, pairs);
	return table_named(word);
}

/* Keep what was made on the device itself: it is uploaded like anything that happens there. */
static enum gh_err made_here(struct unit *u, enum table_id t, gh_slice pin, unsigned type,
			     unsigned no, gh_slice keys, struct items_text *text)
{
	char pairs[PEOPLE_TEMPLATE + 256];
	gh_slice record =
		items_template_pairs(u->plan, t, pin, type, no, text, pairs, sizeof(pairs));
	enum gh_err err = holdings_put(&u->holdings, t, record);

	if (err == GH_OK)
		unit_event(u, t, 0, keys);
	u->informed = false;
	return err;
}

/* The template of a comparison photo goes back when asked for (Attendance PUSH 2020-03,
 * 12.1.1.8). */
static void post_back(struct unit *u, gh_slice pairs, struct items_text *text)
{
	char keys[80];
	gh_slice flag, pin;

	if (!(u->persona->can & CAN_BIO_DATA) || !pair_get(pairs, "PostBackTmpFlag", &flag) ||
	    !gh_slice_eq(gh_slice_trim(flag), GH_LIT("1")) || !pair_get(pairs, "PIN", &pin) ||
	    pin.n >= PEOPLE_PIN)
		return;
	snprintf(keys, sizeof(keys), "PIN=%.*s\tType=9\tNo=0\tIndex=0", GH_FMT(pin));
	if (made_here(u, TABLE_BIODATA, pin, 9, 0, gh_slice_of(keys), text) == GH_OK)
		unit_event(u, TABLE_OPLOG, OP_FACE, pin);
}

/* A picture that is none is also told in the error log, with the command it came by. */
static void report_picture(struct unit *u, gh_slice id)
{
	struct unit_error e = { 0 };

	if (!(u->persona->can & CAN_ERROR_LOG) || id.n >= sizeof(e.command))
		return;
	if (u->errors == NULL)
		u->errors = g_array_new(FALSE, TRUE, sizeof(e));
	memcpy(e.command, id.p, id.n);
	if (u->errors->len < UNIT_EVENTS)
		g_array_append_val(u->errors, e);
}

void order_data_update(struct unit *u, const struct order *o)
{
	gh_slice pairs;
	enum table_id t = cut_table(o->args, &pairs);
	int64_t code = put_record(u, t, pairs);

	if (code == RETURN_OK && t == TABLE_BIOPHOTO)
		post_back(u, pairs, o->text);
	else if (code == RETURN_BAD_FORMAT && t == TABLE_BIOPHOTO)
		report_picture(u, o->id);
	order_answer(u, o->id, code, "DATA", "");
}

void order_data_user(struct unit *u, const struct order *o)
{
	order_answer(u, o->id, put_record(u, TABLE_USERINFO, o->args), "DATA", "");
}

void order_data_fp(struct unit *u, const struct order *o)
{
	order_answer(u, o->id, put_record(u, TABLE_FINGERTMP, o->args), "DATA", "");
}

int64_t execute_package(struct unit *u, gh_slice text, bool replace, enum table_id t)
{
	int64_t done = 0;
	gh_slice line, rest, pairs;

	if (replace && (t == TABLES || holdings_take(&u->holdings, t, (gh_slice){ 0 })))
		return RETURN_PARAMETER;
	while (text.n) {
		gh_slice_cut(text, '\n', &line, &text);
		line = gh_slice_trim(line);
		if (gh_slice_starts(line, GH_LIT("C:")) &&
		    gh_slice_cut(gh_slice_from(line, 2), ':', &rest, &line))
			line = gh_slice_trim(line);
		if (gh_slice_istarts(line, GH_LIT("DATA UPDATE ")))
			rest = gh_slice_from(line, strlen("DATA UPDATE "));
		else if (gh_slice_istarts(line, GH_LIT("DATA "))) /* earlier spelling */
			rest = gh_slice_from(line, strlen("DATA "));
		else
			continue;
		t = cut_table(rest, &pairs);
		if (gh_slice_istarts(rest, GH_LIT("USER ")))
			t = TABLE_USERINFO;
		else if (gh_slice_istarts(rest, GH_LIT("FP ")))
			t = TABLE_FINGERTMP;
		done += put_record(u, t, pairs) == RETURN_OK;
	}
	return done;
}

void order_data_delete(struct unit *u, const struct order *o)
{
	gh_slice pairs, value;
	enum table_id t = cut_table(o->args, &pairs);
	int64_t code = RETURN_OK;

	if (t == TABLES || (tables[t].can && !(u->persona->can & tables[t].can)))
		code = RETURN_UNSUPPORTED;
	else if (!pair_get(pairs, tables[t].key[0], &value) || value.n == 0)
		code = RETURN_PARAMETER;
	else if (holdings_take(&u->holdings, t, pairs))
		code = RETURN_FULL;
	order_answer(u, o->id, code, "DATA", "");
}

static void query_log(struct unit *u, const struct order *o, enum stream_id s, gh_slice pairs,
		      gh_slice answer)
{
	gh_slice begin, end;
	ghi_civil from, to;

	if (!pair_get(pairs, "StartTime", &begin) || !pair_get(pairs, "EndTime", &end) ||
	    ghi_civil_parse(gh_slice_trim(begin), &from) ||
	    ghi_civil_parse(gh_slice_trim(end), &to))
		order_answer(u, o->id, RETURN_PARAMETER, "DATA", "");
	else
		query_times(u, s, from, to, answer);
}

void order_data_query(struct unit *u, const struct order *o)
{
	char line[128], keys[128];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));
	gh_slice word, pairs, finger;
	enum table_id t;

	gh_slice_cut(o->args, ' ', &word, &pairs);
	ghi_answer_write(&w, o->id, RETURN_OK, GH_LIT("DATA"));
	if (gh_slice_ieq(word, GH_LIT("ATTLOG"))) {
		query_log(u, o, STREAM_ATTLOG, pairs, ghi_written(&w));
		return;
	}
	if (gh_slice_ieq(word, GH_LIT("ATTPHOTO")) && u->persona->can & CAN_PHOTO) {
		query_log(u, o, STREAM_ATTPHOTO, pairs, ghi_written(&w));
		return;
	}
	t = table_named(word);
	if (t == TABLES || tables[t].tag == NULL ||
	    (tables[t].can && !(u->persona->can & tables[t].can))) {
		order_answer(u, o->id, RETURN_UNSUPPORTED, "DATA", "");
		return;
	}
	/* FingerID here is FID everywhere else (Attendance PUSH 2020-03, 12.1.3). */
	if (t == TABLE_FINGERTMP && pairs.n < 96 && pair_get(pairs, "FingerID", &finger)) {
		snprintf(keys, sizeof(keys), "%.*s\tFID=%.*s", GH_FMT(pairs), GH_FMT(finger));
		pairs = gh_slice_of(keys);
	}
	query_table(u, t, pairs, ghi_written(&w));
}

/* Somebody puts a finger, face or card on the device. */
static void enroll(struct unit *u, const struct order *o, enum table_id t, const char *cmd)
{
	bool unified = t == TABLE_BIODATA;
	char keys[80];
	gh_slice pin, text;
	uint64_t type = 0, no = 0;

	if (!pair_get(o->args, "PIN", &pin) || pin.n == 0 || pin.n >= PEOPLE_PIN ||
	    (pair_get(o->args, unified ? "TYPE" : "FID", &text) &&
	     ghi_number_parse(text, 9, unified ? &type : &no))) {
		order_answer(u, o->id, RETURN_PARAMETER, cmd, "");
		return;
	}
	if (!(u->persona->can & tables[t].can)) {
		order_answer(u, o->id, RETURN_UNSUPPORTED, cmd, "");
		return;
	}
	if (!has_person(u, pin)) {
		order_answer(u, o->id, RETURN_NO_USER, cmd, "");
		return;
	}
	if (unified)
		snprintf(keys, sizeof(keys), "PIN=%.*s\tType=%u\tNo=0\tIndex=0", GH_FMT(pin),
			 (unsigned)type);
	else
		snprintf(keys, sizeof(keys), "PIN=%.*s\tFID=%u", GH_FMT(pin), (unsigned)no);
	if (holdings_get(&u->holdings, t, gh_slice_of(keys)) &&
	    (!pair_get(o->args, "OVERWRITE", &text) || !gh_slice_eq(text, GH_LIT("1")))) {
		order_answer(u, o->id, ENROLLED_ALREADY, cmd, "");
		return;
	}
	if (made_here(u, t, pin, (unsigned)type, (unsigned)no, gh_slice_of(keys), o->text)) {
		order_answer(u, o->id, RETURN_FULL, cmd, "");
		return;
	}
	unit_event(u, TABLE_OPLOG, unified ? OP_FACE : OP_FINGER, pin);
	order_answer(u, o->id, RETURN_OK, cmd, "");
}

void order_enroll_fp(struct unit *u, const struct order *o)
{
	enroll(u, o, TABLE_FINGERTMP, "ENROLL_FP");
}

void order_enroll_bio(struct unit *u, const struct order *o)
{
	enroll(u, o, TABLE_BIODATA, "ENROLL_BIO");
}

void order_enroll_mf(struct unit *u, const struct order *o)
{
	gh_slice pin;
	int64_t code = RETURN_OK;

	if (!pair_get(o->args, "PIN", &pin) || pin.n == 0)
		code = RETURN_PARAMETER;
	else if (!has_person(u, pin))
		code = RETURN_NO_USER;
	else
		unit_event(u, TABLE_OPLOG, OP_CARD, pin);
	order_answer(u, o->id, code, "ENROLL_MF", "");
}
