/* Remote attendance: the device requests an unknown PIN from the server (PUSH SDK 2013, 3.2.5-1;
 * Attendance PUSH 2020-03, 14; QUIRKS Q30). Who came so is removed again by an order that waits until then, whatever
 * the device does by itself (RmUserSaveTime). */
#include "base/writer.h"
#include "core/access/site_memory.h"
#include "core/commands.h"
#include "core/limiter.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/readers.h"
#include "core/server_clock.h"
#include "session/attendance/attendance.h"
#include "session/attendance/lookup.h"
#include "wire/attendance/operlog.h"

#define REPLY_MAX (256u << 10)
#define ROWS_MAX 1000
#define PIN_MOST 64
#define YEAR_S INT64_C(31536000) /* what an order may wait for at most */

/* Lives in the request's arena. */
struct question {
	struct read_job job;
	struct exchange *x;
	struct lookup lookup;
	struct lookup_wait wait;
	bool waited;	       /* until the people of the site were read */
	struct validity valid; /* of the person of the site, by the clock of the device */
	struct ghi_writer w;
	uint8_t text[2][24]; /* of the validity */
};

/* --- validity --- */

/* As a device has it of a person. */
static struct validity person_validity(const struct person *p)
{
	struct validity v = { 0 };

	if (!model_has(p, PERSON_expires) || p->expires == 0)
		return v;
	if (p->valid_from.n && validity_read(p->valid_from, false, &v.from))
		v.from = 0;
	if (p->valid_to.n && validity_read(p->valid_to, true, &v.to))
		v.to = 0;
	return v;
}

static gh_slice validity_text(uint8_t room[24], ghi_civil at)
{
	struct ghi_writer w = ghi_writer_on(room, 24);

	ghi_put_civil(&w, at);
	/* "2026-01-01T00:00:00", as devices write it. */
	if (w.n > 10)
		room[10] = 'T';
	return ghi_written(&w);
}

/* That of the site goes to the device where no device has one of the person. */
static void validity_set(struct question *r)
{
	struct person *p = &r->lookup.person;

	if ((r->valid.from == 0 && r->valid.to == 0) || model_has(p, PERSON_expires))
		return;
	p->expires = 1;
	p->present |= UINT64_C(1) << PERSON_expires;
	if (r->valid.from) {
		p->valid_from = validity_text(r->text[0], r->valid.from);
		p->present |= UINT64_C(1) << PERSON_valid_from;
	}
	if (r->valid.to) {
		p->valid_to = validity_text(r->text[1], r->valid.to);
		p->present |= UINT64_C(1) << PERSON_valid_to;
	}
}

/* --- what is sent --- */

static void record_write(struct question *r, const char *table, const void *record)
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

static enum gh_err question_read(struct question *r, struct store_reader *reader)
{
	const struct store_ops *ops = r->x->server->db.ops;
	struct store_page page = { .limit = ROWS_MAX, .pin = r->lookup.pin };
	enum gh_err err = lookup_read(&r->lookup, reader);

	if (err == GH_OK && r->lookup.device) {
		/* A password is no business of other devices. */
		r->lookup.person.present &= ~(UINT64_C(1) << PERSON_password);
		r->valid = validity_both(r->valid, person_validity(&r->lookup.person));
		validity_set(r);
		record_write(r, "USERINFO", &r->lookup.person);
		page.device = r->lookup.device;
		err = ops->records_read(reader, KIND_TEMPLATE, &page, template_write, r);
	}
	return err;
}

/* On a reader thread. */
static void question_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct question *r = (struct question *)job;

	r->x->err = err ? err : question_read(r, reader);
}

/* --- the end of the stay --- */

static void stay_reply(struct exchange *x)
{
	struct question *r = x->state;

	if (x->err)
		exchange_store_failed(x, x->err);
	else
		exchange_text(x, ghi_written(&r->w));
}

/* On the store thread. */
static void stay_queued(void *ctx, enum gh_err err, const struct command *c)
{
	(void)c;
	exchange_done(ctx, err);
}

/* When the person has to go, in milliseconds since 1970: after the stay, or where they are valid no longer. */
static int64_t stay_end_ms(const struct question *r)
{
	struct exchange *x = r->x;
	int64_t end_ms = x->now_ms + (int64_t)x->server->settings->remote_stay_h * 3600000;
	struct zone *z = device_zone(x->device);
	int64_t utc;

	if (r->valid.to && z && ghi_civil_valid(r->valid.to)) {
		(void)zone_to_utc(z, r->valid.to, &utc);
		if ((utc + 1) * 1000 < end_ms)
			end_ms = (utc + 1) * 1000;
	}
	zone_close(z);
	return end_ms;
}

