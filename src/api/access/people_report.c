/* What became of each row of an import: rows of CSV or of NDJSON, in the order of the file. */
#include "api/access/people_import.h"
#include "base/csv.h"
#include "core/audit.h"

/* Numbers of people that the audit has; further ones are counted only. */
#define CHANGED_BYTES 8192

const char *people_action_word(size_t action)
{
	static const char *const word[PEOPLE_ACTIONS] = { "create", "update", "same", "error" };

	return action < PEOPLE_ACTIONS ? word[action] : NULL;
}

void report_begin(struct people_import *m)
{
	m->report = buffer_with_limit(ANSWER_BYTES);
	m->changed = buffer_with_limit(2 * CHANGED_BYTES);
	if (gh_slice_eq(m->form, GH_LIT("csv")))
		buffer_add(&m->report, GH_LIT("row,id,pin,name,action,field,error\r\n"));
}

/* "cards has a card of another person" */
static void report_error(struct buffer *to, const struct import_row *r)
{
	if (r->fault.field[0])
		buffer_print(to, "%s ", r->fault.field);
	buffer_print(to, "%s", r->fault.message);
}

static void report_row_csv(struct people_import *m, const struct import_row *r, gh_slice error)
{
	struct csv csv = { .to = &m->report };
	bool wrong = r->action == PEOPLE_ERROR;

	csv_next(&csv);
	buffer_add_signed(csv.to, r->row);
	csv_next(&csv);
	if (r->id)
		buffer_add_signed(csv.to, r->id);
	csv_next(&csv);
	csv_text(&csv, r->file.pin, CSV_NO_FORMULA);
	csv_next(&csv);
	csv_text(&csv, r->file.name, CSV_NO_FORMULA);
	csv_next(&csv);
	csv_text(&csv, gh_slice_of(people_action_word(r->action)), CSV_AS_IS);
	csv_next(&csv);
	csv_text(&csv, gh_slice_of(wrong ? r->fault.field : ""), CSV_NO_FORMULA);
	csv_next(&csv);
	csv_text(&csv, error, CSV_NO_FORMULA);
	csv_row_end(&csv, GH_LIT("\r\n"));
}

static void report_text(struct json *j, const char *key, gh_slice s)
{
	json_key(j, key);
	if (s.n)
		json_string(j, s);
	else
		json_null(j);
}

static void report_row_ndjson(struct people_import *m, const struct import_row *r,
			      gh_slice error)
{
	struct json j = { .text = m->report };

	json_object(&j);
	json_key(&j, "row");
	json_int(&j, r->row);
	json_key(&j, "id");
	if (r->id)
		json_int(&j, r->id);
	else
		json_null(&j);
	report_text(&j, "pin", r->file.pin);
	report_text(&j, "name", r->file.name);
	json_key(&j, "action");
	json_string(&j, gh_slice_of(people_action_word(r->action)));
	report_text(&j, "field", gh_slice_of(r->action == PEOPLE_ERROR ? r->fault.field : ""));
	report_text(&j, "error", error);
	json_object_end(&j);
	buffer_add(&j.text, GH_LIT("\n"));
	m->report = j.text;
}

/* --- for the audit --- */

static void changed_end(struct people_import *m)
{
	if (m->from == 0)
		return;
	if (m->changed.n > CHANGED_BYTES - 64) {
		m->from = 0;
		return;
	}
	buffer_add(&m->changed, m->changed.n ? GH_LIT(",") : GH_LIT(""));
	buffer_add_signed(&m->changed, m->from);
	if (m->to > m->from) {
		buffer_add(&m->changed, GH_LIT("-"));
		buffer_add_signed(&m->changed, m->to);
	}
	m->from = 0;
}

static void changed_add(struct people_import *m, int64_t id)
{
	if (m->from && id == m->to + 1) {
		m->to = id;
		return;
	}
	changed_end(m);
	m->from = m->to = id;
}

void report_row(struct people_import *m, const struct import_row *r)
{
	struct buffer error = buffer_with_limit(FAULT_FIELD + FAULT_MESSAGE + 8);

	m->counted[r->action]++;
	if (r->id && (r->action == PEOPLE_CREATE || r->action == PEOPLE_UPDATE))
		changed_add(m, r->id);
	if (r->action == PEOPLE_ERROR)
		report_error(&error, r);
	if (error.err)
		buffer_fail(&m->report, error.err);
	if (gh_slice_eq(m->form, GH_LIT("csv")))
		report_row_csv(m, r, buffer_text(&error));
	else
		report_row_ndjson(m, r, buffer_text(&error));
	buffer_clear(&error);
}

void report_audit(struct people_import *m)
{
	struct arena *a = call_arena(m->c);
	struct json j = json_with_limit(2 * CHANGED_BYTES);

	changed_end(m);
	m->audit = call_audit(m->c, "import_people");
	m->audit.subject = audit_subject(a, "import", gh_slice_of(m->c->id));
	json_object(&j);
	for (size_t i = 0; i < PEOPLE_ACTIONS; i++) {
		json_key(&j, people_action_word(i));
		json_int(&j, m->counted[i]);
	}
	json_key(&j, "people");
	json_string(&j, buffer_text(&m->changed));
	json_object_end(&j);
	m->audit.after = ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
}
