#include "core/audit.h"
#include "core/limiter.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/server_clock.h"
#include "session/attendance/verifying.h"

#define VERDICT_MS 2900 /* of the three seconds that a device waits */
#define REPLY_ROOM 512

/* --- attempts --- */

/* Of a person at a device, and of a device. */
static gh_slice attempt_name(const struct verifying *v, uint8_t room[LIMITER_NAME], bool person)
{
	struct ghi_writer w = ghi_writer_on(room, LIMITER_NAME);

	ghi_put_decimal(&w, (uint64_t)device_id(v->x->device));
	ghi_put_u8(&w, ' ');
	if (person)
		ghi_put(&w, v->presented.pin.n < 32 ? v->presented.pin
						    : (gh_slice){ v->presented.pin.p, 32 });
	return ghi_written(&w);
}

bool attempts_open(const struct verifying *v)
{
	struct server *s = v->x->server;
	int64_t now_ms = server_monotonic_ms(s);
	uint8_t room[LIMITER_NAME];

	return limiter_name_open(s->failed_devices, attempt_name(v, room, false), now_ms) &&
	       (v->presented.pin.n == 0 ||
		limiter_name_open(s->failed_people, attempt_name(v, room, true), now_ms));
}

static void attempt_count(const struct verifying *v)
{
	struct server *s = v->x->server;
	int64_t now_ms = server_monotonic_ms(s);
	uint8_t room[LIMITER_NAME];

	limiter_name_count(s->failed_devices, attempt_name(v, room, false), now_ms);
	if (v->presented.pin.n)
		limiter_name_count(s->failed_people, attempt_name(v, room, true), now_ms);
}

/* --- the reply --- */

void verdict_refuse(struct verifying *v, const char *why)
{
	struct exchange *x = v->x;

	metric_add(&x->server->metrics->verifications_refused, 1);
	problem_raise(x->server, PROBLEM_VERIFICATION_REFUSED, x->sn, "%s", why);
	x->note = why;
	exchange_text(x, GH_LIT("AUTH=Failed\n"));
}

void verdict_fail(struct verifying *v, const char *why)
{
	attempt_count(v);
	verdict_refuse(v, why);
}

static void passage_note(const struct verifying *v)
{
	struct exchange *x = v->x;
	struct audit_row row = {
		.at_ms = x->now_ms,
		.actor = AUDIT_DEVICE,
		.by = device_sn(x->device),
		.from = exchange_peer(x),
		.action = GH_LIT("verify_person"),
		.subject = audit_subject(x->arena, "person", v->pin),
		.outcome = AUDIT_DONE,
		.reason = gh_slice_of(ghi_presented_name(v->what)),
	};

	audit_note(x->server, &row);
}

static bool verdict_write(struct verifying *v, const struct ghi_verdict *verdict,
			  gh_slice *shown, gh_slice *out)
{
	size_t room = REPLY_ROOM + verdict->name.n + verdict->photo.n;
	uint8_t *text = ghi_arena_alloc(v->x->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	gh_slice photo = GH_LIT("\tPhotoSize=");

	ghi_verdict_write(&w, verdict);
	*out = ghi_written(&w);
	*shown = *out;
	for (size_t i = 0; verdict->photo.n && i + photo.n <= out->n; i++)
		if (memcmp(out->p + i, photo.p, photo.n) == 0) {
			shown->n = i;
			break;
		}
	return text && w.err == GH_OK;
}

void verdict_pass(struct verifying *v)
{
	struct exchange *x = v->x;
	const struct person *p = &v->lookup.person;
	struct ghi_verdict verdict = { .passes = true, .pin = v->pin, .photo = v->photo };
	gh_slice shown, text;

	/* Too late to be a verdict. */
	if (server_monotonic_ms(x->server) - v->begun_ms > VERDICT_MS) {
		verdict_refuse(v, "the device did not wait for the verdict");
		return;
	}
	verdict.name = v->lookup.device && model_has(p, PERSON_name) ? p->name : v->name;
	verdict.time_zone = v->lookup.device ? p->time_zone : (gh_slice){ 0 };
	verdict.privilege =
		v->lookup.device && model_has(p, PERSON_privilege) ? p->privilege : 0;
	if (!verdict_write(v, &verdict, &shown, &text)) {
		/* A name or photo that cannot be on the line. */
		verdict.name = verdict.photo = (gh_slice){ 0 };
		if (!verdict_write(v, &verdict, &shown, &text)) {
			verdict_refuse(v, "what is stored of the person cannot be sent");
			return;
		}
	}
	metric_add(&x->server->metrics->verifications_passed, 1);
	passage_note(v);
	x->shown_reply = shown;
	exchange_text(x, text);
}
