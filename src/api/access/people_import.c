/* POST /api/people/import: people of a file, which is the body (people_file.h). The file is read twice: first for what
 * several of its rows have, which is wrong in all of them, then row by row. Both are done in turns, between which other
 * requests of the thread are served; rows are stored in pieces, each a transaction, between which other writers are.
 * One that is cut off leaves whole rows, and its repeat finds them as they should be. */
#include <stdio.h>

#include "api/access/people_import.h"
#include "api/request_schemas.h"
#include "core/audit.h"
#include "core/readers.h"

#define TURN_RECORDS 1000

static void people_import_end(struct people_import *m)
{
	GHashTable *const table[] = { m->code, m->given, m->taken, m->gone };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i])
			g_hash_table_unref(table[i]);
	if (m->going)
		g_ptr_array_unref(m->going);
	ghi_arena_clear(&m->piece);
	buffer_clear(&m->report);
	buffer_clear(&m->changed);
	free(m->converted);
}

static void people_import_fail(struct people_import *m, enum gh_err err)
{
	call_fail_err(m->c, err);
	people_import_end(m);
}

/* --- records --- */

static gh_slice import_record_take(struct people_import *m)
{
	gh_slice record = m->rest;

	record.n = people_file_record_length(&m->file, m->rest);
	m->rest = gh_slice_from(m->rest, record.n);
	m->line++;
	return record;
}

/* The next one that is not blank; false: there is none. */
static bool import_record_next(struct people_import *m, gh_slice *record)
{
	while (m->rest.n) {
		*record = import_record_take(m);
		if (gh_slice_trim(*record).n)
			return true;
	}
	return false;
}

/* From the start, behind the line of names. false: answered. */
static bool people_import_open(struct people_import *m)
{
	struct faults faults = { .n = 1 };
	gh_slice first = { 0 };
	bool head = false;
	enum gh_err err;

	m->rest = m->body;
	m->line = 0;
	m->file.csv = true;
	while (m->rest.n && gh_slice_trim(first).n == 0) {
		m->body = m->rest;
		first = import_record_take(m);
	}
	if (gh_slice_trim(first).n == 0) {
		call_fail(m->c, ERROR_body_malformed, "The file is empty.");
		return false;
	}
	err = people_file_begin(&m->file, first, call_arena(m->c), &head, &faults.row[0]);
	if (err == GH_EMALFORMED)
		call_fail_faults(m->c, ERROR_body_malformed, &faults);
	else if (err)
		call_fail_err(m->c, err);
	if (err)
		return false;
	m->rest = head ? m->rest : m->body;
	m->body = m->rest;
	m->line = head;
	m->by_code = !m->file.csv || people_file_has_code(&m->file);
	return true;
}

/* --- first: what several rows have --- */

static void import_piece_turn(void *ctx);

static void import_scan_turn(void *ctx)
{
	struct people_import *m = ctx;
	struct people_file_row row;
	struct fault fault;
	gh_slice record;
	enum gh_err err = m->err;
	int n = 0;

	while (err == GH_OK && n < TURN_RECORDS && import_record_next(m, &record)) {
		err = people_file_read(&m->file, record, &m->piece, &row, &fault);
		if (err == GH_OK)
			import_row_note(m, &row);
		err = err == GH_ENOMEM ? err : GH_OK;
		ghi_arena_clear(&m->piece);
		n++;
	}
	if (err) {
		people_import_fail(m, err);
		return;
	}
	if (n == TURN_RECORDS) {
		if (http_defer(m->c->r))
			http_resume_with(m->c->r, import_scan_turn, m);
		else
			people_import_end(m);
		return;
	}
	m->rest = m->body;
	m->line = m->file.csv;
	import_piece_turn(m);
}

/* --- then: rows --- */

static void row_fault(struct import_row *r, const struct faults *faults)
{
	if (faults->n == 0 || r->wrong)
		return;
	r->fault = faults->row[0];
	r->wrong = true;
}

