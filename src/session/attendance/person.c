/* Remote attendance: the device requests an unknown PIN from the server (PUSH SDK 2013, 3.2.5-1;
 * Attendance PUSH 2020-03, 14; QUIRKS Q30). */
#include "base/text.h"
#include "base/writer.h"
#include "core/device_text.h"
#include "core/limiter.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/readers.h"
#include "core/server_clock.h"
#include "model/record.h"
#include "session/attendance/attendance.h"
#include "wire/attendance/operlog.h"

#define REPLY_MAX (256u << 10)
#define ROWS_MAX 1000

/* The data of a person, gathered from all devices: the latest upload wins. */
struct lookup {
	struct read_job job;
	struct exchange *x;
	gh_slice pin;
	struct arena *arena;
	struct ghi_writer w;
	struct person person;
	int64_t device, received_ms;
	bool failed;
};

static gh_slice lookup_copy(struct lookup *r, gh_slice s)
{
	gh_slice copy = ghi_arena_copy(r->arena, s);

	r->failed |= copy.n != s.n;
	return copy;
}

static bool person_merge(void *ctx, const struct record_row *row)
{
	struct lookup *r = ctx;

	if (row->received_ms < r->received_ms)
		return true;
	r->person = *(const struct person *)row->record;
	r->received_ms = row->received_ms;
	r->device = row->device;
	for (size_t i = 0; i < PERSON_FIELDS; i++) {
		const struct model_field *f = &model_kinds[KIND_PERSON].field[i];

		if (f->type != MODEL_INT) {
			gh_slice *s = model_at(&model_kinds[KIND_PERSON], &r->person, i);

			*s = lookup_copy(r, *s);
		}
	}
	return !r->failed;
}

static void record_write(struct lookup *r, const char *table, const void *record)
{
	size_t before = r->w.n;

	ghi_put(&r->w, GH_LIT("DATA UPDATE "));
	ghi_put(&r->w, gh_slice_of(table));
	ghi_put_u8(&r->w, ' ');
	ghi_operlog_write_pairs(&r->w, ghi_operlog_tag(gh_slice_of(table)), record);
	ghi_put_u8(&r->w, '\n');
	/* A value that does not fit, or cannot be written on a line, is omitted as a whole. */
	if (r->w.err) {
		r->w.n = before;
		r->w.err = GH_OK;
	}
}

static bool template_write(void *ctx, const struct record_row *row)
{
	const struct template *t = row->record;

	if (gh_slice_eq(t->source, GH_LIT("fp")))
		record_write(ctx, "FINGERTMP", t);
	return true;
}

/* Its own bytes where it wrote the name itself, else the name in its character set; none where no
 * text is known. */
static void lookup_name_set(struct lookup *r)
{
	struct person *p = &r->person;
	struct device_row row;

	device_row(r->x->device, r->arena, &row);
	if (r->device == device_id(r->x->device) && p->name_bytes.n)
		p->name = p->name_bytes;
	else if (ghi_text_is_utf8(p->name))
		p->name = device_text_write(&row, p->name, r->arena);
	else
		p->present &= ~(UINT64_C(1) << PERSON_name);
}

static enum gh_err lookup_read(struct lookup *r, struct store_reader *reader)
{
	const struct store_ops *ops = r->x->server->db.ops;
	struct store_page page = { .limit = ROWS_MAX, .pin = r->pin };
	enum gh_err err = ops->records_read(reader, KIND_PERSON, &page, person_merge, r);

	if (err == GH_OK && r->failed)
		err = GH_ENOMEM;
	if (err == GH_OK && r->device) {
		lookup_name_set(r);
		/* A password is no business of other devices. */
		r->person.present &= ~(UINT64_C(1) << PERSON_password);
		record_write(r, "USERINFO", &r->person);
		page.device = r->device;
		err = ops->records_read(reader, KIND_TEMPLATE, &page, template_write, r);
	}
	return err;
}

/* On a reader thread. */
static void lookup_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct lookup *r = (struct lookup *)job;

	r->x->err = err ? err : lookup_read(r, reader);
}

static void lookup_reply(struct exchange *x)
{
	struct lookup *r = x->state;

	if (x->err)
		exchange_store_failed(x, x->err);
	else if (r->w.n)
		exchange_text(x, ghi_written(&r->w));
	else
		exchange_text(x, GH_LIT("NONE"));
}

static void lookup_done(struct read_job *job)
{
	exchange_resume_with(((struct lookup *)job)->x, lookup_reply);
}

/* --- permission --- */

static void question_refused(struct exchange *x, const char *why)
{
	metric_add(&x->server->metrics->questions_refused, 1);
	problem_raise(x->server, PROBLEM_QUESTIONS_REFUSED, x->sn, "%s", why);
}

/* The server has more people than one device: a device needs permission to get one, and must be proven.
 * false: answered. */
static bool question_permitted(struct exchange *x)
{
	gh_slice peer = exchange_peer(x);
	struct device_row row;

	device_row(x->device, x->arena, &row);
	if (!(model_has(&row, DEVICE_remote_attendance)
		      ? row.attendance.remote_attendance != 0
		      : x->server->settings->remote_attendance)) {
		question_refused(x, "remote attendance is off");
		x->note = "remote attendance is off";
		exchange_text(x, GH_LIT("NONE"));
		return false;
	}
	/* One with a key was looked at as every request is. */
	if (!device_has_key(x->device) && !device_registered_from(x->device, peer)) {
		question_refused(x, "from another address than its last handshake");
		exchange_refuse(x, 403,
				"people are requested from the address of the handshake");
		return false;
	}
	if (!limiter_open(x->server->questions, peer, server_monotonic_ms(x->server))) {
		question_refused(x, "too many questions from its address");
		x->transport->add_header(x->link, "Retry-After", "60");
		exchange_refuse(x, 429, "too many questions about people from this address");
		return false;
	}
	limiter_count(x->server->questions, peer, server_monotonic_ms(x->server));
	metric_add(&x->server->metrics->questions, 1);
	return true;
}

void attendance_person(struct exchange *x)
{
	struct lookup *r = ghi_arena_alloc(x->arena, sizeof(*r));
	uint8_t *text = ghi_arena_alloc(x->arena, REPLY_MAX);
	gh_slice pin = exchange_param(x, "PIN");

	if (r == NULL || text == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!question_permitted(x))
		return;
	if (pin.n == 0) {
		exchange_text(x, GH_LIT("NONE"));
		return;
	}
	*r = (struct lookup){ .job = { .run = lookup_run, .done = lookup_done },
			      .x = x,
			      .arena = x->arena,
			      .pin = pin,
			      .w = ghi_writer_on(text, REPLY_MAX) };
	x->state = r;
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	enum gh_err err = readers_put(x->server->readers, READERS_SHORT, &r->job);
	if (err)
		exchange_store_failed(x, err);
}
