/* POST cdata?AuthType=device: whether a person may pass, decided while they wait (Security PUSH 3.1.2, 10).
 * Where an access level names the door, the site in memory decides (core/access/site_memory.h); else what the
 * unit itself holds, by its mirror, which a reader reads. The attempt is stored after the reply. */
#include <stdlib.h>

#include "core/access/site_memory.h"
#include "core/access/unit_card.h"
#include "core/access/unit_holds.h"
#include "core/audit.h"
#include "core/ingest.h"
#include "core/metrics.h"
#include "core/readers.h"
#include "session/access/upload.h"
#include "wire/access/identification.h"

/* A decision that took longer is none: half of the time that a unit waits (TimeoutSec, 4.5). */
#define ANSWER_MS 5000
#define OPEN_SECONDS 5	  /* of a door that is set to nothing else */
#define RECORD_BYTES 4096 /* of a record at most */
#define ATTEMPT_BYTES ((size_t)64 << 10)

/* Lives in the request's arena. */
struct identifying {
	struct read_job job;
	struct exchange *x;
	struct ghi_identification request;
	struct site_request site;
	int64_t begun_ms;
	unsigned seconds;
	struct unit_wish wish;
	struct unit_holding holding; /* the reader's result */
	enum gh_err err;
};

/* --- the attempt, after the reply --- */

struct attempt {
	struct server *server;
	struct arena arena;
	struct ingest *in;
};

static void attempt_free(struct attempt *a)
{
	ingest_free(a->in);
	ghi_arena_clear(&a->arena);
	free(a);
}

/* On the store thread. */
static void attempt_stored(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct attempt *a = ctx;

	(void)result;
	if (err)
		LOG(a->server->log, LOG_WARNING,
		    "a request to pass was answered and not stored",
		    { "reason", gh_slice_of(gh_strerror(err)) });
	attempt_free(a);
}

/* It has no number: the unit's own event of it has one. */
static enum gh_err attempt_put(struct attempt *a, struct device *device, gh_slice record,
			       int64_t request)
{
	struct ghi_event_fault fault = { 0 };
	struct ghi_identification r;
	gh_slice copy = ghi_arena_copy(&a->arena, record);

	a->in = ingest_new(a->server, device, &a->arena, GH_LIT("identification"));
	if (a->in == NULL || (copy.p == NULL && record.n))
		return GH_ENOMEM;

	enum gh_err err = ghi_identification_read(copy, &r, &fault);

	r.event.record_index = 0;
	r.event.source = ACCESS_IDENTIFIED;
	r.event.first_request = request;
	if (err == GH_OK)
		err = ingest_event(a->in, &r.event);
	return err ? err : ingest_put_piece(a->in, INGEST_LAST, attempt_stored, a);
}

static void attempt_store(struct server *server, struct device *device, gh_slice record,
			  int64_t request)
{
	struct attempt *a = calloc(1, sizeof(*a));
	enum gh_err err = GH_ENOMEM;

	if (a) {
		a->server = server;
		a->arena = ghi_arena_with_limit(ATTEMPT_BYTES);
		err = attempt_put(a, device, record, request);
	}
	if (err == GH_OK)
		return;
	LOG(server->log, LOG_WARNING, "a request to pass was answered and not stored",
	    { "reason", gh_slice_of(gh_strerror(err)) });
	if (a)
		attempt_free(a);
}

/* --- the reply --- */

static void granted_note(const struct identifying *i)
{
	struct exchange *x = i->x;
	struct audit_row row = {
		.at_ms = x->now_ms,
		.actor = AUDIT_DEVICE,
		.by = device_sn(x->device),
		.from = exchange_peer(x),
		.action = GH_LIT("grant_passage"),
		.subject = audit_subject_door(x->arena, i->site.door.sn, i->site.door.n),
		.outcome = AUDIT_DONE,
		.reason = i->request.event.pin.n ? i->request.event.pin : i->request.event.card,
	};

	audit_note(x->server, &row);
}

static void identify_reply(struct identifying *i, enum ghi_auth auth, const char *tips)
{
	struct exchange *x = i->x;
	struct server *server = x->server;
	struct device *device = device_ref(x->device);
	int64_t number = exchange_number(x);
	struct ghi_auth_reply reply = { .auth = auth,
					.record = i->request.record,
					.door = (unsigned)i->site.door.n,
					.seconds = i->seconds,
					.tips = gh_slice_of(tips) };
	struct arena kept = ghi_arena_with_limit(ATTEMPT_BYTES);
	gh_slice record = ghi_arena_copy(&kept, i->request.record);
	size_t room = i->request.record.n + 256;
	uint8_t *text = ghi_arena_alloc(x->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	/* Too late to be a decision; never a late opening. */
	if (auth == GHI_AUTH_SUCCESS && server->now_ms() - i->begun_ms > ANSWER_MS) {
		reply.auth = GHI_AUTH_TIMEOUT;
		reply.tips = (gh_slice){ 0 };
	}
	if (reply.auth == GHI_AUTH_SUCCESS)
		granted_note(i);
	metric_add(reply.auth == GHI_AUTH_SUCCESS  ? &server->metrics->identified_granted
		   : reply.auth == GHI_AUTH_FAILED ? &server->metrics->identified_denied
						   : &server->metrics->identified_late,
		   1);
	ghi_auth_reply_write(&w, &reply);
	if (w.err)
		exchange_store_failed(x, GH_ENOMEM);
	else
		exchange_text(x, ghi_written(&w));
	if (record.n)
		attempt_store(server, device, record, number);
	ghi_arena_clear(&kept);
	device_unref(device);
}

/* --- what the unit holds --- */

static void holds_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct identifying *i = (struct identifying *)job;

	i->err = err ? err : unit_holds(i->x->server->db.ops, reader, &i->wish, &i->holding);
}

