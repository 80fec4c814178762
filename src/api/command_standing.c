#include "api/command_standing.h"

#include <stdio.h>

#include "api/call.h"
#include "api/command_reading.h"
#include "base/number.h"
#include "model/command_takeover.h"
#include "model/record.h"
#include "wire/attendance/command.h"
#include "wire/attendance/info.h"

/* A person who is an administrator, is to become one by a command that waits, or may be one. */
struct privileged {
	struct privileged *next;
	int64_t privilege; /* -1: not known */
	gh_slice pin;	   /* in its normal form */
};

/* What is known of the people of a device; in the request's arena. */
struct standing {
	struct standing *next;
	struct arena *arena;
	int64_t device;
	struct privileged *privileged;
	bool people_read; /* privileged is set */
	int64_t stored;	  /* so many people of it are stored */
	int64_t counted;  /* so many it reports itself; -1: it does not */
	enum gh_err err;
};

static bool standing_add(struct standing *s, gh_slice pin, int64_t privilege)
{
	struct privileged *p = ghi_arena_alloc(s->arena, sizeof(*p));
	char room[COMMAND_PIN_MAX];
	gh_slice normal = command_pin_normal(pin, room);

	if (p)
		*p = (struct privileged){ .next = s->privileged,
					  .privilege = privilege,
					  .pin = ghi_arena_copy(s->arena, normal) };
	if (p == NULL || p->pin.n != normal.n) {
		s->err = GH_ENOMEM;
		return false;
	}
	s->privileged = p;
	return true;
}

static bool standing_see_person(void *ctx, gh_slice pin, int64_t privilege)
{
	return standing_add(ctx, pin, privilege);
}

/* Who is to become an administrator. */
static bool standing_see_command(void *ctx, const struct command *c)
{
	union model_record record;
	const struct person *p = (const struct person *)&record;

	if (c->kind != COMMAND_KIND_UPDATE_PERSON ||
	    command_record(c->kind, c->arguments, &record) != GH_OK ||
	    !model_has(p, PERSON_privilege) || p->privilege == 0)
		return true;
	return standing_add(ctx, p->pin, p->privilege);
}

static bool standing_see_option(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct standing *s = ctx;
	uint64_t n;

	(void)device;
	if (gh_slice_ieq(key, GH_LIT("UserCount")) &&
	    ghi_number_parse(gh_slice_trim(value), INT32_MAX, &n) == GH_OK)
		s->counted = (int64_t)n;
	return true;
}

/* The summary of its polls is newer than its options. */
static enum gh_err standing_count(struct standing *s, const struct store_ops *ops,
				  struct store_reader *reader, struct device *d)
{
	int64_t n[KIND_COUNT];
	struct device_row row;
	struct ghi_info info;
	enum gh_err err = ops->options_read(reader, s->device, standing_see_option, s);

	if (err == GH_OK)
		err = ops->record_counts(reader, s->device, n);
	if (err)
		return err;
	s->stored = n[KIND_PERSON];
	device_row(d, s->arena, &row);
	ghi_info_parse(row.attendance.info, &info);
	if (info.users >= 0)
		s->counted = info.users;
	return GH_OK;
}

/* Who is or may be an administrator: reads all that waits for the device. */
static void standing_read_people(struct standing *s, const struct store_ops *ops,
				 struct store_reader *reader)
{
	enum gh_err err = ops->people_privileged(reader, s->device, standing_see_person, s);

	if (err == GH_OK)
		err = ops->commands_waiting(reader, s->device, standing_see_command, s);
	if (err)
		s->err = err;
	s->people_read = true;
}

/* NULL: q->err is set. */
static struct standing *standing_of(struct reading *r, struct device *d)
{
	struct call *c = r->q->call;
	struct standing *s;

	for (s = r->q->standing; s; s = s->next)
		if (s->device == device_id(d))
			return s;
	s = c->reader ? ghi_arena_alloc(call_arena(c), sizeof(*s)) : NULL;
	if (s == NULL) {
		r->q->err = c->reader ? GH_ENOMEM : c->unread;
		return NULL;
	}
	*s = (struct standing){ .arena = call_arena(c), .device = device_id(d), .counted = -1 };
	s->err = standing_count(s, c->server->db.ops, c->reader, d);
	if (s->err) {
		r->q->err = s->err;
		return NULL;
	}
	s->next = r->q->standing;
	r->q->standing = s;
	return s;
}

static bool standing_see_ordinary(void *ctx, const struct record_row *row)
{
	const struct person *p = row->record;
	bool *ordinary = ctx;

	*ordinary = model_has(p, PERSON_privilege) && p->privilege == 0;
	return false;
}

enum standing_verdict { STANDING_ORDINARY, STANDING_ADMINISTRATOR, STANDING_UNKNOWN };

