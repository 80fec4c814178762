/* Background verification, the old form: POST cdata?AuthType=…, while a person waits at the device (PUSH SDK 2013,
 * 3.2.5-2; QUIRKS Q30). A card and a password are compared with what is stored of the person; a template goes to the
 * matcher (session/matcher.h). The reply is always a verdict, and never a late one: the device waits three seconds.
 *
 * The new form (type=PostVerifyData) is answered OK, as printed; what it has, and how it is refused, is in no
 * document. */
#include <openssl/crypto.h>

#include "base/base64.h"
#include "core/access/site_memory.h"
#include "core/problems.h"
#include "core/readers.h"
#include "core/server_clock.h"
#include "session/attendance/attendance.h"
#include "session/attendance/verifying.h"
#include "wire/push/card.h"

#define PHOTO_MOST ((size_t)32 << 10) /* bytes of a photo in a reply */

/* --- what is compared --- */

static bool texts_equal(gh_slice shown, gh_slice expected)
{
	return expected.n && shown.n == expected.n &&
	       CRYPTO_memcmp(shown.p, expected.p, shown.n) == 0;
}

static bool card_is(gh_slice stored, uint64_t card)
{
	uint64_t number;

	return ghi_card_number(stored, &number) == GH_OK && number == card && card;
}

/* With what devices have of the person. */
static bool presented_fits(const struct verifying *v)
{
	const struct person *p = &v->lookup.person;
	bool first = card_is(p->card, v->card), second = card_is(p->vice_card, v->card);

	if (v->lookup.device == 0)
		return false;
	if (v->what == GHI_PRESENTED_PASSWORD)
		return texts_equal(v->presented.data, p->password);
	return first || second;
}

/* The validity that a device has of the person. */
static bool person_is_valid(const struct verifying *v)
{
	const struct person *p = &v->lookup.person;
	ghi_civil from = 0, to = 0;

	if (v->lookup.device == 0 || !model_has(p, PERSON_expires) || p->expires == 0)
		return true;
	if (p->valid_from.n && validity_read(p->valid_from, false, &from))
		from = 0;
	if (p->valid_to.n && validity_read(p->valid_to, true, &to))
		to = 0;
	return validity_at(&(struct validity){ from, to }, lookup_moment(v->x));
}

static bool presented_is_template(const struct verifying *v)
{
	return v->what == GHI_PRESENTED_FINGERPRINT || v->what == GHI_PRESENTED_FACE;
}

static void person_judge(struct exchange *x)
{
	struct verifying *v = x->state;
	bool is_template = presented_is_template(v);

	if (v->err)
		exchange_store_failed(x, v->err);
	else if (v->lookup.device == 0 && v->name.p == NULL)
		verdict_fail(v, v->lookup.elsewhere ? "the person is of another area"
						    : "there is no such person");
	else if (!is_template && v->bare && !presented_fits(v))
		verdict_fail(v, "what was presented is not that of the person");
	else if (!person_is_valid(v))
		verdict_fail(v, "the person is not valid now");
	else
		verdict_pass(v);
}

/* --- what is stored --- */

static bool person_photo_take(void *ctx, const struct record_row *row)
{
	struct verifying *v = ctx;
	const struct photo *p = row->record;
	char *text;

	if (!gh_slice_eq(p->kind, GH_LIT("user")) || p->content.n == 0 ||
	    p->content.n > PHOTO_MOST)
		return true;
	text = ghi_arena_alloc(v->x->arena, p->content.n * 4 / 3 + 8);
	if (text)
		v->photo = base64_encode(p->content, text);
	return text == NULL;
}

/* On a reader thread. */
static void person_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct verifying *v = (struct verifying *)job;
	struct store_page page = { .limit = 10, .pin = v->pin };

	if (err == GH_OK)
		err = lookup_read(&v->lookup, reader);
	page.device = v->lookup.device;
	if (err == GH_OK && v->lookup.device)
		err = v->x->server->db.ops->records_read(reader, KIND_PHOTO, &page,
							 person_photo_take, v);
	v->err = err;
}

static void person_done(struct read_job *job)
{
	exchange_resume_with(((struct verifying *)job)->x, person_judge);
}

static void person_begin(struct verifying *v)
{
	struct exchange *x = v->x;
	enum gh_err err;

	/* A look-up without a PIN finds all people. */
	if (v->pin.n == 0) {
		verdict_refuse(v, "it is not known who it is");
		return;
	}
	v->lookup = (struct lookup){ .x = x, .pin = v->pin };
	v->job = (struct read_job){ .run = person_run, .done = person_done };
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	err = readers_put(x->server->readers, READERS_SHORT, &v->job);
	if (err) {
		v->err = err;
		exchange_resume_with(x, person_judge);
	}
}

/* --- the person of the site --- */

static void site_judge(struct verifying *v);

static void site_judge_again(struct exchange *x)
{
	site_judge(x->state);
}

/* What people decided about the person comes first; what devices have counts where they decided nothing. */
static void site_judge(struct verifying *v)
{
	struct site_claim claim = { .sn = v->x->sn, .pin = v->pin, .at = lookup_moment(v->x) };

	if (v->what == GHI_PRESENTED_CARD)
		claim.card_number = v->card <= INT64_MAX ? (int64_t)v->card : -1;
	if (v->what == GHI_PRESENTED_PASSWORD)
		claim.password = v->presented.data;

	struct site_claim_answer a = site_memory_check(v->x->server->site, &claim, v->x->arena);

	v->bare = a.claimed == SITE_CLAIM_BARE || a.claimed == SITE_CLAIM_UNKNOWN;
	switch (a.claimed) {
	case SITE_CLAIM_NOT_READY:
		if (v->waited) {
			verdict_refuse(v, "people are being read");
			return;
		}
		v->waited = true;
		lookup_site_wait(&v->wait, v->x, site_judge_again);
		return;
	case SITE_CLAIM_DENIED:
		verdict_fail(v, site_verdict_text(a.why));
		return;
	case SITE_CLAIM_WRONG:
		verdict_fail(v, "what was presented is not that of the person");
		return;
	case SITE_CLAIM_UNKNOWN:
		if (v->pin.n == 0) {
			verdict_fail(v, "no person of the site has the card");
			return;
		}
		break;
	case SITE_CLAIM_BARE:
	case SITE_CLAIM_FITS:
		v->name = a.name.p ? a.name : GH_LIT("");
		v->pin = a.pin;
		break;
	}
	person_begin(v);
}

