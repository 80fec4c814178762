/* POST /api/punches/import: punches of a file, which is the body (wire/punch_file/punch_file.h). It is read in
 * turns, between which other requests of the thread are served, and stored in pieces, each a transaction, when
 * nothing else waits for the store. A repeat finds what was stored: one that was cut off loses and doubles
 * nothing. */
#include "api/call.h"
#include "api/punches.h"
#include "base/csv_read.h"
#include "base/utf16.h"
#include "core/audit.h"
#include "core/ingest.h"
#include "core/punch_known.h"
#include "wire/punch_file/punch_file.h"

enum {
	TURN_RECORDS = 2000,
	PIECE_PUNCHES = 20000,
	PIECE_BYTES = 4 << 20,
	FAULTS_SHOWN = 100, /* further ones are counted */
};

struct import_fault {
	int64_t line;
	struct ghi_punch_file_fault why;
};

/* In the request's arena. */
struct import {
	struct call *c;
	struct device *d;
	struct ingest *in;  /* NULL: a trial, which stores nothing */
	struct arena texts; /* of the piece */
	struct ghi_punch_file file;
	gh_slice rest;	      /* of the body */
	const uint8_t *blank; /* only blanks from here on */
	int64_t line;	      /* of the body that were read */
	uint8_t *room;
	size_t punches; /* of the piece */
	bool begun, answered;
	int64_t fresh, known, wrong;
	struct import_fault fault[FAULTS_SHOWN];
	struct audit_row audit;
	enum gh_err err;

	/* Of a trial. */
	struct punch *punch;
	struct read_job job;
};

static void import_end(struct import *m)
{
	ingest_free(m->in);
	ghi_arena_clear(&m->texts);
	device_unref(m->d);
}

static void import_fail(struct import *m, enum gh_err err)
{
	if (err == GH_ENOTFOUND)
		call_fail_device(m->c, "device", device_sn(m->d));
	else
		call_fail_err(m->c, err);
	import_end(m);
}

/* --- the answer --- */

static void faults_write(struct json *j, const struct import *m)
{
	json_key(j, "faults");
	json_array(j);
	for (int64_t i = 0; i < m->wrong && i < FAULTS_SHOWN; i++) {
		const struct import_fault *f = &m->fault[i];

		json_object(j);
		json_key(j, "line");
		json_int(j, f->line);
		json_key(j, "field");
		json_string(j, gh_slice_of(f->why.column));
		json_key(j, "message");
		json_string(j, gh_slice_of(f->why.reason));
		json_object_end(j);
	}
	json_array_end(j);
}

static void import_log(const struct import *m)
{
	uint8_t text[3][24];
	const int64_t n[3] = { m->fresh, m->known, m->wrong };
	gh_slice shown[3];

	for (size_t i = 0; i < 3; i++) {
		struct ghi_writer w = ghi_writer_on(text[i], sizeof(text[i]));

		ghi_put_signed(&w, n[i]);
		shown[i] = ghi_written(&w);
	}
	LOG(m->c->server->log, LOG_INFO, "punches imported", { "sn", device_sn(m->d) },
	    { "new", shown[0] }, { "known", shown[1] }, { "wrong", shown[2] },
	    { "by", m->c->who }, { "peer", http_peer(m->c->r) },
	    { "request", gh_slice_of(m->c->id) });
}

static void import_answer(struct import *m)
{
	const char *form = m->begun ? ghi_punch_file_form_word(m->file.form) : NULL;
	struct json j = call_data();

	if (m->in)
		import_log(m);
	json_object(&j);
	json_key(&j, "deviceSerial");
	json_string(&j, device_sn(m->d));
	json_key(&j, "form");
	if (form)
		json_string(&j, gh_slice_of(form));
	else
		json_null(&j);
	json_key(&j, "dryRun");
	json_bool(&j, m->in == NULL);
	json_key(&j, "lines");
	json_int(&j, m->line);
	json_key(&j, "new");
	json_int(&j, m->fresh);
	json_key(&j, "known");
	json_int(&j, m->known);
	json_key(&j, "wrong");
	json_int(&j, m->wrong);
	faults_write(&j, m);
	json_object_end(&j);
	call_data_end(m->c, 200, &j);
	import_end(m);
}

/* --- reading --- */

static void record_wrong(struct import *m, int64_t line, const struct ghi_punch_file_fault *why)
{
	if (m->wrong < FAULTS_SHOWN)
		m->fault[m->wrong] = (struct import_fault){ line, *why };
	m->wrong++;
}

static gh_slice record_take(struct import *m)
{
	gh_slice record = m->rest, line, after;
	size_t n;

	if (m->begun && m->file.form == GHI_PUNCH_FILE_CSV) {
		n = ghi_csv_record_length(m->rest, true);
	} else {
		gh_slice_cut(m->rest, '\n', &line, &after);
		n = m->rest.n - after.n;
	}
	record.n = n;
	m->rest = gh_slice_from(m->rest, n);
	for (after = record; after.n; m->line++)
		gh_slice_cut(after, '\n', &line, &after);
	return record;
}