static enum standing_verdict standing_judge(struct reading *r, const struct standing *s,
					    gh_slice pin)
{
	struct call *c = r->q->call;
	struct store_page page = { .limit = 1, .device = s->device, .pin = pin };
	char room[COMMAND_PIN_MAX];
	gh_slice normal = command_pin_normal(pin, room);
	bool ordinary = false;

	for (const struct privileged *p = s->privileged; p; p = p->next)
		if (gh_slice_eq(p->pin, normal))
			return p->privilege > 0 ? STANDING_ADMINISTRATOR : STANDING_UNKNOWN;
	/* All people of the device are stored, so this one is an ordinary one or a new one. */
	if (s->counted >= 0 && s->counted <= s->stored)
		return STANDING_ORDINARY;
	enum gh_err err = c->server->db.ops->records_read(c->reader, KIND_PERSON, &page,
							  standing_see_ordinary, &ordinary);

	if (err)
		r->q->err = err;
	return ordinary ? STANDING_ORDINARY : STANDING_UNKNOWN;
}

/* "person.viceCard", "pin", "command": where the request has it. */
static void standing_field_name(char out[FAULT_FIELD], bool words, enum command_kind kind,
				gh_slice field)
{
	const struct model_kind *k = &model_kinds[KIND_PERSON];

	snprintf(out, FAULT_FIELD, "%.*s", GH_FMT(field));
	if (words)
		snprintf(out, FAULT_FIELD, "command");
	else if (kind == COMMAND_KIND_UPDATE_PERSON)
		for (size_t i = 0; i < k->fields; i++)
			if (gh_slice_eq(field, gh_slice_of(k->field[i].column)))
				snprintf(out, FAULT_FIELD, "person.%s", k->field[i].json);
}

static void standing_refuse(struct reading *r, const struct standing *s, const char *field,
			    gh_slice pin, enum standing_verdict verdict)
{
	char why[FAULT_MESSAGE];

	pin.n = pin.n > 24 ? 24 : pin.n;
	if (verdict == STANDING_ADMINISTRATOR)
		snprintf(why, sizeof(why),
			 "changes how person %.*s identifies, who is an administrator of the "
			 "device",
			 GH_FMT(pin));
	else if (s->counted < 0)
		snprintf(why, sizeof(why),
			 "changes how person %.*s identifies, who may be an administrator of "
			 "the "
			 "device: it has not reported this person, nor how many it has; "
			 "query_user makes it upload them",
			 GH_FMT(pin));
	else
		snprintf(why, sizeof(why),
			 "changes how person %.*s identifies, who may be an administrator of "
			 "the "
			 "device: it reports %lld people, of whom %lld are known here; "
			 "query_user makes it upload them",
			 GH_FMT(pin), (long long)s->counted, (long long)s->stored);
	order_refuse_scope(r, TOKEN_ADMIN, field, why);
}

void order_check_standing(struct reading *r, gh_slice words)
{
	const struct command_order *o = &r->q->order[r->i];
	enum command_kind kind = o->request.kind;
	char name[FAULT_FIELD], why[FAULT_MESSAGE];
	gh_slice pin, field, odd;
	bool changes = command_changes_identity(kind, o->request.arguments, &pin, &field);

	if (token_scopes_hold(r->q->call->scopes, TOKEN_ADMIN) ||
	    (!changes && kind != COMMAND_KIND_UPDATE_PERSON &&
	     kind != COMMAND_KIND_UPDATE_ID_CARD))
		return;
	if (words.n && !ghi_command_words_plain(words, &odd)) {
		snprintf(why, sizeof(why),
			 "has what a device may read otherwise than the server: \"%.*s\"",
			 odd.n > 60 ? 60 : (int)odd.n, (const char *)odd.p);
		order_refuse_scope(r, TOKEN_ADMIN, "command", why);
		return;
	}
	if (!changes)
		return;
	struct standing *s = standing_of(r, o->device);

	if (s && !s->people_read)
		standing_read_people(s, r->q->call->server->db.ops, r->q->call->reader);
	if (s == NULL || s->err) {
		r->q->err = s ? s->err : r->q->err;
		return;
	}
	enum standing_verdict verdict = standing_judge(r, s, pin);

	if (verdict == STANDING_ORDINARY || r->q->err)
		return;
	standing_field_name(name, words.n > 0, kind, field);
	standing_refuse(r, s, name, pin, verdict);
}

/* Longer requests are not looked up row by row: one query for all people is better. */
#define QUERIED_MOST 50

static bool standing_see_any(void *ctx, const struct record_row *row)
{
	(void)row;
	*(bool *)ctx = true;
	return false;
}

void order_check_stored(struct reading *r)
{
	struct call *c = r->q->call;
	struct command_order *o = &r->q->order[r->i];
	union model_record record;
	const struct person *p = (const struct person *)&record;
	gh_slice flag;
	bool stored = false;

	if (o->request.kind != COMMAND_KIND_UPDATE_PERSON || device_is_terminal(o->device) ||
	    !command_argument(o->request.arguments, ARGUMENT_merge, &flag) ||
	    command_record(o->request.kind, o->request.arguments, &record))
		return;
	const struct standing *s = standing_of(r, o->device);

	if (s == NULL || (s->counted >= 0 && s->counted <= s->stored))
		return;
	o->incomplete = r->q->n > QUERIED_MOST;
	if (o->incomplete)
		return;

	struct store_page page = { .limit = 1, .device = s->device, .pin = p->pin };
	enum gh_err err = c->server->db.ops->records_read(c->reader, KIND_PERSON, &page,
							  standing_see_any, &stored);

	if (err)
		r->q->err = err;
	o->query_first = !stored;
}