/* The order waits before the person comes, so that nothing leaves them there. */
static void stay_begin(struct question *r)
{
	struct exchange *x = r->x;
	uint8_t text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)), n;
	uint8_t number[24];
	int64_t end_ms = stay_end_ms(r);
	enum gh_err err;

	n = ghi_writer_on(number, sizeof(number));
	ghi_put_signed(&n, end_ms);
	command_argument_put(&w, "pin", r->lookup.pin);
	command_argument_put(&w, "not_before", ghi_written(&n));

	struct command_request order = {
		.kind = COMMAND_KIND_END_STAY,
		.arguments = ghi_written(&w),
		.requested_by = COMMAND_BY_SERVER,
		.ttl_s = (end_ms - x->now_ms) / 1000 +
			 x->server->settings->command_ttl_ms / 1000 + 1,
	};

	if (order.ttl_s > YEAR_S)
		order.ttl_s = YEAR_S;
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	x->next = stay_reply;
	err = w.err ? w.err : command_queue(x->server, x->device, &order, stay_queued, x);
	if (err)
		exchange_done(x, err);
}

/* --- the reply --- */

static void question_refused(struct exchange *x, const char *why)
{
	metric_add(&x->server->metrics->questions_refused, 1);
	problem_raise(x->server, PROBLEM_QUESTIONS_REFUSED, x->sn, "%s", why);
}

/* Why a person who is known does not come; NULL: they do. */
static const char *question_bar(const struct question *r)
{
	if (r->lookup.device == 0)
		return r->lookup.elsewhere ? "the person is of another area" : NULL;
	return validity_at(&r->valid, lookup_moment(r->x)) ? NULL
							   : "the person is not valid now";
}

static void question_reply(struct exchange *x)
{
	struct question *r = x->state;
	const char *bar = x->err ? NULL : question_bar(r);

	if (x->err) {
		exchange_store_failed(x, x->err);
	} else if (r->w.n == 0 || bar) {
		x->note = bar;
		if (bar)
			question_refused(x, bar);
		exchange_text(x, GH_LIT("NONE"));
	} else if (r->lookup.here || x->server->settings->remote_stay_h == 0) {
		exchange_text(x, ghi_written(&r->w));
	} else {
		stay_begin(r);
	}
}

static void question_done(struct read_job *job)
{
	exchange_resume_with(((struct question *)job)->x, question_reply);
}

/* --- permission --- */

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
	if (!lookup_proven(x)) {
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

static void question_begin(struct exchange *x);

/* What people decided about the person. false: answered, or it is looked at again. */
static bool site_permits(struct question *r)
{
	struct exchange *x = r->x;
	const struct site_claim claim = { .sn = x->sn,
					  .pin = r->lookup.pin,
					  .at = lookup_moment(x) };
	struct site_claim_answer a = site_memory_check(x->server->site, &claim, x->arena);
	const char *why = a.claimed == SITE_CLAIM_DENIED      ? site_verdict_text(a.why)
			  : a.claimed == SITE_CLAIM_NOT_READY ? "people are being read"
							      : NULL;

	r->valid = a.valid;
	if (why == NULL)
		return true;
	if (a.claimed == SITE_CLAIM_NOT_READY && !r->waited) {
		r->waited = true;
		lookup_site_wait(&r->wait, x, question_begin);
		return false;
	}
	question_refused(x, why);
	x->note = why;
	exchange_text(x, GH_LIT("NONE"));
	return false;
}

static void question_begin(struct exchange *x)
{
	struct question *r = x->state;
	enum gh_err err;

	if (!site_permits(r))
		return;
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	err = readers_put(x->server->readers, READERS_SHORT, &r->job);
	if (err) {
		x->err = err;
		exchange_resume_with(x, question_reply);
	}
}

static bool pin_is_one(gh_slice pin)
{
	for (size_t i = 0; i < pin.n; i++)
		if (pin.p[i] <= ' ' || pin.p[i] == 0x7F)
			return false;
	return pin.n > 0 && pin.n <= PIN_MOST;
}

void attendance_person(struct exchange *x)
{
	struct question *r = ghi_arena_alloc(x->arena, sizeof(*r));
	uint8_t *text = ghi_arena_alloc(x->arena, REPLY_MAX);
	gh_slice pin = exchange_param(x, "PIN");

	if (r == NULL || text == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!question_permitted(x))
		return;
	if (!pin_is_one(pin)) {
		exchange_text(x, GH_LIT("NONE"));
		return;
	}
	*r = (struct question){ .job = { .run = question_run, .done = question_done },
				.x = x,
				.lookup = { .x = x, .pin = pin },
				.w = ghi_writer_on(text, REPLY_MAX) };
	x->state = r;
	question_begin(x);
}