/* --- templates --- */

static void matcher_judge(struct exchange *x)
{
	struct verifying *v = x->state;
	const struct matcher_question *q = &v->question;
	gh_slice found = gh_slice_of(q->found);

	switch (q->result) {
	case MATCHER_FAILED:
		verdict_refuse(v, q->why);
		return;
	case MATCHER_NO_PERSON:
		verdict_fail(v, "the matcher found no person");
		return;
	case MATCHER_FOUND:
		break;
	}
	if (v->pin.n && !gh_slice_eq(v->pin, found)) {
		problem_raise(x->server, PROBLEM_MATCHER_FAILED, PROBLEM_OF_SERVER,
			      "it named another person than the device did");
		verdict_fail(v, "the matcher named another person");
		return;
	}
	v->pin = found;
	site_judge(v);
}

/* On the matcher's thread. */
static void matcher_answered(struct matcher_question *q)
{
	struct verifying *v = q->ctx;

	exchange_resume_with(v->x, matcher_judge);
}

static void template_begin(struct verifying *v)
{
	struct exchange *x = v->x;
	const char *url = x->server->settings->verify_url;
	enum gh_err err;

	if (*url == '\0' || x->server->matcher == NULL) {
		verdict_refuse(v, "no matcher of templates is set (verify-url)");
		return;
	}
	if (v->presented.data.n == 0 ||
	    ghi_base64_count(v->presented.data) != v->presented.data.n) {
		verdict_refuse(v, "the template is not base64");
		return;
	}
	v->question = (struct matcher_question){
		.device = x->sn,
		.pin = v->presented.pin,
		.type = gh_slice_of(ghi_presented_name(v->what)),
		.template = v->presented.data,
		.done = matcher_answered,
		.ctx = v,
	};
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	err = matcher_put(x->server->matcher, url, &v->question);
	if (err) {
		snprintf(v->question.why, sizeof(v->question.why), "%s",
			 err == GH_EBUSY ? "too many templates are being compared"
					 : gh_strerror(err));
		v->question.result = MATCHER_FAILED;
		exchange_resume_with(x, matcher_judge);
	}
}

/* --- the request --- */

/* The trace does not show what was presented. */
static void presented_hide(struct verifying *v)
{
	size_t room = v->presented.pin.n + 64;
	uint8_t *text = ghi_arena_alloc(v->x->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	ghi_put(&w, GH_LIT("PIN="));
	ghi_put(&w, v->presented.pin);
	ghi_put(&w, GH_LIT("\tSize="));
	ghi_put_decimal(&w, v->presented.data.n);
	ghi_put(&w, GH_LIT("\tTMP=***"));
	v->x->shown_body = text ? ghi_written(&w) : GH_LIT("***");
}

static bool presented_pin_fits(gh_slice pin)
{
	for (size_t i = 0; i < pin.n; i++)
		if (pin.p[i] <= ' ' || pin.p[i] >= 0x7F)
			return false;
	return pin.n < MATCHER_PIN;
}

static bool verification_is_on(struct exchange *x)
{
	struct device_row row;

	device_row(x->device, x->arena, &row);
	return model_has(&row, DEVICE_background_verification)
		       ? row.attendance.background_verification != 0
		       : x->server->settings->background_verification;
}

/* Why it is refused without a look at the person; NULL: it is not. */
static const char *verification_bar(struct verifying *v)
{
	struct exchange *x = v->x;
	bool read = ghi_verification_read(x->body, &v->presented) == GH_OK;

	presented_hide(v);
	if (!verification_is_on(x))
		return "background verification is off";
	if (!lookup_proven(x))
		return "from another address than its last handshake";
	if (v->what == GHI_PRESENTED_UNKNOWN)
		return "what is presented is of a kind that is not known (AuthType)";
	if (!read || !presented_pin_fits(v->presented.pin))
		return "the request has no TMP, or a PIN that is none";
	if (!attempts_open(v))
		return "too many failed attempts";
	if (v->what == GHI_PRESENTED_PASSWORD && v->presented.pin.n == 0)
		return "a password came without a PIN";
	if (v->what == GHI_PRESENTED_PASSWORD && v->presented.data.n == 0)
		return "the password is empty";
	if (v->what == GHI_PRESENTED_CARD &&
	    (ghi_card_number(v->presented.data, &v->card) || v->card == 0) &&
	    (ghi_card_hex(v->presented.data, true, &v->card) || v->card == 0))
		return "the card is no number";
	return NULL;
}

void attendance_verify(struct exchange *x)
{
	struct verifying *v = ghi_arena_alloc(x->arena, sizeof(*v));
	const char *bar;

	if (v == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	*v = (struct verifying){ .x = x,
				 .what = ghi_presented_of(exchange_param(x, "AuthType")),
				 .begun_ms = server_monotonic_ms(x->server) };
	x->state = v;
	bar = verification_bar(v);
	v->pin = v->presented.pin;
	if (bar)
		verdict_refuse(v, bar);
	else if (presented_is_template(v))
		template_begin(v);
	else
		site_judge(v);
}