/* The person who has the card by what the unit holds may be refused by what is decided here. */
static struct site_decision held_decide(struct identifying *i)
{
	if (!i->holding.holds || i->holding.pin_n == 0)
		return (struct site_decision){ .decided = SITE_DECIDED_ELSEWHERE };
	i->site.pin = (gh_slice){ i->holding.pin, i->holding.pin_n };
	return site_memory_decide(i->x->server->site, &i->site);
}

static void holds_reply(struct exchange *x)
{
	struct identifying *i = x->state;
	struct site_decision d = held_decide(i);

	if (i->err || d.decided == SITE_DECIDED_NOT_READY)
		identify_reply(i, GHI_AUTH_TIMEOUT, NULL);
	else if (d.decided == SITE_DECIDED_DENIED)
		identify_reply(i, GHI_AUTH_FAILED, site_verdict_text(d.why));
	else if (i->holding.holds)
		identify_reply(i, GHI_AUTH_SUCCESS, NULL);
	else
		identify_reply(i, GHI_AUTH_FAILED, site_verdict_text(SITE_UNIT_LACKS));
}

static void holds_were_read(struct read_job *job)
{
	exchange_resume_with(((struct identifying *)job)->x, holds_reply);
}

static void holds_begin(struct identifying *i)
{
	struct exchange *x = i->x;

	i->job = (struct read_job){ .run = holds_read, .done = holds_were_read };
	x->state = i;
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	enum gh_err err = readers_put(x->server->readers, READERS_SHORT, &i->job);

	if (err) {
		i->err = err;
		exchange_resume_with(x, holds_reply);
	}
}

/* --- the request --- */

/* The door that the address is of; 0: of none. That the readers are shared out evenly among the doors, in
 * their order, is inferred. */
static int64_t identify_door(const struct ghi_identification *r, const struct ghi_unit *u,
			     unsigned doors)
{
	int64_t address = r->event.address, door = 0;
	int64_t each = u->readers > 0 && u->doors > 0 ? u->readers / u->doors : 1;

	switch (r->address_type) {
	case ACCESS_ABSENT:
	case GHI_ADDRESS_DOOR:
		door = address;
		break;
	case GHI_ADDRESS_READER:
		door = address > 0 ? (address - 1) / (each > 0 ? each : 1) + 1 : 0;
		break;
	case GHI_ADDRESS_DEVICE:
		door = doors == 1 ? 1 : 0;
		break;
	default:
		break;
	}
	return door >= 1 && door <= doors ? door : 0;
}

static bool identify_read(struct identifying *i)
{
	struct exchange *x = i->x;
	struct ghi_event_fault fault = { 0 };
	struct device_row row = { 0 };
	struct zone *z = device_zone(x->device);
	int64_t now = x->now_ms / 1000;
	bool whole = x->body.n <= RECORD_BYTES &&
		     ghi_identification_read(x->body, &i->request, &fault) == GH_OK;

	i->site.at = ghi_civil_from_seconds(now + (z ? zone_offset_at(z, now) : 0));
	zone_close(z);
	if (!whole)
		return false;
	device_row(x->device, x->arena, &row);

	struct ghi_unit u = ghi_unit_of(row.access.parameters);

	unit_event_card_read(x->device, &i->request.event);
	i->site.door.sn = device_sn(x->device);
	i->site.door.n = identify_door(&i->request, &u, access_doors_of(&row));
	i->site.pin = i->request.event.pin;
	i->site.card_number = i->request.event.card_number;
	i->wish = (struct unit_wish){ .device = device_id(x->device),
				      .pin = i->site.pin,
				      .card = i->site.card_number,
				      .door = i->site.door.n,
				      .at = i->site.at };
	unit_wish_read(&i->wish, x->device, &u);
	return i->site.door.n != 0;
}

static void identify_decide(struct identifying *i)
{
	struct site_decision d = site_memory_decide(i->x->server->site, &i->site);

	i->seconds = d.open_seconds > 0 ? (unsigned)d.open_seconds : OPEN_SECONDS;
	switch (d.decided) {
	case SITE_DECIDED_GRANTED:
		identify_reply(i, GHI_AUTH_SUCCESS, NULL);
		break;
	case SITE_DECIDED_DENIED:
		identify_reply(i, GHI_AUTH_FAILED, site_verdict_text(d.why));
		break;
	case SITE_DECIDED_ELSEWHERE:
		holds_begin(i);
		break;
	case SITE_DECIDED_NOT_READY:
		identify_reply(i, GHI_AUTH_TIMEOUT, NULL);
		break;
	}
}

void access_identify(struct exchange *x)
{
	struct identifying *i = ghi_arena_alloc(x->arena, sizeof(*i));

	if (i == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	*i = (struct identifying){ .x = x, .begun_ms = x->now_ms, .seconds = OPEN_SECONDS };
	if (!identify_read(i))
		identify_reply(i, GHI_AUTH_FAILED, "the request names no person at a door");
	else if (x->server->settings->remote_identification == IDENTIFY_REFUSE)
		identify_reply(i, GHI_AUTH_FAILED, "this server does not decide who passes");
	else
		identify_decide(i);
}