/* As the body of a PATCH, and of a POST. */
static void row_bodies(struct people_import *m, struct import_row *r)
{
	struct schema schema = request_schemas[REQUEST_RosterPersonPatch].schema;
	struct faults faults = { .n = 0 };

	schema.least = 0;
	schema_check(&schema, &r->file.body, &faults);
	row_fault(r, &faults);
	if (r->wrong)
		return;
	r->some.c = r->whole.c = &m->inner;
	r->whole.whole = r->whole.made = true;
	people_read(&r->some, &r->file.body);
	people_read(&r->whole, &r->file.body);
	row_fault(r, &r->some.faults);
}

static enum gh_err import_row_read(struct people_import *m, gh_slice record,
				   struct import_row *r)
{
	enum gh_err err;

	*r = (struct import_row){ .row = m->line, .of = m };
	err = people_file_read(&m->file, record, &m->piece, &r->file, &r->fault);
	if (err == GH_ENOMEM)
		return err;
	r->wrong = err != GH_OK;
	if (!r->wrong)
		import_row_check(m, r);
	if (!r->wrong)
		row_bodies(m, r);
	r->action = PEOPLE_ERROR;
	return m->piece.failed ? GH_ENOMEM : GH_OK;
}

static void import_job_done(struct store_job *job, enum gh_err err);

static bool import_put(struct people_import *m)
{
	enum gh_err err = import_rows_put(m, import_job_done);

	if (err) {
		people_import_fail(m, err);
		http_resume(m->c->r);
	}
	return err == GH_OK;
}

static void people_import_answer(struct people_import *m)
{
	const char *type = gh_slice_eq(m->form, GH_LIT("csv")) ? "text/csv; charset=utf-8"
							       : "application/x-ndjson";
	struct buffer report = m->report;

	LOG(m->c->server->log, LOG_INFO,
	    m->trial ? "import of people tried" : "people imported", { "by", m->c->who },
	    { "peer", http_peer(m->c->r) }, { "request", gh_slice_of(m->c->id) });
	if (report.err) {
		people_import_fail(m, report.err);
		return;
	}
	m->report = (struct buffer){ 0 };
	http_reply_take(m->c->r, 200, type, (gh_slice){ report.p, report.n });
	people_import_end(m);
}

/* What is wrong with one row is no reason not to go on. */
static bool err_is_of_row(enum gh_err err)
{
	return err == GH_EEXISTS || err == GH_EINVALID || err == GH_ENOTFOUND ||
	       err == GH_ESTATE;
}

/* One that could not be stored by itself. */
static void import_row_failed(struct import_row *r, enum gh_err err)
{
	const struct entity_change *x =
		r->some.change.wrote ? &r->some.change : &r->whole.change;
	const char *field = x->refusal.field	? x->refusal.field
			    : err == GH_EEXISTS ? "pin"
						: "";

	r->action = PEOPLE_ERROR;
	fault_set(&r->fault, gh_slice_of(field), "%s",
		  err == GH_EEXISTS ? "or a card is that of another person, since this moment"
				    : "names what is not there any more");
}

/* On the store thread. */
static void rows_note(struct people_import *m)
{
	bool changed = false;

	for (size_t i = m->at; i < m->at + m->step; i++) {
		struct import_row *r = &m->row[i];
		bool stored = !m->trial && r->action == PEOPLE_CREATE;

		if (stored)
			r->id = r->whole.change.id;
		changed = changed || stored || r->action == PEOPLE_UPDATE;
		if (r->id && r->action != PEOPLE_ERROR)
			g_hash_table_insert(m->taken, GSIZE_TO_POINTER((gsize)r->id),
					    (gpointer)(intptr_t)r->row);
	}
	for (guint i = 0; i < m->going->len; i++)
		g_hash_table_add(m->gone, g_strdup(g_ptr_array_index(m->going, i)));
	g_ptr_array_set_size(m->going, 0);
	if (changed && !m->trial) {
		m->audited = true;
		entity_changes_end(m->c->server, ENTITY_PEOPLE);
	}
}

static void people_import_piece_done(void *ctx)
{
	struct people_import *m = ctx;

	if (m->err) {
		people_import_fail(m, m->err);
		return;
	}
	if (m->ended) {
		people_import_answer(m);
		return;
	}
	for (size_t i = m->at; i < m->at + m->step; i++)
		report_row(m, &m->row[i]);
	m->at += m->step;
	import_piece_turn(m);
}