static enum gh_err punch_take(struct import *m, struct punch *p)
{
	p->pin = ghi_arena_copy(&m->texts, p->pin);
	/* One form of no code for all: a file and a log may each have another one. */
	p->work_code =
		punch_is_uncoded(p) ? (gh_slice){ 0 } : ghi_arena_copy(&m->texts, p->work_code);
	p->extra = ghi_arena_copy(&m->texts, p->extra);
	p->source = PUNCH_IMPORTED;
	p->device = device_id(m->d);
	if (m->texts.failed)
		return GH_ENOMEM;
	if (m->in == NULL)
		m->punch[m->punches] = *p;
	m->punches++;
	return m->in ? ingest_punch(m->in, p) : GH_OK;
}

/* Whether it is of another device; then answered where the whole file is. */
static bool record_is_elsewhere(struct import *m, const struct ghi_punch_file_row *row,
				int64_t line)
{
	static const struct ghi_punch_file_fault elsewhere = {
		.column = "deviceSerial", .reason = "is the serial number of another device"
	};

	if (row->serial.n == 0 || gh_slice_eq(row->serial, device_sn(m->d)))
		return false;
	if (row->what == GHI_PUNCH_FILE_PUNCH) {
		record_wrong(m, line, &elsewhere);
		return true;
	}
	call_fail_param(m->c, PARAM_device, "is %.*s, and the file is of the device \"%.*s\"",
			GH_FMT(device_sn(m->d)), row->serial.n > 64 ? 64 : (int)row->serial.n,
			(const char *)row->serial.p);
	m->answered = true;
	return true;
}

/* The first record; true: it is done with. */
static bool import_begin(struct import *m, gh_slice record)
{
	struct ghi_punch_file_fault fault = { 0 };
	bool head = false;

	if (record.n <= GHI_PUNCH_FILE_RECORD &&
	    ghi_punch_file_begin(&m->file, record, m->room, &head, &fault) == GH_OK) {
		m->begun = true;
		return head;
	}
	if (fault.reason == NULL)
		fault = (struct ghi_punch_file_fault){ "has too long a first line", "" };
	call_fail(m->c, ERROR_body_malformed, "The file%s%s%s %s.",
		  *fault.column ? "'s column \"" : "", fault.column, *fault.column ? "\"" : "",
		  fault.reason);
	m->answered = true;
	return true;
}

static enum gh_err import_record_read(struct import *m)
{
	int64_t line = m->line + 1;
	gh_slice record = record_take(m);
	struct ghi_punch_file_fault why;
	struct ghi_punch_file_row row;
	enum gh_err err;

	if (gh_slice_trim(record).n == 0 || (!m->begun && import_begin(m, record)))
		return GH_OK;
	m->file.last = m->rest.p >= m->blank;
	err = ghi_punch_file_read(&m->file, record, m->room, &row, &why);
	m->file.punched |= err == GH_OK && row.what == GHI_PUNCH_FILE_PUNCH;
	if (err)
		record_wrong(m, line, &why);
	else if (!record_is_elsewhere(m, &row, line) && row.what == GHI_PUNCH_FILE_PUNCH)
		return punch_take(m, &row.p);
	return GH_OK;
}

static bool piece_is_full(const struct import *m)
{
	return m->punches == PIECE_PUNCHES || m->texts.used >= PIECE_BYTES;
}

/* --- pieces --- */

static void import_turn(void *ctx);

static void import_piece_stored(void *ctx)
{
	struct import *m = ctx;

	if (m->err) {
		import_fail(m, m->err);
		return;
	}
	if (m->in)
		ingest_piece_clear(m->in);
	ghi_arena_clear(&m->texts);
	m->punches = 0;
	if (m->rest.n)
		import_turn(m);
	else
		import_answer(m);
}

/* On the store thread. */
static void import_piece_done(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct import *m = ctx;

	m->err = err;
	m->fresh = (int64_t)result->fresh;
	m->known = (int64_t)(result->accepted - result->fresh);
	http_resume_with(m->c->r, import_piece_stored, m);
}

/* On a reader thread. */
static void trial_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct import *m = (struct import *)((char *)job - offsetof(struct import, job));
	size_t known = 0;

	m->err = err;
	if (reader)
		m->err = punches_known(m->c->server->db.ops, reader, device_id(m->d), m->punch,
				       m->punches, &known);
	m->known += (int64_t)known;
	m->fresh += (int64_t)(m->punches - known);
}