static void import_job_done(struct store_job *job, enum gh_err err)
{
	struct people_import *m =
		(struct people_import *)((char *)job - offsetof(struct people_import, job));

	/* Each by itself, so that one alone fails. */
	if (err_is_of_row(err) && m->step > 1) {
		m->step = 1;
		err = import_rows_put(m, import_job_done);
		if (err == GH_OK)
			return;
	} else if (err_is_of_row(err) && m->step == 1) {
		import_row_failed(&m->row[m->at], err);
		err = GH_OK;
	}
	m->err = err;
	if (err == GH_OK)
		rows_note(m);
	http_resume_with(m->c->r, people_import_piece_done, m);
}

static enum gh_err import_piece_read(struct people_import *m)
{
	enum gh_err err = GH_OK;
	gh_slice record;

	ghi_arena_clear(&m->piece);
	m->rows = m->at = 0;
	m->row = ghi_arena_alloc(&m->piece, IMPORT_PIECE * sizeof(*m->row));
	if (m->row == NULL)
		return GH_ENOMEM;
	while (err == GH_OK && m->rows < IMPORT_PIECE && import_record_next(m, &record))
		err = import_row_read(m, record, &m->row[m->rows++]);
	m->step = m->rows;
	return err;
}

static void import_piece_turn(void *ctx)
{
	struct people_import *m = ctx;
	enum gh_err err = m->at == m->rows ? import_piece_read(m) : GH_OK;

	if (err) {
		people_import_fail(m, err);
		return;
	}
	if (m->rows == 0) {
		if (m->trial) {
			people_import_answer(m);
			return;
		}
		m->ended = true;
		report_audit(m);
	}
	if (http_defer(m->c->r)) {
		import_put(m);
		return;
	}
	/* The report will not be read; what was stored stays. */
	if (m->audited) {
		report_audit(m);
		audit_note(m->c->server, &m->audit);
	}
	people_import_end(m);
}

/* --- the call --- */

static void known_done(struct read_job *job)
{
	struct people_import *m =
		(struct people_import *)((char *)job - offsetof(struct people_import, read));
	int stopped = atomic_load(&job->stopped);

	if (stopped)
		m->err = (enum gh_err)stopped;
	http_resume_with(m->c->r, import_scan_turn, m);
}

static void import_new(struct people_import *m)
{
	struct call *c = m->c;

	m->trial = call_param(c, PARAM_dryRun)->i == 1;
	m->piece = ghi_arena_beside(call_arena(c));
	m->inner = *c;
	m->inner.arena = &m->piece;
	m->code = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	m->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	m->gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	m->taken = g_hash_table_new(g_direct_hash, g_direct_equal);
	m->going = g_ptr_array_new_with_free_func(g_free);
	m->audit = call_audit(c, "begin_people_import");
	m->audit.subject = audit_subject(call_arena(c), "import", gh_slice_of(c->id));
}

static bool form_choose(struct people_import *m)
{
	gh_slice form = call_param(m->c, PARAM_format)->s;

	m->form = form.n ? form : m->file.csv ? GH_LIT("csv") : GH_LIT("ndjson");
	if (gh_slice_eq(m->form, GH_LIT("csv")) || gh_slice_eq(m->form, GH_LIT("ndjson")))
		return true;
	call_fail_param(m->c, PARAM_format, "of the report must be csv or ndjson");
	return false;
}

void handle_people_import(struct call *c)
{
	struct people_import *m = ghi_arena_alloc(call_arena(c), sizeof(*m));
	enum gh_err err;

	if (m == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	m->c = c;
	import_new(m);
	if (!import_decode(m) || !people_import_open(m) || !form_choose(m)) {
		people_import_end(m);
		return;
	}
	report_begin(m);
	m->read = (struct read_job){ .run = import_known_run, .done = known_done };
	if (!http_defer(c->r)) {
		people_import_end(m);
		return;
	}
	err = readers_put(c->api->readers, READERS_LIST, &m->read);
	if (err == GH_OK)
		return;
	people_import_fail(m, err);
	http_resume(c->r);
}