static void trial_done(struct read_job *job)
{
	struct import *m = (struct import *)((char *)job - offsetof(struct import, job));
	int stopped = atomic_load(&job->stopped);

	if (stopped)
		m->err = (enum gh_err)stopped;
	http_resume_with(m->c->r, import_piece_stored, m);
}

static enum gh_err piece_put(struct import *m)
{
	if (m->in)
		return ingest_put_piece(m->in, m->rest.n ? INGEST_ALL : INGEST_LAST,
					import_piece_done, m);
	m->job = (struct read_job){ .run = trial_run, .done = trial_done };
	return readers_put(m->c->api->readers, READERS_LIST, &m->job);
}

static void import_turn(void *ctx)
{
	struct import *m = ctx;
	enum gh_err err = GH_OK;

	for (int i = 0;
	     i < TURN_RECORDS && m->rest.n && err == GH_OK && !m->answered && !piece_is_full(m);
	     i++)
		err = import_record_read(m);
	if (m->answered) {
		import_end(m);
	} else if (err) {
		import_fail(m, err);
	} else if (!http_defer(m->c->r)) {
		import_end(m);
	} else if (m->rest.n && !piece_is_full(m)) {
		http_resume_with(m->c->r, import_turn, m);
	} else {
		err = piece_put(m);
		if (err == GH_OK)
			return;
		import_fail(m, err);
		http_resume(m->c->r);
	}
}

/* --- the call --- */

/* The body as UTF-8, without a mark. */
static bool text_decode(struct import *m)
{
	gh_slice body = http_body(m->c->r);
	struct ghi_utf16 t = { 0 };
	size_t mark;
	enum ghi_text_form form = ghi_text_form_of(body, &mark);
	uint8_t *to;

	body = gh_slice_from(body, mark);
	m->rest = body;
	if (form == GHI_TEXT_BYTES)
		return true;
	to = ghi_arena_alloc(call_arena(m->c), GHI_UTF16_ROOM(body.n));
	if (to == NULL)
		return false;
	t.big = form == GHI_TEXT_UTF16_BE;
	m->rest = (gh_slice){ to, ghi_utf16_read(&t, body, to) };
	return true;
}

static bool body_decode(struct import *m)
{
	bool done = text_decode(m);
	size_t n = m->rest.n;

	while (n && memchr(" \t\r\n", m->rest.p[n - 1], 4))
		n--;
	m->blank = n ? m->rest.p + n : m->rest.p;
	return done;
}

/* How its verify modes are called (api/punch_view.c). */
static void generation_find(struct import *m)
{
	struct device_row row = { 0 };

	device_row(m->d, call_arena(m->c), &row);
	m->file.generation = device_dialect(m->d) == DEVICE_ACCESS
				     ? VERIFY_NEW
				     : punch_generation(row.attendance.push_version);
}

static enum gh_err import_open(struct import *m, bool trial)
{
	struct arena *a = call_arena(m->c);

	m->texts = ghi_arena_beside(a);
	m->room = ghi_arena_alloc(a, GHI_PUNCH_FILE_ROOM(GHI_PUNCH_FILE_RECORD));
	if (m->room == NULL || !body_decode(m))
		return GH_ENOMEM;
	generation_find(m);
	if (trial) {
		m->punch = ghi_arena_alloc(a, PIECE_PUNCHES * sizeof(*m->punch));
		return m->punch ? GH_OK : GH_ENOMEM;
	}
	m->in = ingest_new(m->c->server, m->d, &m->texts, GH_LIT("import"));
	if (m->in == NULL)
		return GH_ENOMEM;
	m->audit = call_audit(m->c, "import_punches");
	m->audit.subject = audit_subject(a, "device", device_sn(m->d));
	ingest_again(m->in, m->c->server->now_ms());
	ingest_idle(m->in);
	ingest_audit(m->in, &m->audit, &m->wrong);
	return GH_OK;
}

void handle_punch_import(struct call *c)
{
	gh_slice sn = call_param(c, PARAM_device)->s;
	struct import *m;
	struct device *d;
	enum gh_err err;

	if (sn.n == 0) {
		call_fail_param(c, PARAM_device,
				"is missing: the device whose punches they are");
		return;
	}
	d = call_device_find(c, sn);
	if (d == NULL) {
		call_fail_device(c, "device", sn);
		return;
	}
	m = ghi_arena_alloc(call_arena(c), sizeof(*m));
	if (m == NULL || device_state(d) == DEVICE_HELD) {
		device_unref(d);
		if (m)
			call_fail(c, ERROR_wrong_state,
				  "Device %.*s waits for approval. Approve it first, with its "
				  "zone, in which the times of the file are read.",
				  GH_FMT(sn));
		else
			call_fail_err(c, GH_ENOMEM);
		return;
	}
	m->c = c;
	m->d = d;
	err = import_open(m, call_param(c, PARAM_dryRun)->i == 1);
	if (err)
		import_fail(m, err);
	else
		import_turn(m);
}
